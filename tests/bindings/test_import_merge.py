"""Several measurements of one country: files of one source add up, of several sources one record stands for each place."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from import_samples import DATA, keyed, plain, record, write
from mailrift.importers.merge import merge, merge_sources, number_of
from mailrift.importers.mxmap import import_mxmap
from mailrift.importers.reading import read_records
from mailrift.importers.records import Record


def made(place: str, provider: str) -> Record:
    return Record("f", "", place, "AT", "", "", provider, None, True, None)


def numbers(*sources: list[str]) -> list[str]:
    """The places of sources merged, in their order."""
    made_of = [(f"source {i}", [made(place, "microsoft") for place in places]) for i, places in enumerate(sources)]
    return [number_of(record) for record in merge("AT", made_of)[0]]


def test_places_match_by_their_number() -> None:
    assert numbers(["AT-0123"], ["123"]) == ["0123"]
    assert numbers(["AT-000"], ["0"], ["000"]) == ["000"]
    assert numbers(["AT-12"], ["AT-21"]) == ["12", "21"]


def test_zeros_in_front_tell_places_apart_where_a_source_has_both() -> None:
    assert numbers(["01", "1"], ["1", "01"]) == ["01", "1"]
    assert numbers(["01", "1"], ["001"]) == ["01", "1", "001"]
    assert numbers(["1"], ["01", "001"]) == ["1", "01", "001"]


def test_the_first_that_knows_the_operator_stands() -> None:
    first = [made("AT-1", "microsoft"), made("AT-2", "unknown"), made("AT-3", "unknown"), made("AT-4", "local-isp")]
    second = [made("1", "google"), made("2", "google"), made("3", "unknown"), made("4", "a1"), made("5", "aws")]
    third = [made("1", "microsoft"), made("2", "aws"), made("3", "google"), made("5", "google")]
    merged, found = merge("AT", [("a", first), ("b", second), ("c", third)])
    assert [(number_of(each), each.provider) for each in merged] == [
        ("1", "microsoft"),
        ("2", "google"),
        ("3", "google"),
        ("4", "local-isp"),
        ("5", "aws"),
    ]
    assert (found.filled, found.added, found.left_out) == (2, 1, 8)
    told = [(each.source, each.matched, each.agreed) for each in found.compared]
    assert told == [("b", 2, 1), ("c", 1, 1)]  # places 1 (twice) and 4 are known to the first source and another
    assert "50.0 % of 2 places agree with b, 100.0 % of 1 places agree with c" in found.text()
    assert [round(each.shares.get("microsoft", 0), 3) for each in found.sources] == [0.5, 0, 0.25]
    assert "google has 0 % (a, 2), 50 % (b, 4), 50 % (c, 4)" in found.text()


def test_an_import_of_two_sources_balances_and_reports(tmp_path: Path) -> None:
    listed = write(tmp_path, [record(1), record(2, "unknown"), record(3, "google")])
    by_key = write(tmp_path, keyed({"1": {"provider": "google"}, "2": {"provider": "microsoft"}, "9": {}}), "at-data.min.json")
    result = import_mxmap([listed, by_key], name="w")
    report = result.report
    assert (report.read, report.used, report.unknown, report.refused) == (6, 4, 0, 2)
    assert plain(result.world["markets"]["AT"]) == {"microsoft": 0.5, "at-self-hosted": 0.25, "google": 0.25}
    assert result.world["markets"]["AT"]["source"] == "mxmap-it-2026, mxmap-at-2026"
    assert result.world["sources"] == ["mxmap-at-2026", "mxmap-it-2026"]
    assert "AT: " in report.text()
    assert report.document()["disagreements"][0]["compared"] == ({"source": "mxmap-at-2026", "matched": 1, "agreed": 0},)
    other = plain(import_mxmap([by_key, listed], name="w").world["markets"]["AT"])
    assert other == {"google": 0.5, "at-self-hosted": 0.25, "microsoft": 0.25}  # the order is the precedence


def routes_of(world: dict[str, Any], code: str) -> Any:
    return {key: world["markets"][code][key] for key in ("routes", "unknown", "sample")}


@pytest.mark.skipif(not DATA.exists(), reason="the raw measurements are not here")
@pytest.mark.parametrize("code", ["at", "nl", "pl", "rw"])
@pytest.mark.parametrize("seed", range(5))
def test_two_halves_give_the_whole(code: str, seed: int, tmp_path: Path) -> None:
    rows = json.loads((DATA / "world" / f"{code}.json").read_text("utf-8"))
    random.Random(seed).shuffle(rows)
    cut = random.Random(seed + 100).randrange(1, len(rows))
    halves = [write(tmp_path, rows[:cut], "a.json"), write(tmp_path, rows[cut:], "b.json")]
    whole = import_mxmap([write(tmp_path, rows, "whole.json")], name="w")
    both = import_mxmap(halves, name="w")
    assert routes_of(both.world, code.upper()) == routes_of(whole.world, code.upper())
    assert both.world["providers"] == whole.world["providers"]
    assert both.report.read == both.report.used + both.report.unknown + both.report.refused == len(rows)


@pytest.mark.skipif(not DATA.exists(), reason="the raw measurements are not here")
def test_austria_in_two_pipelines() -> None:
    """Microsoft's share of Austrian municipalities, published: 52 % in the record list, 66 % in the national one."""
    records = read_records([DATA / "world" / "at.json", DATA / "national" / "at-data.min.json"])
    merged, (found,) = merge_sources(records)
    assert [round(100 * each.shares["microsoft"]) for each in found.sources] == [52, 66]
    assert found.compared[0].matched > 2000
    assert 0.7 < found.compared[0].agreed / found.compared[0].matched < 0.95
    assert len(merged.by_country["AT"]) + found.left_out == sum(each.records for each in found.sources)
