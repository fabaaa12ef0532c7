"""What is measured in each shipped scenario of blocking, and what a closed form says of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mailrift.documents import load
from mailrift.historical_accounts import stolen_accounts
from mailrift.historical_due_process import due_process
from mailrift.historical_forwarding import forwarding
from mailrift.historical_giving_up import giving_up
from mailrift.historical_measures import (
    Quantity,
    between,
    changed,
    exact,
    mean_of,
    messages,
    reach,
    refused,
    share_of_windows,
    tail,
)
from mailrift.results import DAY, Run, run
from mailrift.scenario import Scenario

SEEDS = tuple(range(1, 51))  # of scenarios whose answer is random

Case = Callable[[Scenario], list[Quantity]]


def small_server_ratio(scenario: Scenario) -> list[Quantity]:
    """An honest small server, a large provider with more bad mail, and the two cures; 12 windows after one before the rule begins."""
    form = "Poisson-binomial tail q, r' = q (1 - r) from window to window"
    runs = [run(scenario, seed=seed) for seed in SEEDS]

    def row(name: str, text: str, finished: list[Run], q: float) -> Quantity:
        share = mean_of([refused(each, "small", "receiver") for each in finished])
        return Quantity(name, text, share, "share of its mail", share_of_windows(q, 12) * 12 / 13, 0.0, form)

    minimum = [run(scenario.set("blocking.ratio.min_volume", 1000), seed=seed) for seed in SEEDS]
    prior = [run(load(_with_prior(scenario.document, 1000, 1)), seed=seed) for seed in SEEDS]
    large = mean_of([refused(each, "large", "receiver") for each in runs])
    weekly = {"blocking.ratio.period": "7 d", "blocking.ratio.from": "7 d", "horizon": "371 d"}
    rare = changed(scenario, {"mail.messages_per_day": 5 / 28, "observe": [], **weekly})
    listings = mean_of([53 * refused(run(rare, seed=seed), "small", "receiver") for seed in SEEDS[:12]])
    large_text = "mail of the large provider refused, 2.5 times the share of bad mail"
    return [
        row("small_refused", "mail of a small server refused", runs, tail(0.001, 0.003, 100)),
        Quantity("large_refused", large_text, large, "share of its mail", 0.0, 0.0, "large numbers"),
        row("small_refused_minimum", "the same with a minimum of 1,000 messages", minimum, tail(0.001, 0.003, 100, least=1000)),
        row("small_refused_prior", "the same with a prior of 1,000 good messages and 1 bad", prior, tail(0.001, 0.003, 100, 1000, 1)),
        Quantity("listings_a_year", "listings of a server of 5 messages a week", listings, "listings a year"),
    ]


def _with_prior(document: dict[str, Any], good: float, bad: float) -> dict[str, Any]:
    document["blocking"][0]["prior"] = {"good": good, "bad": bad}
    return document


def too_big_to_block(scenario: Scenario) -> list[Quantity]:
    """x* lies between the largest provider that is blocked and the smallest that is not."""
    sizes = scenario.world["markets"]["XA"]["routes"]
    rule = scenario.document["blocking"][0]
    gain = rule["spam_cost"]["value"] / 3 - rule["loss_cost"]["value"]  # a quarter of what leaves a provider is spam: r = 1/3

    def blocked(churn_cost: float) -> list[str]:
        finished = run(scenario.set("blocking.cost.churn_cost", churn_cost))
        return [name for name in sizes if messages(finished, source=name, outcome="rejected") > 0]

    quantities = []
    for churn_cost in (5.0, 8.0, 20.0):
        names = blocked(churn_cost)
        flips = between(max(sizes[name] for name in names), min(size for name, size in sizes.items() if name not in names))
        text = f"share from which on a provider is too big to block, kappa {churn_cost:g}"
        quantities.append(
            Quantity(f"flip_{churn_cost:g}", text, flips, "share of wanted mail", gain / churn_cost, 0.0, "x* = (c_s r - c_h) / kappa")
        )
    count = exact(len(blocked(0.0)))
    return [*quantities, Quantity("blocked_without_churn", "providers that are blocked, kappa 0", count, "of 20", 20.0, 0.0, "c_s r > c_h")]


def vps_neighbourhood(scenario: Scenario) -> list[Quantity]:
    """Whom the range's verdict hits, when, and from how much spam on."""
    days = scenario.horizon / DAY
    finished = run(scenario)
    hit = {name: refused(finished, name, "receiver") for name in ("one-honest", "two-honest")}
    half_life, threshold = 7.0, 0.1
    ratio = 0.12 / 0.88
    grown = [
        d
        for d in range(3, int(days))  # since the rule began, on day 1
        if ratio * (1 - 2 ** (-(d - 2) / half_life)) / (1 - 2 ** (-d / half_life)) >= threshold / (1 - threshold)
    ]

    def whole(share: float) -> float:
        """Share of the honest servers' mail that is refused if so much of all that the range sends is spam from the start."""
        spam = share / (1 - share) * 40200 / 0.4 / 20
        other = changed(scenario, {"spam_senders.intruder.from": "0 s", "spam_senders.intruder.messages_per_account_per_day": spam})
        return refused(run(other), "one-honest", "receiver")

    tried = [share for share in (0.0999, 0.1001) if whole(share) > 0]
    flips = between(0.0999, 0.1001) if tried == [0.1001] else exact(min(tried, default=1.0))
    return [
        Quantity(
            "day_of_refusal",
            "day on which the honest neighbours are refused",
            exact(days * (1 - hit["one-honest"])),
            "d",
            1.0 + grown[0],
            1e-9,
            "first day with b (1 - rho^(d-2)) >= theta / (1 - theta) g (1 - rho^d)",
        ),
        Quantity(
            "other_range_refused",
            "mail of the other range refused",
            exact(hit["two-honest"]),
            "share of its mail",
            0.0,
            0.0,
            "no spam, no verdict",
        ),
        Quantity("flip", "share of spam from which on the range is refused", flips, "share of its mail", threshold, 0.0, "bad_share"),
    ]


