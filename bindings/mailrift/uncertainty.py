"""Worlds at the ends of what is uncertain about their shares: too few records, and operators that were told apart wrongly."""

from __future__ import annotations

import copy
import math
from collections import Counter
from typing import Any

#: By how much independent classifications of the same country differ (share of the classified; Austria: 52, 66 and 69 % on one
#: operator, Switzerland: 54 and 59 %).
CLASSIFICATION = 0.08
_Z95 = 1.959963984540054


def wilson(share: float, n: float) -> tuple[float, float]:
    """The 95 % score interval of a share in [0, 1] that was measured in `n` records; (0, 1) for n <= 0.

    centre = (p + z^2 / 2n) / (1 + z^2 / n), half width = z / (1 + z^2 / n) sqrt(p (1 - p) / n + z^2 / 4n^2) (Wilson 1927).
    """
    if n <= 0:
        return 0.0, 1.0
    z2 = _Z95 * _Z95
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def shifted(world: dict[str, Any], operators: set[str], sign: int, classification: float = CLASSIFICATION) -> dict[str, Any]:
    """A copy of a world document in which `operators` have the least (`sign` -1) or greatest (+1) share that the data allow.

    In each market the share p of the classified behind one of `operators`, as mailbox provider or as gateway, becomes the end of
    its Wilson interval (the market's `sample`; without one, p itself), less or plus `classification`, in [0, 1]; routes keep their
    proportions within and without. A market all within (or all without) gets a route to the greatest provider of the other side.
    `unknown` stays, regions are left out. All markets move in one direction: the ends of a common error, not of independent ones.
    """
    result = copy.deepcopy(world)
    inside, outside = _greatest(result, operators, True), _greatest(result, operators, False)
    for market in result["markets"].values():
        market.pop("regions", None)
        _shift(market, operators, sign, classification, inside, outside)
    return result


def _shift(market: dict[str, Any], operators: set[str], sign: int, classification: float, inside: str, outside: str) -> None:
    rows = _rows(market)
    known = math.fsum(row["share"] for row in rows)
    if known <= 0:
        return
    within = math.fsum(row["share"] for row in rows if _is_within(row, operators)) / known
    share = within
    if "sample" in market:
        share = wilson(within, value_of(market["sample"]) * known)[0 if sign < 0 else 1]
    share = min(1.0, max(0.0, share + sign * classification))
    if within == 0 and share > 0 and inside:
        rows.append({"provider": inside, "share": known, "address": "own"})
        scale = {True: share, False: 1 - share}
    elif within == 1 and share < 1 and outside:
        rows.append({"provider": outside, "share": known, "address": "own"})
        scale = {True: share, False: 1 - share}
    elif within in (0, 1):
        return
    else:
        scale = {True: share / within, False: (1 - share) / (1 - within)}
    for row in rows:
        row["share"] *= scale[_is_within(row, operators)]
    market["routes"] = [row for row in rows if row["share"] > 0]
    market["unknown"] = max(0.0, 1 - math.fsum(row["share"] for row in market["routes"]))


def _rows(market: dict[str, Any]) -> list[dict[str, Any]]:
    routes = market["routes"]
    listed = routes if isinstance(routes, list) else [{"provider": provider, "share": share} for provider, share in routes.items()]
    return [{**row, "share": value_of(row["share"])} for row in listed]


def value_of(figure: Any) -> float:
    """The number of a figure, which may be written with its range and source."""
    return float(figure["value"] if isinstance(figure, dict) else figure)


def _is_within(row: dict[str, Any], operators: set[str]) -> bool:
    return row["provider"] in operators or row.get("gateway") in operators


def _greatest(world: dict[str, Any], operators: set[str], within: bool) -> str:
    """The provider with the greatest sum of shares among `operators`, or among the others; "" if there is none."""
    totals: Counter[str] = Counter({provider["id"]: 0 for provider in world["providers"]})
    for market in world["markets"].values():
        for row in _rows(market):
            totals[row["provider"]] += row["share"]
    candidates = [(-total, provider) for provider, total in totals.items() if (provider in operators) == within]
    return min(candidates)[1] if candidates else ""
