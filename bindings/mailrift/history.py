"""Life histories of single messages: what a mail log would show, and why a message did not arrive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailrift import _core
from mailrift.arguments import want_scenario, want_threads
from mailrift.scenario import Scenario

DAY = 86400.0
NOT_ARRIVED = ("rejected", "closed_account", "unresolved", "expired", "unsent", "junk", "discarded")
"""Outcomes of mail that is not in the inbox."""


@dataclass(frozen=True)
class HistoryStep:
    """One try of a message, or that its sender gave it up."""

    at: float  #: seconds since the start
    number: int  #: of the try, from 1; of what was given up the number of all tries
    outcome: str  #: as in the ledger; "queued": deferred
    stage: str  #: submission, connect, mail_from, rcpt, data or queue
    entity: str  #: who decided
    order: str  #: id of the order that made it, or ""
    policy: str  #: id of the policy of its own, or ""
    reply: str  #: SMTP reply with its enhanced code (RFC 5321, RFC 3463), of a bounce the code alone; "" where no server replied

    @property
    def rule(self) -> str:
        """The order or the policy that decided, or ""."""
        if self.order:
            return f"order {self.order}"
        return f"policy {self.policy}" if self.policy else ""


@dataclass(frozen=True)
class LifeHistory:
    """One message from its first try to its end, or to the horizon."""

    message: int  #: a number of its own
    generation: int  #: 0 starts a conversation, n answers message n - 1 of it
    sender: str  #: group or jurisdiction
    recipient: str
    sender_person: int  #: number of the person in the run
    recipient_person: int
    source: str  #: the pool that sends
    receiver: str  #: the mailbox provider of the address that it names
    written: float  #: seconds since the start
    steps: tuple[HistoryStep, ...]

    @property
    def outcome(self) -> str:
        """How it ended; "queued" if it waits at the horizon."""
        return self.steps[-1].outcome

    def log(self) -> str:
        """A line for each step, in the order of a mail log."""
        head = f"message={self.message:016x} from=<{self.sender_person}@{self.source}> to=<{self.recipient_person}@{self.receiver}>"
        first = f"{_clock(self.written)} {head} sender={self.sender} recipient={self.recipient} generation={self.generation}"
        tries = [f"{_clock(step.at)} message={self.message:016x} {_tried(step)}" for step in self.steps]
        return "\n".join([first, *tries])

    def why(self) -> str:
        """One sentence: what decided on it in the end."""
        last = self.steps[-1]
        who = f"{last.entity} ({last.rule})" if last.rule else last.entity
        reply = f', reply "{last.reply}"' if last.reply else ""
        where = f"at {last.stage}{reply}"
        end = {
            "inbox": f"It arrived: {last.entity} took it at try {last.number}.",
            "junk": f"It is in the junk folder: {who} marked it {where}.",
            "discarded": f"It was accepted and thrown away by {who} {where}.",
            "rejected": f"It did not arrive: {who} refused it {where}.",
            "closed_account": f"It did not arrive: the recipient's account is closed; {who} refused it {where}.",
            "unresolved": f"It did not arrive: the address names no server {where}.",
            "unsent": f"It was never sent: {who} did not take it from its writer.",
            "expired": f"It did not arrive: {self.source} gave up after {last.number} tries: {last.rule} deferred it; bounce {last.reply}.",
            "queued": f"It has not arrived yet: {who} deferred try {last.number} {where}; {self.source} tries again.",
        }
        return end[last.outcome]


def life_histories(
    scenario: Scenario,
    *,
    seed: int,
    compliance: str = "drawn",
    threads: int = 1,
    number: int = 10,
    sender: str | None = None,
    recipient: str | None = None,
    source: str | None = None,
    receiver: str | None = None,
    outcome: str | Sequence[str] | None = None,
    order: str | None = None,
    policy: str | None = None,
    after: float | None = None,
    until: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[LifeHistory]:
    """Life histories of messages with a try as asked for; see `Run.trace`."""
    want_scenario(scenario, "life_histories")
    want_threads(threads)
    if number < 1:
        raise ValueError(f"number: expected 1 or more messages, got {number}")
    for name, days in (("after", after), ("until", until)):
        if days is not None and not 0 <= days <= 1e5:
            raise ValueError(f"{name}: expected days from the start, 0 or more, got {days}")
    outcomes = [] if outcome is None else [outcome] if isinstance(outcome, str) else list(outcome)
    rows = _core.life_histories(
        scenario.core,
        seed=seed,
        compliance=compliance,
        threads=threads,
        number=number,
        sender=sender,
        recipient=recipient,
        source=source,
        receiver=receiver,
        outcomes=outcomes,
        order=order,
        policy=policy,
        after=None if after is None else after * DAY,
        until=None if until is None else until * DAY,
        progress=progress,
    )
    return [LifeHistory(**{**row, "steps": tuple(HistoryStep(**step) for step in row["steps"])}) for row in rows]


def _clock(seconds: float) -> str:
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    return f"day {int(days)} {int(hours):02d}:{int(minutes):02d}:{rest:06.3f}"


def _tried(step: HistoryStep) -> str:
    status = "deferred" if step.outcome == "queued" else step.outcome
    rule = f' by="{step.rule}"' if step.rule else ""
    reply = f' reply="{step.reply}"' if step.reply else ""
    return f"try={step.number} relay={step.entity} stage={step.stage} status={status}{rule}{reply}"
