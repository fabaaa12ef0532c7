"""Rows of `make bench` for mail on the contact graph, message by message.

`message` is measured beside simpler simulations of the same model (tests/bench/textbook_mail.h, tools/bench_simpy_mail.py) and beside the
least that the memory permits: the random cache lines of a message, times an independent random read. Times are of the processor, so
that other work of the machine counts as little as it can; what two threads take is what passes, beside what passes with one.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench_rows import Goal, Row, output

SIMPY = Path(__file__).resolve().parent / "bench_simpy_mail.py"
UNIT = "ns/message"
STAGES = {  # of models/traffic/slice_stages.h
    "keys": "keys of conversations and their random numbers",
    "sender": "who writes",
    "contact": "to whom, and the class of the reader's seat",
    "judge": "what policies do with first tries; tallies",
    "reply": "which messages are answered, and when; where answers wait",
    "answers": "answers that are due: who writes, to whom",
    "again": "tries of mail that waited",
    "slice": "once a slice: how many start, sums, spam, policies",
}
MOST_OVER_MEMORY = 1.5  # times the memory's bound, where the persons' tables are larger than the caches
BEYOND_CACHES = 1_000_000  # persons
THREE_POLICIES = "reputation + content_filter + rate_limit"  # of every receiver
LEAST_OF_TWO_THREADS = 1.85  # times as fast as one, there


@dataclasses.dataclass(frozen=True)
class MailSizes:
    """How much is measured: `rounds` of each number of persons, for so many days, and memory of so many MiB."""

    rounds: int
    persons: tuple[int, ...]
    days: float
    mebibytes: int

    def days_of(self, persons: int) -> float:
        """Half as many days where SimPy, which takes 300 times as long, is measured too."""
        return self.days if persons >= BEYOND_CACHES else self.days / 2


FULL = MailSizes(rounds=3, persons=(100_000, 1_000_000), days=1, mebibytes=1_024)
QUICK = MailSizes(rounds=1, persons=(2_000,), days=0.25, mebibytes=16)


@dataclasses.dataclass(frozen=True)
class MailPeer:
    """A simulation of the same model: its name, how to run it, and the goals of our ratio to it, by persons."""

    name: str
    command: tuple[str, ...]  # to which persons and days are added
    most_persons: int = 1_000_000_000  # for more it takes too long
    missing: str | None = None  # why it is not measured
    goals: tuple[tuple[int, float], ...] = ()


def mail_peers(programs: Path) -> list[MailPeer]:
    """What `message` is compared with; those not installed say so."""
    simpy = None if importlib.util.find_spec("simpy") else "simpy cannot be imported"
    return [
        MailPeer("textbook heap", (str(programs / "message_bench"), "textbook"), goals=((1_000_000, 25.0),)),
        MailPeer("SimPy, callbacks", (sys.executable, str(SIMPY)), most_persons=100_000, missing=simpy, goals=((100_000, 250.0),)),
    ]


def measured(command: Sequence[str], persons: int, days: float) -> dict[str, Any]:
    """What a simulation prints."""
    found: dict[str, Any] = json.loads(output([*command, str(persons), f"{days:g}"]))
    return found


def peer_row(peer: MailPeer, persons: int, runs: Sequence[Mapping[str, Any]]) -> Row:
    """What a peer takes by itself."""
    deferred = statistics.median(run["deferred"] / run["attempts"] for run in runs)
    name = f"{peer.name}, {persons} persons, {100 * deferred:.1f} % of tries deferred"
    return Row(name, statistics.median(float(run["ns_per_message"]) for run in runs), UNIT)


def paired_row(peer: MailPeer, persons: int, ours: Sequence[float], theirs: Sequence[float]) -> Row:
    """How many times as long a peer takes as `message`, from the ns of all rounds."""
    bound = dict(peer.goals).get(persons)
    ratio = statistics.median(other / mine for mine, other in zip(ours, theirs, strict=True))
    goal = None if bound is None else Goal("at least", bound)
    return Row(f"message, {persons} persons", statistics.median(ours), UNIT, peer.name, ratio, goal)


def bound_row(persons: int, ours: Sequence[float], bounds: Sequence[float]) -> Row:
    """How many times as long `message` takes as its random reads, from the ns of all rounds."""
    ratio = statistics.median(mine / bound for mine, bound in zip(ours, bounds, strict=True))
    goal = Goal("at most", MOST_OVER_MEMORY) if persons >= BEYOND_CACHES else None
    return Row(f"message, {persons} persons", statistics.median(ours), UNIT, "its random reads", ratio, goal)


def threads_row(persons: int, ours: Sequence[float], with_two: Sequence[float]) -> Row:
    """How many times as fast two threads are as one, from the ns of all rounds."""
    ratio = statistics.median(mine / both for mine, both in zip(ours, with_two, strict=True))
    goal = Goal("at least", LEAST_OF_TWO_THREADS) if persons >= BEYOND_CACHES else None
    return Row(f"message, {persons} persons, 2 threads", statistics.median(with_two), UNIT, "1 thread", ratio, goal)


def times_of(runs: Sequence[Mapping[str, Any]]) -> list[float]:
    """Nanoseconds a message of each run."""
    return [float(run["ns_per_message"]) for run in runs]


def policies_row(persons: int, ours: Sequence[float], stricter: Sequence[float]) -> Row:
    """How many times as long a message takes with three policies at every receiver as with one, from the ns of all rounds."""
    ratio = statistics.median(three / mine for mine, three in zip(ours, stricter, strict=True))
    return Row(f"message, {persons} persons, {THREE_POLICIES}", statistics.median(stricter), UNIT, "reputation alone", ratio)


def rows_of_size(sizes: MailSizes, persons: int, programs: Path, peers: Sequence[MailPeer], has_message: bool) -> list[Row]:
    """All rows of one number of persons; what is compared is measured in turn, round by round."""
    peers = [peer for peer in peers if persons <= peer.most_persons]
    days = sizes.days_of(persons)
    theirs: dict[str, list[dict[str, Any]]] = {peer.name: [] for peer in peers}
    ours, wall, bounds, with_two, stricter = [], [], [], [], []
    for _ in range(sizes.rounds):
        if has_message:
            mine = measured((str(programs / "message_bench"), "message"), persons, days)
            both = measured((str(programs / "message_bench"), "message2"), persons, days)
            with_two.append(float(both["ns_per_message"]))
            three = measured((str(programs / "message_bench"), "message_with_three_policies"), persons, days)
            stricter.append(float(three["ns_per_message"]))
            read = json.loads(output([str(programs / "memory_bench"), str(sizes.mebibytes), "1"]))["independent_ns"]
            ours.append(float(mine["ns_per_message"]))
            wall.append(1e9 * float(mine["seconds"]) / float(mine["messages"]))
            bounds.append(float(mine["random_lines"]) * float(read))
        for peer in peers:
            theirs[peer.name].append(measured(peer.command, persons, days))
    rows = [peer_row(peer, persons, theirs[peer.name]) for peer in peers]
    if has_message:
        rows += [paired_row(peer, persons, ours, times_of(theirs[peer.name])) for peer in peers]
        rows += [threads_row(persons, wall, with_two), bound_row(persons, ours, bounds), policies_row(persons, ours, stricter)]
        for peer in peers:  # which have one policy
            row = paired_row(peer, persons, stricter, times_of(theirs[peer.name]))
            rows.append(dataclasses.replace(row, name=f"{row.name}, {THREE_POLICIES}"))
    return rows


def profile(persons: int, days: float, programs: Path) -> list[str]:
    """Where the time of a message goes, by stage: what it takes where all tables lie in the cache, and what it then waits for memory."""
    found = json.loads(output([str(programs / "message_bench"), "message_stages", str(persons), f"{days:g}"]))
    few = found["few"]
    lines = [f"message, {persons} persons: ns a message by stage, and of it {few} persons who write as much (all in a core's cache)"]
    whole, cached = 0.0, 0.0
    for stage, (there, near) in found["stages"].items():
        lines.append(f"  {stage:8}{there:8.1f} {near:8.1f}  {STAGES[stage]}")
        whole, cached = whole + there, cached + near
    stalls = max(whole - cached, 0.0)
    waits = 100 * stalls / whole
    lines.append(f"  {'sum':8}{whole:8.1f} {cached:8.1f}  waits for memory: {waits:.0f} %, arithmetic: {100 - waits:.0f} %")
    return lines


def message_rows(sizes: MailSizes, programs: Path, say: Callable[[str], None]) -> list[Row]:
    """Nanoseconds a message of each peer, and, if message_bench has it, of `message` beside them and beside the memory's bound."""
    peers = mail_peers(programs)
    for peer in peers:
        if peer.missing:
            say(f"left out: rows against {peer.name}: {peer.missing}")
    has_message = "message" in output([str(programs / "message_bench")]).split()
    if not has_message:
        say("left out: rows of message: message_bench does not have it")
    found = [peer for peer in peers if not peer.missing]
    return [row for persons in sizes.persons for row in rows_of_size(sizes, persons, programs, found, has_message)]