def default_deny(scenario: Scenario) -> list[Quantity]:
    """Whom a new server does not reach, and for how long."""
    series = reach(run(scenario), "small-servers", "DE")
    germany = scenario.world["jurisdictions"][0]["mail_users"]["value"]
    group = scenario.world["groups"][0]["users"]["value"]
    denied = scenario.world["markets"]["DE"]["routes"][0]["share"]["value"] * (germany - group) / (germany - 1)
    hours = sum(value == min(series) for value in series) * scenario.core.slice / 3600
    return [
        Quantity(
            "not_reached_at_first",
            "mailboxes that a new server does not reach",
            exact(1 - min(series)),
            "share of mailboxes",
            denied,
            1e-9,
            "share of the receiver",
        ),
        Quantity("hours_until_registered", "until it is let in", exact(hours), "h", 13.0, 0.0, "end of the first slice + delay"),
        Quantity(
            "not_reached_at_last",
            "mailboxes not reached after that",
            exact(1 - series[-1]),
            "share of mailboxes",
            denied * 0.1,
            1e-9,
            "share of the receiver (1 - success)",
        ),
    ]


def geo_block(scenario: Scenario) -> list[Quantity]:
    """Who loses whom, for how long."""
    finished = run(scenario)
    inbound = reach(finished, "RIPE", "verizon-customers")
    blocked = sum(value < inbound[0] for value in inbound[:-1]) * scenario.core.slice / DAY
    lost = [name for name in ("verizon-customers", "US") if reach(finished, "RIPE", name)[-1] < inbound[0]]
    persons = finished.core.users("verizon-customers") if "verizon-customers" in lost else 0.0
    return [
        Quantity("days_of_blocking", "days on which mail from Europe is refused", exact(blocked), "d"),
        Quantity("customers_cut_off", "customers whom it does not reach", exact(persons), "persons"),
        Quantity(
            "reach_in",
            "Europe to customers, during",
            exact(inbound[-1]),
            "share of pairs",
            0.02,
            1e-9,
            "share of services taken out of the block",
        ),
        Quantity(
            "reach_out",
            "customers to Europe, during",
            exact(reach(finished, "verizon-customers", "RIPE")[-1]),
            "share of pairs",
            1.0,
            1e-9,
            "one-directional",
        ),
        Quantity(
            "reach_home",
            "United States to customers, during",
            exact(reach(finished, "US", "verizon-customers")[-1]),
            "share of pairs",
            1.0,
            1e-9,
            "not in the ranges",
        ),
    ]


def list_escalation(scenario: Scenario) -> list[Quantity]:
    """For how long each step hits whom, and how many are innocent."""
    finished = run(scenario.set("mail.reply", 0))  # as much mail in every hour, so that shares of mail are shares of time
    horizon = scenario.horizon / 3600
    names = {
        "customer": "the customer",
        "microlines-mail": "others at its supplier",
        "university": "the university at the upstream",
        "lv-others": "everybody else",
    }
    hours = {name: horizon * refused(finished, name, "subscribers") for name in names}
    first, let_go = 25, 284  # end of the first slice with hits; of the slice in which the last hit is 6 h old
    closed = {
        "customer": let_go - first,
        "microlines-mail": let_go - (first + 72),  # told a slice late, and of its end too
        "university": let_go - (first + 240),
        "lv-others": 0,
    }
    latvia = scenario.world["jurisdictions"][0]["mail_users"]["value"]
    routes = {route["provider"]: route["share"]["value"] for route in scenario.world["markets"]["LV"]["routes"]}
    hit = [name for name in ("microlines-mail", "university", "lv-others") if hours[name] > 0]
    return [
        *(
            Quantity(
                f"hours_{name}",
                f"refused: {text}",
                exact(hours[name]),
                "h",
                float(closed[name]),
                1e-9,
                "listed, silence, delay, expiry in slices",
            )
            for name, text in names.items()
        ),
        Quantity("upstream_hours", "hours for which the upstream is listed", exact(hours["university"]), "h"),
        Quantity("upstream_hours_2011", "the same beside another case", exact(hours["university"]), "h"),
        Quantity(
            "third_party_users", "third-party users who are refused", exact(latvia * math.fsum(routes[name] for name in hit)), "persons"
        ),
    ]


