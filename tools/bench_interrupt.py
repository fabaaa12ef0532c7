"""Rows of `make bench` for Ctrl-C: how long a run in each traffic model takes to return what is finished.

A fresh interpreter runs the shipped scenario; once half of its slices are done, another thread of it sends SIGINT to the process.
"""

from __future__ import annotations

import dataclasses
import json
import signal
import subprocess
import sys

from bench_rows import Goal, Row

TRAFFIC = ("fluid", "flow", "message")
MOST_MS = 200
SCENARIO = "icc-account-closure"

CHILD = """
import json, os, signal, sys, threading, time
import mailrift as mr

traffic, changes = sys.argv[1], json.loads(sys.argv[2])
scenario = mr.load(sys.argv[3])
for key, value in changes.items():
    scenario = scenario.set(key, value)
half = threading.Event()
sent = []


def interrupt():
    half.wait()
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)


threading.Thread(target=interrupt, daemon=True).start()
try:
    mr.run(scenario, traffic=traffic, progress=lambda done, total: half.set() if done and 2 * done >= total else None)
except KeyboardInterrupt as stopped:
    waited = time.monotonic() - sent[0]
    if not hasattr(stopped, "run"):
        sys.exit("the interrupt came after the last slice: expected a longer run")
    run = stopped.run
    assert run.interrupted and 0 < run.core.finished < run.core.slices, (run.core.finished, run.core.slices)
    assert run.core.imbalance <= 1e-12, run.core.imbalance
    assert len(run.ledger) > 0
    print(json.dumps({"ms": 1e3 * waited, "finished": run.core.finished, "slices": run.core.slices}))
else:
    sys.exit("the run ended before the interrupt: expected a longer one")
"""


@dataclasses.dataclass(frozen=True)
class InterruptSizes:
    """How often each model is interrupted, and what of the scenario is changed so that half of a run takes about a second, by model."""

    repeats: int
    changes: dict[str, dict[str, object]]


FULL = InterruptSizes(
    repeats=3,
    changes={
        "fluid": {"horizon": "1825 d", "observe": []},
        "flow": {"horizon": "28 d", "observe": []},
        "message": {"horizon": "90 d", "observe": []},
    },
)
QUICK = InterruptSizes(
    repeats=1,
    changes={
        "fluid": {"horizon": "365 d", "observe": []},
        "flow": {"horizon": "30 d", "observe": []},
        "message": {"horizon": "30 d", "observe": []},
    },
)


def _heed_interrupts() -> None:
    """For a child: what is run in the background of a shell inherits an ignored SIGINT, which Python would go on ignoring."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def answered(traffic: str, changes: dict[str, object]) -> float:
    """Milliseconds from SIGINT until `mr.run` has raised, with the finished part checked. Raises if the run failed or was too short."""
    command = [sys.executable, "-c", CHILD, traffic, json.dumps(changes), SCENARIO]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, preexec_fn=_heed_interrupts)
    return float(json.loads(done.stdout)["ms"])


def interrupt_rows(sizes: InterruptSizes) -> list[Row]:
    """A row a model: the worst of all repeats."""
    rows = []
    for traffic in TRAFFIC:
        worst = max(answered(traffic, sizes.changes[traffic]) for _ in range(sizes.repeats))
        rows.append(Row(f"Ctrl-C in {traffic}, worst of {sizes.repeats}", worst, "ms", goal=Goal("at most", MOST_MS)))
    return rows
