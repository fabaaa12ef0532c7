"""The rows of `make bench` for how `message` grows with its persons: what is divided by what, and what is left out."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import bench_message_size
from bench_rows import Goal

SIZES = bench_message_size.GrowthSizes(rounds=3, memory_persons=10, hours=3, growth=(20, 200))


def programs(folder: Path) -> None:
    """10 persons with 200 B, 100 contacts with 600 B, 1000 B resident; a message takes 10, 20, 30 ns of few, 11, 30, 36 of many."""
    path = folder / "message_bench"
    path.write_text(f"""#!/bin/sh
echo "$*" >> {folder}/calls
memory='{{"persons": 10, "person_bytes": 200, "contacts": 100, "contact_bytes": 600, "resident_bytes": 1000}}'
[ $1 = memory ] && echo "$memory" || echo '{{"few": [10, 20, 30], "many": [11, 30, 36]}}'
""")
    path.chmod(0o755)


def test_memory_is_counted_and_compared_with_the_resident_set(tmp_path: Path) -> None:
    programs(tmp_path)
    person, contact, both = bench_message_size.memory_rows(SIZES, tmp_path)
    assert (person.value, person.goal, person.fields()["met"]) == (20, Goal("at most", 24), True)
    assert (contact.value, contact.goal, contact.fields()["met"]) == (6, Goal("at most", 5), False)
    assert (both.value, both.ratio, both.goal) == (800 / 2**20, 0.8, None)


def test_growth_is_the_median_of_the_rounds_ratios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(tmp_path)
    monkeypatch.setattr(bench_message_size, "available_bytes", lambda: 200 * bench_message_size.BYTES_A_PERSON)
    said: list[str] = []
    row = bench_message_size.size_rows(SIZES, tmp_path, said.append)[-1]
    assert said == []
    assert (tmp_path / "calls").read_text().splitlines() == ["memory 10 0.125", "growth 20 200 3 3"]
    assert (row.name, row.value, row.peer, row.ratio) == ("message, 200 persons", 30, "20 persons", 1.2)  # of 1.1, 1.5, 1.2
    assert (row.goal, row.fields()["met"]) == (Goal("at most", 1.15), False)


def test_growth_is_left_out_at_small_sizes_and_without_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(tmp_path)
    monkeypatch.setattr(bench_message_size, "available_bytes", lambda: 2**30)
    said: list[str] = []
    many = dataclasses.replace(SIZES, growth=(20, 10_000_000))
    assert len(bench_message_size.size_rows(many, tmp_path, said.append)) == 3
    assert len(bench_message_size.size_rows(dataclasses.replace(SIZES, growth=None), tmp_path, said.append)) == 3
    assert said == [
        "left out: growth of message to 10000000 persons: 9.3 GiB of memory are needed, 1.0 are available",
        "left out: growth of message with its persons: small sizes",
    ]


def test_available_memory_is_read(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:       100 kB\nMemAvailable:    3 kB\n")
    assert bench_message_size.available_bytes(tmp_path / "meminfo") == 3072
    (tmp_path / "meminfo").write_text("MemTotal: 100 kB\n")
    with pytest.raises(ValueError, match="expected a line MemAvailable, got none"):
        bench_message_size.available_bytes(tmp_path / "meminfo")
