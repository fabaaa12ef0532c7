"""The rows of `make bench` for Ctrl-C: the worst of all repeats, and a run that ended by itself is no measurement. No time is asserted."""

from __future__ import annotations

import subprocess

import pytest

import bench_interrupt
from bench_rows import Goal


def test_the_worst_of_all_repeats_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([5.0, 250.0, 7.0, 1.0, 2.0, 3.0, 200.0, 199.0, 198.0])
    monkeypatch.setattr(bench_interrupt, "answered", lambda traffic, changes: next(times))
    sizes = bench_interrupt.InterruptSizes(3, {traffic: {} for traffic in bench_interrupt.TRAFFIC})
    rows = bench_interrupt.interrupt_rows(sizes)
    assert [row.name for row in rows] == [f"Ctrl-C in {traffic}, worst of 3" for traffic in ("fluid", "flow", "message")]
    assert [(row.value, row.unit, row.fields()["met"]) for row in rows] == [(250, "ms", False), (3, "ms", True), (200, "ms", True)]
    assert {row.goal for row in rows} == {Goal("at most", 200)}


def test_a_run_is_interrupted_and_keeps_half() -> None:
    assert bench_interrupt.answered("fluid", {"horizon": "730 d", "observe": []}) > 0


def test_a_run_that_ends_before_the_interrupt_is_an_error() -> None:
    with pytest.raises(subprocess.CalledProcessError):  # whether the signal comes just after it or never
        bench_interrupt.answered("none", {"horizon": "1 d"})


def test_every_model_has_its_sizes() -> None:
    for sizes in (bench_interrupt.FULL, bench_interrupt.QUICK):
        assert tuple(sizes.changes) == bench_interrupt.TRAFFIC
    assert bench_interrupt.FULL.repeats > bench_interrupt.QUICK.repeats
