"""The policy frontier: what a blocking rule stops, and what it costs, as one of its numbers changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mailrift.arguments import want_scenario, want_threads
from mailrift.extras import need
from mailrift.intervals import mean_and_half
from mailrift.policy_measures import accounts, daily_volume, largest_share, share
from mailrift.results import run
from mailrift.scenario import Scenario, scenario_path

if TYPE_CHECKING:
    import pandas as pd

MEASURES = ("spam_stopped", "wanted_lost", "wanted_lost_small", "wanted_missing", "top3")


@dataclass(frozen=True)
class Frontier:
    """Measures by value and replication: arrays of shape (n_values, n_replications), shares in [0, 1], NaN where there is no mail."""

    scenario: str  #: its name
    world: str
    path: str  #: dotted
    values: tuple[Any, ...]
    seeds: tuple[int, ...]  #: one for each replication; a value and the reference of one seed see the same people write
    traffic: str
    days: float
    small: float  #: a source is small if each of its operators writes less than this in the reference: wanted messages a day
    spam_stopped: NDArray[np.float64]  #: of spam written, what is in no inbox
    wanted_lost: NDArray[np.float64]  #: of wanted mail written, what policies rejected, junked, let expire or discarded
    wanted_lost_small: NDArray[np.float64]  #: the same of small sources alone
    wanted_missing: NDArray[np.float64]  #: of wanted mail in the inbox in the reference, what is not: answers never written too; may be < 0
    top3: NDArray[np.float64]  #: of wanted mail in the inbox, what the three largest operators sent
    reference: dict[str, NDArray[np.float64]] = field(repr=False)  #: the same measures without the policy, each of shape (n_replications,)
    fingerprints: tuple[tuple[str, ...], ...] = field(repr=False)  #: of each value's runs
    reference_fingerprints: tuple[str, ...] = field(repr=False)

    @property
    def notes(self) -> list[str]:
        """What a reader of these results must know of them."""
        notes = []
        if len(self.seeds) == 1:
            notes.append("one replication: no interval can be given")
        if self.traffic == "fluid":
            notes.append('policies act as in the limit of large volumes; chance in small numbers needs traffic "flow" or "message"')
        return notes

    def interval(self, measure: str, *, paired: bool = False) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Mean of a measure and ends of its 95 % interval over replications (Student's t, not cut at 0 and 1), each of shape (n_values,).

        Parameters
        ----------
        measure
            One of `mailrift.frontier.MEASURES`.
        paired
            The difference from the reference of the same seed, which has less noise.

        Raises
        ------
        ValueError
            For another measure.
        """
        if measure not in MEASURES:
            raise ValueError(f"measure: expected one of {MEASURES}, got {measure!r}")
        values = getattr(self, measure) - (self.reference[measure] if paired else 0.0)
        mean, half = mean_and_half(values)
        half = np.full_like(mean, np.nan) if half is None else half  # one replication
        return mean, mean - half, mean + half

    def to_frame(self) -> pd.DataFrame:
        """A row for each value and, last, one for the run without the policy (`value` None): each measure's mean, `_low` and `_high`.

        These are the ends of its 95 % interval, NaN with one replication; `frame.attrs["notes"]` says so.
        """
        columns: dict[str, Any] = {"value": [*self.values, None]}
        for measure in MEASURES:
            mean, low, high = self.interval(measure)
            centre, half = mean_and_half(self.reference[measure])
            ends = np.nan if half is None else half
            columns[measure] = [*mean, float(centre)]
            columns[f"{measure}_low"] = [*low, float(centre - ends)]
            columns[f"{measure}_high"] = [*high, float(centre + ends)]
        frame = need("pandas", "frames").DataFrame(columns)
        frame.attrs["notes"] = self.notes
        return frame


def _without_policy(scenario: Scenario, path: str) -> Scenario:
    """The scenario without the policy that a path names."""
    steps = path.split(".")
    ids = [policy["id"] for policy in scenario.document.get("blocking", ())]
    if len(steps) < 3 or steps[0] != "blocking" or steps[1] not in ids:
        raise ValueError(f'path: expected "blocking.POLICY.KEY" with a policy of {ids}, got {path!r}')
    levers = [lever for lever in scenario.document.get("levers", ()) if not lever["path"].startswith(f"blocking.{steps[1]}.")]
    rest = [policy for policy in scenario.document["blocking"] if policy["id"] != steps[1]]
    return scenario.set("levers", levers).set("blocking", rest)


@dataclass(frozen=True)
class _Outcome:
    """What is kept of a run, whose history may be large."""

    table: pd.DataFrame  #: accounts by source
    volume: NDArray[np.float64]  #: wanted messages a day of each operator of a source
    fingerprint: str


