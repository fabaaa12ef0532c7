"""The mail of tests/bench/message_bench.cpp on SimPy with bare callbacks, its fastest way, as a line of JSON.

The same model as tests/bench/textbook_mail.h, but for what makes it easier: everybody writes at the same rate, to everybody else alike.
Its defaults are those of tests/bench/mail_world.h.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from typing import Any

import simpy

HOUR = 3600.0
DAY = 24 * HOUR
PROVIDERS, SPAMMING_RANK = 64, 54
SPAM, MUCH_SPAM = 0.02, 0.3  # shares of what leaves a provider
MESSAGES_PER_DAY, REPLY = 30.0, 0.3
DELAY_MU, DELAY_SIGMA = math.log(HOUR), 1.5
CUT_OFF, MIN_VOLUME, PERIOD = 0.1, 100.0, 6  # period in slices of one hour
KEPT = 2 ** (-HOUR / (7 * DAY))  # of the decayed counts, after a slice
FALSE_POSITIVE, TRUE_POSITIVE = 0.0005, 0.999
LEAST, MOST, SCAN, LIFETIME = 300.0, 4000.0, 300.0, 5 * DAY  # schedule `postfix`
SEED = 1


def hamilton(shares: list[float], total: int) -> list[int]:
    """Whole numbers of sum `total` near shares x total, by largest remainder, of equal ones the earlier."""
    exact = [share * total for share in shares]
    sizes = [int(amount) for amount in exact]
    by_remainder = sorted(range(len(shares)), key=lambda i: sizes[i] - exact[i])
    for i in by_remainder[: total - sum(sizes)]:
        sizes[i] += 1
    return sizes


def poisson(mean: float, uniform: Any) -> int:
    """A Poisson number as the count of exponential waits; its time is in proportion to the mean, so a large one is a rounded normal."""
    if mean > 50:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    count, product, limit = 0, uniform(), math.exp(-mean)
    while product > limit:
        count += 1
        product *= uniform()
    return count


def next_try(age: float, phase: float) -> float | None:
    """Age in seconds of the try after a failed one: the first scan of the queue after the backoff; none after one beyond the lifetime."""
    if age >= LIFETIME:
        return None
    earliest = age + min(max(age, LEAST), MOST)
    scan = math.ceil((earliest - phase) / SCAN - 1e-9)  # rounding must not add a scan
    return phase + scan * SCAN


class Message:
    """What is known of a message while it waits for its next try; times in seconds."""

    __slots__ = ("first", "phase", "receiver", "sender")

    def __init__(self, sender: int, receiver: int, first: float, phase: float) -> None:
        self.sender, self.receiver, self.first, self.phase = sender, receiver, first, phase


class Mail:
    """All persons and their messages."""

    def __init__(self, persons: int) -> None:
        self.environment = simpy.Environment()
        self.uniform = random.random
        random.seed(SEED)
        weights = [1 / rank for rank in range(1, PROVIDERS + 1)]
        self.shares = [weight / sum(weights) for weight in weights]
        self.provider = [p for p, size in enumerate(hamilton(self.shares, persons)) for _ in range(size)]
        self.rate = (1 - REPLY) * MESSAGES_PER_DAY / DAY
        wanted = [share * persons * MESSAGES_PER_DAY / 24 for share in self.shares]
        spam = [MUCH_SPAM if rank == SPAMMING_RANK else SPAM for rank in range(1, PROVIDERS + 1)]
        self.spam = [w * o / (1 - o) * share for w, o in zip(wanted, spam, strict=True) for share in self.shares]
        pairs = PROVIDERS * PROVIDERS
        self.written, self.delivered, self.deferred, self.expired = ([0] * pairs for _ in range(4))
        self.good, self.bad, self.arrived = [0.0] * pairs, [0.0] * pairs, [0] * pairs
        self.verdict = [False] * pairs
        self.answers = 0
        for person in range(persons):
            self.after(-math.log(1 - self.uniform()) / self.rate, self.converse, person)

    def after(self, delay: float, callback: Any, value: Any) -> None:
        """Calls `callback` with an event of that value."""
        event = simpy.Timeout(self.environment, delay, value)
        event.callbacks.append(callback)

    def converse(self, event: Any) -> None:
        """A person begins a conversation, and the next one later."""
        sender: int = event.value
        receiver = int(self.uniform() * (len(self.provider) - 1))
        self.write(sender, receiver + (receiver >= sender))
        self.after(-math.log(1 - self.uniform()) / self.rate, self.converse, sender)

    def answer(self, event: Any) -> None:
        """The answer to what was delivered before."""
        self.answers += 1
        self.write(*event.value)

    def write(self, sender: int, receiver: int) -> None:
        """A message and its first try."""
        pair = self.provider[sender] * PROVIDERS + self.provider[receiver]
        self.written[pair] += 1
        if self.verdict[pair]:
            self.defer(pair, Message(sender, receiver, self.environment.now, SCAN * self.uniform()))
        else:
            self.deliver(pair, sender, receiver)

    def deliver(self, pair: int, sender: int, receiver: int) -> None:
        """It is accepted, and perhaps answered."""
        self.delivered[pair] += 1
        self.arrived[pair] += 1
        if self.uniform() < REPLY:
            self.after(random.lognormvariate(DELAY_MU, DELAY_SIGMA), self.answer, (receiver, sender))

    def try_again(self, event: Any) -> None:
        """A try after the first one."""
        message: Message = event.value
        pair = self.provider[message.sender] * PROVIDERS + self.provider[message.receiver]
        if self.verdict[pair]:
            self.defer(pair, message)
        else:
            self.deliver(pair, message.sender, message.receiver)

    def defer(self, pair: int, message: Message) -> None:
        """It is tried again, or has expired."""
        self.deferred[pair] += 1
        age = self.environment.now - message.first
        following = next_try(age, message.phase)
        if following is None:
            self.expired[pair] += 1
        else:
            self.after(following - age, self.try_again, message)

    def end_slice(self, number: int) -> None:
        """What was judged in the slice enters the decayed counts; at the end of a period verdicts follow."""
        for pair in range(PROVIDERS * PROVIDERS):
            good = bad = 0
            if not self.verdict[pair]:
                bad = poisson(self.arrived[pair] * FALSE_POSITIVE, self.uniform)  # a binomial number, to a share of 0.0005
                good = self.arrived[pair] - bad
                bad += poisson(self.spam[pair] * TRUE_POSITIVE, self.uniform)
                good += poisson(self.spam[pair] * (1 - TRUE_POSITIVE), self.uniform)
            self.good[pair] = self.good[pair] * KEPT + good
            self.bad[pair] = self.bad[pair] * KEPT + bad
            self.arrived[pair] = 0
            if number % PERIOD == 0:
                seen = self.good[pair] + self.bad[pair]
                self.verdict[pair] = seen >= MIN_VOLUME and self.bad[pair] >= CUT_OFF * seen

    def run(self, slices: int) -> float:
        """Seconds of the processor that the events of `slices` hours take."""
        start = time.process_time()
        for number in range(1, slices + 1):
            self.environment.run(until=number * HOUR)
            self.end_slice(number)
        return time.process_time() - start


def main() -> None:
    """Prints what message_bench prints, but for the bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("persons", type=int)
    parser.add_argument("days", type=float, help="whole hours")
    arguments = parser.parse_args()
    slices = round(24 * arguments.days)
    if arguments.persons < PROVIDERS or slices < 1 or abs(slices - 24 * arguments.days) > 1e-6:
        parser.error(f"expected {PROVIDERS} or more persons and one or more whole hours")
    mail = Mail(arguments.persons)
    seconds = mail.run(slices)
    messages, delivered, deferred = sum(mail.written), sum(mail.delivered), sum(mail.deferred)
    found = {"model": "simpy", "persons": arguments.persons, "days": arguments.days, "messages": messages, "answered": mail.answers}
    found |= {"attempts": delivered + deferred, "deferred": deferred, "expired": sum(mail.expired)}
    print(json.dumps(found | {"seconds": seconds, "ns_per_message": 1e9 * seconds / messages}))


if __name__ == "__main__":
    main()
