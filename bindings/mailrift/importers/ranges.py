"""How far an imported share may be off, by sampling, classification and other sources, as the range of its figure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from mailrift.uncertainty import differences_of, effective_sample, measured_range

_DIGITS = 1e6  # ranges are rounded outwards to a millionth, so that they hold their value


def with_ranges(market: dict[str, Any], regions: Mapping[str, float] | None = None) -> dict[str, Any]:
    """The market with a range, its source and a confidence in each share, of the country and of its regions.

    The range is `measured_range` of the share of the classified, in [0, 1], for `effective_sample` of the market: its 95 % Wilson
    interval, 8 points of classification either way, and what each source of the country says of the operator (`x-observed`). Of an
    operator with several routes each has its part of the differences between sources. `regions`: the effective sample of each, without
    which it is left as it is; by how much sources differ is known of the country alone, and taken to be the same in its regions.
    """
    result = _ranged(market, market, effective_sample(market, 1 - market["unknown"]))
    if regions and "regions" in market:
        result["regions"] = {
            name: _ranged(region, market, regions[name]) if regions.get(name) else region for name, region in market["regions"].items()
        }
    return result


def _ranged(place: dict[str, Any], market: dict[str, Any], n: float) -> dict[str, Any]:
    """The market or one of its regions with ranges by `n` observations and by the differences between the market's sources."""
    known = 1 - place["unknown"]
    listed = isinstance(place["routes"], list)
    rows = place["routes"] if listed else [{"provider": provider, "share": share} for provider, share in place["routes"].items()]
    of_provider = Counter[str]()
    for row in rows:
        of_provider[row["provider"]] += row["share"]
    figures = []
    for row in rows:
        part = row["share"] / of_provider[row["provider"]]
        differences = [part * difference for difference in differences_of(market, {row["provider"]})]
        low, high = measured_range(min(1.0, row["share"] / known), n, differences=differences)
        figures.append(_figure(row["share"], (low * known, high * known), market["source"]))
    if listed:
        return place | {"routes": [row | {"share": figure} for row, figure in zip(rows, figures, strict=True)]}
    return place | {"routes": {row["provider"]: figure for row, figure in zip(rows, figures, strict=True)}}


def outwards(share: float, low: float, high: float) -> list[float]:
    """The range [low, high] of a share, within [0, 1], rounded outwards and holding the share."""
    return [max(0.0, min(share, math.floor(low * _DIGITS) / _DIGITS)), min(1.0, max(share, math.ceil(high * _DIGITS) / _DIGITS))]


def _figure(share: float, ends: tuple[float, float], source: str) -> dict[str, Any]:
    return {"value": share, "range": outwards(share, *ends), "source": source, "confidence": "medium"}
