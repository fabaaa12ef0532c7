"""Populations that several records count: the error names them, a level or a division resolves it, and nothing is lost in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from import_samples import DATA, plain, record, write
from mailrift.cli import main
from mailrift.importers.mxmap import import_mxmap
from mailrift.importers.overlap import OverlapChoice, without_overlap
from mailrift.importers.problem import ImportProblem
from mailrift.importers.reading import read_records

OUTER: dict[str, Any] = {"bfs": "AT-1", "population": 3000}
INNER: list[dict[str, Any]] = [{"bfs": "AT-101", "population": 1000}, {"bfs": "AT-102", "population": 500, "provider": "google"}]
ALONE: dict[str, Any] = {"bfs": "AT-2", "population": 400, "provider": "google"}


def levels(folder: Path) -> Path:
    return write(folder, [record(1, **OUTER), *(record(2, **each) for each in INNER), record(3, **ALONE)])


def test_levels_mixed_are_an_error_that_names_them(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem) as raised:
        import_mxmap([levels(tmp_path)], name="w", weight="population")
    assert raised.value.pointer == "/1"
    assert raised.value.got == '2 records within others: "AT-101" within "AT-1", "AT-102" within "AT-1"'
    assert "AT" in raised.value.expected
    import_mxmap([levels(tmp_path)], name="w")  # each record alike: no population is counted


@pytest.mark.parametrize(("level", "share", "refused"), [("outer", 400 / 3400, 2), ("inner", 900 / 1900, 1)])
def test_a_level_keeps_each_inhabitant_once(tmp_path: Path, level: Any, share: float, refused: int) -> None:
    result = import_mxmap([levels(tmp_path)], name="w", weight="population", overlap=OverlapChoice({"AT": level}))
    assert plain(result.world["markets"]["AT"])["google"] == share
    report = result.report
    assert (report.read, report.used, report.unknown, report.refused) == (4, 4 - refused, 0, refused)
    assert f"AT: {refused} records refused" in report.text()


def test_a_next_number_is_not_within(tmp_path: Path) -> None:
    rows = [record(1, bfs="AT-99"), record(2, bfs="AT-999")]
    import_mxmap([write(tmp_path, rows)], name="w", weight="population")


def shared(folder: Path) -> Path:
    rows = [record(i, bfs=f"AT-{i}", population=1000, osm_relation_id=77, provider="google" if i == 3 else "microsoft") for i in (1, 2, 3)]
    return write(folder, [*rows, record(4, bfs="AT-4", population=1000, osm_relation_id=78)])


def test_a_shared_area_is_an_error_or_is_divided(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem) as raised:
        import_mxmap([shared(tmp_path)], name="w", weight="population")
    assert raised.value.got == '3 records that share areas: "AT-1", "AT-2", "AT-3" all with 1000'
    result = import_mxmap([shared(tmp_path)], name="w", weight="population", overlap=OverlapChoice(divide_shared=True))
    assert plain(result.world["markets"]["AT"])["google"] == 333 / 2000
    assert result.report.countries[0].population == 2000


def test_the_command_line_takes_the_choice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["import", "mxmap", str(levels(tmp_path)), "--weight", "population", "--out", str(tmp_path / "w.json")]
    assert main(command) == 3
    assert "within" in capsys.readouterr().err
    assert not (tmp_path / "w.json").exists()
    assert main([*command, "--level", "AT=outer"]) == 0
    assert (tmp_path / "w.json").exists()
    with pytest.raises(SystemExit):
        main([*command, "--level", "AT=middle"])


@pytest.mark.skipif(not DATA.exists(), reason="the raw measurements are not here")
@pytest.mark.parametrize(("code", "low", "high"), [("FR", 60e6, 70e6), ("CZ", 7e6, 11e6)])
def test_real_populations_are_those_of_the_country(code: str, low: float, high: float) -> None:
    """France's records sum to 85 million people and Czechia's to 27.5; their countries have 68 and 11."""
    records = read_records([DATA / "world" / f"{code.lower()}.json"]).by_country[code]
    assert sum(each.population or 0 for each in records) > 1.2 * high
    with pytest.raises(ImportProblem):
        without_overlap(code, records, OverlapChoice())
    kept = without_overlap(code, records, OverlapChoice({"FR": "outer"}, divide_shared=True))
    assert low < sum(each.population or 0 for each in kept) < high
