"""A row of the table of `make bench`, its goal, and how a measuring program is run."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Goal:
    """A bound: of the ratio to the peer, or, for a row without a ratio, of the value."""

    kind: str  # "at least" or "at most"
    bound: float

    def met(self, number: float) -> bool:
        """Whether `number` is within the bound."""
        return number >= self.bound if self.kind == "at least" else number <= self.bound


@dataclasses.dataclass(frozen=True)
class Row:
    """One measured figure, with the ratio to a peer's if it has one."""

    name: str
    value: float
    unit: str
    peer: str | None = None
    ratio: float | None = None
    goal: Goal | None = None

    def fields(self) -> dict[str, object]:
        """The row as the file has it; `goal` is text, `met` is null without a goal."""
        compared = self.value if self.ratio is None else self.ratio
        row: dict[str, object] = {"name": self.name, "value": self.value, "unit": self.unit, "peer": self.peer, "ratio": self.ratio}
        row["goal"] = None if self.goal is None else f"{'value' if self.ratio is None else 'ratio'} {self.goal.kind} {self.goal.bound:g}"
        row["met"] = None if self.goal is None else self.goal.met(compared)
        return row


def output(command: Sequence[str]) -> str:
    """What a program prints. It must succeed."""
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
