"""Legal reach and expected effect, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailrift import _core
from mailrift.scenario import Scenario

_Z95 = 1.959963984540054  # 97.5 % quantile of the standard normal law


@dataclass(frozen=True)
class Expected:
    """Reachability of each target at each day; arrays of shape (n_targets, n_days), values in [0, 1]."""

    source: str
    targets: tuple[str, ...]
    days: tuple[float, ...]
    replications: int
    legal: NDArray[np.float64]  #: if everyone who can be compelled obeys: what the order can do at most
    mean: NDArray[np.float64]  #: over the draws of who obeys, and when
    low: NDArray[np.float64]  #: lower end of the 95 % interval of the mean
    high: NDArray[np.float64]  #: upper end


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
    ValueError
        For fewer than two replications.
    DocumentError
        For names or days that the scenario does not have.
    """
    if replications < 2:
        raise ValueError(f"replications: expected 2 or more, got {replications}")
    ticks = np.array([int(day * 86400 // scenario.core.slice) for day in days], dtype=np.int64)
    values = _core.ensemble(scenario.core, "reachability", source, list(targets), ticks, list(range(replications)), False, threads)
    half = _Z95 * values.std(axis=0, ddof=1) / np.sqrt(replications)
    mean = values.mean(axis=0)
    legal_run = _core.run(scenario.core, traffic="none", compliance="legal")
    legal = np.array([legal_run.measure("reachability", source, target, ticks, False) for target in targets])
    return Expected(source, tuple(targets), tuple(days), replications, legal, mean, np.maximum(mean - half, 0), np.minimum(mean + half, 1))
