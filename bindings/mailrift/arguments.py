"""What callers pass: mistakes that Python itself would take, or answer with a message about something else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mailrift.scenario import Scenario


def want_scenario(value: Any, function: str) -> Scenario:
    """The scenario itself; raises TypeError for anything else, such as its name."""
    if isinstance(value, Scenario):
        return value
    hint = f"; mr.{function}(mr.load({value!r}), ...) reads it first" if isinstance(value, str) else ""
    raise TypeError(f"scenario: expected a Scenario, as mr.load gives it, got {_kind(value)}{hint}")


def want_names(value: Any, name: str) -> list[str]:
    """A list of names; raises TypeError for one text, whose letters would count as names, and for anything else."""
    if isinstance(value, str):
        raise TypeError(f"{name}: expected a list of names, got the text {value!r}; did you mean [{value!r}]?")
    if not isinstance(value, Sequence) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"{name}: expected a list of names, got {_kind(value)}")
    return list(value)


def want_days(value: Any, horizon: float) -> list[float]:
    """Days from the start, in [0, horizon in days]; raises TypeError for one number, ValueError for a day out of range."""
    if isinstance(value, (int, float, str)):
        raise TypeError(f"days: expected a list of days, got {value!r}; did you mean [{value!r}]?")
    days = [float(day) for day in value]
    for day in days:
        if not (math.isfinite(day) and 0 <= day <= horizon):
            raise ValueError(f"days: expected days in [0, {horizon:g}], the horizon, got {day:g}")
    return days


def want_threads(value: int) -> int:
    """The number of threads; raises ValueError for fewer than 1."""
    if value < 1:
        raise ValueError(f"threads: expected 1 or more, got {value}")
    return value


def _kind(value: Any) -> str:
    return f"the name {value!r}" if isinstance(value, str) else type(value).__name__
