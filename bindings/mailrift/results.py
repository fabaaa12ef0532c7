"""Runs and what can be asked of them."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mailrift import _core
from mailrift.arguments import want_scenario, want_threads
from mailrift.extras import need
from mailrift.history import LifeHistory, life_histories
from mailrift.policies import PolicyOrPair, given_policies
from mailrift.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

DAY = 86400.0
WEIGHTS = ("population", "contacts")


class Run:
    """One finished or interrupted run."""

    def __init__(self, core: _core.Run, scenario: Scenario, policies: Sequence[str] = ()) -> None:
        self._core = core
        self.scenario = scenario
        self._policies = tuple(policies)

    @property
    def core(self) -> _core.Run:
        """The compiled run."""
        return self._core

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits of the trajectory: the same for any threads, compiler and build."""
        return self._core.trajectory_fingerprint

    @property
    def seed(self) -> int:
        """The seed of all draws."""
        return self._core.seed

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped; what is finished is kept."""
        return self._core.interrupted

    @property
    def notes(self) -> list[str]:
        """What a reader of these results must know of them: limits of the traffic model, and of a scenario that is scaled down."""
        document = self.scenario.document
        notes = []
        if self._core.traffic == "fluid" and (document.get("blocking") or self._policies):
            notes.append('policies act as in the limit of large volumes; chance in small numbers needs traffic "flow" or "message"')
        if self._policies:
            notes.append(f"policies of the calling program took part: {', '.join(self._policies)}; the scenario alone gives another run")
        samples = self._core.samples()
        if any(error > 0 for error in samples["error"]):
            notes.append(_sampling_note(samples))
        if document.get("scale", 1) != 1:
            notes.append(f"a share of {document['scale']:g} of all users is simulated; thresholds of rules are not scaled")
        return notes

    @property
    def seconds(self) -> float:
        """Wall time of the run itself."""
        return self._core.seconds

    @property
    def days(self) -> float:
        """Simulated days that are finished."""
        return self._core.finished * self._core.slice / DAY

    @property
    def events(self) -> pd.DataFrame:
        """What happened: at and effect (seconds), kind, subject, cause, value.

        `value` is, of "order", the number of cohorts aimed at; of "obey", "lift" and "follow" that of changes of state; of "inform" and of
        responses by which people move, a share of the cohort; of those by which providers decide (`subject`; of a counted one each
        representative, such as "small#7", for all operators that it stands for) their members, in the world's unit.
        """
        return need("pandas", "frames").DataFrame(self._core.events())

    @property
    def ledger(self) -> pd.DataFrame:
        """What became of all mail: mail_class, source, receiver, outcome, order, policy, reply, messages.

        `source` is the pool that sends: the relay of the sender's route, or the provider. `receiver` is the provider of the mailbox,
        also where a gateway in front of it judges; the `receiver` of an item of `blocking` is who judges.
        Messages are expected numbers in `fluid`, and counts in `flow`.
        In a world of organisations each writes alike, so that only shares of `messages` mean something.
        """
        return need("pandas", "frames").DataFrame(self._core.ledger())

    @property
    def verdicts(self) -> pd.DataFrame:
        """What receivers' policies did with sources: time (seconds), source, receiver, accept, junk, reject, defer, discard, policy.

        A row holds from its time until the next one of its source and receiver; before its first row a pair is accepted. `receiver` is
        who judges: a gateway, a provider, or where mail is forwarded to; `source` is the address that it sees. Shares are of wanted mail
        at one try, and sum to 1; of a counted entry they are the mean over its operators. What a greylist defers is not in them, as it
        depends on who wrote to whom before. `policy`: the one with the greatest share that it does not accept, or "".
        """
        return need("pandas", "frames").DataFrame(self._core.verdicts())

    @property
    def sampling(self) -> pd.DataFrame:
        """How sure shares of counted entries are: source, receiver, operators, simulated, rejected, error.

        A row for each source and receiver that policies judge and of which one is counted, so that of its operators `representatives`
        are simulated. `operators`: pairs of operators that they stand for; `simulated`: how many of these were; `rejected`: share of
        wanted mail that policies reject at one try, the mean over the simulated and over time, since this was first a sample; `error`:
        its standard error by the choice of the sample, `s / sqrt(n) sqrt(1 - n / N)` for n of N pairs with the standard deviation s
        (Cochran 1977, 2.20): 0 where all are simulated, or where all simulated fare alike (if none of n was rejected, the share may be
        up to 3 / n). Not in it is what chance does in all of them alike (for that, run with other seeds), and what pairs have in common
        where both entries are counted and their fate hinges on one of the two. Where a policy judges by `account`, `operators` are
        pairs of an account of a member and a receiving operator, and the error is that of a sample stratified by groups of accounts
        (5.11 there). No rows in `fluid`, where all operators of an entry fare alike, unless orders or responses tell them apart.
        """
        return need("pandas", "frames").DataFrame(self._core.samples())

    def ticks(self, every: str | None = None) -> NDArray[np.int64]:
        """Ticks from 0 to the last finished slice, one for each slice or `every` ("6 h"), a multiple of the slice."""
        step = 1
        if every is not None:
            seconds = _core.seconds(every)
            step = round(seconds / self._core.slice)
            if step < 1 or step * self._core.slice != seconds:
                raise ValueError(f"every: expected a multiple of the slice, {self._core.slice:g} s, got {every!r}")
        return np.arange(0, self._core.finished + 1, step, dtype=np.int64)

    def reachability(
        self, source: str | Sequence[str], target: str | Sequence[str], *, every: str | None = None, weights: str = "population"
    ) -> xr.DataArray:
        """Share of pairs in which mail from `source` reaches the inbox of `target`, over time.

        Parameters
        ----------
        source, target
            A group, jurisdiction, bloc or "*", or several of them.
        every
            Such as "6 h"; not given: every slice.
        weights
            "population": all pairs alike; "contacts": by who writes to whom.

        Returns
        -------
        dims ([source,] [target,] time), values in [0, 1]; time in days

        Raises
        ------
        DocumentError
            For a name that the world does not have.
        ValueError
            For other weights, or an `every` that is no multiple of the slice.
        """
        return self._measure("reachability", source, target, every, weights)

    def mutual_reachability(
        self, source: str | Sequence[str], target: str | Sequence[str], *, every: str | None = None, weights: str = "population"
    ) -> xr.DataArray:
        """As `reachability`, for pairs in which both directions work."""
        return self._measure("mutual_reachability", source, target, every, weights)

    def _measure(
        self, name: str, source: str | Sequence[str], target: str | Sequence[str], every: str | None, weights: str
    ) -> xr.DataArray:
        if weights not in WEIGHTS:
            raise ValueError(f"weights: expected one of {WEIGHTS}, got {weights!r}")
        ticks = self.ticks(every)
        sources = [source] if isinstance(source, str) else list(source)
        targets = [target] if isinstance(target, str) else list(target)
        contacts = weights == "contacts"
        values = np.array([[self._core.measure(name, s, t, ticks, contacts) for t in targets] for s in sources])
        array: xr.DataArray = need("xarray", "frames").DataArray(
            values.reshape(len(sources), len(targets), len(ticks)),
            dims=("source", "target", "time"),
            coords={"source": sources, "target": targets, "time": ticks * self._core.slice / DAY},
            name=name,
            attrs={"long_name": name.replace("_", " "), "units": "1", "share_of": self._core.unit, "weights": weights},
        )
        array["time"].attrs.update(long_name="time", units="d")
        if isinstance(source, str):
            array = array.isel(source=0)
        return array.isel(target=0) if isinstance(target, str) else array

    def matrix(self, names: Sequence[str], *, at: float, weights: str = "population") -> NDArray[np.float64]:
        """Reachability between all pairs of `names` at day `at`, shape (n, n): from row to column, in [0, 1]."""
        if weights not in WEIGHTS:
            raise ValueError(f"weights: expected one of {WEIGHTS}, got {weights!r}")
        tick = int(at * DAY // self._core.slice)
        if not 0 <= tick <= self._core.finished:
            raise ValueError(f"at: expected a day in [0, {self.days:g}], got {at}")
        return self._core.matrix("reachability", list(names), list(names), tick, weights == "contacts")

    def __repr__(self) -> str:
        state = "interrupted" if self.interrupted else "finished"
        return f"Run({self.scenario.name!r}, seed={self.seed}, {state}, {self.days:g} d, fingerprint={self.fingerprint})"

    def trace(
        self,
        number: int = 10,
        *,
        sender: str | None = None,
        recipient: str | None = None,
        source: str | None = None,
        receiver: str | None = None,
        outcome: str | Sequence[str] | None = None,
        order: str | None = None,
        policy: str | None = None,
        after: float | None = None,
        until: float | None = None,
        threads: int = 1,
    ) -> list[LifeHistory]:
        """Life histories of single messages, as a mail log would show them.

        The scenario is run twice more in "message", with this run's seed and compliance: to choose messages, and to keep all their tries.
        The choice is by a hash of each message alone, so neither threads nor what else is asked for changes it. Spam has no life histories.

        Parameters
        ----------
        number
            Greatest number of messages, 1..100000.
        sender, recipient
            Group, jurisdiction or bloc; not given: everybody.
        source, receiver
            Id of the pool that sends, and of the mailbox provider; a counted entry that was split into stand-ins by its stand-in's id.
        outcome, order, policy, after, until
            Of one of the message's tries: the outcome or outcomes ("queued": deferred), who decided on it, and its moment in days.

        Returns
        -------
        list of LifeHistory, of which `.log()` gives the lines, `.why()` one sentence

        Raises
        ------
        DocumentError
            For a name that the scenario does not have, with the nearest one.
        ValueError
            For a run with `policies`, which may remember and so cannot be asked again.
        """
        if self._policies:
            raise ValueError(f"expected a run of a scenario alone, which can be run again, got one with {list(self._policies)}")
        return life_histories(
            self.scenario,
            seed=self.seed,
            compliance=self._core.compliance,
            threads=threads,
            number=number,
            sender=sender,
            recipient=recipient,
            source=source,
            receiver=receiver,
            outcome=outcome,
            order=order,
            policy=policy,
            after=after,
            until=until,
        )

    def _repr_html_(self) -> str:
        rows = [
            ("seed", self.seed),
            ("finished", f"{self.days:g} d" + (" (interrupted)" if self.interrupted else "")),
            ("mail written", _written(self._core.written, self._core.unit, self._core.traffic == "fluid")),
            ("fingerprint", self.fingerprint),
            ("run time", f"{self.seconds * 1e3:.0f} ms"),
            *(("note", note) for note in self.notes),
        ]
        cells = "".join(f"<tr><th style='text-align:left'>{html.escape(k)}</th><td>{html.escape(str(v))}</td></tr>" for k, v in rows)
        return f"<table><caption style='text-align:left'><b>{html.escape(self.scenario.title)}</b></caption>{cells}</table>"


def _sampling_note(rows: dict[str, list[Any]]) -> str:
    """The row of `Run.sampling` with the greatest error."""
    worst = max(range(len(rows["error"])), key=lambda i: rows["error"][i])
    source, receiver, operators, simulated, rejected, error = (column[worst] for column in rows.values())
    return (
        f"of {operators:,.0f} pairs of senders and receiving operators, {source} at {receiver}, {simulated:,} were simulated: "
        f"the share of mail rejected, {rejected:.3g}, has a standard error of {error:.2g} by that choice, the greatest (Run.sampling)"
    )


def _written(messages: float, unit: str, expected: bool) -> str:
    if unit == "organisations":
        return "alike by each organisation: read the ledger's shares, not its counts"
    return f"{messages:,.0f} messages" + (" (expected)" if expected else "")


def run(
    scenario: Scenario,
    *,
    traffic: str | None = None,
    seed: int | None = None,
    threads: int = 1,
    compliance: str = "drawn",
    policies: Mapping[str, PolicyOrPair] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Runs a scenario; the GIL is released meanwhile.

    Parameters
    ----------
    traffic
        "fluid" (expected counts), "flow" (random counts), "message" (single messages) or "none" (reachability alone);
        not given: the scenario's.
    seed
        0..2^53; not given: the scenario's.
    threads
        1 or more, which share the slices of "message"; the others use one. No result depends on the number.
    compliance
        "drawn", or "legal": everyone who can be compelled obeys.
    policies
        Policies of one's own by id, such as {"mine": Mine()}, after those of the scenario's `blocking`: instances of classes derived from
        `mailrift.Policy`, or pairs (policy, receiver).
    progress
        Called as progress(done, total) with numbers of slices.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, or if a policy raises it; its attribute `run` keeps what is finished.
    Exception
        What a policy's `propose` raises, unchanged but for a note that says where; nothing of the run is kept then.
    TypeError
        For anything but a scenario, such as its name.
    ValueError
        For fewer than one thread, or a policy that returns what it may not; DocumentError for a traffic, compliance or receiver that
        does not exist, an id that the scenario's policies have, and policies in traffic "none".
    """
    want_scenario(scenario, "run")
    want_threads(threads)
    given = given_policies(policies)
    core = _core.run(scenario.core, seed=seed, traffic=traffic, compliance=compliance, threads=threads, policies=given, progress=progress)
    return whole(Run(core, scenario, list(policies or ())))


def whole(run: Run) -> Run:
    """The run itself; raises KeyboardInterrupt with it as attribute `run` if it was interrupted."""
    if run.interrupted:
        stopped: Any = KeyboardInterrupt("the run was interrupted; attribute `run` keeps what is finished")
        stopped.run = run
        raise stopped
    return run
