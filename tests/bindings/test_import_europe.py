"""The shipped world europe-institutions-2026: consistent in itself, and made from its inputs to the byte."""

from __future__ import annotations

import csv
import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from import_samples import DATA, INPUTS, PROJECT, WORLD, record, write
from mailrift.importers import build_world
from mailrift.importers.comparison import comparison_text, us_share_of
from mailrift.importers.coverage import Report
from mailrift.importers.operators import read_operators
from mailrift.importers.problem import ImportProblem

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the raw measurements are not here")


@pytest.fixture(scope="module")
def world() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(WORLD.read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def inputs() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(INPUTS.read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def report() -> Report:
    return build_world.build_world(INPUTS, DATA).report


def rows(place: dict[str, Any]) -> list[tuple[str, str | None, float]]:
    """(provider, gateway, share) of a place in either form."""
    routes = place["routes"]
    listed = routes if isinstance(routes, list) else [{"provider": key, "share": share} for key, share in routes.items()]
    return [
        (row["provider"], row.get("gateway"), row["share"]["value"] if isinstance(row["share"], dict) else row["share"]) for row in listed
    ]


def test_members(world: dict[str, Any], inputs: dict[str, Any]) -> None:
    eu = next(bloc["members"] for bloc in world["blocs"] if bloc["code"] == "EU")
    assert len(eu) == len(set(eu)) == 27
    assert set(world["markets"]) == {*eu, "CH", "NO", "IS", "GB"}
    assert set(inputs["by_hand"]) == {"HU"}


def test_shares_sum_to_1_everywhere(world: dict[str, Any]) -> None:
    for code, market in world["markets"].items():
        for place in (market, *market.get("regions", {}).values()):
            assert math.isclose(math.fsum(share for *_, share in rows(place)) + place["unknown"], 1, abs_tol=1e-9), code


def test_mail_users_are_the_organisations(world: dict[str, Any]) -> None:
    users = {entry["code"]: entry["mail_users"] for entry in world["jurisdictions"]}
    for code, market in world["markets"].items():
        assert users[code] == market["sample"]
        assert sum(region["mail_users"] for region in market.get("regions", {}).values()) <= users[code]
    seats = {entry["jurisdiction"] for operator in world["providers"] + world["suppliers"] for entry in operator["control"]}
    assert {code for code, count in users.items() if count == 0} == (seats | {"US"}) - set(world["markets"]) - {"XC", "XD"}
    assert (users["XC"], users["XD"]) == (1, 1)


def test_every_reference_is_declared(world: dict[str, Any]) -> None:
    providers = {entry["id"] for entry in world["providers"]}
    suppliers = {entry["id"] for entry in world["suppliers"]}
    codes = {entry["code"] for entry in world["jurisdictions"]}
    assert not providers & suppliers
    for market in world["markets"].values():
        for place in (market, *market.get("regions", {}).values()):
            assert {provider for provider, *_ in rows(place)} <= providers
            assert {gateway for _, gateway, _ in rows(place) if gateway} <= suppliers
    for entry in world["providers"] + world["suppliers"]:
        assert {control["jurisdiction"] for control in entry["control"]} <= codes
    assert {group["jurisdiction"] for group in world["groups"]} <= codes


def test_counted_providers_stand_for_their_organisations(world: dict[str, Any]) -> None:
    counts = {entry["id"]: entry["count"] for entry in world["providers"] if "count" in entry}
    for code, market in world["markets"].items():
        identifier = f"{code.lower()}-self-hosted"
        share = math.fsum(share for provider, _, share in rows(market) if provider == identifier)
        organisations = round(share * market["sample"])
        shared = {"BG": 1, "DE": 492, "ES": 3}.get(
            code, 0
        )  # bodies that share the domain of another: a town and its district, villages of one Amt
        assert counts.get(identifier, 0) == organisations - shared, code


def test_the_two_courts(world: dict[str, Any]) -> None:
    groups = {group["id"]: group for group in world["groups"]}
    assert groups["icc"]["routes"] == [{"provider": "microsoft", "share": 1, "address": "own"}]
    assert groups["icc-hosted"]["routes"] == [{"provider": "microsoft", "share": 1, "address": "provider"}]
    assert {group["account"] for group in groups.values()} == {"business"}
    assert world["domains"] == [{"id": "icc-domain", "owner": "icc", "name": "icc-cpi.int"}]
    hosts = {entry["code"]: entry.get("host") for entry in world["jurisdictions"]}
    assert (hosts["XC"], hosts["XD"]) == ("NL", "NL")


def test_providers_to_move_to_are_outside_us_reach(world: dict[str, Any]) -> None:
    providers = {entry["id"]: entry for entry in world["providers"]}
    assert [control["jurisdiction"] for control in providers["nl-domestic"]["control"]] == ["NL"]
    assert [control["jurisdiction"] for control in providers["ch-proton"]["control"]] == ["CH"]
    used = {provider for market in world["markets"].values() for provider, *_ in rows(market)}
    assert not used & {"nl-domestic", "ch-proton"}


def figures(value: Any) -> list[dict[str, Any]]:
    """All figures with a range."""
    if isinstance(value, dict):
        own = [value] if {"value", "range"} <= set(value) else []
        return own + [figure for child in value.values() for figure in figures(child)]
    return [figure for child in value for figure in figures(child)] if isinstance(value, list) else []


def test_figures_have_source_and_a_range_that_holds_them(world: dict[str, Any]) -> None:
    found = figures(world)
    assert len(found) > 40
    for figure in found:
        low, high = figure["range"]
        assert 0 <= low <= figure["value"] <= high <= 1, figure
        assert figure["confidence"] in ("low", "medium", "high")
    assert {figure["source"] for figure in figures(world["mixing"]) + figures(world["blocs"])} == {"assumed"}


def test_mixing_ranges_cannot_exceed_everything(world: dict[str, Any]) -> None:
    mixing = world["mixing"]
    assert mixing["home"]["range"][1] + mixing["bloc"]["range"][1] <= 1
    for group in ("icc", "icc-hosted"):
        highest = [row["share"]["range"][1] for row in mixing["affinities"] if row["from"] == group]
        assert sum(highest) <= 1


def test_sources_are_in_the_bibliography(world: dict[str, Any]) -> None:
    text = (PROJECT / "scenarios" / "sources.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{([^,]+),", text, re.M)
    assert len(keys) == len(set(keys))
    assert set(world["sources"]) <= set(keys)
    assert text.count("{") == text.count("}")
    for market in world["markets"].values():
        assert set(market["source"].split(", ")) <= set(world["sources"])


def test_licence_is_the_share_alike_one_of_the_data(world: dict[str, Any]) -> None:
    assert world["licence"] == "CC-BY-SA-4.0"
    assert "CC BY-SA 4.0" in world["notice"]


def test_world_fits_the_limits_of_a_document(world: dict[str, Any]) -> None:
    assert WORLD.stat().st_size < 16 * 2**20
    for market in world["markets"].values():
        assert all(len(name.encode()) <= 64 for name in market.get("regions", {}))
        assert len(market.get("note", "").encode()) <= 1000
    assert len(world["about"].encode()) <= 4000


@needs_data
def test_world_is_made_to_the_byte(tmp_path: Path) -> None:
    out = tmp_path / "world.json"
    assert build_world.main([str(INPUTS), "--data", str(DATA), "--out", str(out), "--report", str(tmp_path / "r.md")]) == 0
    assert out.read_bytes() == WORLD.read_bytes()


@needs_data
def test_the_world_of_all_countries_is_made_to_the_byte(tmp_path: Path) -> None:
    shipped = WORLD.with_name("institutions-2026.json")
    out = tmp_path / "world.json"
    assert build_world.main([str(shipped.with_suffix(".inputs.json")), "--data", str(DATA), "--out", str(out)]) == 0
    assert out.read_bytes() == shipped.read_bytes()
    assert len(json.loads(out.read_text("utf-8"))["markets"]) > 120


@needs_data
def test_no_record_is_lost(report: Report) -> None:
    assert (report.read, report.used, report.unknown, report.refused) == (95884, 85742, 3864, 6278)
    assert report.read == report.used + report.unknown + report.refused
    assert "Of 2900 unknown records of the files, 2278 lack an MX record and 622 have one." in report.text()
    assert "AT: microsoft has 52 % (mxmap-it-2026, 2075), 66 % (mxmap-at-2026, 2075), 69 % (mxmap-dach-2026, 2041)" in report.text()


@needs_data
def test_us_shares_are_within_1_point_of_the_reference(report: Report, inputs: dict[str, Any]) -> None:
    reference = inputs["reference"]["us_share"]
    for entry in report.countries:
        if entry.country in reference:
            assert abs(entry.big_three_share - reference[entry.country]) < 0.01, entry.country


@needs_data
def test_us_share_of_the_eu(report: Report, inputs: dict[str, Any]) -> None:
    members = inputs["blocs"][0]["members"]
    assert us_share_of(report, members) == pytest.approx(0.3023, abs=5e-5)
    assert us_share_of(report, members, {"IT": (7900, 0.258)}) == pytest.approx(0.2397, abs=5e-5)
    text = comparison_text(report, INPUTS)
    assert "EU, organisations alike: 30.2 % (reference 24.7 %)" in text
    assert "| AT | 2118 | 51.1 | 52.0 | -0.9 |" in text


def places(market: dict[str, Any]) -> dict[tuple[str, str], int]:
    """Organisations by provider and owner of the address."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in market["routes"]:
        counts[row["provider"], row["address"]] += round(row["share"]["value"] * market["sample"])
    return dict(counts)


@needs_data
def test_france_is_the_published_table(world: dict[str, Any]) -> None:
    """A second tally of the table, by hand: no record of it has MX hosts, so that labels are operators."""
    operators = read_operators()
    names = {
        "independent": "fr-self-hosted",
        "local": "fr-local-isp",
        "french-isp": "fr-local-isp",
        "ionos": "de-ionos",
        "infomaniak": "ch-infomaniak",
        "microsoft": "microsoft",
        "google": "google",
        "aws": "aws",
        "yahoo": "yahoo",
    }
    counts: Counter[tuple[str, str]] = Counter()
    with (DATA / "national" / "fr-validation_report.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            provider = names.get(row["provider"], "fr-" + row["provider"])
            if provider == "fr-self-hosted" and row["domain"] == "laposte.net":
                provider = "fr-laposte"
            counts[provider, "provider" if operators.owns_address(row["domain"]) else "own"] += 1
    unknown = counts.pop(("fr-unknown", "own"))
    market = world["markets"]["FR"]
    assert (market["sample"], round(market["unknown"] * market["sample"])) == (sum(counts.values()) + unknown, unknown)
    assert places(market) == counts


@needs_data
def test_italy_is_the_published_table(world: dict[str, Any]) -> None:
    document = json.loads((DATA / "national" / "it-stats_current.json").read_text(encoding="utf-8"))
    counts = {row["provider"]: row["count"] for row in document["providers"]}
    market = world["markets"]["IT"]
    mine = {provider: round(share * market["sample"]) for provider, _, share in rows(market)}
    assert (market["sample"], round(market["unknown"] * market["sample"])) == (document["n_entities"], counts["unknown"])
    assert mine["microsoft"] == counts["microsoft"] + counts["istruzione-miur-tenant"]
    shown = {row["provider"]: row["display"] for row in document["providers"]}
    assert shown["istruzione-miur-tenant"] == shown["microsoft"] == "Microsoft 365"
    us = next(row["count"] for row in document["sovereignty"] if row["bucket"] == "USA (CLOUD Act)")
    assert mine["microsoft"] + mine["google"] + mine["aws"] == us
    assert mine["it-self-hosted"] == counts["independent"]
    assert mine["it-aruba"] == counts["aruba"]


def small_inputs(folder: Path, **changes: Any) -> Path:
    """Inputs of a small world: Austria from a file of two records."""
    (folder / "world").mkdir(exist_ok=True)
    write(folder / "world", [record(1), record(2, "unknown")])
    mixing = {"home": 0.5, "bloc": 0.1, "affinities": []}
    document: dict[str, Any] = {
        "schema": 1,
        "name": "small",
        "title": "t",
        "about": "a",
        "files": ["world/at.json"],
        "notes": {"AT": "n"},
        "by_hand": {},
        "extra_providers": ["nl-domestic"],
        "jurisdictions": [],
        "blocs": [],
        "domains": [],
        "groups": [],
        "mixing": mixing,
    }
    return write(folder, document | changes, "inputs.json")


def test_small_world_from_inputs(tmp_path: Path) -> None:
    result = build_world.build_world(small_inputs(tmp_path), tmp_path)
    assert result.world["markets"]["AT"]["note"] == "n"
    assert [entry["id"] for entry in result.world["providers"]] == ["microsoft", "nl-domestic"]
    assert [entry["code"] for entry in result.world["jurisdictions"]] == ["AT", "NL", "US"]
    assert result.world["x-made-from"][0]["file"] == "world/at.json"
    assert result.report.read == 2


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"files": ["../at.json"]}, '/files/0: expected a path such as world/at.json, got "../at.json"'),
    ({"files": ["/etc/at.json"]}, '/files/0: expected a path such as world/at.json, got "/etc/at.json"'),
    ({"extra_providers": ["none"]}, '/extra_providers/0: expected a provider of the operator table, got "none"'),
    ({"by_hand": {"AT": {}}}, "/by_hand/AT: expected a country without a file, got AT"),
    ({"title": 5}, "/title: expected a string, got 5"),
]


@pytest.mark.parametrize(("changes", "expected"), FAULTS)
def test_fault_of_inputs(tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    path = small_inputs(tmp_path, **changes)
    with pytest.raises(ImportProblem) as caught:
        build_world.build_world(path, tmp_path)
    assert str(caught.value) == f"{path}:{expected}"


def test_command_reports_a_fault_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = small_inputs(tmp_path, title=5)
    assert build_world.main([str(path), "--data", str(tmp_path), "--out", str(tmp_path / "world.json")]) == 3
    assert capsys.readouterr().err == f"error: {path}:/title: expected a string, got 5\n"
    assert not (tmp_path / "world.json").exists()


def test_command_prints_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build_world.main([str(small_inputs(tmp_path)), "--data", str(tmp_path)]) == 0
    assert "Read 2 = used 1 + unknown 1 + refused 0." in capsys.readouterr().out


def test_command_writes_world_and_report(tmp_path: Path) -> None:
    out, told = tmp_path / "w.json", tmp_path / "r.json"
    assert build_world.main([str(small_inputs(tmp_path)), "--data", str(tmp_path), "--out", str(out), "--report", str(told)]) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["name"] == "small"
    assert json.loads(told.read_text(encoding="utf-8"))["used"] == 1


@pytest.mark.parametrize(("code", "percent"), [("GR", 22.0), ("HR", 20.1), ("ES", 12.3)])
def test_shares_on_operators_of_other_countries(world: dict[str, Any], code: str, percent: float) -> None:
    """As CHANGELOG.md gives them: of all organisations, on operators that are seated neither at home nor in the US."""
    seats = {row["id"]: {entry["jurisdiction"] for entry in row["control"] if entry["via"] != "staff"} for row in world["providers"]}
    routes = world["markets"][code]["routes"]
    rows = routes if isinstance(routes, list) else [{"provider": provider, "share": share} for provider, share in routes.items()]
    elsewhere = sum(row["share"]["value"] for row in rows if seats[row["provider"]] and not seats[row["provider"]] & {"US", code})
    assert 100 * elsewhere == pytest.approx(percent, abs=0.05)
