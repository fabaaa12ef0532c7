"""Two disjoint parts of a file give the shares of the whole, in every format."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from import_samples import keyed, record, write
from mailrift.importers import ImportProblem, import_mxmap
from mailrift.importers.csv_file import FRENCH, OWN
from mailrift.importers.dach_workbook import COLUMNS

LABELS = ["microsoft", "google", "local-isp", "independent", "unknown", "zoho", "post"]
GATEWAYS = [None, None, "sophos", "seppmail"]


@dataclass(frozen=True)
class Place:
    """An organisation, as every format can write it; what a format does not tell is left out."""

    number: int
    provider: str
    gateway: str | None
    region: str
    host: str
    people: int


def places(seed: int) -> list[Place]:
    draw = random.Random(seed)
    regions, hosts = ["", "North", "South"], ["mx.big.at", "mx.big.at", "mail.small.at", ""]
    return [
        Place(number, draw.choice(LABELS), draw.choice(GATEWAYS), draw.choice(regions), draw.choice(hosts), draw.randint(1, 900))
        for number in range(1, 2 * draw.randint(10, 30))  # an odd number, so that no half has the counts of the other
    ]


def listed(path: Path, found: list[Place]) -> Path:
    rows = [
        record(
            each.number,
            each.provider,
            gateway=each.gateway,
            canton=each.region,
            mx=[each.host] if each.host else [],
            population=each.people,
        )
        for each in found
    ]
    return write(path.parent, rows, f"{path.name}.json")


def by_key(path: Path, found: list[Place]) -> Path:
    rows = {
        str(each.number): {
            "provider": each.provider,
            "canton": each.region,
            "mx": [each.host] if each.host else [],
            "population": each.people,
            **({"gateway": each.gateway} if each.gateway else {}),
        }
        for each in found
    }
    return write(path.parent, keyed(rows), f"{path.name}-data.min.json")


def table(path: Path, header: tuple[str, ...], rows: list[list[Any]]) -> Path:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([header, *rows])
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    return path


def french(path: Path, found: list[Place]) -> Path:
    rows = [[f"{1 + each.number % 7:02}{each.number:03}", "x", each.provider, f"p{each.number}.fr", 80, ""] for each in found]
    return table(path.with_suffix(".csv"), FRENCH, rows)


def own(path: Path, found: list[Place]) -> Path:
    rows = [[f"Place {each.number}", each.region, each.people, each.provider, each.gateway or ""] for each in found]
    return table(path.with_suffix(".csv"), OWN, rows)


def workbook(path: Path, found: list[Place]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Municipalities"
    rows = [["AT", str(e.number), "x", e.region, f"p{e.number}.at", e.provider, "", 80, e.gateway, e.host] for e in found]
    for row in [list(COLUMNS), *rows]:
        book.active.append(row)
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def counts(path: Path, found: list[Place]) -> Path:
    rows = [{"provider": label, "count": count} for label, count in Counter(each.provider for each in found).items()]
    document = {"country": "AT", "n_entities": len(found), "providers": rows, "generated": "2026-07-01T08:24:55Z"}
    return write(path.parent, document, f"{path.name}.json")


FORMATS: dict[str, tuple[Callable[[Path, list[Place]], Path], bool]] = {  # and whether it tells how many people a place has
    "list": (listed, True),
    "keyed": (by_key, True),
    "french-csv": (french, False),
    "own-csv": (own, True),
    "dach-workbook": (workbook, False),
    "counts": (counts, False),
}


def without_source(value: Any) -> Any:
    """A document without the names of sources: they are the files', for tables of one's own."""
    if isinstance(value, dict):
        return {key: without_source(child) for key, child in value.items() if key != "source"}
    return [without_source(child) for child in value] if isinstance(value, list) else value


def counted(world: dict[str, Any]) -> dict[str, Any]:
    """All of a world that is counted: each market's routes, ranges, unknown share, sample and regions, and the operators."""
    return {key: without_source(world[key]) for key in ("markets", "providers", "suppliers", "jurisdictions")}


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("form", list(FORMATS))
def test_two_parts_give_the_shares_of_the_whole(tmp_path: Path, form: str, seed: int) -> None:
    write_file, has_people = FORMATS[form]
    found = places(seed)
    draw = random.Random(-seed)
    parts: tuple[list[Place], list[Place]] = ([], [])
    for place in found:
        parts[draw.random() < 0.4].append(place)
    assert all(parts), seed
    whole = write_file(tmp_path / "at-whole", found)
    halves = [write_file(tmp_path / f"at-{name}", part) for name, part in zip("ab", parts, strict=True)]
    for weight in ("equal", "population") if has_people else ("equal",):
        both = import_mxmap(halves, name="w", weight=weight)
        once = import_mxmap([whole], name="w", weight=weight)
        assert counted(both.world) == counted(once.world), seed
        assert form == "own-csv" or both.world["markets"] == once.world["markets"], seed
        assert {file.schema for file in both.report.files} == {form}
        assert (both.report.read, both.report.refused) == (len(found), 0)
        assert len(next(iter(once.world["markets"].values()))["routes"]) > 1, seed


@pytest.mark.parametrize("form", list(FORMATS))
def test_a_file_given_twice_is_a_copy(tmp_path: Path, form: str) -> None:
    path = FORMATS[form][0](tmp_path / "at-whole", places(3))
    elsewhere = tmp_path / "copy" / path.name
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(path.read_bytes())
    for second in (path, elsewhere):
        with pytest.raises(ImportProblem, match=r"expected each record once, got id .* again, first at "):
            import_mxmap([path, second], name="w")
