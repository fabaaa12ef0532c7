"""Measures what the texts speak of beside what else does the same, prints a table and writes build/bench/results.json.

Each row is {name, value, unit, peer, ratio, goal, met}. What is compared is measured in turn, round by round; a value is the median
of the rounds, a ratio the median of the ratios within a round. A row whose peer is not installed is left out, and that is said.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import bench_interrupt
import bench_message
import bench_message_size
from bench_rows import Goal, Row, output

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "build" / "release"
RESULTS = ROOT / "build" / "bench" / "results.json"
SCENARIO = "icc-account-closure"
IMPORT = "import time, numpy; start = time.perf_counter(); import mailrift; print(time.perf_counter() - start)"


@dataclasses.dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int
    repeats: int  # of what takes milliseconds
    processes: tuple[int, ...]
    events: int  # under the clock
    slow_events: int  # of a peer that takes microseconds for each
    mebibytes: int
    planet_days: int  # wanted mail alone
    planet_part_days: float  # with each of PLANET_PARTS added; whole hours


FULL = Sizes(
    rounds=3,
    repeats=11,
    processes=(1_000, 100_000, 1_000_000),
    events=1_500_000,
    slow_events=200_000,
    mebibytes=1_024,
    planet_days=365,
    planet_part_days=1,
)
QUICK = Sizes(
    rounds=1,
    repeats=3,
    processes=(1_000, 10_000),
    events=100_000,
    slow_events=20_000,
    mebibytes=16,
    planet_days=7,
    planet_part_days=0.125,
)
PLANET_PARTS = ("replies", "spam", "policy", "three", "deferral")  # of planet_bench, in the order in which they are added
PLANET_NAMES = {"three": "content_filter + rate_limit"}  # of parts whose word says too little


@dataclasses.dataclass(frozen=True)
class Peer:
    """A queue of pending events: its name, how to measure it, and the goals of our queue's ratio to it, by processes in PHOLD."""

    name: str
    command: tuple[str, ...]  # to which processes, warm-up and events are added; {model} is replaced
    slow: bool = False
    missing: str | None = None  # why it is not measured
    goals: tuple[tuple[int, float], ...] = ()
    variants: tuple[str, ...] = ()  # {variant} in the command is replaced by the fastest of them


def queue_peers(programs: Path) -> list[Peer]:
    """What BucketQueue is compared with; those not installed say so."""
    program = str(programs / "queue_bench")
    simpy = None if importlib.util.find_spec("simpy") else "simpy cannot be imported"
    ns3 = None if (programs / "ns3_bench").is_file() else "ns3/core-module.h was not found (Debian: libns3-dev)"
    script = str(ROOT / "tools" / "bench_simpy.py")
    return [
        Peer("itself, fetching processes ahead", (program, "{model}", "ahead")),  # no other queue tells which events are ahead
        Peer("sim::EventQueue", (program, "{model}", "heap")),
        Peer("std::priority_queue", (program, "{model}", "standard")),
        Peer("SimPy, callbacks", (sys.executable, script, "{model}"), slow=True, missing=simpy, goals=((1_000_000, 60.0),)),
        Peer(
            "ns-3",
            (str(programs / "ns3_bench"), "{model}", "{variant}"),
            missing=ns3,
            goals=((1_000_000, 5.0),),
            variants=("PriorityQueueScheduler", "HeapScheduler", "MapScheduler"),  # its calendar and its list take minutes
        ),
    ]


