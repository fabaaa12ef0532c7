"""What forwarding does to small servers in the scenario `forwarding-spoils-a-small-server`, beside closed forms."""

from __future__ import annotations

from mailrift.historical_measures import Quantity, between, changed, exact, messages, refused
from mailrift.results import Run, run
from mailrift.scenario import Scenario


def forwarding(scenario: Scenario) -> list[Quantity]:
    """Who is refused for mail that it forwards, what is lost, and how good its own filter must be."""
    finished = run(scenario)
    in_force = 1 - 6 / 30  # judged from day 5 on, refused from the first verdict on, a day later
    own = "own mail to the receiver of the club that forwards refused"
    form = "days after the first verdict / days"
    return [
        Quantity("own_refused", own, exact(refused(finished, "club-forwarding", "receiver")), "share of its mail", in_force, 1e-9, form),
        Quantity(
            "forwarded_refused",
            "wanted mail to its members refused",
            exact(_refused_to(finished, "club-forwarding")),
            "share of their mail",
            in_force,
            1e-9,
            form,
        ),
        Quantity(
            "plain_refused",
            "own mail of the club whose members read at its server refused",
            exact(refused(finished, "club-plain", "receiver")),
            "share of its mail",
            0.0,
            0.0,
            "no spam leaves it",
        ),
        _filter_that_is_enough(scenario),
    ]


def _refused_to(finished: Run, receiver: str) -> float:
    return messages(finished, receiver=receiver, outcome="rejected") / messages(finished, receiver=receiver)


def _filter_that_is_enough(scenario: Scenario) -> Quantity:
    """Two runs around the closed form: with s spam, w wanted mail forwarded and m own, f* = 1 - theta (w + m) / ((1 - theta) s)."""
    theta, wanted = 0.003, 5.0
    own, spam = 0.4 * wanted, wanted * 0.45 / 0.55
    closed = 1 - theta * (wanted + own) / ((1 - theta) * spam)

    def is_refused(found: float) -> bool:
        other = run(changed(scenario, {"blocking.own-filter.true_positive": found}))
        return refused(other, "club-filtering", "receiver") > 0

    low, high = 0.9948, 0.9949
    model = between(low, high) if is_refused(low) and not is_refused(high) else exact(0.0)
    return Quantity(
        "filter_that_is_enough",
        "spam that its own filter must find, so that it is not refused",
        model,
        "share of spam",
        closed,
        0.0,
        "1 - theta (w + m) / ((1 - theta) s)",
    )
