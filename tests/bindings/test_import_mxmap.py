"""mxmap files into worlds: a worked example, weights, gateways, categories, and rules that hold for every file."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest

from import_samples import keyed, plain, record, write
from mailrift.importers import ImportProblem, ImportResult, import_mxmap

LABELS = ["microsoft", "google", "local-isp", "independent", "unknown", "zoho", "post"]


def imported(folder: Path, records: list[dict[str, Any]], **options: Any) -> ImportResult:
    return import_mxmap([write(folder, records)], name="sample", **options)


def shares(place: dict[str, Any]) -> dict[tuple[str, str, str], float]:
    """The routes of a market or region in either form, by (provider, gateway, address)."""
    routes = plain(place)
    if isinstance(routes, dict):
        return {(provider, "", "own"): share for provider, share in routes.items()}
    return {(route["provider"], route.get("gateway", ""), route["address"]): route["share"] for route in routes}


@pytest.fixture
def ten(tmp_path: Path) -> ImportResult:
    """5 microsoft (2 behind seppmail), 2 local-isp, 2 independent, 1 unknown; 7 in Tirol, 2 in Wien, 1 nowhere."""
    records = [record(1), record(2), record(3, canton="Wien")]
    records += [record(4, gateway="seppmail"), record(5, gateway="seppmail", canton="Wien")]
    records += [record(6, "local-isp"), record(7, "local-isp", canton="")]
    records += [record(8, "independent"), record(9, "independent"), record(10, "unknown", domain="")]
    return imported(tmp_path, records)


def test_shares_are_counts_over_all_records(ten: ImportResult) -> None:
    market = ten.world["markets"]["AT"]
    assert market["sample"] == 10
    assert market["source"] == "mxmap-it-2026"
    assert market["unknown"] == 1 / 10
    assert shares(market) == {
        ("microsoft", "", "own"): 3 / 10,
        ("microsoft", "seppmail", "own"): 2 / 10,
        ("at-local-isp", "", "own"): 2 / 10,
        ("at-self-hosted", "", "own"): 2 / 10,
    }


def test_regions_count_their_own_records(ten: ImportResult) -> None:
    regions = ten.world["markets"]["AT"]["regions"]
    assert list(regions) == ["Tirol", "Wien"]
    assert regions["Tirol"]["mail_users"] == 7
    assert regions["Tirol"]["unknown"] == 1 / 7
    assert shares(regions["Tirol"])["microsoft", "seppmail", "own"] == 1 / 7
    assert shares(regions["Wien"]) == {("microsoft", "", "own"): 1 / 2, ("microsoft", "seppmail", "own"): 1 / 2}


def test_categories_become_providers_of_their_country(ten: ImportResult) -> None:
    providers = {provider["id"]: provider for provider in ten.world["providers"]}
    assert sorted(providers) == ["at-local-isp", "at-self-hosted", "microsoft"]
    assert providers["at-self-hosted"]["kind"] == "self_hosted"
    assert providers["at-self-hosted"]["count"] == 2
    assert providers["at-local-isp"]["kind"] == "isp"
    assert "count" not in providers["at-local-isp"]
    for identifier in ("at-local-isp", "at-self-hosted"):
        seat = providers[identifier]["control"][0]
        assert (seat["jurisdiction"], seat["via"]) == ("AT", "operator")


def test_gateway_is_a_supplier_with_its_seat(ten: ImportResult) -> None:
    assert [supplier["id"] for supplier in ten.world["suppliers"]] == ["seppmail"]
    supplier = ten.world["suppliers"][0]
    assert supplier["layer"] == "gateway"
    assert supplier["control"][0]["jurisdiction"] == "CH"


def test_every_seat_is_a_jurisdiction(ten: ImportResult) -> None:
    jurisdictions = {entry["code"]: entry for entry in ten.world["jurisdictions"]}
    assert {code: entry["mail_users"] for code, entry in jurisdictions.items()} == {"AT": 10, "CH": 0, "US": 0}
    assert jurisdictions["AT"] == {"code": "AT", "name": "Austria", "mail_users": 10, "utc_offset": "1 h"}
    assert jurisdictions["US"]["utc_offset"] == "-5 h"


def test_report_accounts_for_every_record(ten: ImportResult) -> None:
    report = ten.report
    assert (report.read, report.used, report.unknown, report.refused) == (10, 9, 1, 0)
    assert report.read == report.used + report.unknown + report.refused
    entry = report.countries[0]
    assert (entry.records, entry.classified, entry.unknown, entry.unknown_without_mx) == (10, 9, 1, 1)
    assert entry.gateway_share == 2 / 9
    assert entry.us_share == entry.big_three_share == 5 / 9
    assert entry.top == (("microsoft", 5), ("at-local-isp", 2), ("at-self-hosted", 2))
    assert (entry.regions, entry.without_region, entry.with_population) == (2, 1, 10)
    assert entry.population == 55_000


def test_report_text_says_what_was_counted(ten: ImportResult) -> None:
    text = ten.report.text()
    assert "Read 10 = used 9 + unknown 1 + refused 0." in text
    assert "All unknown records of the files (1) also lack an MX record." in text
    assert "AT: 1 records name no region; they count in the country only" in text
    assert "categories of the data, not operators" in text
    assert "sha256" in text


def test_report_computes_who_lacks_mx(tmp_path: Path) -> None:
    text = imported(tmp_path, [record(1), record(2, "unknown"), record(3, "unknown", has_mx=True)]).report.text()
    assert "Of 2 unknown records of the files, 1 lack an MX record and 1 have one." in text


def test_report_without_unknown_says_so(tmp_path: Path) -> None:
    assert "No record of the files is unknown." in imported(tmp_path, [record(1)]).report.text()


def test_report_document_is_plain_data(ten: ImportResult) -> None:
    document = ten.report.document()
    assert document["read"] == 10
    assert document["countries"][0]["country"] == "AT"
    assert document["files"][0]["records"] == 10


def test_unresolved_is_unknown(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        keyed({"1": {}, "2": {"provider": "unresolved"}, "3": {"provider": "unknown", "mx": []}}),
        "at-data.min.json",
    )
    result = import_mxmap([path], name="at")
    assert result.world["markets"]["AT"]["unknown"] == 2 / 3
    assert (result.report.unknown, result.report.countries[0].unknown_without_mx) == (2, 1)


def test_unknown_record_with_gateway_stays_unknown(tmp_path: Path) -> None:
    result = imported(tmp_path, [record(1), record(2, "unknown", gateway="sophos")])
    assert result.world["suppliers"] == []
    assert result.world["markets"]["AT"]["unknown"] == 0.5


def test_keyed_file_takes_country_and_year_from_its_head(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        keyed({"1": {"provider": "infomaniak"}, "2": {"provider": "aws", "gateway": "sophos"}}),
        "ch-data.min.json",
    )
    world = import_mxmap([path], name="ch").world
    assert world["sources"] == ["mxmap-ch-2026"]
    assert [provider["id"] for provider in world["providers"]] == ["aws", "ch-infomaniak"]
    assert list(world["markets"]["CH"]["regions"]) == ["Kanton Bern"]


def test_keyed_file_of_austria_names_states(tmp_path: Path) -> None:
    records = {
        "70701": {"provider": "post", "federal_state": "Tirol"},
        "70301": {"provider": "a1", "federal_state": "Wien"},
    }
    document = keyed(records)
    for entry in document["municipalities"].values():
        del entry["canton"]
    world = import_mxmap([write(tmp_path, document, "at-data.min.json")], name="at").world
    assert list(world["markets"]["AT"]["regions"]) == ["Tirol", "Wien"]
    assert [provider["id"] for provider in world["providers"]] == ["at-a1", "at-post"]


def test_operator_without_seat_is_reported(tmp_path: Path) -> None:
    result = imported(tmp_path, [record(1, "nobody-knows"), record(2, gateway="mystery")])
    assert result.report.unknown_seats == ["at-nobody-knows", "mystery"]
    assert "at-nobody-knows, mystery" in result.report.text()
    assert {entry["id"]: entry["control"] for entry in result.world["suppliers"]} == {"mystery": []}


def test_gateway_never_takes_a_providers_id(tmp_path: Path) -> None:
    world = imported(tmp_path, [record(1, gateway="google"), record(2, "google")]).world
    assert [supplier["id"] for supplier in world["suppliers"]] == ["google-gateway"]


def test_consumer_domain_makes_the_address_the_providers(tmp_path: Path) -> None:
    market = imported(tmp_path, [record(1, "google", domain="Gmail.com"), record(2, "google")]).world["markets"]["AT"]
    assert shares(market) == {("google", "", "provider"): 0.5, ("google", "", "own"): 0.5}


def test_routes_without_gateway_take_the_short_form(tmp_path: Path) -> None:
    assert plain(imported(tmp_path, [record(1), record(2, "google")]).world["markets"]["AT"]) == {
        "google": 0.5,
        "microsoft": 0.5,
    }


def test_repeated_domains_are_counted(tmp_path: Path) -> None:
    records = [record(1, domain="a.at"), record(2, domain="a.at"), record(3, domain=""), record(4, domain="")]
    assert imported(tmp_path, records).report.countries[0].repeated_domains == 1


def test_population_weighs_shares_and_countries_but_not_operators(tmp_path: Path) -> None:
    records = [record(1), record(2, "google"), record(3, "unknown"), record(4, "independent")]
    world = imported(tmp_path, records, weight="population").world
    market = world["markets"]["AT"]
    assert world["weight"] == "population"
    assert market["unknown"] == 3 / 10
    assert shares(market) == {
        ("microsoft", "", "own"): 0.1,
        ("google", "", "own"): 0.2,
        ("at-self-hosted", "", "own"): 0.4,
    }
    assert world["jurisdictions"][0]["mail_users"] == {"value": 9158800, "source": "eurostat-population-2024", "confidence": "medium"}
    assert {entry["id"]: entry.get("count") for entry in world["providers"]}["at-self-hosted"] == 1


def test_population_of_0_leaves_the_shares(tmp_path: Path) -> None:
    records = [record(1), record(2, "google", population=0), record(3, "google", population=0, canton="Wien")]
    market = imported(tmp_path, records, weight="population").world["markets"]["AT"]
    assert shares(market) == {("microsoft", "", "own"): 1.0}
    assert list(market["regions"]) == ["Tirol"]
    report = imported(tmp_path, records, weight="population").report
    assert report.countries[0].weightless == 2
    assert report.countries[0].weightless_regions == 1
    assert (
        "- AT: 2 records serve a population of 0; they are counted, but weigh nothing in any share; "
        "1 regions of such records alone are left out\n" in report.text()
    )
    some = imported(tmp_path, [record(1), record(2, "google", population=0)], weight="population").report
    assert "- AT: 1 records serve a population of 0; they are counted, but weigh nothing in any share\n" in some.text()


def test_regions_and_countries_without_statistics_count_the_people_of_their_records(tmp_path: Path) -> None:
    rows = [record(i, population=100 * i, canton="Tirol" if i < 3 else "Wien") for i in (1, 2, 3)]
    market = imported(tmp_path, rows, weight="population").world["markets"]["AT"]
    assert {name: region["mail_users"] for name, region in market["regions"].items()} == {"Tirol": 300, "Wien": 300}
    assert market["x-effective-sample"] == pytest.approx(600**2 / (100**2 + 200**2 + 300**2), abs=1e-3)  # Kish
    elsewhere = [{**row, "country": "RW", "bfs": row["bfs"].replace("AT", "RW")} for row in rows]
    world = imported(tmp_path, elsewhere, weight="population").world
    users = next(row for row in world["jurisdictions"] if row["code"] == "RW")["mail_users"]
    assert users == {"value": 600, "source": "mxmap-it-2026", "confidence": "medium"}
    assert world["markets"]["RW"]["note"] == "No statistics of inhabitants: mail_users is the sum of the records' populations."
    assert world["sources"] == ["mxmap-it-2026"]


def test_population_weight_names_records_without(tmp_path: Path) -> None:
    path = write(tmp_path, [record(1), record(2, population=None), record(3, population=None)])
    with pytest.raises(ImportProblem) as caught:
        import_mxmap([path], name="sample", weight="population")
    assert str(caught.value) == (
        f"{path}:/1: expected a population in every record of AT to weight by it, got 2 of 3 without: /1 (AT-2), /2 (AT-3)"
    )


def test_population_weight_needs_people(tmp_path: Path) -> None:
    path = write(tmp_path, [record(1, population=0)])
    with pytest.raises(ImportProblem, match=r"expected a population above 0 in some record of AT, got 0 in all"):
        import_mxmap([path], name="sample", weight="population")


def test_several_countries_of_one_file(tmp_path: Path) -> None:
    world = imported(tmp_path, [record(1), record(2, "google", country="LI"), record(3, "local-isp", country="LI")]).world
    assert list(world["markets"]) == ["AT", "LI"]
    assert shares(world["markets"]["LI"]) == {("google", "", "own"): 0.5, ("li-local-isp", "", "own"): 0.5}


def test_country_outside_the_standard_stands_for_itself(tmp_path: Path) -> None:
    world = imported(tmp_path, [record(1, country="XK")]).world
    assert world["jurisdictions"][-1] == {"code": "XK", "name": "XK", "mail_users": 1, "utc_offset": "0 h"}


def random_records(seed: int) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    gateways = [None, None, "sophos", "seppmail"]
    return [
        record(
            number,
            draw.choice(LABELS),
            country=draw.choice(["AT", "SI"]),
            canton=draw.choice(["", "A", "B"]),
            gateway=draw.choice(gateways),
        )
        for number in range(1, draw.randint(20, 60))
    ]


@pytest.mark.parametrize("seed", range(30))
def test_shares_and_unknown_sum_to_1(tmp_path: Path, seed: int) -> None:
    for market in imported(tmp_path, random_records(seed)).world["markets"].values():
        for place in (market, *market.get("regions", {}).values()):
            assert math.isclose(math.fsum(shares(place).values()) + place["unknown"], 1, abs_tol=1e-12), seed


@pytest.mark.parametrize("seed", range(30))
def test_order_of_records_changes_nothing(tmp_path: Path, seed: int) -> None:
    records = random_records(seed)
    straight = imported(tmp_path, records).world
    random.Random(seed).shuffle(records)
    shuffled = imported(tmp_path, records).world
    del straight["x-made-from"], shuffled["x-made-from"]
    assert straight == shuffled, seed


@pytest.mark.parametrize("seed", range(30))
def test_halves_of_a_file_add_up(tmp_path: Path, seed: int) -> None:
    records = random_records(seed)
    draw = random.Random(-seed)
    halves: tuple[list[Any], list[Any]] = ([], [])
    for entry in records:
        halves[draw.random() < 0.5].append(entry)
    paths = [write(tmp_path, half, name) for half, name in zip(halves, ("first.json", "second.json"), strict=True)]
    merged = import_mxmap(paths, name="sample").world
    whole = imported(tmp_path, records).world
    assert merged["markets"] == whole["markets"], seed
    assert merged["providers"] == whole["providers"], seed


@pytest.mark.parametrize("seed", range(10))
def test_counting_everything_twice_changes_no_share(tmp_path: Path, seed: int) -> None:
    records = random_records(seed)
    copies = [entry | {"bfs": entry["bfs"] + "-copy"} for entry in records]
    once = imported(tmp_path, records).world["markets"]
    twice = imported(tmp_path, records + copies).world["markets"]
    for code, market in once.items():
        assert shares(market) == pytest.approx(shares(twice[code]), abs=1e-15), seed
        assert twice[code]["sample"] == 2 * market["sample"], seed


@pytest.mark.parametrize("seed", range(10))
def test_equal_populations_weigh_like_organisations(tmp_path: Path, seed: int) -> None:
    records = [entry | {"population": 700} for entry in random_records(seed)]
    equal = imported(tmp_path, records).world["markets"]
    weighted = imported(tmp_path, records, weight="population").world["markets"]
    for code, market in equal.items():
        assert shares(market) == pytest.approx(shares(weighted[code]), abs=1e-15), seed