def processor() -> str:
    """The processor's name, as far as the system tells it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} threads"


def import_row(sizes: Sizes) -> Row:
    """Time of the import in fresh interpreters that have NumPy loaded."""
    seconds = [float(output([sys.executable, "-c", IMPORT])) for _ in range(sizes.repeats)]
    return Row("import mailrift, NumPy loaded before", 1e3 * statistics.median(seconds), "ms")


def run_row(sizes: Sizes) -> Row:
    """Time of runs of the shipped scenario in the core."""
    import mailrift

    scenario = mailrift.load(SCENARIO)
    seconds = [float(mailrift.run(scenario, seed=seed).seconds) for seed in range(1, sizes.repeats + 1)]
    return Row(f"run of {SCENARIO}", 1e3 * statistics.median(seconds), "ms", goal=Goal("at most", 50))


def planet_rows(sizes: Sizes, programs: Path) -> list[Row]:
    """The planet's mail in `flow`, 90,601 pairs of pools by the hour: wanted mail, with a goal, then each part added to those before."""
    rows: list[Row] = []
    for count in range(len(PLANET_PARTS) + 1):
        days, parts = sizes.planet_days if count == 0 else sizes.planet_part_days, PLANET_PARTS[:count]
        measured = json.loads(output([str(programs / "planet_bench"), f"{days:g}", *parts]))
        goal = Goal("at most", 20) if days == 365 and count == 0 else None
        names = ("wanted mail", *(PLANET_NAMES.get(part, part) for part in parts))
        name = f"flow, {days:g} days of the planet, {' + '.join(names)}"
        seconds = float(measured["seconds"])
        adds = parts[-1:] == ("three",)
        rows.append(Row(name, seconds, "s", "the row before" if adds else None, seconds / rows[-1].value if adds else None, goal))
    return rows


def planet_profile(programs: Path) -> list[str]:
    """Where the time of a slice of the planet's wanted mail goes, nanoseconds a pair of pools."""
    found = json.loads(output([str(programs / "planet_bench"), "profile"]))
    whole, draws, cached, tally = (float(found[name]) for name in ("whole", "draws", "draws_in_cache", "tally"))
    stalls = max(draws - cached, 0.0)
    return [
        "flow, wanted mail of the planet: ns a pair of pools and slice, each part measured alone",
        f"  draws   {draws:8.1f} {cached:8.1f}  Poisson numbers, and of it those of so few pairs that they lie in a core's cache",
        f"  tally   {tally:8.1f}           counts and digest of what is written",
        f"  rest    {max(whole - draws - tally, 0.0):8.1f}           means, and all else of a run",
        f"  whole   {whole:8.1f}           draws wait for memory: {100 * stalls / whole:.0f} % of it",
    ]


def missed(rows: Sequence[Row], prefix: str) -> bool:
    """Whether a goal of a row whose name begins so is missed."""
    return any(row.name.startswith(prefix) and row.fields()["met"] is False for row in rows)


def memory_rows(sizes: Sizes, programs: Path) -> list[Row]:
    """What the memory can do: the bound of what is measured beside it."""
    rounds = sizes.rounds + (sizes.rounds + 1) % 2
    measured = json.loads(output([str(programs / "memory_bench"), str(sizes.mebibytes), str(rounds)]))
    rows: list[Row] = []
    for prefix, pages in (("", "huge"), ("small_", "small")):
        where = f"{sizes.mebibytes} MiB, {pages} pages {'advised' if measured[f'{pages}_pages'] else 'refused'}"
        rows += [
            Row(f"independent random read, {where}", measured[f"{prefix}independent_ns"], "ns"),
            Row(f"dependent random read, {where}", measured[f"{prefix}dependent_ns"], "ns"),
            Row(f"read in order, {where}", measured[f"{prefix}stream_gb_s"], "GB/s"),
        ]
    return rows


