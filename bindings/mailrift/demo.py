"""The main job: a court is cut off, on real mail data, from the question to numbers and pictures."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mailrift.demo_people import people, percent, span
from mailrift.documents import load
from mailrift.expected import Bounds, Expected, bounds, expected, legal_reach_over_time
from mailrift.importers.mxmap import NO_GATEWAYS_NOTE
from mailrift.output import write_directory, write_run
from mailrift.results import Run, run
from mailrift.scenario import Scenario
from mailrift.world_table import larger_places

#: Before the order, when most have obeyed and nobody has moved, and at the end.
BEFORE, DURING = 6.0, 20.0
CASES = (("icc", "with its own domain, which blocks follow"), ("icc-hosted", "with addresses of its provider, which it loses"))
REPLICATIONS = 200
_WIDE = 0.1  # a country whose legal reach the data leave open by more than this is given by its bounds alone
_SHOWN = 4  # countries of least, and of greatest, reach


def _days(scenario: Scenario) -> tuple[float, float, float]:
    return BEFORE, DURING, scenario.horizon / 86400


def _countries(scenario: Scenario, issuers: Sequence[str]) -> list[str]:
    """Countries with a market, but those that give the orders."""
    return [code for code in sorted(scenario.world["markets"]) if code not in issuers]


def _open(scenario: Scenario, codes: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Legal reach at the end of the countries whose unmeasured shares leave it open."""
    end = _days(scenario)[2:]
    ends = [legal_reach_over_time(scenario.set("missing", missing), CASES[0][0], codes, end)[:, 0] for missing in ("worst", "best")]
    spans = zip(codes, ends[0], ends[1], strict=True)
    return {code: (float(low), float(high)) for code, low, high in spans if high - low > _WIDE}


def _row(result: Expected, i: int) -> str:
    half = (result.high[i] - result.low[i]) / 2
    cells = f"  {result.targets[i]:4s}{percent(result.mean[i, 0]):>8s}"
    for d in (1, 2):
        mean = f"{percent(result.mean[i, d])} ±{percent(half[d])}"
        spread = f"{100 * result.quantiles[0, i, d]:.0f}-{100 * result.quantiles[2, i, d]:.0f}"
        cells += f"{percent(result.legal[i, d]):>9s}{mean:>12s}{spread:>9s}"
    return cells


def _table(result: Expected, words: str, firm: Sequence[str]) -> list[str]:
    """The EU, and of the countries `firm` those of least and of greatest legal reach at the end."""
    shown = [i for i, target in enumerate(result.targets) if target in firm]
    order = sorted(shown, key=lambda i: (result.legal[i, 2], result.mean[i, 2], result.targets[i]))
    return [
        f"The court {words} ({result.source}) reaches, in % of institutional mailboxes,",
        f"{'':6s}{'before':>8s}{'on day ' + format(DURING, 'g'):>24s}{'at the end':>30s}",
        f"{'':14s}{'legal':>9s}{'expected':>12s}{'5-95 %':>9s}{'legal':>9s}{'expected':>12s}{'5-95 %':>9s}",
        *(_row(result, i) for i in [0, *order[:_SHOWN], *order[-_SHOWN:]]),
        "",
    ]


def _legend(open_countries: dict[str, tuple[float, float]], larger: Sequence[str]) -> list[str]:
    spans = ", ".join(f"{code} {span(*ends)} %" for code, ends in sorted(open_countries.items()))
    return [
        "legal: everyone whom the issuer commands obeys at once, mailbox operators and gateways alike: the most that the order can do.",
        f"expected: mean of {REPLICATIONS} draws of who obeys, and when; ± half of the 95 % interval of that mean, and nothing else;",
        "5-95 %: how far a single outcome may lie from the mean.",
        f"Listed: the EU, and the {_SHOWN} countries of least and of greatest legal reach among those measured whole.",
        f"Not listed: {', '.join(larger)} (only larger places were measured); and, since the data do not name many operators there,",
        f"the legal figures at the end that lie between bounds alone: {spans}.",
    ]


def _bounds_text(what: str, found: Bounds) -> str:
    return (
        f"  {what:58s}{span(found.legal_low[0, 0], found.legal_high[0, 0]):>16s} (legal)"
        f"{span(found.mean_low[0, 0], found.mean_high[0, 0]):>18s} (expected)"
    )


def _all_bounds(scenario: Scenario, together: Bounds, threads: int) -> list[str]:
    """How far the EU's figures may be off; `together` holds the bounds of all that is uncertain, the EU first."""
    end = _days(scenario)[2:]
    rows = (
        ("operators that the data do not name", "unknown"),
        ("sampling, and classification everywhere alike", "measured"),
    )
    return [
        "How far the EU's figures at the end (icc) may be off, %:",
        *(_bounds_text(text, bounds(scenario, "icc", ["EU"], end, of=of, replications=REPLICATIONS, threads=threads)) for text, of in rows),
        _bounds_text("both", together),
        "Classification: 8 points, or as far as the sources of a country differ, in all countries in one direction.",
    ]


