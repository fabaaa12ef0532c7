"""What the innocent lose for stolen accounts in the scenario `stolen-accounts`, by address and by account, beside closed forms."""

from __future__ import annotations

from mailrift.historical_measures import Quantity, between, changed, exact, messages, refused
from mailrift.results import Run, run
from mailrift.scenario import Scenario


def stolen_accounts(scenario: Scenario) -> list[Quantity]:
    """Mail of the members and of the thief that is refused under both keys, and how much spam of an account is enough."""
    in_force = 1 - 6 / 30  # judged from day 5 on, refused from the first verdict on, a day later
    form = "days after the first verdict / days"
    by_address = run(scenario)
    by_account = run(scenario.set("blocking.ratio.key", "account"))

    def members(name: str, key: str, finished: Run, share: float, form: str) -> Quantity:
        text = f"members' mail to the receiver refused, by {key}"
        return Quantity(name, text, exact(refused(finished, "provider", "receiver")), "share of their mail", share, 1e-9, form)

    def spam(name: str, key: str, finished: Run) -> Quantity:
        text = f"spam to the receiver refused, by {key}"
        return Quantity(name, text, exact(_spam_refused(finished)), "share of it", in_force, 1e-9, form)

    owners = 20 / 10_000
    return [
        members("members_by_address", "address", by_address, in_force, form),
        members("members_by_account", "account", by_account, in_force * owners, "accounts / members times " + form),
        spam("spam_by_address", "address", by_address),
        spam("spam_by_account", "account", by_account),
        _volume_that_is_enough(scenario),
    ]


def _spam_refused(finished: Run) -> float:
    spam = {"mail_class": "spam", "source": "provider", "receiver": "receiver"}
    return messages(finished, outcome="rejected", **spam) / messages(finished, **spam)


def _volume_that_is_enough(scenario: Scenario) -> Quantity:
    """Two runs around the closed form: with n slices up to the last verdict that acts, v = y (1 - rho) / (1 - rho^n) a slice."""
    kept, slices, to_receiver, written = 2 ** (-6 / (30 * 24)), 24 * 4, 0.4, 5.0
    counted = 100 * (1 - kept) / (1 - kept**slices) * 4  # messages a day of the account that come to `min_volume`
    closed = counted / to_receiver - written

    def is_refused(daily: float) -> bool:
        changes = {"blocking.ratio.key": "account", "spam_senders.thief.messages_per_account_per_day": daily}
        return refused(run(changed(scenario, changes)), "provider", "receiver") > 0

    low, high = 8.5, 8.6
    model = between(low, high) if is_refused(high) and not is_refused(low) else exact(0.0)
    form = "min_volume (1 - rho) / (1 - rho^n) / share of the receiver, less what the owner writes"
    return Quantity("volume", "spam a day of an account from which on it is refused", model, "messages a day", closed, 0.0, form)
