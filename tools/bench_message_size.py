"""Rows of `make bench` for how `message` grows with its persons: memory of each, and the time of a message.

Memory is what the program counts of its own tables, without what greylists remember and what waits in queues; beside it stands by how
much the resident set grows when the model is made.
"""

from __future__ import annotations

import dataclasses
import json
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

from bench_rows import Goal, Row, output

MOST_BYTES_A_PERSON = 24
MOST_BYTES_A_CONTACT = 5
MOST_GROWTH = 1.15
BYTES_A_PERSON = 1_000  # more than a person and its contacts take while the graph is built twice, with the queues of a quarter of a day


@dataclasses.dataclass(frozen=True)
class GrowthSizes:
    """Memory is measured of `memory_persons`; time of `growth`, (few, many) persons, for so many hours a round, if at all."""

    rounds: int
    memory_persons: int
    hours: int
    growth: tuple[int, int] | None


FULL = GrowthSizes(rounds=3, memory_persons=1_000_000, hours=3, growth=(1_000_000, 10_000_000))
QUICK = GrowthSizes(rounds=1, memory_persons=100_000, hours=1, growth=None)


def memory_rows(sizes: GrowthSizes, programs: Path) -> list[Row]:
    """Bytes a person and a contact, and their sum beside the growth of the resident set."""
    persons = sizes.memory_persons
    found = json.loads(output([str(programs / "message_bench"), "memory", str(persons), f"{sizes.hours / 24:.12g}"]))
    counted = found["person_bytes"] + found["contact_bytes"]
    name = f"message, {persons} persons: memory"
    return [
        Row(f"{name} of each person", found["person_bytes"] / found["persons"], "B", goal=Goal("at most", MOST_BYTES_A_PERSON)),
        Row(f"{name} of each contact", found["contact_bytes"] / found["contacts"], "B", goal=Goal("at most", MOST_BYTES_A_CONTACT)),
        Row(f"{name} of both", counted / 2**20, "MiB", "growth of the resident set", counted / found["resident_bytes"]),
    ]


def growth_row(few: int, many: int, with_few: Sequence[float], with_many: Sequence[float]) -> Row:
    """How many times as long a message takes with many persons as with few, from the ns of all rounds."""
    ratio = statistics.median(much / little for much, little in zip(with_many, with_few, strict=True))
    return Row(
        f"message, {many} persons", statistics.median(with_many), "ns/message", f"{few} persons", ratio, Goal("at most", MOST_GROWTH)
    )


def available_bytes(path: Path = Path("/proc/meminfo")) -> int:
    """Memory that a new program can have without swapping, as the system estimates it."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("MemAvailable:"):
            return 1024 * int(line.split()[1])
    raise ValueError(f"{path}: expected a line MemAvailable, got none")


def size_rows(sizes: GrowthSizes, programs: Path, say: Callable[[str], None]) -> list[Row]:
    """All rows; growth is left out, and that is said, at small sizes and where the memory does not suffice."""
    rows = memory_rows(sizes, programs)
    if sizes.growth is None:
        say("left out: growth of message with its persons: small sizes")
        return rows
    few, many = sizes.growth
    needed, there = BYTES_A_PERSON * many, available_bytes()
    if there < needed:
        missing = f"{needed / 2**30:.1f} GiB of memory are needed, {there / 2**30:.1f} are available"
        say(f"left out: growth of message to {many} persons: {missing}")
        return rows
    command = [str(programs / "message_bench"), "growth", str(few), str(many), str(sizes.hours), str(sizes.rounds)]
    found = json.loads(output(command))  # both persons are made once, and simulated in turn
    return [*rows, growth_row(few, many, found["few"], found["many"])]
