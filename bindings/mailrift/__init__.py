"""Mailrift: who can still reach whom by e-mail when governments compel mail providers.

>>> import mailrift as mr
>>> run = mr.run(mr.load("icc-account-closure"))
>>> run.reachability("icc", "EU")  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import Any

from mailrift._core import DocumentError, __version__
from mailrift.documents import available, load, load_world
from mailrift.expected import bounds, expected
from mailrift.frontier import Frontier, frontier
from mailrift.policies import Policy, Proposals, Tallies
from mailrift.results import Run, run
from mailrift.retry import greylist_delay, retry_schedules, retry_times
from mailrift.scenario import Scenario, World
from mailrift.simulation import Simulation

__all__ = [
    "DocumentError",
    "Frontier",
    "Policy",
    "Proposals",
    "Run",
    "Scenario",
    "Simulation",
    "Tallies",
    "World",
    "__version__",
    "analysis",
    "available",
    "bounds",
    "expected",
    "frontier",
    "greylist_delay",
    "load",
    "load_world",
    "plot",
    "retry_schedules",
    "retry_times",
    "run",
]


def __getattr__(name: str) -> Any:
    """Loads `mailrift.plot` and `mailrift.analysis` when they are first used, so that importing the package needs NumPy alone."""
    if name in ("analysis", "plot"):
        return importlib.import_module(f"mailrift.{name}")
    raise AttributeError(f"module 'mailrift' has no attribute {name!r}")