def _two_spans(scenario: Scenario, split: str) -> tuple[Run, Run]:
    """A run up to `split`, and the whole one: what comes after is their difference."""
    return run(scenario.set("horizon", split)), run(scenario)


def list_shutdown(scenario: Scenario) -> list[Quantity]:
    """Wanted mail and spam of subscribers in the week before and in the week after."""
    before, whole = _two_spans(scenario, "7 d")

    def shares(mail_class: str, outcome: str) -> tuple[float, float]:
        part, all_ = (
            messages(before, mail_class, receiver="subscribers", outcome=outcome),
            messages(before, mail_class, receiver="subscribers"),
        )
        part_2, all_2 = (
            messages(whole, mail_class, receiver="subscribers", outcome=outcome),
            messages(whole, mail_class, receiver="subscribers"),
        )
        return part / all_, (part_2 - part) / (all_2 - all_)

    refused_before, refused_after = shares("wanted", "rejected")
    inbox_before, inbox_after = shares("spam", "inbox")
    persons = 0.1 * scenario.world["jurisdictions"][0]["mail_users"]["value"]
    spam_a_day = (messages(whole, "spam", receiver="subscribers") - messages(before, "spam", receiver="subscribers")) / persons / 7
    mistakes = 0.000186 * 7
    return [
        Quantity(
            "wanted_mail_lost",
            "wanted mail refused, after less before",
            exact(refused_after - refused_before),
            "share of wanted mail to subscribers",
            -mistakes / (1 + mistakes),
            1e-9,
            "-m L / (1 + m L)",
        ),
        Quantity(
            "spam_added",
            "spam that arrives, after less before",
            exact(spam_a_day * (inbox_after - inbox_before)),
            "spam messages in an inbox a day",
        ),
        Quantity(
            "spam_factor",
            "spam that arrives, after by before",
            exact(inbox_after / inbox_before),
            "times",
            1 / (1 - 0.419),
            1e-9,
            "1 / (1 - listed share)",
        ),
    ]


def wildcard_shutdown(scenario: Scenario) -> list[Quantity]:
    """Mail to subscribers and to others, once everything is listed."""
    before, whole = _two_spans(scenario, "7 d")

    def lost(receiver: str) -> float:
        part, all_ = ([messages(finished, receiver=receiver, **of) for finished in (before, whole)] for of in ({"outcome": "rejected"}, {}))
        return (part[1] - part[0]) / (all_[1] - all_[0])

    return [
        Quantity(
            "subscribers_lose",
            "wanted mail to subscribers refused, after",
            exact(lost("subscribers")),
            "share of wanted mail",
            1.0,
            1e-12,
            "everything is listed",
        ),
        Quantity(
            "others_lose", "wanted mail to others refused, after", exact(lost("large")), "share of wanted mail", 0.0, 0.0, "they do not ask"
        ),
    ]


def botnet_takedown(scenario: Scenario) -> list[Quantity]:
    """Spam by day after the cut, beside the figures of 2008 and 2009."""
    x0, tau, cut = 0.3, 53.6, 7

    def level(day: int) -> float:
        """Mean over the day that begins so many days after the cut."""
        return 1 - (1 - x0) * tau * (math.exp(-day / tau) - math.exp(-(day + 1) / tau))

    def spam_on(day: int) -> float:
        """Messages a second in the slice that begins `day` days after the cut."""
        ends = [messages(run(scenario.set("horizon", f"{end} d")), "spam") for end in (cut + day, cut + day + 1)]
        return (ends[1] - ends[0]) / DAY

    form = "1 - (1 - x0) exp(-t / tau), mean of a day"
    before = spam_on(-1)
    at = {day: spam_on(day) for day in (0, 1, 62, 140)}
    return [
        Quantity("rate_before", "before the cut", exact(before), "messages a second"),
        Quantity("left_at_once", "left at once", exact(at[0] / before), "share of the old level", level(0), 1e-9, form),
        Quantity("rate_after_a_day", "a day after the cut", exact(at[1]), "messages a second", 30.1 * level(1), 1e-9, form),
        *(
            Quantity(
                f"level_after_{day}_days", f"{day} days after", exact(at[day] / before), "share of the old level", level(day), 1e-9, form
            )
            for day in (62, 140)
        ),
    ]


CASES: dict[str, Case] = {
    "small-server-ratio": small_server_ratio,
    "too-big-to-block": too_big_to_block,
    "vps-neighbourhood": vps_neighbourhood,
    "default-deny": default_deny,
    "geo-block-2005": geo_block,
    "list-escalation-2010": list_escalation,
    "list-shutdown-2024": list_shutdown,
    "wildcard-shutdown": wildcard_shutdown,
    "botnet-takedown-2008": botnet_takedown,
    "due-process": due_process,
    "forwarding-spoils-a-small-server": forwarding,
    "small-servers-give-up": giving_up,
    "stolen-accounts": stolen_accounts,
}
