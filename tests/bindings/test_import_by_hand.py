"""Countries entered by hand: counts and shares, ranges, and entries that do not add up."""

from __future__ import annotations

import math
from typing import Any

import pytest

from import_samples import PROJECT
from mailrift.importers.by_hand import market_by_hand
from mailrift.importers.coverage import Coverage
from mailrift.importers.document import CountryMarket
from mailrift.importers.node import Node
from mailrift.importers.operators import read_operators
from mailrift.importers.problem import ImportProblem

OPERATORS = read_operators(PROJECT / "scenarios" / "operators.json")


def entry(**changes: Any) -> dict[str, Any]:
    """Ten Italian bodies, 2 unknown: 6 on Microsoft (1 with an address of Microsoft's) and 2 with own servers."""
    routes = [
        {"provider": "microsoft", "count": 5},
        {"provider": "microsoft", "count": 1, "address": "provider"},
        {"provider": "it-self-hosted", "count": 2},
    ]
    base = {
        "organisations": 10,
        "unknown": 2,
        "source": "mxmap-it-stats-2026",
        "confidence": "medium",
        "uncertainty": 0.08,
        "note": "a note",
        "routes": routes,
    }
    return base | changes


def by_hand(document: dict[str, Any]) -> tuple[CountryMarket, Coverage]:
    return market_by_hand("IT", Node("inputs.json", "/by_hand/IT", document), OPERATORS)


def test_counts_become_shares_of_all_organisations() -> None:
    market, coverage = by_hand(entry())
    assert market.mail_users == 10
    assert market.counted == {"it-self-hosted": 2}
    assert market.market["unknown"] == 0.2
    assert market.market["sample"] == 10
    rows = [(row["provider"], row["address"], row["share"]["value"]) for row in market.market["routes"]]
    assert rows == [("microsoft", "own", 0.5), ("microsoft", "provider", 0.1), ("it-self-hosted", "own", 0.2)]
    assert (coverage.records, coverage.classified, coverage.unknown, coverage.by_hand) == (10, 8, 2, True)
    assert coverage.us_share == 6 / 8
    assert coverage.unknown_without_mx is None
    assert coverage.top == (("microsoft", 6), ("it-self-hosted", 2))


def test_range_is_the_uncertainty_but_downwards_at_most_the_share() -> None:
    figures = [row["share"] for row in by_hand(entry(uncertainty=0.15))[0].market["routes"]]
    assert [figure["range"] for figure in figures] == [[0.35, 0.65], [0.0, 0.25], [0.05, 0.35]]
    assert all(figure["source"] == "mxmap-it-stats-2026" and figure["confidence"] == "medium" for figure in figures)


@pytest.mark.parametrize("organisations", [3, 7, 22878, 999983])
def test_range_holds_the_value(organisations: int) -> None:
    document = entry(
        organisations=organisations,
        unknown=0,
        routes=[{"provider": "microsoft", "count": 1}, {"provider": "it-aruba", "count": organisations - 1}],
    )
    routes = by_hand(document)[0].market["routes"]
    for figure in routes.values():
        low, high = figure["range"]
        assert 0 <= low <= figure["value"] <= high <= 1


def test_shares_of_the_classified() -> None:
    document = entry(routes=[{"provider": "it-aruba", "share": 0.75}, {"provider": "google", "share": 0.25}])
    market, coverage = by_hand(document)
    values = {provider: figure["value"] for provider, figure in market.market["routes"].items()}
    assert values == pytest.approx({"it-aruba": 0.6, "google": 0.2}, abs=1e-15)
    assert math.isclose(sum(values.values()) + market.market["unknown"], 1, abs_tol=1e-12)
    assert coverage.us_share == 0.25


def test_categories_of_the_country_need_no_table_entry() -> None:
    market, _ = by_hand(entry(routes=[{"provider": "it-local-isp", "count": 8}]))
    assert market.providers["it-local-isp"].kind == "isp"


PLACE = "inputs.json:/by_hand/IT"
FAULTS: list[tuple[dict[str, Any], str]] = [
    (
        {"routes": [{"provider": "microsoft", "count": 7}]},
        f"{PLACE}/routes: expected counts that add up to 8, organisations less unknown, got 7",
    ),
    (
        {"routes": [{"provider": "microsoft", "share": 0.9}]},
        f"{PLACE}/routes: expected shares that add up to 1, got 0.9",
    ),
    (
        {"routes": [{"provider": "microsoft", "count": 4}] * 2},
        f"{PLACE}/routes: expected each provider and address once, got one of them twice",
    ),
    (
        {"routes": [{"provider": "de-local-isp", "count": 8}]},
        f'{PLACE}/routes/0/provider: expected a provider of the operator table, got "de-local-isp"',
    ),
    (
        {"routes": [{"provider": "microsoft", "count": 8, "address": "ours"}]},
        f'{PLACE}/routes/0/address: expected "own" or "provider", got "ours"',
    ),
    ({"routes": [{"provider": "microsoft"}]}, f'{PLACE}/routes/0: expected the key "count", got an object without it'),
    (
        {"routes": [{"provider": "microsoft", "share": 1.5}]},
        f"{PLACE}/routes/0/share: expected a number in [0, 1], got 1.5",
    ),
    ({"unknown": 11}, f"{PLACE}/unknown: expected a whole number in [0, 10], got 11"),
    ({"organisations": -1}, f"{PLACE}/organisations: expected a whole number in [0, 1000000000], got -1"),
]


@pytest.mark.parametrize(("changes", "expected"), FAULTS)
def test_entry_that_does_not_add_up(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ImportProblem) as caught:
        by_hand(entry(**changes))
    assert str(caught.value) == expected
