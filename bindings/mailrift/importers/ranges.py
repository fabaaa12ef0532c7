"""How far an imported share may be off: sampling and classification, as the range of its figure."""

from __future__ import annotations

import math
from typing import Any

from mailrift.uncertainty import CLASSIFICATION, wilson

_DIGITS = 1e6  # ranges are rounded outwards to a millionth, so that they hold their value


def with_ranges(market: dict[str, Any]) -> dict[str, Any]:
    """The market with a range, its source and a confidence in each share; regions are left as they are.

    Of a share p of the classified, in [0, 1]: from the lower end of its 95 % Wilson interval less 8 points to the upper end plus 8
    points, but never more than p below and above for the classification: a label with few organisations cannot be wrong by more than
    it has. The interval is that of `sample` times the known share, also where organisations are weighted.
    """
    known = 1 - market["unknown"]
    n = market["sample"] * known
    routes = market["routes"]
    if isinstance(routes, dict):
        return market | {"routes": {provider: _figure(share, known, n, market["source"]) for provider, share in routes.items()}}
    return market | {"routes": [row | {"share": _figure(row["share"], known, n, market["source"])} for row in routes]}


def outwards(share: float, low: float, high: float) -> list[float]:
    """The range [low, high] of a share, within [0, 1], rounded outwards and holding the share."""
    return [max(0.0, min(share, math.floor(low * _DIGITS) / _DIGITS)), min(1.0, max(share, math.ceil(high * _DIGITS) / _DIGITS))]


def _figure(share: float, known: float, n: float, source: str) -> dict[str, Any]:
    of_known = min(1.0, share / known)
    low, high = wilson(of_known, n)
    wrong = min(CLASSIFICATION, of_known)
    span = outwards(share, max(0.0, low - wrong) * known, min(1.0, high + wrong) * known)
    return {"value": share, "range": span, "source": source, "confidence": "medium"}
