"""How many operators of small servers close down in the scenario `small-servers-give-up`, beside closed forms."""

from __future__ import annotations

import math

from mailrift.historical_measures import Estimate, Quantity, exact, mean_of, tail
from mailrift.results import run
from mailrift.scenario import Scenario

SEEDS = tuple(range(1, 9))
WINDOWS = 11  # that begin with a verdict and whose third day is within the horizon


def giving_up(scenario: Scenario) -> list[Quantity]:
    """Who closes down for chance alone; each window anew: 1 - (1 - q)^n."""
    form = "1 - (1 - q)^n, q the Poisson-binomial tail, n = 11 windows"

    def row(name: str, text: str, model: Estimate, q: float) -> Quantity:
        return Quantity(name, text, model, "share of operators", 1 - (1 - q) ** WINDOWS, 0.0, form)

    shares = mean_of([_closed_down(scenario, seed) for seed in SEEDS])
    minimum = exact(_closed_down(scenario.set("blocking.ratio.min_volume", 1000), SEEDS[0]))
    return [
        row("given_up", "small servers that closed down in 65 days", shares, tail(0.001, 0.003, 100)),
        row("given_up_minimum", "the same with a minimum of 1,000 messages", minimum, tail(0.001, 0.003, 100, least=1000)),
    ]


def _closed_down(scenario: Scenario, seed: int) -> float:
    """Share of the operators: all have as many members."""
    events = run(scenario, seed=seed).core.events()
    world = scenario.world
    share = next(route["share"]["value"] for route in world["markets"]["XA"]["routes"] if route["provider"] == "small")
    people = math.fsum(value for cause, value in zip(events["cause"], events["value"], strict=True) if cause == "close-down")
    members: float = world["jurisdictions"][0]["mail_users"]["value"] * share
    return people / members
