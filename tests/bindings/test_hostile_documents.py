"""Hostile documents: each class for scenarios and for worlds, what is too large for a file among the sources, and seeded mutations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hostile_classes
import mailrift as mr

SCENARIOS = Path(__file__).parents[1] / "scenarios"
EXPECTED: dict[str, str] = json.loads((SCENARIOS / "invalid" / "expected.json").read_text("utf-8"))
BY_STEM = {stem: name for table in (hostile_classes.CLASSES, hostile_classes.BEYOND) for name, stems in table.items() for stem in stems}
LOADERS: dict[str, Callable[[Path], object]] = {"scenario": mr.load, "world": mr.load_world}
# Made by a test below, as files of their size or links do not belong among sources.
MADE = {
    "size: of the text": ("scenario", "world"),
    "size: number of values": ("scenario", "world"),
    "extends: cycle or chain": ("scenario", "world"),
    "product too large": ("world",),
}


def error_of(kind: str, path: Path) -> str:
    with pytest.raises(mr.DocumentError) as raised:
        LOADERS[kind](path)
    return str(raised.value)


def test_the_classes_are_the_thirty() -> None:
    assert len(hostile_classes.CLASSES) == 30
    groups = Counter(name.partition(":")[0] for name in hostile_classes.CLASSES)
    assert groups["size"] + groups["depth"] == 4
    assert {name: groups[name] for name in ("syntax", "utf8", "key", "type", "range", "name", "extends", "product too large")} == {
        "syntax": 6,
        "utf8": 2,
        "key": 3,
        "type": 4,
        "range": 4,
        "name": 3,
        "extends": 3,
        "product too large": 1,
    }


def test_every_document_is_of_one_class() -> None:
    assert {path.stem for path in (SCENARIOS / "invalid").glob("*.json")} - {"expected"} == set(BY_STEM)
    assert len(BY_STEM) == sum(len(stems) for table in (hostile_classes.CLASSES, hostile_classes.BEYOND) for stems in table.values())
    assert len(BY_STEM) >= 74


@pytest.mark.parametrize("name", [*hostile_classes.CLASSES, *hostile_classes.BEYOND])
@pytest.mark.parametrize("kind", ["scenario", "world"])
def test_every_class_has_a_document_of_each_kind(name: str, kind: str) -> None:
    stems = (hostile_classes.CLASSES | hostile_classes.BEYOND)[name]
    assert any(kind in hostile_classes.kinds_of(stem) for stem in stems) or kind in MADE.get(name, ())


@pytest.mark.parametrize(("kind", "stem"), [(kind, stem) for stem in BY_STEM for kind in hostile_classes.kinds_of(stem)])
def test_each_reader_has_the_expected_error(kind: str, stem: str) -> None:
    assert error_of(kind, SCENARIOS / "invalid" / f"{stem}.json") == EXPECTED[f"{stem}.json"]


@pytest.mark.parametrize("kind", ["scenario", "world"])
def test_files_are_read_up_to_16_mib(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(b" " * (16 << 20))
    assert error_of(kind, path) == "large.json:1:16777217: [syntax 101] expected a JSON value, got the end of the text"
    path.write_bytes(b" " * ((16 << 20) + 1))
    assert error_of(kind, path) == "large.json: [size 104] expected a file of at most 16777216 bytes, got a larger one"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless device here")
@pytest.mark.parametrize("kind", ["scenario", "world"])
def test_an_endless_file_is_refused(kind: str) -> None:
    assert error_of(kind, Path("/dev/zero")) == "zero: [size 104] expected a file of at most 16777216 bytes, got a larger one"


@pytest.mark.parametrize("kind", ["scenario", "world"])
def test_values_are_counted(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "many.json"
    path.write_text('{"sources": [' + "0," * 2_000_000 + "0]}", encoding="utf-8")
    assert error_of(kind, path) == "many.json:/sources/1999998: [size 104] expected at most 2000000 values, got more"


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"a":['])
@pytest.mark.parametrize("kind", ["scenario", "world"])
def test_a_million_levels_are_refused_at_the_33rd(kind: str, opening: str, tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text(opening * 1_000_000, encoding="utf-8")
    assert "[depth 103] expected at most 32 lists and objects inside one another, got one more" in error_of(kind, path)


def small(kind: str) -> dict[str, Any]:
    folder = {"world": "worlds/small-world", "scenario": "golden/closed"}[kind]
    return dict(json.loads((SCENARIOS / f"{folder}.json").read_text("utf-8")))


def write_chain(folder: Path, kind: str, length: int) -> Path:
    """A document that extends another, and so on: `length` of them are extended, the last is right."""
    (folder / "small-world.json").write_bytes((SCENARIOS / "worlds" / "small-world.json").read_bytes())
    (folder / f"link-{length}.json").write_text(json.dumps(small(kind)), encoding="utf-8")
    for i in range(length):
        (folder / f"link-{i}.json").write_text(json.dumps({"extends": f"link-{i + 1}"}), encoding="utf-8")
    return folder / "link-0.json"


@pytest.mark.parametrize("kind", ["scenario", "world"])
def test_chains_have_four_links(kind: str, tmp_path: Path) -> None:
    LOADERS[kind](write_chain(tmp_path, kind, 4))
    message = "link-4.json:/extends: [extends 303] expected a chain of at most 4 extended documents, got one more"
    assert error_of(kind, write_chain(tmp_path, kind, 5)) == message


@pytest.mark.parametrize("kind", ["scenario", "world"])
def test_links_out_of_the_folder_are_not_followed(kind: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    write_chain(inside, kind, 1)
    LOADERS[kind](inside / "link-0.json")
    (inside / "link-1.json").rename(tmp_path / "link-1.json")
    try:
        os.symlink("../link-1.json", inside / "link-1.json")
    except OSError:
        pytest.skip("no symbolic links here")
    assert error_of(kind, inside / "link-0.json").startswith(
        f'link-0.json:/extends: [reference 301] expected the name of a {kind}, got "link-1"'
    )


def test_a_world_of_too_many_pairs_is_refused_before_they_are_made(tmp_path: Path) -> None:
    count = 2500
    world, scenario = small("world"), small("scenario")
    groups = [{"id": f"g{i}", "jurisdiction": "XC", "users": 1, "routes": [{"provider": "big", "share": 1}]} for i in range(count)]
    world["groups"] += groups
    world["jurisdictions"][4]["mail_users"] += count
    scenario["orders"][0]["target"] = {"groups": [group["id"] for group in groups]}
    (tmp_path / "small-world.json").write_text(json.dumps(world), encoding="utf-8")
    (tmp_path / "crowd.json").write_text(json.dumps(scenario), encoding="utf-8")
    with pytest.raises(mr.DocumentError, match=r"^\[too_large 305\] expected pairs of seats for at most 1024 MiB"):
        mr.run(mr.load(tmp_path / "crowd.json"))


def test_a_group_may_have_routes_in_the_short_form() -> None:
    world = small("world")
    world["groups"][0]["routes"] = {"big": 0.5, "alpha": 0.5}
    assert mr.load_world(world).document["groups"][0]["routes"] == {"big": 0.5, "alpha": 0.5}


def test_mutations_are_read_or_refused_with_one_clear_error() -> None:
    command = [sys.executable, str(Path(__file__).parent / "mutations.py"), "20261", "500"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (lines[-1:], done.stderr[-2000:])
    documents, outcomes = lines[::2], lines[1::2]
    assert [(d, o) for d, o in zip(documents, outcomes, strict=True) if o["problem"]] == []
    assert len(outcomes) == 500
    codes = Counter(outcome["code"] for outcome in outcomes)
    assert 10 <= codes[""] <= 150, codes
    assert len(codes) >= 12, codes
    assert len({d["mutation"] for d in documents}) == 8