def _every_country(markets: dict[str, Any], result: Expected, limits: Bounds) -> list[str]:
    """A row for each target: legal reach and expected effect at the end, each with all its bounds."""
    untold = [code for code, market in markets.items() if NO_GATEWAYS_NOTE in market.get("note", "")]
    told = f"The sources for {', '.join(untold[:-1])} and {untold[-1]} do not tell gateways: mailbox operators alone."
    lines = [
        "Every country at the end (icc), %; bounds: operators without a name, sampling and classification together;",
        f"* only larger places were measured. {told}",
        f"{'':7s}{'legal':>7s}{'bounds':>16s}{'expected':>14s}{'bounds':>16s}",
    ]
    for i, target in enumerate(result.targets):
        half = (result.high[i, 2] - result.low[i, 2]) / 2
        mark = "*" if larger_places(markets.get(target, {})) else ""
        lines.append(
            f"  {target + mark:5s}{percent(result.legal[i, 2]):>7s}{span(limits.legal_low[i, 0], limits.legal_high[i, 0]):>16s}"
            f"{percent(result.mean[i, 2]) + ' ±' + percent(half):>14s}{span(limits.mean_low[i, 0], limits.mean_high[i, 0]):>16s}"
        )
    return lines


def _ends_of_compliance(scenario: Scenario, threads: int) -> str:
    figure = next(f for f in scenario.figures if f["pointer"] == "/orders/0/compliance/probability")

    def at_end(probability: float) -> float:
        changed = scenario.set("orders.eo.compliance.probability", probability)
        return float(expected(changed, "icc", ["EU"], _days(scenario)[2:], replications=REPLICATIONS, threads=threads).mean[0, 0])

    low, high = figure["low"], figure["high"]
    return (
        f"The chance that one operator obeys is an assumption, {figure['value']:g} in a range of {low:g} to {high:g}: at its ends the "
        f"expected figure for the EU is {percent(at_end(low))} and {percent(at_end(high))} %."
    )


def _one_run(finished: Run) -> list[str]:
    core = finished.core
    ledger = core.ledger()
    totals: dict[str, float] = {}
    for outcome, messages in zip(ledger["outcome"], ledger["messages"], strict=True):
        totals[outcome] = totals.get(outcome, 0.0) + messages
    parts = ", ".join(f"{outcome} {100 * count / core.written:.4f} %" for outcome, count in totals.items())
    compelled = core.compelled()
    obeys = [f"{c['entity']} on day {c['at'] / 86400:.1f}" for c in compelled if c["obeys"]]
    return [
        f"One run (seed {finished.seed}): {len(obeys)} of {len(compelled)} operators and gateways obey ({', '.join(obeys[:_SHOWN])}, ...).",
        f"Of all wanted mail written in it: {parts}; the ledger balances to {core.imbalance:.1e}.",
        f"Fingerprint {finished.fingerprint}; the run itself took {1e3 * finished.seconds:.0f} ms (goal: 50 ms).",
    ]


def _answer(scenario: Scenario, threads: int) -> list[str]:
    """The answer in words: legal reach and expected effect side by side, with what is uncertain about them."""
    markets = scenario.world["markets"]
    members = next(bloc["members"] for bloc in scenario.world["blocs"] if bloc["code"] == "EU")
    issuers = [order["issuer"] for order in scenario.document["orders"]]
    codes = _countries(scenario, issuers)
    open_countries = _open(scenario, codes)
    larger = [code for code in codes if larger_places(markets[code])]
    firm = [code for code in codes if code not in open_countries and code not in larger]
    targets, days = ["EU", *sorted(codes, key=lambda code: (code not in members, code))], _days(scenario)
    found = {group: expected(scenario, group, targets, days, replications=REPLICATIONS, threads=threads) for group, _ in CASES}
    limits = bounds(scenario, "icc", targets, days[2:], of="all", replications=REPLICATIONS, threads=threads)
    return [
        *(line for group, words in CASES for line in _table(found[group], words, firm)),
        *_legend(open_countries, larger),
        "",
        *_all_bounds(scenario, limits, threads),
        _ends_of_compliance(scenario, threads),
        "",
        *_every_country(markets, found["icc"], limits),
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
    lines = [
        scenario.question,
        "",
        "A counterfactual: in 2025 one mailbox was closed. This asks what the same power could do if it were used against the whole court.",
        "Shares are of institutions' mailboxes (each municipality or public body alike), not of the population.",
        "",
        *_answer(scenario, args.threads),
        *_one_run(finished),
        "",
        *people(load("icc-account-closure-consumers"), REPLICATIONS, args.threads),
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
