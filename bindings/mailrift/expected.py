"""Legal reach and expected effect, side by side, and what unmeasured shares could change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailrift import _core
from mailrift.arguments import want_days, want_names, want_scenario, want_threads
from mailrift.results import DAY
from mailrift.scenario import Scenario
from mailrift.uncertainty import CLASSIFICATION, shifted

_Z95 = 1.959963984540054  # 97.5 % quantile of the standard normal law
_QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Expected:
    """Reachability of each target at each day; arrays of shape (n_targets, n_days), values in [0, 1]."""

    source: str
    targets: tuple[str, ...]
    days: tuple[float, ...]
    replications: int
    legal: NDArray[np.float64]  #: if everyone who can be compelled obeys at once: what the order can do at most; no draw in it
    mean: NDArray[np.float64]  #: over the draws of who obeys, and when
    low: NDArray[np.float64]  #: lower end of the 95 % interval of the mean: Monte Carlo error alone
    high: NDArray[np.float64]  #: upper end
    quantiles: NDArray[np.float64]  #: shape (3, n_targets, n_days): 5, 50 and 95 % of the draws: how far one outcome may be from the mean


@dataclass(frozen=True)
class Bounds:
    """What the shares could be: arrays of shape (n_targets, n_days), values in [0, 1]; apart from random error."""

    legal_low: NDArray[np.float64]  #: where as much as the data allow is under the orders
    legal_high: NDArray[np.float64]  #: where as little as they allow is
    mean_low: NDArray[np.float64]
    mean_high: NDArray[np.float64]


def _ticks(scenario: Scenario, days: Sequence[float]) -> NDArray[np.int64]:
    return np.array([int(day * DAY // scenario.core.slice) for day in days], dtype=np.int64)


def legal_reach_over_time(scenario: Scenario, source: str, targets: Sequence[str], days: Sequence[float]) -> NDArray[np.float64]:
    """What `source` reaches if everyone who can be compelled obeys at once: shape (n_targets, n_days), values in [0, 1].

    Responses act as the scenario says. Raises DocumentError for names or days that the scenario does not have.
    """
    run = _core.run(scenario.core, traffic="none", compliance="legal")
    return np.array([run.measure("reachability", source, target, _ticks(scenario, days), False) for target in targets])


def expected(
    scenario: Scenario,
    source: str,
    targets: Sequence[str],
    days: Sequence[float],
    *,
    replications: int = 200,
    threads: int = 1,
) -> Expected:
    """Legal reach and expected effect of a scenario's orders on what `source` reaches.

    Parameters
    ----------
    source, targets
        Groups, jurisdictions or blocs.
    days
        When, in days from the start; increasing.
    replications
        Seeds 0..replications-1; 2 or more.

    Raises
    ------
    TypeError
        For anything but a scenario and lists, such as names alone.
    ValueError
        For fewer than two replications or one thread, or days outside [0, horizon].
    DocumentError
        For names that the scenario does not have.
    """
    want_scenario(scenario, "expected")
    targets, days = want_names(targets, "targets"), want_days(days, scenario.horizon / DAY)
    want_threads(threads)
    if replications < 2:
        raise ValueError(f"replications: expected 2 or more, got {replications}")
    seeds = list(range(replications))
    values = _core.ensemble(scenario.core, "reachability", source, list(targets), _ticks(scenario, days), seeds, False, threads)
    half = _Z95 * values.std(axis=0, ddof=1) / np.sqrt(replications)
    mean = values.mean(axis=0)
    return Expected(
        source,
        tuple(targets),
        tuple(days),
        replications,
        legal_reach_over_time(scenario, source, targets, days),
        mean,
        np.maximum(mean - half, 0),
        np.minimum(mean + half, 1),
        np.quantile(values, _QUANTILES, axis=0),
    )


def bounds(
    scenario: Scenario,
    source: str,
    targets: Sequence[str],
    days: Sequence[float],
    *,
    of: str = "unknown",
    replications: int = 200,
    threads: int = 1,
    classification: float = CLASSIFICATION,
) -> Bounds:
    """Bounds of legal reach and of the expected effect over what the shares of the world could be.

    Parameters
    ----------
    of
        "unknown": the operators that nobody knows, all under every order or under none (`missing`: "worst", "best").
        "measured": the shares of those that can be compelled, at the ends of sampling and classification error, or at what the
        sources of a country say if that is further off (`mailrift.uncertainty.measured_range`). "all": both at once. Either way all
        countries move in one direction (`mailrift.uncertainty.shifted`): the worst case, not a joint interval of the countries'
        errors; of a bloc it is wider than any such interval.
    classification
        Error of telling operators apart, share in [0, 1]; where the sources of a country differ by more, that holds.

    The others, and errors, as for `expected`; ValueError for another `of` or a classification out of range.
    """
    want_scenario(scenario, "bounds")
    if of not in ("unknown", "measured", "all"):
        raise ValueError(f'of: expected "unknown", "measured" or "all", got {of!r}')
    if not 0 <= classification <= 1:
        raise ValueError(f"classification: expected a share in [0, 1], got {classification}")
    ends = []
    for missing, sign in (("worst", 1), ("best", -1)):
        end = scenario
        if of != "unknown":
            end = end.with_world(shifted(scenario.world, _compellable(scenario), sign, classification))
        if of != "measured":
            end = end.set("missing", missing)
        ends.append(expected(end, source, targets, days, replications=replications, threads=threads))
    worst, best = ends
    return Bounds(worst.legal, best.legal, worst.mean, best.mean)


def _compellable(scenario: Scenario) -> set[str]:
    """Ids of all providers and suppliers that some order of the scenario can compel."""
    run = _core.run(scenario.core, traffic="none", compliance="legal")
    return {row["entity"].partition("#")[0] for row in run.compelled()}
