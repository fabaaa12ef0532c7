"""Retry schedules and greylist delays from Python: units, arguments, sources, and the table in the documentation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import mailrift as mr
from mailrift.retry import retry_table

PROJECT = Path(__file__).parents[2]
NAMES = [row["name"] for row in mr.retry_schedules()]


def test_times_are_seconds_after_the_first_try() -> None:
    assert mr.retry_times("exim")[:3] == [900, 1800, 2700]
    assert mr.retry_times("exim")[-1] == 100 * 3600 + 46 * 60 + 52
    assert mr.retry_times("opensmtpd")[-1] == 336_400
    assert mr.retry_times("postfix") == [300.0 * scan for scan in [1, 2, 4, 8, *range(16, 1500, 14)] if 300 * (scan - 14) < 432_000]
    assert mr.retry_times("sendmail", queue_interval=3600)[:2] == [3600, 7200]


@pytest.mark.parametrize("phase", [0.000_001, 0.5, 100, 299.999_999])
def test_postfix_at_a_phase_tries_at_these_scans(phase: float) -> None:
    assert mr.retry_times("postfix", phase)[:6] == pytest.approx([phase + 300 * scan for scan in (1, 3, 7, 15, 29, 43)], abs=1e-6)


def test_greylist_delays() -> None:
    assert mr.greylist_delay("gmail") == 362
    assert mr.greylist_delay("gmail", addresses=7) == 309 * 60 + 5
    assert mr.greylist_delay("aol", 6 * 3600) is None
    assert mr.greylist_delay("sendmail", queue_interval=1800, phase=60) == 31 * 60


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "postfix", "phase": 300}, "[argument 404] expected a phase of at least 0 s and below 5 min, got 5 min"),
        ({"name": "postfix", "phase": -1}, "[argument 404] expected a phase of at least 0 s and below 5 min, got -1 s"),
        ({"name": "gmail", "phase": 1}, '[argument 404] expected phase 0, as "gmail" scans no queue, got 1 s'),
        ({"name": "gmail", "queue_interval": 60}, '[argument 404] expected a queue interval with "sendmail" alone, got one with "gmail"'),
        ({"name": "sendmail"}, "[argument 404] expected a queue interval of 1 min to 5 d, got 0 s"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], message: str) -> None:
    for function in (mr.retry_times, mr.greylist_delay):
        with pytest.raises(mr.DocumentError) as raised:
            function(**arguments)
        assert str(raised.value) == message


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(mr.DocumentError, match='got "exmi"; did you mean "exim"') as raised:
        mr.retry_times("exmi")
    assert raised.value.nearest == "exim"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e300])
def test_numbers_are_finite(value: float) -> None:
    with pytest.raises(ValueError, match="phase: expected seconds of at most a century, got"):
        mr.retry_times("postfix", value)
    with pytest.raises(ValueError, match="delay: expected seconds of at most a century, got"):
        mr.greylist_delay("postfix", value)


def test_a_greylist_has_a_window_and_a_sender_an_address() -> None:
    with pytest.raises(mr.DocumentError, match="a delay of 0 s or more and a window that is not below it, got 5 min and 299 s"):
        mr.greylist_delay("postfix", 300, 299)
    for addresses in (0, -1, 100_001):
        with pytest.raises(ValueError, match=f"addresses: expected 1 to 100000, got {addresses}"):
            mr.greylist_delay("postfix", addresses=addresses)


def test_every_schedule_has_its_sources() -> None:
    keys = set(re.findall(r"^@\w+\{([^,]+),", (PROJECT / "scenarios" / "sources.bib").read_text("utf-8"), re.MULTILINE))
    assert len(NAMES) == 16
    for row in mr.retry_schedules():
        assert row["source"], row["name"]
        assert {key.strip() for key in row["source"].split(",")} <= keys, row["name"]


def test_the_documentation_has_the_table() -> None:
    text = (PROJECT / "docs" / "delivery.md").read_text("utf-8")
    assert f"\n\n{retry_table()}\n\n" in text


def test_the_table_tells_what_no_source_says() -> None:
    rows = {row["name"]: row for row in mr.retry_schedules()}
    lines = retry_table().splitlines()
    assert len(lines) == 2 + len(rows)
    for line, name in zip(lines[2:], NAMES, strict=True):
        assert line.startswith(f"| `{name}` |")
        assert line.endswith(f"| {rows[name]['source']} | {rows[name]['assumed'] or '-'} |")
