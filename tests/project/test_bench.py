"""The table of `make bench`: paired medians, goals, rows that are left out, and the file. No time is measured."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sources import ROOT


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


bench = load("bench")


def test_a_row_has_the_ratio_of_each_round_not_of_the_medians() -> None:
    peer = bench.Peer("p", (), goals=((10, 2.0),))
    ours, theirs = (2.0, 4.0, 9.0), (1.0, 4.0, 3.0)  # ratios 2, 1, 3; of the medians it would be 4/3
    (row,) = bench.paired_rows("n", ours, [(peer, theirs)], True, 10)
    assert row.fields() == {
        "name": "n", "value": 4.0, "unit": "M events/s", "peer": "p", "ratio": 2.0, "goal": "ratio at least 2", "met": True,
    }  # fmt: skip


@pytest.mark.parametrize(("goals", "processes"), [(False, 10), (True, 11)])
def test_a_goal_holds_for_its_size_and_model_alone(goals: bool, processes: int) -> None:
    peer = bench.Peer("p", (), goals=((10, 2.0),))
    (row,) = bench.paired_rows("n", (1.0,), [(peer, (1.0,))], goals, processes)
    assert (row.fields()["goal"], row.fields()["met"]) == (None, None)


@pytest.mark.parametrize(
    ("kind", "number", "met"), [("at least", 1.9, False), ("at least", 2.0, True), ("at most", 2.0, True), ("at most", 2.1, False)]
)
def test_a_goal_is_a_bound(kind: str, number: float, met: bool) -> None:
    assert bench.Goal(kind, 2.0).met(number) is met
    assert bench.Row("n", number, "ms", goal=bench.Goal(kind, 2.0)).fields()["met"] is met
    assert bench.Row("n", 99.0, "ms", "p", number, bench.Goal(kind, 2.0)).fields()["met"] is met


def test_the_table_and_the_file_have_all_rows(tmp_path: Path) -> None:
    rows = [bench.Row("first", 1.23456, "ms", goal=bench.Goal("at most", 1)), bench.Row("second", 250.0, "ns", "peer", 3.0)]
    assert bench.table(rows).splitlines() == [
        "name    value  unit  peer  ratio  goal             met",
        "first   1.23   ms                 value at most 1  NO",
        "second  250    ns    peer  3",
    ]
    bench.write(rows, tmp_path / "a" / "results.json")
    text = (tmp_path / "a" / "results.json").read_text()
    assert json.loads(text) == [row.fields() for row in rows]
    assert len(text.splitlines()) == len(rows) + 2


def program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_a_peer_that_is_not_installed_is_left_out_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    # The heap takes twice the seconds of the others for its events.
    program(
        tmp_path / "queue_bench",
        f'echo "$*" >> {tmp_path}/calls; [ $2 = heap ] && s=2 || s=1; echo "{{\\"seconds\\": $s, \\"events\\": $5}}"',
    )
    sizes = dataclasses.replace(bench.QUICK, rounds=2, processes=(5,), events=7_000_000)
    said: list[str] = []
    rows = bench.queue_rows(sizes, tmp_path, said.append)
    assert [row.peer for row in rows] == ["itself, fetching processes ahead", "sim::EventQueue", "std::priority_queue"] * 2
    assert [(row.value, row.ratio) for row in rows] == [(7.0, 1.0), (7.0, 2.0), (7.0, 1.0)] * 2
    assert said == [
        "left out: rows against SimPy, callbacks: simpy cannot be imported",
        "left out: rows against ns-3: ns3/core-module.h was not found (Debian: libns3-dev)",
    ]
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls[:8] == [f"phold {queue} 5 5 7000000" for queue in ("buckets", "ahead", "heap", "standard")] * 2


def test_an_installed_ns3_is_measured_with_its_fastest_scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    program(tmp_path / "queue_bench", 'echo "{\\"seconds\\": 1, \\"events\\": $5}"')
    program(
        tmp_path / "ns3_bench",
        f'echo "$*" >> {tmp_path}/calls; [ $2 = HeapScheduler ] && s=4 || s=5; echo "{{\\"seconds\\": $s, \\"events\\": $5}}"',
    )
    sizes = dataclasses.replace(bench.QUICK, rounds=2, processes=(50,), events=7_000_000, slow_events=1_000)
    rows = bench.queue_rows(sizes, tmp_path, lambda text: None)
    assert [(row.peer, row.ratio) for row in rows[3::4]] == [("ns-3, HeapScheduler, its fastest of 3", 4.0)] * 2
    trials = [f"phold {name} 50 5 1000" for name in ("PriorityQueueScheduler", "HeapScheduler", "MapScheduler")]
    assert (tmp_path / "calls").read_text().splitlines()[:5] == [*trials, *["phold HeapScheduler 50 50 7000000"] * 2]


def test_a_program_that_fails_is_an_error(tmp_path: Path) -> None:
    program(tmp_path / "ns3_bench", "exit 1")
    with pytest.raises(Exception, match="ns3_bench"):
        bench.rate(bench.Peer("p", (str(tmp_path / "ns3_bench"),)), "phold", 1, bench.QUICK)


def test_parts_of_the_planets_mail_are_added_one_after_the_other(tmp_path: Path) -> None:
    program(tmp_path / "planet_bench", f'echo "$*" >> {tmp_path}/calls; echo "{{\\"seconds\\": $#}}"')
    rows = bench.planet_rows(dataclasses.replace(bench.FULL, planet_part_days=0.125), tmp_path)
    calls = ["365", "0.125 replies", "0.125 replies spam", "0.125 replies spam policy"]
    calls += ["0.125 replies spam policy three", "0.125 replies spam policy three deferral"]
    assert (tmp_path / "calls").read_text().splitlines() == calls
    assert [row.name.removeprefix("flow, ") for row in rows[::5]] == [
        "365 days of the planet, wanted mail",
        "0.125 days of the planet, wanted mail + replies + spam + policy + content_filter + rate_limit + deferral",
    ]
    assert [row.value for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [(row.peer, row.ratio) for row in rows if row.peer] == [("the row before", 5 / 4)]
    assert [row.goal for row in rows] == [bench.Goal("at most", 20), None, None, None, None, None]
    source = (ROOT / "tests" / "bench" / "planet_bench.cpp").read_text()
    assert tuple(re.findall(r'NamedPart\{"(\w+)"', source)) == bench.PLANET_PARTS


def test_the_quick_sizes_are_the_smaller_ones() -> None:
    for field in ("rounds", "repeats", "events", "slow_events", "mebibytes", "planet_days", "planet_part_days"):
        assert getattr(bench.QUICK, field) < getattr(bench.FULL, field)
    assert max(bench.QUICK.processes) < max(bench.FULL.processes)
    assert bench.FULL.rounds >= 3
    assert bench.FULL.rounds % 2 == 1


def test_the_programs_of_the_table_are_built() -> None:
    listed = set(re.findall(r"^mailrift_add_timed\((\w+)\)", (ROOT / "cmake" / "Bench.cmake").read_text(), re.M))
    assert listed == {"queue_bench", "memory_bench"}
    assert all((ROOT / "tests" / "bench" / f"{name}.cpp").is_file() for name in listed)
