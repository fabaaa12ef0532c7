"""Worlds at the ends of what is uncertain about their shares: too few records, and operators that were told apart wrongly."""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

#: By how much independent classifications of the same country differ (share of the classified; Austria: 52, 66 and 69 % on one
#: operator, Switzerland: 54 and 59 %).
CLASSIFICATION = 0.08
#: Standard normal quantile of a two-sided 95 % interval.
Z95 = 1.959963984540054

Range = tuple[float, float]


def wilson(share: float, count: float, z: float = Z95) -> Range:
    """Score interval of a binomial share: all p with |share - p| <= z sqrt(p (1 - p) / count).

    With n = `count`: centre (share + z^2/2n) / (1 + z^2/n), half-width z sqrt(share (1 - share)/n + z^2/4n^2) / (1 + z^2/n).
    It never leaves [0, 1] and keeps its coverage near 0 and 1, where share +- z s.e. does not.

    Parameters
    ----------
    share
        Observed share, in [0, 1].
    count
        Observations, above 0.
    z
        Standard normal quantile, 0 or more; not given: of a two-sided 95 % interval.

    Raises
    ------
    ValueError
        If `share`, `count` or `z` is out of range.

    References
    ----------
    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212;
    L. D. Brown, T. T. Cai, A. DasGupta, Interval estimation for a binomial proportion, Statistical Science 16 (2001) 101-133.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share: expected a number in [0, 1], got {share!r}")
    if not 0 < count < math.inf:
        raise ValueError(f"count: expected a finite number above 0, got {count!r}")
    if not 0 <= z < math.inf:
        raise ValueError(f"z: expected a finite number of 0 or more, got {z!r}")
    extra = z * z / count
    centre = (share + extra / 2) / (1 + extra)
    half = math.sqrt(share * (1 - share) * extra + extra * extra / 4) / (1 + extra)
    # At 0 and 1 one end is the share itself; the difference of two near-equal numbers would miss it by a rounding error.
    return (0.0 if share == 0 else max(centre - half, 0.0), 1.0 if share == 1 else min(centre + half, 1.0))


def measured_range(share: float, count: float, classification: float = CLASSIFICATION, differences: Iterable[float] = ()) -> Range:
    """What a measured share may be, by sampling, classification and other measurements of the same: the one rule of ranges and bounds.

    With [l, h] the Wilson interval of the share p: [min(l - c, p + d), max(h + c, p + d)] over all differences d, cut at 0 and 1. The
    cut limits it downwards: a label cannot have lost more than it has; upwards it may have missed all of c, however few it has.
    Differences are not added to the rest: they are what the error of classification was, where it was seen.

    Parameters
    ----------
    share
        p, of the classified, in [0, 1].
    count
        Classified observations (`effective_sample`); 0: not told, no sampling error.
    classification
        c, the error of telling operators apart, a share in [0, 1].
    differences
        Other measurements of the same share less p, each in [-1, 1] (`differences_of`).

    Raises
    ------
    ValueError
        If `share` or `count` is out of range.
    """
    low, high = wilson(share, count) if count else (share, share)
    others = [share + difference for difference in differences]
    return max(0.0, min([low - classification, *others])), min(1.0, max([high + classification, *others]))


def differences_of(market: Mapping[str, Any], operators: Collection[str]) -> list[float]:
    """By how much the sources of a country differ from its market on the share of `operators` together: a value for each, in [-1, 1].

    `x-observed` of a market has, by source, the share of some operators among what that source classifies (0 if it has none of one).
    Only mailbox operators that it names are compared, in the source and in the market: of the others, and of gateways, nothing is told.
    """
    observed = market.get("x-observed", {})
    rows = _rows(market)
    known = math.fsum(row["share"] for row in rows)
    if known <= 0:
        return []

    def of(named: Mapping[str, float]) -> float:
        own = math.fsum(row["share"] for row in rows if row["provider"] in operators and row["provider"] in named) / known
        return math.fsum(share for name, share in named.items() if name in operators) - own

    return [of(named) for named in observed.values()]


def shifted(world: dict[str, Any], operators: set[str], sign: int, classification: float = CLASSIFICATION) -> dict[str, Any]:
    """A copy of a world document in which `operators` have the least (`sign` -1) or greatest (+1) share that the data allow.

    In each market the share of the classified behind one of `operators`, as mailbox provider or as gateway, becomes the end of its
    `measured_range`; routes keep their proportions within and without. A market all within (or all without) gets a route to the
    greatest provider of the other side. `unknown` stays, regions are left out. All markets move in one direction, each to its end:
    the worst case that the data allow, not a joint interval, which would be narrower were the countries' errors independent.
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
    ends = measured_range(min(1.0, within), effective_sample(market, known), classification, differences_of(market, operators))
    share = ends[0 if sign < 0 else 1]
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


def effective_sample(market: Mapping[str, Any], known: float) -> float:
    """Observations behind a market's shares: `x-effective-sample` where records are weighted, else `sample` times `known`; 0: not told.

    Of records with weights w, as many as would tell as much if all weighed alike: (sum w)^2 / sum w^2 over the classified.

    References
    ----------
    L. Kish, Survey Sampling, Wiley (1965).
    """
    if "x-effective-sample" in market:
        return float(market["x-effective-sample"])
    return value_of(market["sample"]) * known if "sample" in market else 0.0


def _rows(market: Mapping[str, Any]) -> list[dict[str, Any]]:
    routes = market["routes"]
    listed = routes if isinstance(routes, list) else [{"provider": provider, "share": share} for provider, share in routes.items()]
    return [{**row, "share": value_of(row["share"])} for row in listed]


def value_of(figure: Any) -> float:
    """The number of a figure, which may be written with its range and source."""
    return float(figure["value"] if isinstance(figure, Mapping) else figure)


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
