"""Worlds weighted by population: the table of inhabitants, how many of them the records cover, and what the report says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from import_samples import DATA, PROJECT, WORLD, record, write
from mailrift.importers.mxmap import ImportResult, import_mxmap
from mailrift.importers.overlap import OverlapChoice
from mailrift.importers.population import people_of_eu, population, populations
from mailrift.importers.problem import ImportProblem


def imported(folder: Path, records: list[dict[str, Any]], weight: Any = "population") -> ImportResult:
    return import_mxmap([write(folder, records)], name="sample", weight=weight)


def cells(result: ImportResult, country: str) -> dict[str, str]:
    """The row of a country in the report's text, by head."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in result.report.text().splitlines() if line.startswith("|")]
    found = next(row for row in rows if row[0] == country)
    return dict(zip(rows[0], found, strict=True))


def test_the_table_of_inhabitants() -> None:
    rows = populations()
    assert len(people_of_eu()) == 27
    assert set(rows) - set(people_of_eu()) == {"CH", "GB", "IS", "NO"}
    assert {row.source for code, row in rows.items() if code in people_of_eu()} == {"eurostat-population-2024"}
    assert {code: row.date for code, row in rows.items() if row.date != "2024-01-01"} == {"CH": "2023-12-31", "GB": "2024-06-30"}
    bibliography = (PROJECT / "scenarios" / "sources.bib").read_text(encoding="utf-8")
    assert all(f"{{{row.source},\n" in bibliography for row in rows.values())
    assert sum(people_of_eu().values()) == pytest.approx(449_206_600, rel=1e-5)  # the sum that Eurostat published
    assert set(json.loads(WORLD.read_text(encoding="utf-8"))["markets"]) == set(rows)
    assert population("RW") is None


@pytest.mark.parametrize(
    ("country", "people", "source"),
    [
        ("AT", 9_158_800, "eurostat-population-2024"),
        ("CH", 8_962_300, "bfs-population-2023"),
        ("GB", 69_300_000, "ons-population-2024"),
        ("IS", 383_700, "statice-population-2024"),
        ("NO", 5_550_200, "ssb-population-2024"),
    ],
)
def test_a_population_weighted_world_counts_inhabitants(tmp_path: Path, country: str, people: int, source: str) -> None:
    world = imported(tmp_path, [record(1, country=country), record(2, "google", country=country)]).world
    users = {row["code"]: row["mail_users"] for row in world["jurisdictions"]}
    assert users[country] == {"value": people, "source": source, "confidence": "medium"}
    assert world["sources"] == sorted(["mxmap-it-2026", source])
    assert "note" not in world["markets"][country]
    alike = imported(tmp_path, [record(1, country=country)], "equal").world
    assert next(row for row in alike["jurisdictions"] if row["code"] == country)["mail_users"] == 1
    assert alike["sources"] == ["mxmap-it-2026"]


def test_records_of_more_people_than_the_country_has_are_refused(tmp_path: Path) -> None:
    most = 10_074_680  # 110 % of Austria's 9,158,800
    whole = imported(tmp_path, [record(1, population=most - 10), record(2, population=10)])
    assert whole.report.countries[0].covered == pytest.approx(1.1)
    with pytest.raises(ImportProblem) as raised:
        imported(tmp_path, [record(1, population=most - 10), record(2, population=11)])
    assert str(raised.value) == (
        f"{tmp_path / 'at.json'}: expected populations of AT that add up to at most 110 % of its 9,158,800 inhabitants "
        "(eurostat-population-2024), got 10,074,681 (110.0 %)"
    )
    imported(tmp_path, [record(1, population=10**8)], "equal")  # weighs nothing there
    imported(tmp_path, [record(1, population=10**8, country="RW")])  # no statistics to compare with


def test_the_report_says_how_many_inhabitants_are_covered(tmp_path: Path) -> None:
    rows = [record(1, population=6_868_500), record(2, "google", population=600_000), record(3, "a1", population=1_600_000)]
    rows += [record(4, "unknown", population=100), record(5, "a1", population=8, country="RW", bfs="RW-5")]
    result = imported(tmp_path, rows)
    covered = 6_868_500 + 600_000 + 1_600_000 + 100
    assert result.report.countries[0].covered == pytest.approx(covered / 9_158_800)
    austria = cells(result, "AT")
    assert austria["people, % of inhabitants"] == "99.0"
    assert austria["US, % of records"] == "66.7"
    assert austria["US, % of people"] == f"{100 * 7_468_500 / 9_068_500:.1f}" == "82.4"
    assert cells(result, "RW")["people, % of inhabitants"] == "not told"
    note = "- RW: no statistics of inhabitants; the country counts the 8 people of its records\n"
    assert note in result.report.text()
    alike = imported(tmp_path, rows, "equal")
    assert "people, % of inhabitants" not in cells(alike, "AT")
    assert note not in alike.report.text()


@pytest.mark.skipif(not DATA.exists(), reason="the raw measurements are not here")
@pytest.mark.parametrize(("code", "low", "high"), [("FR", 0.97, 0.99), ("PT", 0.98, 1.0), ("CZ", 0.99, 1.01)])
def test_real_records_cover_their_country(code: str, low: float, high: float) -> None:
    choice = OverlapChoice({code: "outer"}, divide_shared=True)
    result = import_mxmap([DATA / "world" / f"{code.lower()}.json"], name="w", weight="population", overlap=choice)
    assert low < (result.report.countries[0].covered or 0) < high
