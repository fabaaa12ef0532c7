"""Sampling and classification error: the score interval, shifted worlds, and the bounds of results that follow from them."""

from __future__ import annotations

from typing import Any

import pytest

import mailrift as mr
from mailrift.uncertainty import differences_of, measured_range, shifted, value_of, wilson


def world(**markets: Any) -> dict[str, Any]:
    providers = [{"id": name, "kind": "national", "control": [{"jurisdiction": "US", "via": "operator"}]} for name in ("big", "other")]
    providers += [{"id": name, "kind": "national"} for name in ("home", "own")]
    codes = sorted({*markets, "US", "XC"})
    return {
        "schema": 1,
        "name": "small",
        "unit": "organisations",
        "weight": "equal",
        "jurisdictions": [{"code": code, "name": code, "mail_users": 100 if code != "US" else 0} for code in codes],
        "suppliers": [{"id": "filter", "layer": "gateway", "control": [{"jurisdiction": "US", "via": "operator"}]}],
        "providers": providers,
        "markets": {**markets, "XC": {"routes": {"home": 1}}},
        "mixing": {"home": 0.5, "bloc": 0.2},
    }


COMPELLED = {"big", "other", "filter"}


def test_a_measured_range_by_hand() -> None:
    low, high = wilson(0.5, 100)
    assert measured_range(0.5, 100) == pytest.approx((low - 0.08, high + 0.08), abs=1e-15)
    assert measured_range(0.5, 0) == pytest.approx((0.42, 0.58), abs=1e-15)
    assert measured_range(0.5, 0, 0, [-0.2, 0.3]) == pytest.approx((0.3, 0.8), abs=1e-15)
    assert measured_range(0.5, 0, 0.08, [0.05]) == pytest.approx((0.42, 0.58), abs=1e-15)  # no sum, but what holds both
    assert measured_range(0.03, 0) == pytest.approx((0, 0.11), abs=1e-15)
    assert measured_range(0.99, 0, 0.08, [0.2]) == pytest.approx((0.91, 1), abs=1e-15)
    with pytest.raises(ValueError, match="count"):
        measured_range(0.5, -1)


def test_sources_differ_from_the_market_by_operators_together() -> None:
    observed = {"a": {"big": 0.5, "other": 0.1}, "b": {"big": 0.2, "other": 0.0}}
    rows = [
        {"provider": "big", "share": 0.4},
        {"provider": "home", "gateway": "filter", "share": 0.3},
        {"provider": "local", "share": 0.1},
    ]
    market = {"routes": rows, "unknown": 0.2, "x-observed": observed}
    # big has half of the classified; of `local` and of those behind the filter no source tells
    assert differences_of(market, {"big", "other", "filter", "local"}) == pytest.approx([0.1, -0.3], abs=1e-15)
    assert differences_of(market, {"local"}) == [0, 0]
    assert differences_of({"routes": rows}, {"big"}) == []
    assert differences_of({**market, "routes": {}, "unknown": 1}, {"big"}) == []


@pytest.mark.parametrize("classification", [0, 0.08])
def test_a_shift_holds_what_every_source_says(classification: float) -> None:
    observed = {"a": {"big": 0.3}, "b": {"big": 0.6}, "c": {"big": 0.1}}
    given = world(AA={"unknown": 0.2, "routes": {"big": 0.24, "home": 0.56}, "x-observed": observed})
    for sign, share in ((1, 0.6), (-1, 0.1)):
        rows = shifted(given, COMPELLED, sign, classification)["markets"]["AA"]["routes"]
        found = {row["provider"]: row["share"] for row in rows}
        assert found == pytest.approx({"big": 0.8 * share, "home": 0.8 * (1 - share)}, abs=1e-12)


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_shift_moves_compelled_routes_alike_and_keeps_unknown(sign: int) -> None:
    market = {
        "sample": 100,
        "unknown": 0.2,
        "routes": [
            {"provider": "big", "share": {"value": 0.3, "range": [0.2, 0.4]}},
            {"provider": "home", "gateway": "filter", "share": 0.1},
            {"provider": "home", "share": 0.3},
            {"provider": "own", "share": 0.1},
        ],
    }
    given = world(AA=market)
    found = shifted(given, COMPELLED, sign, 0.05)["markets"]["AA"]
    assert given["markets"]["AA"] is market  # a copy was changed
    assert value_of(market["routes"][0]["share"]) == 0.3  # type: ignore[index]
    share = min(1.0, max(0.0, wilson(0.5, 80)[0 if sign < 0 else 1] + sign * 0.05))
    rows = {(row["provider"], row.get("gateway")): row["share"] for row in found["routes"]}
    assert rows["big", None] + rows["home", "filter"] == pytest.approx(0.8 * share, abs=1e-12)
    assert rows["big", None] / rows["home", "filter"] == pytest.approx(3, rel=1e-12)
    assert rows["home", None] / rows["own", None] == pytest.approx(3, rel=1e-12)
    assert sum(rows.values()) + found["unknown"] == pytest.approx(1, abs=1e-12)
    assert found["unknown"] == pytest.approx(0.2, abs=1e-12)


