"""Legal reach, expected effect and bounds of the shipped scenario against sums over its world document."""

from __future__ import annotations

import math
import re
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

import mailrift as mr
from mailrift import demo

DAY = 86400.0


@pytest.fixture(scope="module")
def scenario() -> mr.Scenario:
    return mr.load("icc-account-closure")


@pytest.fixture(scope="module")
def world(scenario: mr.Scenario) -> dict[str, Any]:
    return scenario.world  # a copy of it is made each time


def value(figure: Any) -> float:
    return float(figure["value"] if isinstance(figure, dict) else figure)


def commanded(world: dict[str, Any]) -> set[str]:
    """Operators and gateways that the US command by seat or parent."""
    return {
        operator["id"]
        for operator in [*world["providers"], *(s for s in world["suppliers"] if s["layer"] == "gateway")]
        for control in operator["control"]
        if control["jurisdiction"] == "US" and control["via"] in ("operator", "parent")
    }


def hit(world: dict[str, Any], code: str, bound: set[str]) -> list[tuple[float, int]]:
    """Share of each route of a market among the known ones, and how many of its operators are bound."""
    market = world["markets"][code]
    routes = market["routes"]
    rows = routes if isinstance(routes, list) else [{"provider": p, "share": s} for p, s in routes.items()]
    known = 1 - value(market.get("unknown", 0))
    return [(value(row["share"]) / known, len({row["provider"], row.get("gateway")} & bound)) for row in rows]


def reached(world: dict[str, Any], code: str, obeys: float) -> float:
    """1 - sum over routes of share x P(one of its n bound operators obeys)."""
    return 1 - sum(share * (1 - (1 - obeys) ** n) for share, n in hit(world, code, commanded(world)))


def codes(world: dict[str, Any]) -> list[str]:
    return sorted(code for code in world["markets"] if code != "US")


@pytest.mark.parametrize("seed", [0, 1, 4])
def test_legal_reach_is_the_union_of_mailbox_operators_and_gateways(scenario: mr.Scenario, world: dict[str, Any], seed: int) -> None:
    run = mr.run(scenario, seed=seed, traffic="none", compliance="legal")
    targets = codes(world)
    at_end = run.reachability("icc", targets).isel(time=-1).to_numpy()
    np.testing.assert_allclose(at_end, [reached(world, code, 1) for code in targets], rtol=0, atol=1e-12)
    some_have_gateways = [code for code in targets if any(n == 2 for _, n in hit(world, code, commanded(world)))]
    assert some_have_gateways, "routes with two bound operators: their union is not the sum"


def test_legal_reach_bounds_every_draw_at_every_moment(scenario: mr.Scenario) -> None:
    """Before the move as well: on day 20 the accounts are closed, whatever delays a seed has drawn."""
    days = np.arange(0, 91, 5.0)
    for group in ("icc", "icc-hosted"):
        result = mr.expected(scenario, group, ["EU", "NL"], days, replications=60)
        assert np.all(result.legal <= result.quantiles[0] + 1e-12)
        assert result.legal[0, 4] == 0, "day 20"
        assert result.mean[0, 4] > 0
        assert result.legal[0, 1] == 1, "day 5, before the order"


def test_expected_effect_is_the_closed_form(scenario: mr.Scenario, world: dict[str, Any]) -> None:
    """Each bound operator has obeyed by the end with a = 0.9 P(delay <= 83 d); the mean over seeds lies within 4 standard errors."""
    obeys = 0.9 * NormalDist().cdf(math.log(83 / 4))
    targets = ["NL", "AT", "ES", "PT", "NO"]
    result = mr.expected(scenario, "icc", targets, (90,), replications=600, threads=2)
    error = (result.high[:, 0] - result.low[:, 0]) / 2 / 1.959963984540054
    assert np.all(error < 0.02)
    difference = result.mean[:, 0] - np.array([reached(world, code, float(obeys)) for code in targets])
    assert np.all(np.abs(difference) <= 4 * error), difference / error


def test_bounds_hold_what_the_data_do_not_name(scenario: mr.Scenario, world: dict[str, Any]) -> None:
    targets = ["ES", "MT", "NL"]
    found = mr.bounds(scenario, "icc", targets, (90,), replications=20)
    result = mr.expected(scenario, "icc", targets, (90,), replications=20)
    for i, code in enumerate(targets):
        unknown = value(world["markets"][code].get("unknown", 0))
        rest = (1 - unknown) * reached(world, code, 1)
        assert found.legal_low[i, 0] == pytest.approx(rest, abs=1e-12)
        assert found.legal_high[i, 0] == pytest.approx(rest + unknown, abs=1e-12)
    assert np.all(found.legal_low <= result.legal)
    assert np.all(result.legal <= found.legal_high)
    assert np.all(found.mean_low <= result.mean)
    assert np.all(result.mean <= found.mean_high)


def test_quantiles_enclose_draws(scenario: mr.Scenario) -> None:
    result = mr.expected(scenario, "icc", ["EU"], (20, 90), replications=100)
    assert np.all(np.diff(result.quantiles, axis=0) >= 0)
    assert result.quantiles[2, 0, 0] - result.quantiles[0, 0, 0] > result.high[0, 0] - result.low[0, 0], (
        "draws differ more than their mean errs"
    )


def test_the_demo_says_what_is_sure_and_what_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, world: dict[str, Any]
) -> None:
    monkeypatch.setattr(demo, "REPLICATIONS", 20)  # `make demo` makes all 200; what is asked here does not hinge on how many
    assert demo.main(["--out", str(tmp_path / "demo")]) == 0
    text = capsys.readouterr().out
    whole = text
    text, _, people = text.partition("The same for people")
    text, _, every = text.partition("Every country at the end")
    members = next(bloc["members"] for bloc in world["blocs"] if bloc["code"] == "EU")
    table = {
        words[0].rstrip("*"): words for words in map(str.split, every.splitlines()) if words and re.fullmatch(r"[A-Z]{2}\*?", words[0])
    }
    assert set(table) == {"EU", *members, "CH", "GB", "IS", "NO"}
    for code in set(table) - {"EU"}:
        assert float(table[code][1]) == pytest.approx(100 * reached(world, code, 1), abs=0.06)
        assert float(table[code][2]) <= float(table[code][1]) <= float(table[code][4])
    assert "FR " in people
    rows = {words[0]: words for words in (line.split() for line in text.splitlines()) if words and re.fullmatch("[A-Z]{2}", words[0])}
    assert set(rows) >= {"EU", "NO"}
    assert not set(rows) & {"BG", "CZ", "PL", "RO", "SK", "MT", "CY"}, "larger places, or mostly unknown"
    assert float(rows["NO"][6]) == pytest.approx(100 * reached(world, "NO", 1), abs=0.06)
    low, high = re.findall(r"MT ([\d.]+) to ([\d.]+) %", text)[0]
    unknown = value(world["markets"]["MT"]["unknown"])
    assert float(high) - float(low) == pytest.approx(100 * unknown, abs=0.11)
    assert "(legal)" in text
    assert "sampling, and classification everywhere alike" in text
    assert "in a range of 0.5 to 1" in text
    assert (tmp_path / "demo" / "answer.txt").read_text("utf-8") in whole
    assert (tmp_path / "demo" / "timeline.png").stat().st_size > 10_000
