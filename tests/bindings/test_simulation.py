"""Runs step by step: checkpoints, forks, what is refused, and Ctrl-C."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import mailrift as mr


def _rows(run: mr.Run) -> Any:
    return run.core.ledger(), run.core.events(), run.core.trajectory_fingerprint, run.core.results_fingerprint


def test_the_example_of_the_readme_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    example = re.findall(r"```python\n(later = .*?)```", text, re.S)[0]
    scenario = mr.load("icc-account-closure").set("horizon", "36 d").set("slice", "6 h")  # five runs in a tenth of the time
    names: dict[str, Any] = {"mr": mr, "scenario": scenario}
    monkeypatch.chdir(tmp_path)
    exec(example, names)
    assert [path.name for path in tmp_path.iterdir()] == ["day30.checkpoint"]
    straight = mr.Simulation(scenario, traffic="flow", futures=[names["stricter"]]).finish()
    other = mr.Simulation(names["stricter"], traffic="flow", futures=[scenario]).finish()
    assert _rows(names["run"]) == _rows(straight)
    assert _rows(names["other"]) == _rows(other)
    assert straight.fingerprint != other.fingerprint
    assert names["run"].scenario.document == scenario.document


def test_single_messages_go_on_with_any_number_of_threads(tmp_path: Path) -> None:
    scenario = mr.load("icc-account-closure").set("horizon", "2 d")
    straight = mr.run(scenario, traffic="message", threads=2)
    simulation = mr.Simulation(scenario, traffic="message", threads=3)
    simulation.advance("1 d")
    simulation.save(tmp_path / "day1")
    assert _rows(simulation.fork().finish()) == _rows(straight)
    assert _rows(mr.Simulation.resume(tmp_path / "day1", threads=2).finish()) == _rows(straight)
    with pytest.raises(ValueError, match="threads: expected 1 or more, got 0"):
        mr.Simulation(scenario, threads=0)


def test_a_finished_simulation_says_so_and_time_does_not_go_back() -> None:
    simulation = mr.Simulation(mr.load("icc-account-closure"), traffic="none")
    simulation.advance("2 d")
    assert simulation.days == 2
    with pytest.raises(mr.DocumentError, match=r"expected a tick in 48\.\.2160, got 24"):
        simulation.advance("1 d")
    with pytest.raises(ValueError, match=r"until: expected a multiple of the slice, 3600 s, got '90 min'"):
        simulation.advance("90 min")
    fork = simulation.fork()
    assert simulation.finish().fingerprint == fork.finish().fingerprint
    with pytest.raises(ValueError, match="got one that is finished; fork it before"):
        simulation.finish()


def test_a_foreign_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.checkpoint"
    path.write_bytes(b"{}")
    with pytest.raises(mr.DocumentError, match=r'x\.checkpoint: \[file 306\] expected a file that begins with "mailrift-checkpoint"'):
        mr.Simulation.resume(path)


INTERRUPT = """
import os, signal, threading
import mailrift as mr
scenario = mr.load("icc-account-closure").set("horizon", "3650 d").set("slice", "10 min").set("observe", [])
simulation = mr.Simulation(scenario)
sent = threading.Event()
def progress(done, total):
    if done and not sent.is_set():
        sent.set()
        os.kill(os.getpid(), signal.SIGINT)
try:
    simulation.advance("3650 d", progress=progress)
except KeyboardInterrupt:
    assert 0 < simulation.days < 3650
    at = simulation.days
    simulation.fork().advance(f"{round(at * 144 + 1) * 10} min")
    print("kept", at)
"""


def test_ctrl_c_leaves_a_simulation_at_its_last_finished_slice() -> None:
    command = [sys.executable, "-c", INTERRUPT]
    heed = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, preexec_fn=heed)
    assert "kept" in done.stdout, done.stdout + done.stderr
