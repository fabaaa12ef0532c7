"""The same measurements as tests/bench/queue_bench.cpp on SimPy with bare callbacks, its fastest way, as a line of JSON."""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from typing import Any

import simpy


class Simulation:
    """All processes and their events: PHOLD, or the hold model in which an event schedules the next one at its own process."""

    def __init__(self, model: str, processes: int) -> None:
        self.hold = model == "hold"
        self.environment = simpy.Environment()
        self.visits = [0] * processes
        self.random = random.Random(1).random
        for process in range(processes):
            self.schedule(process)

    def schedule(self, process: int) -> None:
        """One event after 0.1 s and an exponential of mean 0.9 s."""
        event = simpy.Timeout(self.environment, 0.1 - 0.9 * math.log(1 - self.random()), process)
        event.callbacks.append(self.step)

    def step(self, event: Any) -> None:
        """What an event does: counts, and schedules the next one."""
        process: int = event.value
        self.visits[process] += 1
        self.schedule(process if self.hold else int(self.random() * len(self.visits)))

    def run(self, events: int) -> float:
        """Seconds of the processor that `events` events take."""
        step = self.environment.step
        start = time.process_time()
        for _ in range(events):
            step()
        return time.process_time() - start


def main() -> None:
    """Runs `warm_up` events, then `events` under the clock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=["phold", "hold"])
    for name in ("processes", "warm_up", "events"):
        parser.add_argument(name, type=int)
    arguments = parser.parse_args()
    simulation = Simulation(arguments.model, arguments.processes)
    simulation.run(arguments.warm_up)
    print(json.dumps({"seconds": simulation.run(arguments.events), "events": arguments.events}))


if __name__ == "__main__":
    main()
