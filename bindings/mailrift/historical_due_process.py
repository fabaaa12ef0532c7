"""What notice and an appeal restore in the scenario `due-process`, and what they cost: `python -m mailrift.historical_due_process`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mailrift.documents import load
from mailrift.historical_measures import Quantity, changed, exact, messages
from mailrift.results import Run, run
from mailrift.scenario import Scenario

_VARIED: dict[str, tuple[Any, ...]] = {
    "accuracy": (0.5, 0.7, 0.9, 0.95, 1.0),
    "notice": ("0 s", "1 d", "3 d", "7 d", "21 d"),
    "appeal": ("6 h", "12 h", "3 d", "7 d", "14 d"),
}


@dataclass(frozen=True)
class Toll:
    """What honest servers of the range lost at the receiver, and what their neighbour's spam gained there."""

    written: float  # wanted messages of the honest servers
    lost: float  # of these, refused
    spam: float  # the neighbour's
    let_in: float  # of this, in the inbox

    def restored(self, alone: Toll) -> float:
        """Of what the rule alone refuses, the share that came in; `alone`: the toll of the rule alone."""
        return (alone.lost - self.lost) / alone.lost

    def added(self, alone: Toll) -> float:
        """Share of the neighbour's spam that comes in and would not by the rule alone."""
        return (self.let_in - alone.let_in) / self.spam

    def price(self, alone: Toll) -> float:
        """Spam messages that come in for each wanted one that is restored."""
        return (self.let_in - alone.let_in) / (alone.lost - self.lost)

    def less(self, part: Toll) -> Toll:
        """The toll of what came after `part`."""
        return Toll(self.written - part.written, self.lost - part.lost, self.spam - part.spam, self.let_in - part.let_in)


def toll(scenario: Scenario, **law: Any) -> Toll:
    """The toll of a run with other values of the policy `law`."""
    return _counted(run(changed(scenario, {f"blocking.law.{key}": value for key, value in law.items()})))


def toll_alone(scenario: Scenario) -> Toll:
    """The toll of the rule without notice and appeal."""
    rules = [rule for rule in scenario.document["blocking"] if rule["id"] != "law"]
    return _counted(run(scenario.set("levers", []).set("blocking", rules)))


def _counted(finished: Run) -> Toll:
    honest, broken = {"source": "one-honest", "receiver": "receiver"}, {"source": "one-broken", "receiver": "receiver"}
    return Toll(
        messages(finished, **honest),
        messages(finished, **honest, outcome="rejected"),
        messages(finished, "spam", **broken),
        messages(finished, "spam", **broken, outcome="inbox"),
    )


def due_process(scenario: Scenario) -> list[Quantity]:
    """The range is found bad on day 4 of 28; then a day of notice, half a day of an appeal, and what was decided for the rest."""
    days, found_bad, notice, appeal, accuracy = 28.0, 4.0, 1.0, 0.5, 0.9
    decided = days - found_bad - notice - appeal
    alone, whole = toll_alone(scenario), toll(scenario)
    first = toll(scenario.set("horizon", f"{days - decided} d"))
    after = whole.less(first)
    notice_alone, decision_alone = toll(scenario, appeal="100 d"), toll(scenario, notice="0 s", appeal="0 s")
    each = 20 * 10050 / (0.02 * 1_000_000 * 5)  # spam of the neighbour by wanted mail of the honest servers

    def row(name: str, text: str, unit: str, value: float, closed: float, form: str) -> Quantity:
        return Quantity(name, text, exact(value), unit, closed, 1e-9, form)

    theirs, its = "share of their mail", "share of its spam"
    lost_alone, lost = alone.lost / alone.written, whole.lost / whole.written
    form_lost, form_spam = "(A + (1 - a) (H - D - N - A)) / H", "(N + (1 - a) (H - D - N - A)) / (H - 3 d)"
    closed_lost, closed_spam = (appeal + (1 - accuracy) * decided) / days, (notice + (1 - accuracy) * decided) / (days - 3)
    until_refused = 24 * days * (1 - notice_alone.lost / notice_alone.written) - 24 * found_bad
    until_decided = 24 * (days - decided) * first.lost / first.written
    odds = (1 - accuracy) / accuracy
    return [
        row("lost_alone", "honest servers' mail refused by the rule alone", theirs, lost_alone, 1 - found_bad / days, "(H - D) / H"),
        row("lost", "the same with notice and appeal", theirs, lost, closed_lost, form_lost),
        row("hours_of_notice", "from the verdict until a refusal takes effect", "h", until_refused, 24 * notice, "notice N"),
        row("hours_of_appeal", "from a refusal until its appeal is decided", "h", until_decided, 24 * appeal, "appeal A"),
        row("in_at_last", "honest servers' mail let in after that", theirs, 1 - after.lost / after.written, accuracy, "accuracy a"),
        row("spam_at_last", "neighbour's spam let in after that", its, after.let_in / after.spam, 1 - accuracy, "1 - a"),
        row("spam_added", "neighbour's spam let in by notice and appeal", its, whole.added(alone), closed_spam, form_spam),
        row(
            "notice_alone",
            "spam for a wanted message restored, notice alone",
            "messages",
            notice_alone.price(alone),
            each,
            "s = spam / wanted",
        ),
        row("decision_alone", "the same, decision alone", "messages", decision_alone.price(alone), each * odds, "s (1 - a) / a"),
    ]


def table(scenario: Scenario) -> list[str]:
    """A Markdown table: each number of the policy varied, the others as shipped."""
    alone = toll_alone(scenario)
    head = ("varied", "honest servers' mail lost", "of the loss restored", "neighbour's spam let in", "spam for a message restored")
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), f"| the rule alone | {alone.lost / alone.written:.1%} | | | |"]
    for key, values in _VARIED.items():
        for value in values:
            found = toll(scenario, **{key: value})
            shares = (found.lost / found.written, found.restored(alone), found.added(alone))
            lines.append(f"| {key} {value} | " + " | ".join(f"{share:.1%}" for share in shares) + f" | {found.price(alone):.3g} |")
    return lines


if __name__ == "__main__":
    print("\n".join(table(load("due-process"))))
