"""Worlds of users: shares of all users from surveys, what they leave is unknown, and the shipped world to the byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mailrift as mr
from import_samples import PROJECT
from mailrift.importers.build_world import build_world, main
from mailrift.importers.by_hand_users import market_of_users
from mailrift.importers.coverage import Coverage
from mailrift.importers.document import CountryMarket, json_text
from mailrift.importers.node import Node
from mailrift.importers.operators import read_operators
from mailrift.importers.problem import ImportProblem

OPERATORS = read_operators(PROJECT / "scenarios" / "operators.json")
WORLDS = PROJECT / "scenarios" / "worlds"


def entry(**changes: Any) -> dict[str, Any]:
    """Ten thousand Poles: a quarter at Google, another at WP."""
    routes = [{"provider": "google", "share": 0.25}, {"provider": "pl-wp", "share": 0.26, "range": [0.2, 0.3], "source": "other"}]
    return {"users": 10_000, "source": "mapp-2019", "confidence": "low", "uncertainty": 0.05, "routes": routes} | changes


def read(document: dict[str, Any]) -> tuple[CountryMarket, Coverage]:
    return market_of_users("PL", Node("inputs.json", "/by_hand/PL", document), OPERATORS, "census")


def test_what_the_rows_leave_is_unknown() -> None:
    market, coverage = read(entry())
    assert market.market["unknown"] == pytest.approx(0.49, abs=1e-12)
    rows = {row["provider"]: row["share"] for row in market.market["routes"]}
    assert rows["google"] == {"value": 0.25, "range": [0.2, 0.3], "source": "mapp-2019", "confidence": "low"}
    assert rows["pl-wp"] == {"value": 0.26, "range": [0.2, 0.3], "source": "other", "confidence": "low"}
    assert {row["address"] for row in market.market["routes"]} == {"provider"}
    assert (market.mail_users, market.users_source) == (10_000, "census")
    assert (coverage.records, coverage.classified, coverage.unknown) == (10_000, 5_100, 4_900)


def test_a_country_that_nobody_measured() -> None:
    market, coverage = read({"users": 500, "users_source": "own-count"})
    assert market.market == {"source": "own-count", "unknown": 1.0, "routes": {}}
    assert (coverage.classified, coverage.unknown) == (0, 500)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"users": -1}, "/by_hand/PL/users: expected a whole number in [0, 10000000000], got -1"),
        ({"routes": [{"provider": "nobody", "share": 1}]}, '/routes/0/provider: expected a provider of the operator table, got "nobody"'),
        ({"routes": [{"provider": "google", "share": 0.6}] * 2}, '/routes/1/provider: expected each provider once, got "google"'),
        (
            {"routes": [{"provider": "google", "share": 0.6}, {"provider": "pl-wp", "share": 0.5}]},
            "/by_hand/PL/routes: expected shares that add up to at most 1, got 1.1",
        ),
        (
            {"routes": [{"provider": "google", "share": 0.6, "range": [0.7, 0.8]}]},
            "/routes/0/range: expected a range [low, high] with low <= 0.6 <= high, got a list",
        ),
        ({"routes": [{"provider": "google", "share": 1.6}]}, "/routes/0/share: expected a number in [0, 1], got 1.6"),
    ],
)
def test_faults(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ImportProblem) as raised:
        read(entry(**changes))
    assert message in str(raised.value)


def test_a_unit_that_does_not_exist(tmp_path: Path) -> None:
    inputs = json.loads((WORLDS / "europe-consumers-2024.inputs.json").read_text("utf-8")) | {"unit": "people"}
    (tmp_path / "w.inputs.json").write_text(json.dumps(inputs), encoding="utf-8")
    with pytest.raises(ImportProblem, match='expected "organisations" or "users", got "people"'):
        build_world(tmp_path / "w.inputs.json", tmp_path)


def test_the_shipped_world_is_made_to_the_byte(tmp_path: Path) -> None:
    built = build_world(WORLDS / "europe-consumers-2024.inputs.json", tmp_path)
    assert json_text(built.world) == (WORLDS / "europe-consumers-2024.json").read_text("utf-8")
    assert built.report.read == built.report.used + built.report.unknown + built.report.refused
    command = [str(WORLDS / "europe-consumers-2024.inputs.json"), "--data", str(tmp_path), "--out", str(tmp_path / "w.json")]
    assert main(command) == 0
    assert (tmp_path / "w.json").read_bytes() == (WORLDS / "europe-consumers-2024.json").read_bytes()


def test_the_answer_for_people() -> None:
    """Legal reach, what the data alone allow: 1 minus US shares of the published figures, unknown all lost or none."""
    scenario = mr.load("icc-account-closure-consumers")
    assert scenario.unit == "users"
    found = mr.bounds(scenario, "icc", ["FR", "DE", "AT", "BE"], [90], replications=2)
    assert found.legal_low[:, 0] == pytest.approx([0.178, 0.393, 0.42, 0.0], abs=1e-12)
    assert found.legal_high[:, 0] == pytest.approx([0.472, 0.643, 0.53, 1.0], abs=1e-12)
