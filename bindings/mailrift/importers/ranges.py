"""How far an imported share may be off: sampling and classification, as the range of its figure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mailrift.uncertainty import CLASSIFICATION, effective_sample, wilson

_DIGITS = 1e6  # ranges are rounded outwards to a millionth, so that they hold their value


def with_ranges(market: dict[str, Any], observed: Mapping[str, Sequence[float]] | None = None) -> dict[str, Any]:
    """The market with a range, its source and a confidence in each share; regions are left as they are.

    Of a share p of the classified, in [0, 1]: from the lower end of its 95 % Wilson interval less 8 points (but never more than p: a
    label with few organisations cannot be wrong by more than it has) to the upper end plus 8 points (a label may have missed as many
    as any other). The interval is that of `effective_sample`. `observed`: by provider, its share of the classified in each source of
    the country; the range holds them all.
    """
    known = 1 - market["unknown"]
    n = effective_sample(market, known)
    rows = market["routes"]
    if isinstance(rows, dict):
        rows = [{"provider": provider, "share": share} for provider, share in rows.items()]
    of_provider = Counter[str]()
    for row in rows:
        of_provider[row["provider"]] += row["share"] / known if known else 0
    figures = []
    for row in rows:
        low, high = min(all_of := [*(observed or {}).get(row["provider"], ()), of_provider[row["provider"]]]), max(all_of)
        part = row["share"] / known / of_provider[row["provider"]]  # of its operator's share, where it has several routes
        figures.append(_figure(row["share"], known, n, market["source"], (low * part, high * part)))
    if isinstance(market["routes"], dict):
        return market | {"routes": {row["provider"]: figure for row, figure in zip(rows, figures, strict=True)}}
    return market | {"routes": [row | {"share": figure} for row, figure in zip(rows, figures, strict=True)]}


def outwards(share: float, low: float, high: float) -> list[float]:
    """The range [low, high] of a share, within [0, 1], rounded outwards and holding the share."""
    return [max(0.0, min(share, math.floor(low * _DIGITS) / _DIGITS)), min(1.0, max(share, math.ceil(high * _DIGITS) / _DIGITS))]


def _figure(share: float, known: float, n: float, source: str, observed: tuple[float, float]) -> dict[str, Any]:
    of_known = min(1.0, share / known)
    low, high = wilson(of_known, n)
    low = min(observed[0], max(0.0, low - min(CLASSIFICATION, of_known)))
    high = max(observed[1], min(1.0, high + CLASSIFICATION))
    return {"value": share, "range": outwards(share, low * known, high * known), "source": source, "confidence": "medium"}
