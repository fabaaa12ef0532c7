"""Operators by MX domain: ids that are valid and never shared, hosts in any order, parts of a file, and what reports tell."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

import mailrift
from import_samples import DATA, record, write
from mailrift.importers.concentration import by_mx
from mailrift.importers.mx_domain import isp_id, mx_domain, provider_id, registrable_domain
from mailrift.importers.mxmap import ImportResult, import_mxmap
from mailrift.importers.operators import Operator, read_operators
from mailrift.importers.problem import ImportProblem
from mailrift.importers.reading import read_records
from mailrift.importers.records import Record
from mailrift.importers.splitting import SELF_HOSTED_LABELS, split_by_mx

needs_data = pytest.mark.skipif(not DATA.exists(), reason="the raw measurements are not here")
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def imported(folder: Path, rows: list[dict[str, Any]]) -> ImportResult:
    return import_mxmap([write(folder, rows)], name="w")


def providers(result: ImportResult) -> dict[str, dict[str, Any]]:
    return {provider["id"]: provider for provider in result.world["providers"]}


def made(*hosts: str, domain: str = "place.at") -> Record:
    return Record("f", "", "AT-1", "AT", "", domain, "independent", None, True, None, mx=hosts)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("mail1.gov.si", "gov.si"),
        ("mx2.gov.md", "gov.md"),
        ("mail.comune.pr.it", "comune.pr.it"),
        ("mx.town.on.ca", "town.on.ca"),
        ("mx.town.at", "town.at"),
        ("mail.town.sp.gov.br", "town.sp.gov.br"),
        ("mx.town.wa.gov.au", "town.wa.gov.au"),
        ("um.gov.pl", None),
        ("a..at", None),
        ("..", None),
        (".at", None),
        ("mail.a b.at", None),
        ("mail.a/b.at", None),
        ("mail." + "a" * 64 + ".at", None),
    ],
)
def test_registrable_domain(host: str, domain: str | None) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        (("mx1.host.at", "mx2.host.at", "mail.place.at"), "host.at"),
        (("mail.place.at", "mx.host.at"), "place.at"),  # a tie: the organisation's own
        (("mx.zeta.at", "mx.alpha.at"), "alpha.at"),  # a tie of others: the first by name
        (("192.0.2.1", "localhost", "mx.host.at"), "host.at"),
        (("192.0.2.1",), None),
        ((), None),
    ],
)
def test_most_hosts_decide_in_any_order(hosts: tuple[str, ...], expected: str | None) -> None:
    assert {mx_domain(made(*order)) for order in permutations(hosts)} == {expected}


def test_ids_of_different_domains_differ() -> None:
    domains = ["a-b.at", "a_b.at", "shop-gov.at", "shop.gov.at", "a-shop-gov.at", "a-shop.gov.at", "exämple.at"]
    domains += ["x" * 63 + ".at", "x" * 63 + ".de", "a" * 60 + "." + "b" * 60 + ".at"]
    ids = [provider_id("AT", domain) for domain in domains]
    assert len(set(ids)) == len(domains)
    assert all(ID.fullmatch(identifier) for identifier in ids)
    assert provider_id("AT", "a-b.at") == "at-mx-a-b-at"
    assert provider_id("AT", "shop.gov.at") == "at-mx-shop-gov-at"
    assert re.fullmatch(r"at-mx-shop-gov-at_[0-9a-f]{10}", provider_id("AT", "shop-gov.at"))
    assert provider_id("DE", "a-b.at") != provider_id("AT", "a-b.at")


@pytest.mark.parametrize("host", ["mail.exämple.at", "mail." + "a" * 63 + ".at", "mail.a_b.at", "mail.a b.at", "..at"])
def test_a_world_of_any_host_names_is_valid(tmp_path: Path, host: str) -> None:
    result = imported(tmp_path, [record(i, "local-isp", mx=[host]) for i in (1, 2, 3)])
    assert all(ID.fullmatch(identifier) for identifier in providers(result))
    result.save(tmp_path / "world.json")
    assert set(mailrift.load_world(tmp_path / "world.json").document["markets"]) == {"AT"}


def test_similar_domains_stay_two_operators(tmp_path: Path) -> None:
    rows = [record(i, "local-isp", mx=["mx.a-b.at" if i % 2 else "mx.a_b.at"]) for i in range(1, 5)]
    result = imported(tmp_path, rows)
    assert sorted(provider["name"] for provider in providers(result).values()) == ["a-b.at", "a_b.at"]
    assert result.report.countries[0].s_mx == pytest.approx(0.5 - 0.25, abs=1e-15)


def test_a_mailbox_providers_domain_is_no_organisations_own(tmp_path: Path) -> None:
    rows = [record(1, "independent", domain="aon.at", mx=["mx.aon.at"]), record(2, "independent", mx=["mx.place2.at"])]
    result = imported(tmp_path, rows)
    routes = {row["provider"] for row in result.world["markets"]["AT"]["routes"]}
    assert "at-self-hosted" in routes
    assert len(routes) == 2


def isp(number: int, name: str, provider: str = "local-isp", mx: list[str] | None = None) -> dict[str, Any]:
    """A record on somebody's network, in its own domain if `mx` is not given."""
    return {**record(number, provider, mx=mx or [f"mail.place{number}.at"]), "isp_name": name}