def _run_all(
    jobs: Sequence[tuple[Scenario, int]], traffic: str, threads: int, progress: Callable[[int, int], None] | None
) -> list[_Outcome]:
    """Runs each (scenario, seed), `threads` at a time; results in their order. On Ctrl-C those that go on are stopped first."""
    slices = [round(scenario.horizon / scenario.core.slice) for scenario, _ in jobs]
    done = [0] * len(jobs)
    lock, stopping = threading.Lock(), threading.Event()

    def report(k: int, now: int) -> None:
        if stopping.is_set():
            raise KeyboardInterrupt
        with lock:
            done[k] = now
            if progress is not None:
                progress(sum(done), sum(slices))

    def one(k: int) -> _Outcome:
        scenario, seed = jobs[k]
        finished = run(scenario, traffic=traffic, seed=seed, progress=lambda now, _: report(k, now))
        report(k, slices[k])
        table = accounts(finished, "source")
        return _Outcome(table, daily_volume(finished, table), finished.fingerprint)

    if threads == 1:
        return [one(k) for k in range(len(jobs))]
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(one, k) for k in range(len(jobs))]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
            failed = next((f for f in futures if f.done() and f.exception() is not None), None)
            return [f.result() for f in futures] if failed is None else [failed.result()]
        finally:
            stopping.set()
            pool.shutdown(cancel_futures=True)


def _measures(finished: _Outcome, without: _Outcome, small: float) -> dict[str, float]:
    """Measures of a run; which sources are small, and what is missing, by the run without the policy."""
    table, before = finished.table, without.table
    is_small = before.index[(without.volume < small) & (before["operators"].to_numpy() > 0)]
    few = table[table.index.isin(is_small)]
    total = table.sum()
    operators = table["operators"].to_numpy(dtype=np.int64)
    return {
        "spam_stopped": float(1 - share(total["spam_in_inbox"], total["spam_written"])),
        "wanted_lost": float(share(total["lost"], total["wanted_written"])),
        "wanted_lost_small": float(share(few["lost"].sum(), few["wanted_written"].sum())),
        "wanted_missing": float(1 - share(total["inbox"], before["inbox"].sum())),
        "top3": largest_share(table["inbox"].to_numpy(dtype=float), operators, 3),
    }


def _want_values(values: Any) -> list[Any]:
    """A list of one or more values that JSON has."""
    if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray):
        raise TypeError(f"values: expected a list of values, got {values!r}; did you mean [{values!r}]?")
    chosen = [value.item() if isinstance(value, np.generic) else value for value in values]
    if not chosen:
        raise ValueError("values: expected one or more values, got none")
    return chosen


def _joined(
    scenario: Scenario, path: str, values: Sequence[Any], seeds: Sequence[int], traffic: str, small: float, outcomes: list[_Outcome]
) -> Frontier:
    """The frontier of outcomes by value and seed, of which the first row is without the policy."""
    rows = [outcomes[k : k + len(seeds)] for k in range(0, len(outcomes), len(seeds))]
    measured = [[_measures(one, before, small) for one, before in zip(row, rows[0], strict=True)] for row in rows]
    arrays = {name: np.array([[one[name] for one in row] for row in measured]) for name in MEASURES}
    fingerprints = [tuple(one.fingerprint for one in row) for row in rows]
    return Frontier(
        scenario=scenario.name,
        world=scenario.core.world,
        path=path,
        values=tuple(values),
        seeds=tuple(seeds),
        traffic=traffic,
        days=scenario.horizon / 86400,
        small=small,
        **{name: array[1:] for name, array in arrays.items()},
        reference={name: array[0] for name, array in arrays.items()},
        fingerprints=tuple(fingerprints[1:]),
        reference_fingerprints=fingerprints[0],
    )


def frontier(
    scenario: Scenario,
    path: str,
    values: Sequence[Any],
    *,
    replications: int = 1,
    seed: int | None = None,
    traffic: str | None = None,
    threads: int = 1,
    small: float = 100,
    progress: Callable[[int, int], None] | None = None,
) -> Frontier:
    """Runs a scenario with each value of a policy's key, and without the policy, on the same seeds.

    Parameters
    ----------
    path
        Of a key of a policy, such as "blocking.ratio.reject"; a JSON pointer is taken as well.
    values
        What to put there, one after the other.
    replications
        Seeds: `seed`, `seed` + 1, ...; 1 or more.
    seed, traffic
        Not given: the scenario's.
    threads
        Runs at a time; changes no result.
    small
        Sources are small of which each operator writes less than so many wanted messages a day where the policy is not.
    progress
        Called as progress(done, total) with numbers of slices of all runs.

    Raises
    ------
    TypeError
        For anything but a scenario and a list of values.
    ValueError
        For a path that is not of a policy, no values, fewer than one replication or thread, or traffic "none", which has no mail.
    DocumentError
        For a key or value that a policy cannot have.
    KeyboardInterrupt
        On Ctrl-C; nothing is kept.
    """
    want_scenario(scenario, "frontier")
    want_threads(threads)
    chosen = _want_values(values)
    if replications < 1:
        raise ValueError(f"replications: expected 1 or more, got {replications}")
    traffic = scenario.core.traffic if traffic is None else traffic
    if traffic == "none":
        raise ValueError('traffic: expected "fluid", "flow" or "message", got "none", which has no mail')
    path = scenario_path(scenario.document, path) if path.startswith("/") else path
    scenarios = [_without_policy(scenario, path), *(scenario.set(path, value) for value in chosen)]
    first = scenario.core.seed if seed is None else seed
    seeds = range(first, first + replications)
    outcomes = _run_all([(one, s) for one in scenarios for s in seeds], traffic, threads, progress)
    return _joined(scenario, path, chosen, seeds, traffic, small, outcomes)
