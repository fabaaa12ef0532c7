"""Hostile measurement files: each has one clear error that names file, place, what was found and what was expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from import_samples import keyed, plain, record, write
from mailrift.importers import ImportProblem, import_mxmap
from mailrift.importers.reading import read_records
from mailrift.importers.strict_json import read_json

GOOD = json.dumps(record(1))


def message_of(path: Path) -> str:
    """The error of importing `path`, without the folder of the test."""
    with pytest.raises(ImportProblem) as caught:
        import_mxmap([path], name="sample")
    return str(caught.value).replace(str(path.parent) + "/", "")


SYNTAX = [
    ("", "at.json:1:1: expected one JSON value, got expecting value"),
    ("[", "at.json:1:2: expected one JSON value, got expecting value"),
    ("[{}] []", "at.json:1:6: expected one JSON value, got extra data"),
    (f"[{GOOD},\n 1 2]", "at.json:2:4: expected one JSON value, got expecting ',' delimiter"),
    ("[] // note", "at.json:1:4: expected one JSON value, got extra data"),
    ("\ufeff[]", "at.json:1:1: expected one JSON value, got unexpected UTF-8 BOM (decode using utf-8-sig)"),
]


@pytest.mark.parametrize(("text", "expected"), SYNTAX)
def test_what_is_not_json(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "at.json"
    path.write_text(text, encoding="utf-8")
    assert message_of(path) == expected


PLACES = [
    ('[{"a": NaN}]', "at.json:/0/a: expected a finite number, got NaN"),
    ('[{"a": [1, -Infinity]}]', "at.json:/0/a/1: expected a finite number, got -Infinity"),
    ('[{"a": 1e999}]', "at.json:/0/a: expected a finite number, got 1e999"),
    ('[{"a": 9007199254740993}]', "at.json:/0/a: expected a whole number within +-2^53, got 9007199254740993"),
    (f'[{{"a": {"9" * 5000}}}]', f"at.json:/0/a: expected a whole number within +-2^53, got {'9' * 37}..."),
    ('[{}, {"a": 1, "b": 2, "a": 3}]', 'at.json:/1: expected each key once, got "a" twice'),
    ('[{"x/y~z": {"k": 1, "k": 1}}]', 'at.json:/0/x~1y~0z: expected each key once, got "k" twice'),
    ('[{"b": NaN}, {"a": 1, "a": 1}]', "at.json:/0/b: expected a finite number, got NaN"),
]


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_what_python_reads_and_json_forbids(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "at.json"
    path.write_text(text, encoding="utf-8")
    assert message_of(path) == expected


DOCUMENTS: list[tuple[Any, str]] = [
    ("text", 'at.json: expected a list of records, or an object with "municipalities" or with "providers", got "text"'),
    (7, 'at.json: expected a list of records, or an object with "municipalities" or with "providers", got 7'),
    ({"a": 1}, 'at.json: expected a list of records, or an object with "municipalities" or with "providers", got an object without them'),
    ([], "at.json: expected one or more records whose operator is known, got none"),
    ([record(1, "unknown")], "at.json: expected one or more records whose operator is known, got none"),
    ([[]], "at.json:/0: expected an object, got a list"),
    ([record(1), None], "at.json:/1: expected an object, got null"),
]


@pytest.mark.parametrize(("document", "expected"), DOCUMENTS)
def test_what_is_no_list_of_records(tmp_path: Path, document: Any, expected: str) -> None:
    assert message_of(write(tmp_path, document)) == expected


LABEL = "a label of a-z, 0-9, _ and - with at most 60 characters"
MEMBERS: list[tuple[dict[str, Any], str]] = [
    ({"bfs": None}, 'at.json:/1: expected the key "bfs", got an object without it'),
    ({"bfs": ""}, 'at.json:/1/bfs: expected an id, got ""'),
    ({"bfs": 17}, "at.json:/1/bfs: expected a string, got 17"),
    ({"bfs": "AT-1"}, 'at.json:/1: expected each record once, got id "AT-1" again, first at at.json:/0'),
    ({"country": None}, 'at.json:/1: expected the key "country", got an object without it'),
    ({"country": "at"}, 'at.json:/1/country: expected an ISO 3166-1 code of two capital letters, got "at"'),
    ({"country": ["AT"]}, "at.json:/1/country: expected an ISO 3166-1 code of two capital letters, got a list"),
    ({"provider": None}, 'at.json:/1: expected the key "provider", got an object without it'),
    ({"provider": 3}, f"at.json:/1/provider: expected {LABEL}, got 3"),
    ({"provider": {"name": "microsoft"}}, f"at.json:/1/provider: expected {LABEL}, got an object"),
    ({"provider": "Micro soft"}, f'at.json:/1/provider: expected {LABEL}, got "Micro soft"'),
    ({"provider": "a" * 61}, f'at.json:/1/provider: expected {LABEL}, got "{"a" * 56}...'),
    ({"provider": "microsoft\n"}, f'at.json:/1/provider: expected {LABEL}, got "microsoft\\n"'),
    ({"gateway": True}, f"at.json:/1/gateway: expected {LABEL}, got true"),
    ({"has_mx": None}, 'at.json:/1: expected the key "has_mx", got an object without it'),
    ({"has_mx": "yes"}, 'at.json:/1/has_mx: expected true or false, got "yes"'),
    ({"has_mx": 1}, "at.json:/1/has_mx: expected true or false, got 1"),
    ({"population": -5}, "at.json:/1/population: expected a whole number in [0, 10000000000], got -5"),
    ({"population": 1.5}, "at.json:/1/population: expected a whole number in [0, 10000000000], got 1.5"),
    ({"population": "1000"}, 'at.json:/1/population: expected a whole number in [0, 10000000000], got "1000"'),
    ({"population": True}, "at.json:/1/population: expected a whole number in [0, 10000000000], got true"),
    ({"population": 10**12}, "at.json:/1/population: expected a whole number in [0, 10000000000], got 1000000000000"),
    ({"canton": 5}, "at.json:/1/canton: expected a string, got 5"),
    ({"canton": "T\u0000"}, 'at.json:/1/canton: expected printable characters, got "T\\u0000"'),
    ({"canton": "T\ud800"}, 'at.json:/1/canton: expected printable characters, got "T\\ud800"'),
    ({"canton": "ä" * 33}, "at.json:/1/canton: expected at most 64 bytes, got"),
    ({"domain": ["a.at"]}, "at.json:/1/domain: expected a string, got a list"),
]


@pytest.mark.parametrize(("changes", "expected"), MEMBERS)
def test_wrong_member_of_a_record(tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    message = message_of(write(tmp_path, [record(1), record(2, **changes)]))
    assert message == expected or (expected.endswith(", got") and message.startswith(expected))


def test_null_members_count_as_missing(tmp_path: Path) -> None:
    entry = record(1) | {"population": None, "gateway": None, "canton": None}
    world = import_mxmap([write(tmp_path, [entry])], name="sample").world
    assert plain(world["markets"]["AT"]) == {"microsoft": 1.0}


def test_members_that_nobody_reads_are_ignored(tmp_path: Path) -> None:
    import_mxmap([write(tmp_path, [record(1, spf=[{"a": {}}], reason=7)])], name="sample")


KEYED: list[tuple[Any, str, str]] = [
    (
        keyed({"1": {}}),
        "data.json",
        "a file name that begins with its country, such as ch-data.min.json, got data.json",
    ),
    ({"municipalities": {"1": {}}}, "ch-data.json", 'expected the key "generated", got an object without it'),
    (keyed({"1": {}}) | {"municipalities": []}, "ch-data.json", "/municipalities: expected an object, got a list"),
    (keyed({"1": {"mx": "mail.x.ch"}}), "ch-data.json", '/municipalities/1/mx: expected a list, got "mail.x.ch"'),
    (
        keyed({"1": {}, "a/b": {"provider": 1}}),
        "ch-data.json",
        f"/municipalities/a~1b/provider: expected {LABEL}, got 1",
    ),
]


@pytest.mark.parametrize(("document", "name", "expected"), KEYED)
def test_wrong_keyed_file(tmp_path: Path, document: Any, name: str, expected: str) -> None:
    assert message_of(write(tmp_path, document, name)).endswith(expected)


def test_same_file_twice_is_a_repeat(tmp_path: Path) -> None:
    path = write(tmp_path, [record(1)])
    with pytest.raises(ImportProblem) as caught:
        import_mxmap([path, path], name="sample")
    assert str(caught.value) == f'{path}:/0: expected each record once, got id "AT-1" again, first at {path}:/0'


@pytest.mark.parametrize("depth", [1_000, 200_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting_is_refused(tmp_path: Path, opening: str, depth: int) -> None:
    path = tmp_path / "at.json"
    path.write_text(opening * depth, encoding="utf-8")
    assert message_of(path) == "at.json: expected values nested at most a few hundred deep, got deeper nesting"


def test_too_large_a_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, [record(1)])
    with pytest.raises(ImportProblem, match=r"at\.json: expected at most 10 bytes, got more"):
        read_records([path], max_bytes=10)


def test_file_of_just_the_limit_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, [])
    assert read_json(path, max_bytes=2).value == []


def test_device_without_end_is_refused() -> None:
    with pytest.raises(ImportProblem, match=r"/dev/zero: expected at most 1000 bytes, got more"):
        read_json(Path("/dev/zero"), max_bytes=1000)


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "at.json"
    path.write_bytes(b'["\xff"]')
    assert message_of(path) == "at.json: expected UTF-8, got byte 0xff at offset 2"


def test_file_that_is_not_there(tmp_path: Path) -> None:
    assert message_of(tmp_path / "none.json") == "none.json: expected a readable file, got No such file or directory"


def test_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "at.json").mkdir()
    assert message_of(tmp_path / "at.json") == "at.json: expected a readable file, got Is a directory"


@pytest.mark.parametrize("name", ["", "Upper", "a b", "-a", "a" * 65, "../a"])
def test_name_that_is_no_identifier(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImportProblem, match="name: expected a name of a-z, 0-9, _ and -, at most 64 characters"):
        import_mxmap([write(tmp_path, [record(1)])], name=name)


def test_weight_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match='weight: expected "equal" or "population", got "area"'):
        import_mxmap([write(tmp_path, [record(1)])], name="sample", weight="area")  # type: ignore[arg-type]


def test_no_files() -> None:
    with pytest.raises(ImportProblem, match="files: expected one or more files, got none"):
        import_mxmap([], name="sample")


def test_first_fault_in_file_order_is_told(tmp_path: Path) -> None:
    first = write(tmp_path, [record(1), record(2, has_mx="x")], "a.json")
    second = write(tmp_path, [record(1, provider=3)], "b.json")
    with pytest.raises(ImportProblem) as caught:
        import_mxmap([first, second], name="sample")
    assert caught.value.file == str(first)
    assert caught.value.pointer == "/1/has_mx"
    assert (caught.value.expected, caught.value.got) == ("true or false", '"x"')
    assert isinstance(caught.value, ValueError)
