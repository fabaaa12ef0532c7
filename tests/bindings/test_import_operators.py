"""The operator table: labels to operators, seats, categories, and the faults of a table."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from import_samples import PROJECT
from mailrift.importers.countries import country
from mailrift.importers.operators import read_operators
from mailrift.importers.problem import ImportProblem

TABLE = PROJECT / "scenarios" / "operators.json"
SEAT = {"jurisdiction": "AT", "via": "operator", "source": "assumed", "confidence": "low"}


def table(**changes: Any) -> dict[str, Any]:
    provider = {
        "id": "at-post",
        "name": "Post",
        "kind": "national",
        "service": "business",
        "labels": [],
        "control": [SEAT],
    }
    gateway = {"id": "filter", "name": "Filter", "labels": ["filter", "old-filter"], "control": []}
    return {"providers": [provider], "gateways": [gateway], "shared_domains": ["gmail.com"]} | changes


def read(folder: Path, document: dict[str, Any]) -> Any:
    path = folder / "operators.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return read_operators(path)


def test_national_label_is_looked_up_in_its_country(tmp_path: Path) -> None:
    operators = read(tmp_path, table())
    assert operators.provider("post", "AT").name == "Post"
    assert operators.provider("post", "DE").id == "de-post"
    assert operators.provider("post", "DE").control == ()


def test_labels_of_one_gateway_are_one_operator(tmp_path: Path) -> None:
    operators = read(tmp_path, table())
    assert operators.gateway("old-filter") is operators.gateway("filter")
    assert operators.gateway("new-filter").control == ()


def test_shared_domains_ignore_case(tmp_path: Path) -> None:
    operators = read(tmp_path, table())
    assert operators.owns_address("GMail.com")
    assert not operators.owns_address("mail.gmail.com")
    assert not operators.owns_address("")


@pytest.mark.parametrize("code", ["AT", "CH", "EE"])
def test_categories_are_resolved_in_each_country(code: str) -> None:
    operators = read_operators(TABLE)
    hosters, own = operators.provider("local-isp", code), operators.provider("independent", code)
    assert (hosters.id, hosters.kind) == (f"{code.lower()}-local-isp", "isp")
    assert (own.id, own.kind) == (f"{code.lower()}-self-hosted", "self_hosted")
    assert [control.jurisdiction for control in (*hosters.control, *own.control)] == [code, code]


@pytest.mark.parametrize("label", ["microsoft", "google", "aws", "zoho", "yandex"])
def test_global_operators_are_the_same_everywhere(label: str) -> None:
    operators = read_operators(TABLE)
    assert operators.provider(label, "AT") is operators.provider(label, "NL")
    assert operators.provider(label, "AT").kind == "global"
    assert operators.provider(label, "AT").is_us == (label in ("microsoft", "google", "aws"))


def test_named_national_operators_of_the_data() -> None:
    operators = read_operators(TABLE)
    found = {
        operators.provider(label, code).id
        for label, code in [
            ("infomaniak", "CH"),
            ("zone", "EE"),
            ("telia", "EE"),
            ("elkdata", "EE"),
            ("post", "AT"),
            ("a1", "AT"),
        ]
    }
    assert found == {"ch-infomaniak", "ee-zone", "ee-telia", "ee-elkdata", "at-post", "at-a1"}
    assert operators.provider("infomaniak", "IT").id == "ch-infomaniak"


def test_parent_in_the_united_states_counts_as_us() -> None:
    hornetsecurity = read_operators(TABLE).gateway("antispameurope")
    assert [(entry.jurisdiction, entry.via) for entry in hornetsecurity.control] == [
        ("DE", "operator"),
        ("US", "parent"),
    ]
    assert hornetsecurity.is_us
    assert not read_operators(TABLE).gateway("seppmail").is_us


def test_shipped_table_names_its_sources() -> None:
    document = json.loads(TABLE.read_text(encoding="utf-8"))
    keys = set(re.findall(r"^@\w+\{([^,]+),", (PROJECT / "scenarios" / "sources.bib").read_text(encoding="utf-8"), re.M))
    for entry in document["providers"] + document["gateways"]:
        for control in entry["control"]:
            assert control["source"] == "assumed" or control["source"] in keys, entry["id"]
            assert country(control["jurisdiction"]) is not None, entry["id"]


def test_shipped_table_has_no_gateway_with_a_providers_id() -> None:
    document = json.loads(TABLE.read_text(encoding="utf-8"))
    providers = [entry["id"] for entry in document["providers"]]
    gateways = [entry["id"] for entry in document["gateways"]]
    assert providers == sorted(set(providers))
    assert gateways == sorted(set(gateways))
    assert not set(providers) & set(gateways)


PROVIDER = table()["providers"][0]
GATEWAY = table()["gateways"][0]
FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"providers": [PROVIDER, PROVIDER]}, '/providers/1/id: expected each provider once, got "at-post"'),
    ({"providers": [PROVIDER | {"id": "AT"}]}, '/providers/0/id: expected an identifier, got "AT"'),
    (
        {"providers": [PROVIDER | {"service": "free"}]},
        '/providers/0/service: expected one of personal, business, both, got "free"',
    ),
    (
        {"providers": [PROVIDER | {"control": [SEAT | {"jurisdiction": "at"}]}]},
        '/providers/0/control/0/jurisdiction: expected a jurisdiction\'s code, got "at"',
    ),
    (
        {"providers": [PROVIDER | {"control": [SEAT | {"via": "market"}]}]},
        '/providers/0/control/0/via: expected one of operator, parent, staff, got "market"',
    ),
    (
        {"gateways": [GATEWAY, GATEWAY | {"id": "other"}]},
        '/gateways/1/labels/0: expected a label that no other operator has, got "filter"',
    ),
    ({"shared_domains": [7]}, "/shared_domains/0: expected a string, got 7"),
]


@pytest.mark.parametrize(("changes", "expected"), FAULTS)
def test_fault_of_a_table(tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ImportProblem) as caught:
        read(tmp_path, table(**changes))
    assert str(caught.value) == f"{tmp_path / 'operators.json'}:{expected}"


@pytest.mark.parametrize(
    ("code", "name", "offset"),
    [
        ("GB", "United Kingdom", "0 h"),
        ("IE", "Ireland", "0 h"),
        ("PT", "Portugal", "0 h"),
        ("IS", "Iceland", "0 h"),
        ("EE", "Estonia", "2 h"),
        ("CY", "Cyprus", "2 h"),
        ("DE", "Germany", "1 h"),
        ("US", "United States", "-5 h"),
        ("IN", "India", "5.5 h"),
        ("MA", "Morocco", "1 h"),
        ("CZ", "Czechia", "1 h"),
    ],
)
def test_country_names_and_standard_time(code: str, name: str, offset: str) -> None:
    found = country(code)
    assert found is not None
    assert (found.name, found.utc_offset) == (name, offset)


def test_code_of_no_country() -> None:
    assert country("XC") is None
