"""Ranges of imported shares: sampling, classification, and what several sources of a country say."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

import mailrift as mr
from import_samples import DATA, keyed, record, write
from mailrift.importers.mxmap import import_mxmap
from mailrift.importers.overlap import OverlapChoice
from mailrift.importers.ranges import with_ranges
from mailrift.uncertainty import shifted, value_of, wilson
from mailrift.world_table import world_rows

GLOBAL = {"microsoft", "google", "aws", "zoho", "yandex"}


def listed(place: dict[str, Any]) -> list[dict[str, Any]]:
    routes = place["routes"]
    return routes if isinstance(routes, list) else [{"provider": provider, "share": share} for provider, share in routes.items()]


def ranges(market: dict[str, Any]) -> list[tuple[str, list[float]]]:
    return [(row["provider"], row["share"]["range"]) for row in listed(market)]


def test_a_range_by_hand() -> None:
    found = with_ranges({"sample": 100, "unknown": 0.2, "source": "s", "routes": {"big": 0.4, "small": 0.04, "rest": 0.36}})["routes"]
    for name, of_known in (("big", 0.5), ("small", 0.05), ("rest", 0.45)):
        low, high = wilson(of_known, 80)
        assert found[name]["range"] == pytest.approx([0.8 * max(0.0, low - 0.08), 0.8 * (high + 0.08)], abs=1e-6)
        assert found[name]["range"][1] > found[name]["value"] + 0.8 * 0.08  # all 8 points upwards, however few it has
    assert found["small"]["range"][0] == 0


def test_a_range_holds_what_every_source_says() -> None:
    observed = {"a": {"big": 0.5, "isp": 0.5}, "b": {"big": 0.9, "isp": 0.0}, "c": {"big": 0.1, "isp": 0.9}}
    rows = [
        {"provider": "big", "share": 0.3, "address": "own"},
        {"provider": "big", "share": 0.1, "address": "provider"},
        {"provider": "isp", "share": 0.4, "address": "own"},
    ]
    market = {"sample": 10_000, "unknown": 0.2, "source": "a, b, c", "routes": rows, "x-observed": observed}
    first, second, isp = (span for _, span in ranges(with_ranges(market)))
    # big has 0.5 of the classified, a quarter of it by the second route; the sources say 0.1 to 0.9
    assert first == pytest.approx([0.8 * (0.375 - 0.75 * 0.4), 0.8 * (0.375 + 0.75 * 0.4)], abs=1e-6)
    low, high = wilson(0.125, 8000)
    assert second == pytest.approx([0.8 * min(0.025, low - 0.08), 0.8 * max(0.225, high + 0.08)], abs=2e-6)  # rounded outwards
    assert isp == pytest.approx([0.0, 0.8 * 0.9], abs=1e-6)


def two_sources(folder: Path, seed: int) -> list[Path]:
    draw = random.Random(seed)
    labels = ["microsoft", "google", "local-isp", "independent", "unknown", "a1"]
    first = [record(i, draw.choice(labels), canton=draw.choice("NS"), population=draw.randint(1, 99)) for i in range(1000, 1040)]
    second = {str(i): {"provider": draw.choice([*labels, "microsoft"]), "population": draw.randint(1, 99)} for i in range(1005, 1045)}
    return [write(folder, first), write(folder, keyed(second), "at-data.min.json")]


@pytest.mark.parametrize("weight", ["equal", "population"])
@pytest.mark.parametrize("seed", range(20))
def test_no_source_lies_outside_a_range(tmp_path: Path, seed: int, weight: Any) -> None:
    files = two_sources(tmp_path, seed)
    market = import_mxmap(files, name="w", weight=weight).world["markets"]["AT"]
    observed, known = market["x-observed"], 1 - market["unknown"]
    assert list(observed) == ["mxmap-it-2026", "mxmap-at-2026"], seed
    for shares in observed.values():
        assert set(shares) <= GLOBAL, seed
        for name, share in shares.items():
            low, high = next(span for provider, span in ranges(market) if provider == name)
            assert low - 1e-9 <= share * known <= high + 1e-9, (seed, name)
    people = {row["bfs"].removeprefix("AT-"): row["population"] for row in json.loads(files[0].read_text("utf-8"))}
    own = {name: row for name, row in json.loads(files[1].read_text("utf-8"))["municipalities"].items() if row["provider"] != "unknown"}
    # a place's own population is that of the record that stands for it: the first source's, unless that does not know the operator
    first_knows = {row["bfs"].removeprefix("AT-"): row["provider"] != "unknown" for row in json.loads(files[0].read_text("utf-8"))}
    amount = {name: 1 if weight == "equal" else people[name] if first_knows.get(name) else row["population"] for name, row in own.items()}
    microsoft = sum(amount[name] for name, row in own.items() if row["provider"] == "microsoft") / sum(amount.values())
    assert observed["mxmap-at-2026"]["microsoft"] == pytest.approx(microsoft, abs=1e-12), seed


@pytest.mark.parametrize("weight", ["equal", "population"])
def test_two_sources_that_say_the_same_leave_the_ranges(tmp_path: Path, weight: Any) -> None:
    draw = random.Random(7)
    rows = [(i, draw.choice(["microsoft", "google", "a1", "unknown"]), draw.randint(1, 10**5)) for i in range(1000, 1030)]
    rows.append((1030, "microsoft", 7 * 10**6))  # one great place: the share of records is far from that of people
    one = write(tmp_path, [record(i, provider, population=people, canton=None) for i, provider, people in rows])
    same = {str(i): {"provider": provider, "population": people, "canton": ""} for i, provider, people in rows}
    both = [one, write(tmp_path, keyed(same), "at-data.min.json")]
    alone, twice = (import_mxmap(files, name="w", weight=weight).world["markets"]["AT"] for files in ([one], both))
    assert ranges(twice) == ranges(alone)
    assert "x-observed" not in alone
    assert twice["x-observed"]["mxmap-it-2026"] == twice["x-observed"]["mxmap-at-2026"]


def test_sources_are_compared_once_overlaps_are_removed(tmp_path: Path) -> None:
    """Communes within departments: where departments stand, what the communes say counts in no source."""
    departments = [record(0, "microsoft", bfs=f"FR-{i}", country="FR", population=1000) for i in range(10, 20)]
    communes = [record(0, "google", bfs=f"FR-{i}{j}", country="FR", population=100) for i in range(10, 20) for j in range(100, 105)]
    second = {f"{i}": {"provider": "microsoft", "population": 1000} for i in range(10, 20)}
    files = [write(tmp_path, departments + communes), write(tmp_path, keyed(second), "fr-data.min.json")]
    choice = OverlapChoice({"FR": "outer"})
    market = import_mxmap(files, name="w", weight="population", overlap=choice).world["markets"]["FR"]
    assert market["x-observed"] == {"mxmap-it-2026": {"microsoft": 1.0}, "mxmap-fr-2026": {"microsoft": 1.0}}


def test_parts_of_a_country_do_not_disagree(tmp_path: Path) -> None:
    def market(second: dict[str, Any]) -> dict[str, Any]:
        first = write(tmp_path, [record(1), record(2), record(3, "unknown")])
        files = [first, write(tmp_path, keyed(second), "at-data.min.json")]
        return import_mxmap(files, name="w").world["markets"]["AT"]  # type: ignore[no-any-return]

    google = {"provider": "google"}
    assert "x-observed" not in market({"3": google, "4": google})  # half each
    assert "x-observed" not in market({"2": google, "3": {"provider": "unknown"}})  # one of two known places
    assert market({"1": {"provider": "microsoft"}, "2": google})["x-observed"] == {
        "mxmap-it-2026": {"google": 0.0, "microsoft": 1.0},
        "mxmap-at-2026": {"google": 0.5, "microsoft": 0.5},
    }


@pytest.mark.parametrize("weight", ["equal", "population"])
def test_a_region_has_the_range_of_its_own_sample(tmp_path: Path, weight: Any) -> None:
    rows = [
        record(1000 + i, "microsoft" if i % 4 else "google", canton="North" if i < 40 else "South", population=i + 1) for i in range(200)
    ]
    rows += [record(2000 + i, "unknown", canton="North", population=10) for i in range(10)]
    region = import_mxmap([write(tmp_path, rows)], name="w", weight=weight).world["markets"]["AT"]["regions"]["North"]
    weights = [1 if weight == "equal" else i + 1 for i in range(40)]
    share = sum(each for i, each in enumerate(weights) if i % 4) / sum(weights)
    low, high = wilson(share, sum(weights) ** 2 / sum(each * each for each in weights))
    known = 1 - region["unknown"]
    expected = [known * (low - 0.08), known * min(1.0, high + 0.08)]
    found = {row["provider"]: row["share"] for row in listed(region)}["microsoft"]
    assert found["value"] == pytest.approx(known * share, abs=1e-12)
    assert found["range"] == pytest.approx(expected, abs=2e-6)
    assert found["source"] == "mxmap-it-2026"


def test_sources_differ_in_a_region_as_in_the_country(tmp_path: Path) -> None:
    first = [record(1000 + i, "microsoft" if i % 2 else "google", canton="NS"[i // 50]) for i in range(100)]
    second = {str(1000 + i): {"provider": "microsoft" if i % 10 else "google"} for i in range(100)}
    market = import_mxmap([write(tmp_path, first), write(tmp_path, keyed(second), "at-data.min.json")], name="w").world["markets"]["AT"]
    assert dict(ranges(market["regions"]["N"]))["microsoft"][1] == pytest.approx(0.9, abs=2e-6)
    assert dict(ranges(market))["microsoft"][1] == pytest.approx(0.9, abs=2e-6)


@pytest.mark.skipif(not DATA.is_dir(), reason="the raw measurements are not here")
def test_austria_its_bounds_and_its_row_hold_the_three_pipelines() -> None:
    files = [DATA / name for name in ("world/at.json", "national/at-data.min.json", "national/dach-export.xlsx")]
    world = import_mxmap(files, name="w").world
    market = world["markets"]["AT"]
    told = [shares["microsoft"] for shares in market["x-observed"].values()]
    assert [round(100 * share) for share in told] == [52, 66, 69]
    known = 1 - market["unknown"]
    ends = [span for provider, span in ranges(market) if provider == "microsoft"]
    assert sum(low for low, _ in ends) <= known * min(told)
    assert sum(high for _, high in ends) >= known * max(told) > 1.2 * known * min(told)
    up = shifted(world, {"microsoft"}, 1)["markets"]["AT"]
    assert sum(value_of(row["share"]) for row in listed(up) if row["provider"] == "microsoft") >= known * max(told) - 1e-9
    row = next(row for row in world_rows(world) if row.code == "AT")
    assert row.whole[1] >= known * max(told) + (1 - known) - 1e-9


def test_bounds_heed_what_sources_say_in_a_document() -> None:
    scenario = mr.load("icc-account-closure")
    given = scenario.world
    market = {**given["markets"]["AT"], "x-observed": {"a": {"microsoft": 0.9, "google": 0.1}}}
    without = {key: value for key, value in market.items() if key != "x-observed"}
    one, other = (
        scenario.with_world({**given, "markets": {**given["markets"], "AT": each, "CH": given["markets"]["CH"]}})
        for each in (without, market)
    )
    plain, wide = (mr.bounds(each, "icc", ["AT", "DE"], [90], of="measured", replications=2) for each in (one, other))
    assert wide.legal_low[0, 0] < plain.legal_low[0, 0] - 0.1
    assert wide.legal_high[0, 0] == plain.legal_high[0, 0]
    assert (wide.legal_low[1, 0], wide.legal_high[1, 0]) == (plain.legal_low[1, 0], plain.legal_high[1, 0])