UNSPLIT = Operator("none", "none", ())


def network_of_all(rows: list[Record], row: Record) -> set[str]:
    """The networks of all who share a record's MX domain."""
    return {other.isp for other in rows if mx_domain(other) == mx_domain(row)}


def control(result: ImportResult, identifier: str) -> list[str]:
    return [entry["jurisdiction"] for entry in providers(result)[identifier]["control"]]


def test_an_own_domain_on_a_named_network_is_run_there(tmp_path: Path) -> None:
    rows = [isp(1, "Hetzner (DE)"), isp(2, "Hetzner (DE)"), isp(3, "Beyond Hosting (PL)"), isp(4, "Beyond  hosting (PL)")]
    rows += [isp(5, "Dial.pl (PL)"), isp(6, "Dial.pl (PL)"), record(7, "independent", mx=["mail.place7.at"])]
    rows += [record(i, "independent", mx=[f"mail.place{i}.at"]) for i in range(8, 12)]
    result = imported(tmp_path, rows)
    found = plain_counts(result)
    dial = isp_id("AT", "dial.pl (pl)")
    assert found == {"de-hetzner": 2, "at-isp-beyond-hosting-pl": 2, dial: 2, "at-self-hosted": 5}
    assert (control(result, "at-isp-beyond-hosting-pl"), control(result, dial), control(result, "de-hetzner")) == (["PL"], ["PL"], ["DE"])
    assert providers(result)["at-self-hosted"]["count"] == 5


def test_small_networks_are_counted_by_seat(tmp_path: Path) -> None:
    rows = [record(i, "microsoft") for i in range(1, 601)]
    rows += [
        isp(601, "One (DE)"),
        isp(602, "Two (DE)"),
        isp(603, "Two (DE)"),
        isp(604, "Three (AT)"),
        isp(605, "Four (CZ)"),
        isp(606, "Five (XX)"),
        isp(608, "Six SE"),
        isp(609, "Seven (UK)"),
        isp(610, "Eight (AT/DK)"),
    ]
    rows += [record(607, "local-isp", mx=["mail.place607.at"])]
    result = imported(tmp_path, rows)
    assert plain_counts(result) == {
        "microsoft": 600,
        "at-small-hosts": 3,
        "at-small-hosts-de": 3,
        "at-small-hosts-cz": 1,
        "at-small-hosts-gb": 1,
        "at-small-unseated-hosts": 2,
    }
    assert {name: control(result, name) for name in plain_counts(result) if "small" in name} == {
        "at-small-hosts": ["AT"],
        "at-small-hosts-gb": ["GB"],
        "at-small-unseated-hosts": [],
        "at-small-hosts-de": ["DE"],
        "at-small-hosts-cz": ["CZ"],
    }
    assert providers(result)["at-small-hosts-de"]["count"] == 2  # two networks, three organisations
    assert result.report.unknown_seats == ["at-small-unseated-hosts"]