def rate(peer: Peer, model: str, processes: int, sizes: Sizes) -> float:
    """Millions of events a second, after as many events as there are processes (a slow peer: a tenth of that)."""
    command = [part.format(model=model) for part in peer.command]
    warm_up, events = (processes // 10, sizes.slow_events) if peer.slow else (processes, sizes.events)
    measured = json.loads(output([*command, str(processes), str(max(warm_up, 1)), str(events)]))
    return float(measured["events"]) / float(measured["seconds"]) / 1e6


def with_fastest(peer: Peer, model: str, processes: int, sizes: Sizes) -> Peer:
    """The peer with one of its variants, by a short measurement of each."""
    if not peer.variants:
        return peer
    trials = [
        dataclasses.replace(peer, slow=True, command=tuple(part.replace("{variant}", variant) for part in peer.command))
        for variant in peer.variants
    ]
    rates = [rate(trial, model, processes, sizes) for trial in trials]
    best = rates.index(max(rates))
    name = f"{peer.name}, {peer.variants[best]}, its fastest of {len(trials)}"
    return dataclasses.replace(trials[best], name=name, slow=peer.slow)


def paired_rows(name: str, ours: Sequence[float], theirs: Sequence[tuple[Peer, Sequence[float]]], goals: bool, processes: int) -> list[Row]:
    """A row a peer, from the rates of all rounds."""
    rows = []
    for peer, rates in theirs:
        bound = dict(peer.goals).get(processes) if goals else None
        ratio = statistics.median(mine / other for mine, other in zip(ours, rates, strict=True))
        goal = None if bound is None else Goal("at least", bound)
        rows.append(Row(name, statistics.median(ours), "M events/s", peer.name, ratio, goal))
    return rows


def queue_rows(sizes: Sizes, programs: Path, say: Callable[[str], None]) -> list[Row]:
    """PHOLD and the hold model for BucketQueue and its peers, interleaved."""
    ours = Peer("sim::BucketQueue", (str(programs / "queue_bench"), "{model}", "buckets"))
    peers = queue_peers(programs)
    for peer in peers:
        if peer.missing:
            say(f"left out: rows against {peer.name}: {peer.missing}")
    rows = []
    for model in ("phold", "hold"):
        for processes in sizes.processes:
            found = [with_fastest(peer, model, processes, sizes) for peer in peers if not peer.missing]
            rounds = [[rate(peer, model, processes, sizes) for peer in (ours, *found)] for _ in range(sizes.rounds)]
            mine, *others = zip(*rounds, strict=True)
            name = f"{model}, {processes} processes: BucketQueue"
            rows += paired_rows(name, mine, list(zip(found, others, strict=True)), model == "phold", processes)
    return rows


def table(rows: Sequence[Row]) -> str:
    """The rows in columns, with their names above."""
    names = ["name", "value", "unit", "peer", "ratio", "goal", "met"]

    def cell(value: object) -> str:
        if isinstance(value, bool):
            return "yes" if value else "NO"
        return "" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)

    lines = [names] + [[cell(row.fields()[name]) for name in names] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(names))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def write(rows: Sequence[Row], path: Path) -> None:
    """A JSON array with one object, and one line, a row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[\n" + ",\n".join(json.dumps(row.fields()) for row in rows) + "\n]\n", encoding="utf-8")


def main() -> None:
    """Measures, prints and writes all rows."""
    parser = argparse.ArgumentParser(description="Prints the table of times and memory and writes build/bench/results.json.")
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: shows that all works, figures mean little")
    quick = parser.parse_args().quick
    sizes = QUICK if quick else FULL
    print(f"{processor()}; Python {platform.python_version()}; load {os.getloadavg()[0]:.1f} before; rounds: {sizes.rounds}", flush=True)

    def say(text: str) -> None:
        print(text, flush=True)

    rows = [import_row(sizes), run_row(sizes), *planet_rows(sizes, PROGRAMS), *memory_rows(sizes, PROGRAMS)]
    rows += bench_interrupt.interrupt_rows(bench_interrupt.QUICK if quick else bench_interrupt.FULL)
    rows += queue_rows(sizes, PROGRAMS, say)
    rows += bench_message.message_rows(bench_message.QUICK if quick else bench_message.FULL, PROGRAMS, say)
    rows += bench_message_size.size_rows(bench_message_size.QUICK if quick else bench_message_size.FULL, PROGRAMS, say)
    write(rows, RESULTS)
    print(table(rows))
    print(f"written to {RESULTS.relative_to(ROOT)}")
    mail = bench_message.QUICK if quick else bench_message.FULL
    if missed(rows, "message,"):
        print("\n".join(bench_message.profile(max(mail.persons), mail.days / 4, PROGRAMS)))
    if missed(rows, "flow,"):
        print("\n".join(planet_profile(PROGRAMS)))


if __name__ == "__main__":
    main()
