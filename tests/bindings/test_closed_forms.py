"""Reachability against independent NumPy expressions on worlds typed by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mailrift import _core

COUNTRIES = ["AA", "BB", "CC"]
PROVIDERS = ["big", "search", "alpha", "beta"]
COMPELLED = np.array([1.0, 1.0, 0.0, 0.0])
SHARES = np.array([[0.5, 0.1, 0.4, 0.0], [0.2, 0.0, 0.1, 0.7], [0.3, 0.25, 0.0, 0.45]])
USERS = np.array([1000.0, 3000.0, 6000.0])


def world() -> dict[str, Any]:
    """Three countries, four providers; the first two are commanded by US."""
    control = [{"jurisdiction": "US", "via": "operator"}]
    jurisdictions = [{"code": "US", "name": "Issuer", "mail_users": 0}]
    jurisdictions += [{"code": c, "name": c, "mail_users": n} for c, n in zip(COUNTRIES, USERS, strict=True)]
    return {
        "schema": 1,
        "name": "typed",
        "unit": "users",
        "jurisdictions": jurisdictions,
        "providers": [
            {"id": p, "kind": "national", "control": control if compelled else []}
            for p, compelled in zip(PROVIDERS, COMPELLED, strict=True)
        ],
        "markets": {c: {"routes": dict(zip(PROVIDERS, row, strict=True))} for c, row in zip(COUNTRIES, SHARES.tolist(), strict=True)},
        "mixing": {"home": 0.6, "bloc": 0.0},
    }


def scenario(measures: list[str], **order: Any) -> dict[str, Any]:
    """US acts against AA from day 1 on, and everybody obeys at once."""
    eo = {
        "id": "eo",
        "issuer": "US",
        "at": "1 d",
        "target": {"jurisdictions": ["AA"]},
        "measures": measures,
        "compliance": {"probability": 1},
    }
    return {"schema": 1, "name": "typed", "world": "typed", "horizon": "2 d", "orders": [eo | order]}


def resolver(document: dict[str, Any]) -> Callable[[str, str], str]:
    """Gives the one world there is."""
    return lambda kind, name: json.dumps(document)


def run(document: dict[str, Any]) -> _core.Run:
    """One run of a scenario in the typed world."""
    return _core.run(_core.Scenario.parse(json.dumps(document), "typed.json", resolver(world())))


def matrix(document: dict[str, Any], tick: int = 48) -> np.ndarray:
    """Reachability between the three countries, shape (3, 3)."""
    return run(document).matrix("reachability", COUNTRIES, COUNTRIES, tick, False)


def test_without_orders_everybody_is_reached() -> None:
    accept = np.ones((4, 4))
    np.testing.assert_allclose(matrix(scenario(["close_accounts"]), tick=23), SHARES @ accept @ SHARES.T, atol=1e-12)


def test_refused_senders_give_s_a_st() -> None:
    """From AA, compelled receivers refuse; to AA, compelled providers refuse the submission of their own users."""
    ones = np.ones(4)
    calm = np.outer(ones, ones)
    refused_from = np.outer(ones, 1 - COMPELLED)
    refused_to = np.outer(1 - COMPELLED, ones)
    expected = SHARES @ calm @ SHARES.T
    expected[0, :] = SHARES[0] @ refused_from @ SHARES.T
    expected[:, 0] = SHARES @ refused_to @ SHARES[0]
    expected[0, 0] = SHARES[0] @ (refused_from * refused_to) @ SHARES[0]
    np.testing.assert_allclose(matrix(scenario(["block_senders"])), expected, atol=1e-12)


def test_closed_accounts_give_s_o_a_o_st() -> None:
    opened = np.ones((3, 4))
    opened[0] = 1 - COMPELLED
    expected = (SHARES * opened) @ np.ones((4, 4)) @ (SHARES * opened).T
    np.testing.assert_allclose(matrix(scenario(["close_accounts"])), expected, atol=1e-12)


def test_both_directions_work_is_not_the_product() -> None:
    opened = SHARES[0] * (1 - COMPELLED)
    both = run(scenario(["close_accounts"])).measure("mutual_reachability", "AA", "BB", np.array([48]), False)
    assert both[0] == pytest.approx(opened.sum(), abs=1e-12)
    assert both[0] > opened.sum() ** 2


def test_selections_are_means_over_pairs_of_people() -> None:
    document = scenario(["block_senders"], direction="from")
    pairs = matrix(document)
    value = run(document).measure("reachability", "*", "*", np.array([48]), False)[0]
    weights = np.outer(USERS, USERS) - np.diag(USERS)
    assert value == pytest.approx((pairs * weights).sum() / weights.sum(), abs=1e-12)


def test_contacts_weigh_by_the_mixing_matrix() -> None:
    document = scenario(["block_senders"], direction="from")
    pairs = matrix(document)
    mixing = np.array([[0.6 if a == b else 0.4 * USERS[b] / (USERS.sum() - USERS[a]) for b in range(3)] for a in range(3)])
    value = run(document).measure("reachability", "AA", "*", np.array([48]), True)[0]
    assert value == pytest.approx((mixing[0] * pairs[0]).sum(), abs=1e-12)


def test_expected_effect_is_the_share_times_the_probability() -> None:
    """FACTS 8, O10: the mean over seeds is 1 - a s; 2,000 seeds catch a bias of 4 standard errors."""
    document = scenario(["block_senders"], direction="from", compliance={"probability": 0.6})
    parsed = _core.Scenario.parse(json.dumps(document), "typed.json", resolver(world()))
    values = _core.ensemble(parsed, "reachability", "AA", ["BB", "CC"], np.array([48]), list(range(2000)), False, 2)[:, :, 0]
    expected = 1 - 0.6 * (SHARES[1:] @ COMPELLED)
    spread = np.sqrt(0.6 * 0.4 * (SHARES[1:] ** 2 @ COMPELLED) / 2000)
    assert np.all(np.abs(values.mean(axis=0) - expected) <= 4 * spread)


def test_an_error_has_its_parts() -> None:
    with pytest.raises(_core.DocumentError) as raised:
        _core.Scenario.parse(json.dumps(scenario(["close_account"])), "typed.json", resolver(world()))
    error = raised.value
    assert (error.code_name, error.pointer, error.nearest) == ("choice", "/orders/0/measures/0", "close_accounts")
    assert str(error).startswith("typed.json:/orders/0/measures/0: [choice 205] expected one of ")