def test_one_network_is_one_operator(tmp_path: Path) -> None:
    """Own domains and small shared domains on a network count together: for the table's networks, and for the size of others."""
    rows = [record(i, "microsoft") for i in range(1, 1001)]
    rows += [isp(1101 + i, "Hetzner (DE)", mx=[f"mx.pair{i // 2}.at"]) for i in range(6)]
    rows += [isp(1010, "Hetzner (DE)")]
    rows += [isp(1020 + i, "Some Net (CZ)") for i in range(3)] + [
        isp(1030 + i, "Some Net (CZ)" if i else "", mx=["mx.small.at"]) for i in range(3)
    ]
    rows += [isp(1040 + i, "Large Host (PL)", mx=["mx.large.at"]) for i in range(9)] + [isp(1060, "Large Host (PL)")]
    rows += [isp(1070 + i, "Hetzner (DE)", provider="independent", mx=["mx.cluster.at"]) for i in range(2)]
    result = imported(tmp_path, rows)
    assert providers(result)["at-isp-some-net-cz"]["name"] == "Some Net (CZ)"
    assert plain_counts(result) == {
        "microsoft": 1000,
        "de-hetzner": 7,
        "at-isp-some-net-cz": 6,  # three and three: neither alone has 0.5 % of 1025
        "at-mx-large-at": 9,  # large by itself, so an operator of its own
        "at-small-hosts-pl": 1,
        "at-small-hosts-de": 2,  # the data call them independent: the network is not their operator
    }


def test_the_top_level_domain_tells_the_seat_of_one_client_too(tmp_path: Path) -> None:
    rows = [record(i, "microsoft") for i in range(1, 601)]
    rows += [record(601, "local-isp", mx=["mx.host.cz"]), record(602, "local-isp", domain="town.cz", mx=["mx.town.cz"])]
    found = plain_counts(imported(tmp_path, rows))
    assert found == {"microsoft": 600, "at-small-hosts-cz": 1, "at-small-hosts": 1}  # the second is a domain of its own organisation


def test_a_town_and_its_district_share_their_own_server(tmp_path: Path) -> None:
    rows = [record(i, "independent", domain="town.at", mx=["mail.town.at"]) for i in (1, 2)]
    rows += [record(3, "independent", domain="other.at", mx=["mail.other.at"])]
    result = imported(tmp_path, rows)
    assert plain_counts(result) == {"at-self-hosted": 3}
    assert providers(result)["at-self-hosted"]["count"] == 2


def test_a_blank_name_is_no_network(tmp_path: Path) -> None:
    rows = [isp(1, "  "), isp(2, " ")]
    found = plain_counts(imported(tmp_path, rows))
    assert not any("-isp-" in name for name in found)


@pytest.mark.parametrize(("label", "clash"), [("isp-foo-de", "Foo (DE)"), ("small-hosts", "Foo (AT)"), ("mx-foo-at", "")])
def test_a_label_cannot_take_the_id_of_an_operator_made_from_networks(tmp_path: Path, label: str, clash: str) -> None:
    many = 1 if label == "small-hosts" else 10
    rows = [record(i, "microsoft") for i in range(1, 601)] + [record(700, label)]
    rows += [isp(601 + i, clash, mx=["mx.foo.at"] if label.startswith("mx") else None) for i in range(many)]
    with pytest.raises(ImportProblem, match=f"expected a label of a provider that is no operator's.*at-{label}, the id of two"):
        imported(tmp_path, rows)


@needs_data
def test_no_network_of_the_table_is_left_among_small_hosts() -> None:
    table = read_operators()
    for code, rows in read_records(sorted((DATA / "world").glob("*.json"))).by_country.items():
        split = split_by_mx(code, rows, table)
        left = Counter(
            row.isp
            for row in rows
            if row.isp
            and row.provider not in SELF_HOSTED_LABELS
            and "-small-" in split.operator_of.get(row.id, UNSPLIT).id
            and table.behind_isp(row.isp.rpartition(" (")[0].casefold()) is not None
            and network_of_all(rows, row) == {row.isp}
        )
        assert not left, code


def test_the_network_tells_the_seat_of_a_shared_domain(tmp_path: Path) -> None:
    rows = [{**record(i, "local-isp", mx=["mx.host.com"]), "isp_name": "Somebody (DE)"} for i in (1, 2)]
    assert control(imported(tmp_path, rows), "at-mx-host-com") == ["DE"]


def test_ids_of_different_networks_differ() -> None:
    names = ["one (de)", "one (fr)", "one de", "one-(de)", "one two (de)", "one-two (de)", "one/two (de)", "x" * 90 + " (de)", "ä (de)"]
    ids = [isp_id("AT", name) for name in names]
    assert len(set(ids)) == len(names)
    assert all(ID.fullmatch(identifier) for identifier in ids)
    assert ids[0] == "at-isp-one-de"


def plain_counts(result: ImportResult) -> dict[str, int]:
    """Organisations by provider."""
    counts: Counter[str] = Counter()
    for market in result.world["markets"].values():
        rows = market["routes"]
        listed = rows.items() if isinstance(rows, dict) else [(row["provider"], row["share"]) for row in rows]
        for provider, share in listed:
            counts[provider] += round(share["value"] * market["sample"])
    return dict(counts)