def test_a_market_all_on_one_side_gets_the_greatest_of_the_other() -> None:
    given = world(AA={"routes": {"home": 1}}, BB={"routes": {"big": 0.9, "other": 0.1}})
    up = shifted(given, COMPELLED, 1, 0.08)["markets"]
    assert {row["provider"]: pytest.approx(row["share"]) for row in up["AA"]["routes"]} == {"home": 0.92, "big": 0.08}
    assert up["BB"]["routes"] == {"big": 0.9, "other": 0.1}  # cannot be more
    down = shifted(given, COMPELLED, -1, 0.08)["markets"]
    assert down["AA"]["routes"] == {"home": 1}
    assert {row["provider"]: pytest.approx(row["share"]) for row in down["BB"]["routes"]} == {"big": 0.828, "other": 0.092, "home": 0.08}


def scenario(document: dict[str, Any]) -> mr.Scenario:
    order = {
        "id": "o",
        "issuer": "US",
        "at": "1 d",
        "target": {"jurisdictions": ["XC"]},
        "measures": ["block_senders"],
        "layers": ["gateway"],
    }
    base = mr.load("icc-account-closure")
    keep = {key: base.document[key] for key in ("schema", "slice", "seed", "traffic")}
    text = {**keep, "name": "s", "world": base.world["name"], "horizon": "3 d"}
    return mr.load(text).with_world({**document, "name": base.world["name"]}).set("orders", [order])


def test_bounds_meet_the_closed_form() -> None:
    """One market, one order: legal reach is 1 - (share compelled + share unknown if `worst`)."""
    market = {"sample": 400, "unknown": 0.1, "routes": {"big": 0.27, "home": 0.63}}
    small = scenario(world(AA=market))
    low, high = wilson(0.3, 360)
    measured = mr.bounds(small, "XC", ["AA"], [3], of="measured", replications=2)
    assert measured.legal_low[0, 0] == pytest.approx(1 - (high + 0.08), abs=1e-12)
    assert measured.legal_high[0, 0] == pytest.approx(1 - (low - 0.08), abs=1e-12)
    unknown = mr.bounds(small, "XC", ["AA"], [3], replications=2)
    assert (unknown.legal_low[0, 0], unknown.legal_high[0, 0]) == pytest.approx((0.63, 0.73), abs=1e-12)
    both = mr.bounds(small, "XC", ["AA"], [3], of="all", replications=2)
    assert both.legal_low[0, 0] == pytest.approx(1 - 0.9 * (high + 0.08) - 0.1, abs=1e-12)
    assert both.legal_high[0, 0] == pytest.approx(1 - 0.9 * (low - 0.08), abs=1e-12)


def test_a_world_takes_the_place_of_another() -> None:
    shipped = mr.load("icc-account-closure")
    other = mr.load_world("europe-consumers-2024")
    found = shipped.with_world(other)
    assert found.unit == "users"
    assert mr.run(found, traffic="none").core.observed()[0]["values"][-1] == pytest.approx(
        mr.run(mr.load("icc-account-closure-consumers"), traffic="none").core.observed()[0]["values"][-1], abs=1e-12
    )


def test_wrong_arguments_are_refused() -> None:
    shipped = mr.load("icc-account-closure")
    with pytest.raises(ValueError, match='"unknown", "measured" or "all"'):
        mr.bounds(shipped, "icc", ["EU"], [90], of="some")
    with pytest.raises(ValueError, match="share in"):
        mr.bounds(shipped, "icc", ["EU"], [90], classification=8)
    with pytest.raises(mr.DocumentError):
        shipped.with_world({"schema": 1})
