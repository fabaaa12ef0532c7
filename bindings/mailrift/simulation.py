"""A run that goes on step by step: saved at any tick, gone on with later, forked into several futures."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mailrift import _core, documents
from mailrift.arguments import want_scenario, want_threads
from mailrift.policies import PolicyOrPair, given_policies
from mailrift.results import DAY, Run, whole
from mailrift.scenario import Scenario


class Simulation:
    """A run between two slices: those before its present are complete.

    Parameters
    ----------
    seed, traffic, threads, compliance, policies
        As in `mailrift.run`. With `policies` it is neither saved nor forked, since only they know what they remember.
    futures
        Scenarios that the run may be forked into. They may differ in what begins later (orders, responses, `blocking`), in when
        policies end later (`until`), horizon, observations, texts.

    Raises
    ------
    DocumentError
        If a future differs in more than that, or there are `policies` too.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None = None,
        traffic: str | None = None,
        threads: int = 1,
        compliance: str = "drawn",
        futures: Sequence[Scenario] = (),
        policies: Mapping[str, PolicyOrPair] | None = None,
    ) -> None:
        want_scenario(scenario, "Simulation")
        want_threads(threads)
        others = [want_scenario(future, "Simulation").core for future in futures]
        self._core: _core.Simulation | None = _core.Simulation(
            scenario.core,
            seed=seed,
            traffic=traffic,
            compliance=compliance,
            threads=threads,
            futures=others,
            policies=given_policies(policies),
        )
        self._policies = tuple(policies or ())
        self.scenario = scenario
        self._threads = threads

    @classmethod
    def resume(cls, path: str | os.PathLike[str], scenario: Scenario | None = None, *, threads: int = 1) -> Simulation:
        """Goes on from a checkpoint, with its own scenario or as a fork.

        Raises
        ------
        DocumentError
            For anything but a whole checkpoint of this version, or a scenario that differs in what began before it.
        """
        want_threads(threads)
        return cls._from(Path(path).read_bytes(), os.fspath(path), scenario, threads)

    @classmethod
    def _from(cls, data: bytes, file: str, scenario: Scenario | None, threads: int) -> Simulation:
        made = cls.__new__(cls)
        other = None if scenario is None else want_scenario(scenario, "Simulation.resume").core
        made._core = _core.Simulation.resume(data, file, other, threads)
        made._threads = threads
        made._policies = ()
        made.scenario = scenario if scenario is not None else _saved(made._core.scenario)
        return made

    @property
    def days(self) -> float:
        """Simulated days that are finished."""
        return self._open().tick * self._open().slice / DAY

    def advance(self, until: str, *, progress: Callable[[int, int], None] | None = None) -> None:
        """Goes on to a time since the start, such as "30 d", a multiple of the slice; the GIL is released meanwhile.

        Raises
        ------
        KeyboardInterrupt
            On Ctrl-C; the simulation then stands at the last finished slice, and can be saved or gone on with. A second Ctrl-C breaks
            into a policy's `propose`; nothing goes on after that, nor after what `propose` raises, which passes unchanged.
        ValueError
            For a time that is no multiple of the slice; DocumentError for one in the past or after the horizon.
        """
        core = self._open()
        seconds = _core.seconds(until)
        tick = round(seconds / core.slice)
        if tick * core.slice != seconds:
            raise ValueError(f"until: expected a multiple of the slice, {core.slice:g} s, got {until!r}")
        if core.advance(tick, progress):
            raise KeyboardInterrupt(f"interrupted; {self.days:g} d are finished")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a checkpoint: whole or not at all, whenever the machine stops. Raises DocumentError for a run with `policies`."""
        target = Path(path)
        data = self._open().save()
        handle, name = tempfile.mkstemp(prefix=target.name, dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def fork(self, scenario: Scenario | None = None) -> Simulation:
        """Another simulation that goes on from the present, with the same scenario or another one; this one stays as it is."""
        return self._from(self._open().save(), "", self.scenario if scenario is None else scenario, self._threads)

    def finish(self) -> Run:
        """Goes on to the horizon and ends the run; nothing more can be asked of the simulation then. Raises as `advance`."""
        core = self._open()
        if core.advance(core.slices):
            raise KeyboardInterrupt(f"interrupted; {self.days:g} d are finished")
        self._core = None
        return whole(Run(core.finish(), self.scenario, self._policies))

    def _open(self) -> _core.Simulation:
        if self._core is None:
            raise ValueError("expected a simulation that goes on, got one that is finished; fork it before")
        return self._core


def _saved(core: _core.Scenario) -> Scenario:
    """A scenario out of a checkpoint, which brings its own world."""
    world = core.world_document()

    def resolve(kind: str, name: str) -> str:
        return world if kind == "world" and name == core.world else documents.resolver(None)(kind, name)

    return Scenario(core, resolve)
