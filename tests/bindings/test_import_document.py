"""Writing documents: the form of the JSON, and files that are whole or not there."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from mailrift.importers.document import json_text, write_text
from mailrift.importers.problem import ImportProblem, pointer_to, shown


def test_short_values_stand_on_one_line() -> None:
    assert json_text({"a": [1, 2], "b": {"c": "ä"}}) == '{"a": [1, 2], "b": {"c": "ä"}}\n'


def test_long_values_are_broken_at_their_members() -> None:
    text = json_text({"first": "x" * 100, "second": [1, 2], "third": {"k": "y" * 60}})
    assert text == '{\n  "first": "' + "x" * 100 + '",\n  "second": [1, 2],\n  "third": {"k": "' + "y" * 60 + '"}\n}\n'


def random_value(draw: random.Random, depth: int = 0) -> Any:
    kind = draw.randrange(7 if depth < 5 else 5)
    if kind == 5:
        return [random_value(draw, depth + 1) for _ in range(draw.randrange(5))]
    if kind == 6:
        return {f"k{i}é": random_value(draw, depth + 1) for i in range(draw.randrange(5))}
    return [None, True, draw.randrange(10**6), draw.random() / 3, "text " * draw.randrange(9)][kind]


@pytest.mark.parametrize("seed", range(50))
def test_every_value_reads_back_as_it_was(seed: int) -> None:
    value = random_value(random.Random(seed))
    text = json_text(value)
    assert json.loads(text) == value, seed
    assert json_text(json.loads(text)) == text, seed


def test_nan_is_never_written() -> None:
    with pytest.raises(ValueError, match="Out of range float values"):
        json_text({"a": float("nan")})


def test_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    path.write_text("old", encoding="utf-8")
    write_text(path, "new\n")
    assert path.read_bytes() == b"new\n"
    assert os.listdir(tmp_path) == ["world.json"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "world.json"
    path.write_text("old", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(ImportProblem, match=r"world\.json: expected a file that can be written, got No space left on device"):
        write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["world.json"]


def test_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_text(tmp_path / "world.json", "new")
    assert os.listdir(tmp_path) == []


def test_text_that_cannot_be_encoded_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "world.json", "\ud800")
    assert os.listdir(tmp_path) == []


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="expected a folder that can be written to, got No such file or directory"):
        write_text(tmp_path / "none" / "world.json", "new")


def test_pointers_are_escaped_and_cut() -> None:
    assert pointer_to("/a", "b/c~d") == "/a/b~1c~0d"
    assert pointer_to("", 7) == "/7"
    assert pointer_to("", "x" * 200) == "/" + "x" * 77 + "..."
    assert pointer_to("", "a\nb") == "/a\\nb"


def test_values_are_shown_short() -> None:
    assert shown({}) == "an object"
    assert shown([1]) == "a list"
    assert shown("é\n") == '"\\u00e9\\n"'
    assert len(shown("x" * 500)) == 60
