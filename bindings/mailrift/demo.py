"""The main job: a court is cut off, on real mail data, from the question to numbers and pictures."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from mailrift.documents import load
from mailrift.expected import Expected, expected
from mailrift.output import write_directory, write_run
from mailrift.results import Run, run
from mailrift.scenario import Scenario

#: Before the order, when most have obeyed and nobody has moved, and at the end.
BEFORE, DURING = 6.0, 20.0
CASES = (("icc", "with its own domain, which blocks follow"), ("icc-hosted", "with addresses of its provider, which it loses"))
REPLICATIONS = 200


def _percent(value: float) -> str:
    return f"{100 * value:5.1f} %"


def _answer(scenario: Scenario, threads: int) -> tuple[list[str], dict[str, Expected]]:
    """The answer in words: legal reach and expected effect side by side, for the EU and for the countries of least and greatest reach."""
    days = (BEFORE, DURING, scenario.horizon / 86400)
    codes = [j["code"] for j in scenario.world["jurisdictions"] if j["code"] in scenario.world["markets"]]
    lines, found = [], {}
    for group, words in CASES:
        result = expected(scenario, group, ["EU", *codes], days, replications=REPLICATIONS, threads=threads)
        found[group] = result
        lines.append(f"The court {words} ({group}) reaches, of institutional mailboxes,")
        lines.append(f"{'':18s}{'before':>9s}{'day ' + format(DURING, 'g'):>22s}{'at the end':>24s}")
        lines.append(f"{'':27s}{'legal':>10s}{'expected':>14s}{'legal':>10s}{'expected':>14s}")
        order = sorted(range(1, len(codes) + 1), key=lambda i: (result.mean[i, 2], codes[i - 1]))
        for i in [0, *order[:4], *order[-4:]]:
            half = [(result.high[i, d] - result.low[i, d]) / 2 for d in range(3)]
            lines.append(
                f"  {result.targets[i]:16s}{_percent(result.mean[i, 0]):>9s}{_percent(result.legal[i, 1]):>10s}"
                f"{_percent(result.mean[i, 1]):>10s}±{100 * half[1]:3.1f}{_percent(result.legal[i, 2]):>10s}"
                f"{_percent(result.mean[i, 2]):>10s}±{100 * half[2]:3.1f}"
            )
        lines.append("")
    lines.append(
        "legal: everyone who can be compelled obeys. expected: mean of "
        f"{REPLICATIONS} draws of who obeys and when, ± half of its 95 % interval."
    )
    return lines, found


def _bounds(scenario: Scenario, threads: int) -> list[str]:
    """What the shares that nobody measured could do to the answer, apart from random error."""
    values = []
    for missing in ("worst", "best"):
        bound = expected(
            scenario.set("missing", missing), "icc", ["EU"], (scenario.horizon / 86400,), replications=REPLICATIONS, threads=threads
        )
        values.append(bound.mean[0, 0])
    return [
        (
            "Mailboxes whose operator the data do not name put the expected EU figure at the end (icc) "
            f"between {_percent(values[0]).strip()} and {_percent(values[1]).strip()}."
        )
    ]


def _one_run(finished: Run) -> list[str]:
    core = finished.core
    ledger = core.ledger()
    totals: dict[str, float] = {}
    for outcome, messages in zip(ledger["outcome"], ledger["messages"], strict=True):
        totals[outcome] = totals.get(outcome, 0.0) + messages
    parts = ", ".join(f"{outcome} {count:,.1f}" for outcome, count in totals.items())
    obeys = ", ".join(f"{c['entity']} on day {c['at'] / 86400:.1f}" if c["obeys"] else f"{c['entity']} never" for c in core.compelled())
    return [
        f"One run (seed {finished.seed}): {obeys}.",
        f"Expected messages written {core.written:,.1f}: {parts}; the ledger balances to {core.imbalance:.1e}.",
        f"Fingerprint {finished.fingerprint}; the run itself took {1e3 * finished.seconds:.0f} ms (goal: 50 ms).",
    ]


def _pictures(folder: Path, finished: Run) -> None:
    from mailrift import plot

    for name, figure in (("timeline", plot.timeline(finished)), ("heatmap", plot.heatmap(finished))):
        figure.savefig(folder / f"{name}.png", dpi=150)
        figure.savefig(folder / f"{name}.svg")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the shipped scenario, prints the answer and writes pictures and tables."""
    parser = argparse.ArgumentParser(prog="python -m mailrift.demo", description=__doc__)
    parser.add_argument("--out", default="build/demo", help="result directory")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args(arguments)
    began = time.monotonic()
    scenario = load("icc-account-closure")
    finished = run(scenario)
    lines, _ = _answer(scenario, args.threads)
    lines = [
        scenario.question,
        "",
        "A counterfactual: in 2025 one mailbox was closed. This asks what the same power could do if it were used against the whole court.",
        "Shares are of institutions' mailboxes (each municipality or public body alike), not of the population.",
        "",
        *lines,
        *_bounds(scenario, args.threads),
        *_one_run(finished),
    ]
    print("\n".join(lines))

    def fill(folder: Path) -> None:
        write_run(folder, finished)
        (folder / "answer.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        _pictures(folder, finished)

    write_directory(Path(args.out), fill)
    print(f"Results and pictures are in {args.out}; all of it took {time.monotonic() - began:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