def test_the_report_tells_what_counted_entries_stand_for(tmp_path: Path) -> None:
    rows = [record(i, "local-isp", mx=["mx.big.at"]) for i in range(1, 600)]
    rows += [record(600 + i, "local-isp", mx=[f"mx.pair{i // 2}.at"]) for i in range(4)] + [record(700, "local-isp", mx=["mx.one.at"])]
    report = imported(tmp_path, rows).report
    assert report.countries[0].counted == (("at-small-hosts", 3, 5),)
    assert "- AT: at-small-hosts stands for 3 operators with 5 organisations (mean 1.67)" in report.text()
    assert json.loads(json.dumps(report.document()))["countries"][0]["counted"] == [["at-small-hosts", 3, 5]]


def some(generator: random.Random, count: int) -> list[dict[str, Any]]:
    """Records with own, shared, large and unnamed mail servers, several hosts, known labels and unknown ones."""
    rows = []
    for number in range(1, count + 1):
        label = generator.choice(["independent", "independent", "local-isp", "local-isp", "microsoft", "unknown"])
        pool = [
            f"mail.place{number}.at",
            f"mx.place{number % 7 + 1}.at",
            "mx.big.at",
            f"mx{number % 3}.middle.at",
            "192.0.2.1",
            "mx.rare.at",
        ]
        rows.append(record(number, label, mx=None if label == "unknown" else generator.sample(pool, generator.randint(0, 3))))
    return rows


def clients(rows: list[Record]) -> Counter[str | None]:
    """Organisations by MX domain."""
    return Counter(mx_domain(row) for row in rows if row.provider in ("independent", "local-isp"))


@pytest.mark.parametrize("seed", range(8))
def test_halves_of_a_file_add_up_to_the_whole(tmp_path: Path, seed: int) -> None:
    generator = random.Random(seed)
    rows = some(generator, 80)
    generator.shuffle(rows)
    whole = imported(tmp_path, rows)
    parts = [write(tmp_path, rows[:40], "one.json"), write(tmp_path, rows[40:], "two.json")]
    together = import_mxmap(parts[:: generator.choice((1, -1))], name="w")
    assert together.world["markets"] == whole.world["markets"]
    assert together.world["providers"] == whole.world["providers"]
    assert together.report.countries == whole.report.countries
    halves = [clients(read_records([part]).by_country["AT"]) for part in parts]
    assert halves[0] + halves[1] == clients(read_records([tmp_path / "at.json"]).by_country["AT"])


@pytest.mark.parametrize("seed", range(8))
def test_every_organisation_has_one_operator_and_every_domain_is_one(tmp_path: Path, seed: int) -> None:
    rows = read_records([write(tmp_path, some(random.Random(seed), 120))]).by_country["AT"]
    split = split_by_mx("AT", rows, read_operators())
    categories = [row for row in rows if row.provider in ("independent", "local-isp") and row.mx]
    assert set(split.operator_of) == {row.id for row in categories}
    by_domain: dict[str, set[str]] = {}
    for row in categories:
        if (domain := mx_domain(row)) is not None:
            by_domain.setdefault(domain, set()).add(split.operator_of[row.id].id)
    assert all(len(found) == 1 for found in by_domain.values())
    unnamed = sum(mx_domain(row) is None for row in categories)
    named = len({operator.id for operator in split.operator_of.values()} - set(split.counted))
    assert named + sum(split.counted.values()) == len(by_domain) + unnamed


@needs_data
def test_the_score_of_poland_meets_the_published_one() -> None:
    assert by_mx(read_records([DATA / "world" / "pl.json"]).by_country["PL"]) == pytest.approx(0.009, abs=0.001)


@needs_data
def test_no_two_domains_of_the_data_share_an_id() -> None:
    for code, rows in read_records(sorted((DATA / "world").glob("*.json"))).by_country.items():
        domains = {domain for row in rows if (domain := mx_domain(row)) is not None}
        ids = {provider_id(code, domain) for domain in domains}
        assert len(ids) == len(domains)
        assert all(ID.fullmatch(identifier) for identifier in ids)


@needs_data
def test_hosts_of_one_government_are_one_operator() -> None:
    result = import_mxmap([DATA / "world" / "si.json"], name="w")
    government = [provider for provider in result.world["providers"] if provider["name"].endswith("gov.si")]
    assert [provider["id"] for provider in government] == ["si-mx-gov-si"]
