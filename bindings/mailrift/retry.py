"""When senders try again to deliver deferred mail, and how long a greylist holds it back: published schedules by name."""

from __future__ import annotations

import math
from typing import Any

from mailrift import _core

_MOST_SECONDS = 36_525 * 86_400.0  # a century, the longest duration that documents hold


def retry_schedules() -> list[dict[str, Any]]:
    """What is known of each schedule, in the order of the table in docs/delivery.md; sendmail, which needs a parameter, is not among them.

    Returns
    -------
    for each: `name`; `lifetime`, seconds in the queue after which mail goes back to its writer; `give_up`, when it does if every try fails
    (at phase 0); `scan`, seconds between scans of the queue (0: none); `addresses`, from how many IP addresses the measured sender came;
    `source`, keys of sources.bib; `assumed`, what no source says
    """
    return _core.retry_schedules()


def retry_times(name: str, phase: float = 0, *, queue_interval: float = 0) -> list[float]:
    """Seconds from the first try to each later one, if every try is deferred, until the sender gives up.

    Postfix (qmgr) tries at t' = t + clamp(t, 300 s, 4000 s), rounded up to a scan of its queue; Exim by F,2h,15m; G,16h,1h,1.5; F,4d,6h;
    OpenSMTPD (scheduler_ramqueue.c) at 400 n^2 s; webmail senders at the times of Pagani et al., DSN 2016. `retry_schedules` gives each
    one's source and what is assumed.

    Parameters
    ----------
    name
        of a schedule, as `retry` of a provider: "postfix", "exim", "gmail", ...
    phase
        seconds from the first try to a scan of the queue, in [0, scan): Postfix looks every 300 s, sendmail every `queue_interval`; for
        others 0
    queue_interval
        of "sendmail" alone, which has no default: seconds between runs of its queue, 60 to 432,000

    Raises
    ------
    DocumentError
        If the name is unknown, the phase is out of range, or the interval is missing, out of range, or not wanted.
    ValueError
        If a number is not finite or longer than a century.
    """
    return _core.retry_times(name, _microseconds(phase, "phase"), _microseconds(queue_interval, "queue_interval"))


def greylist_delay(
    name: str, delay: float = 300, window: float = 172_800, *, phase: float = 0, addresses: int = 1, queue_interval: float = 0
) -> float | None:
    """Seconds by which a greylist delays the first message of a sender with this schedule; None if it is given up before.

    Accepted is the first try with an earlier one from the same address at least `delay` and at most `window` before. The defaults are
    postgrey's. `addresses` take turns, so that with m of them an address comes again after m tries; a key that holds the whole network of
    the sender is 1.

    Raises
    ------
    DocumentError
        As `retry_times`, and if window < delay or delay < 0.
    ValueError
        If a number is not finite or longer than a century, or addresses are not 1 to 100,000.
    """
    if not 1 <= addresses <= 100_000:
        raise ValueError(f"addresses: expected 1 to 100000, got {addresses}")
    times = (_microseconds(delay, "delay"), _microseconds(window, "window"), _microseconds(phase, "phase"))
    return _core.greylist_delay(name, *times, addresses, _microseconds(queue_interval, "queue_interval"))


def retry_table() -> str:
    """The Markdown table of all schedules in docs/delivery.md; those with scans at phase 0."""
    head = [
        "schedule",
        "tries after the first",
        "first four",
        "last",
        "given up",
        "delay of a 300 s greylist",
        "addresses",
        "source",
        "assumed",
    ]
    lines = [_line(head), _line(["---"] * len(head))]
    for row in retry_schedules():
        times = retry_times(row["name"])
        lines.append(
            _line(
                [
                    f"`{row['name']}`",
                    str(len(times)),
                    " ".join(_clock(time) for time in times[:4]),
                    _clock(times[-1]),
                    _clock(row["give_up"]),
                    _clock(greylist_delay(row["name"])),
                    str(row["addresses"]),
                    row["source"],
                    row["assumed"] or "-",
                ]
            )
        )
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _clock(seconds: float | None) -> str:
    """Hours, minutes and whole seconds, cut: 100:46:52."""
    if seconds is None:
        return "never"
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _microseconds(seconds: float, name: str) -> int:
    if not (math.isfinite(seconds) and abs(seconds) <= _MOST_SECONDS):
        raise ValueError(f"{name}: expected seconds of at most a century, got {seconds!r}")
    return round(seconds * 1e6)
