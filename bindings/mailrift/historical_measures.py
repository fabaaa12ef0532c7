"""Figures of a run, and closed forms of small numbers: what `historical_cases` puts together by scenario."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mailrift.results import Run
from mailrift.scenario import Scenario
from mailrift.uncertainty import Z95


@dataclass(frozen=True)
class Estimate:
    """What the model gives: a value, with the ends of its 95 % interval; equal ends: exact."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Quantity:
    """A figure of a scenario. `closed`: what a closed form says of it; `error`: by how much both may differ, beyond the interval."""

    name: str
    text: str
    model: Estimate
    unit: str
    closed: float | None = None
    error: float = 0.0
    form: str = ""


def exact(value: float) -> Estimate:
    """Without chance."""
    return Estimate(value, value, value)


def between(low: float, high: float) -> Estimate:
    """Somewhere between two values that were tried."""
    return Estimate((low + high) / 2, low, high)


def mean_of(values: Sequence[float]) -> Estimate:
    """Mean over seeds, with its 95 % interval by the normal law."""
    mean = math.fsum(values) / len(values)
    half = Z95 * float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return Estimate(mean, mean - half, mean + half)


def messages(finished: Run, mail_class: str = "wanted", **of: str) -> float:
    """Messages of a class in the ledger of a run, by `source`, `receiver` and `outcome`."""
    ledger = finished.core.ledger()
    keep = [word == mail_class for word in ledger["mail_class"]]
    for column, word in of.items():
        keep = [kept and found == word for kept, found in zip(keep, ledger[column], strict=True)]
    return math.fsum(number for number, kept in zip(ledger["messages"], keep, strict=True) if kept)


def refused(finished: Run, source: str, receiver: str) -> float:
    """Share of the wanted mail of a source to a receiver that was rejected."""
    return messages(finished, source=source, receiver=receiver, outcome="rejected") / messages(finished, source=source, receiver=receiver)


def reach(finished: Run, source: str, target: str) -> list[float]:
    """Reachability at the start of each slice, and at the end."""
    return [float(value) for value in finished.core.measure("reachability", source, target, finished.ticks(), False)]


def changed(scenario: Scenario, values: dict[str, Any]) -> Scenario:
    """Another scenario, with values at dotted paths."""
    for path, value in values.items():
        scenario = scenario.set(path, value)
    return scenario


def tail(p: float, theta: float, mean: float, good: float = 0, bad: float = 0, least: float = 0) -> float:
    """Probability that a sender of Poisson(`mean`) messages, each judged bad with probability p, is refused for a window.

    sum_k Poisson(k; mean) Pr(Bin(k, p) + bad >= theta (k + good + bad)) over k >= max(least, 1).
    Terms that sum to less than 1e-12 are left out.
    """
    most = int(mean + 12 * math.sqrt(mean) + 40)
    total = 0.0
    for k in range(max(1, math.ceil(least)), most):
        weight = math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))
        needed = max(0, math.ceil(theta * (k + good + bad) - bad - 1e-9))
        below, term = 0.0, (1 - p) ** k
        for j in range(needed):
            below += term
            term *= (k - j) / (j + 1) * p / (1 - p)
        total += weight * (1 - below)
    return total


def share_of_windows(q: float, windows: int) -> float:
    """Mean over windows of the probability r to be refused: 0 in the first, then q (1 - r), since who is refused is not judged."""
    r, total = 0.0, 0.0
    for _ in range(windows):
        total += r
        r = q * (1 - r)
    return total / windows
