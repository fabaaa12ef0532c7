"""Policies of one's own: equal to the built-in rule bit for bit, told the right counts; no answer and no failure crashes or hangs."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mailrift as mr

MODELS = ("fluid", "flow", "message")


class Reputation(mr.Policy):
    """The rule of `reputation` with a tumbling window and no least volume."""

    true_positive, false_positive = 0.9, 0.02

    def __init__(self, cut_off: float) -> None:
        self.cut_off = cut_off
        self.told: list[mr.Tallies] = []

    def propose(self, tallies: mr.Tallies) -> Any:
        self.told.append(tallies)
        counted = tallies.good + tallies.bad
        past = (counted >= 1 - 1e-12) & (tallies.bad >= self.cut_off * counted * (1 - 1e-12))
        return past.astype(float)


class Answers(mr.Policy):
    def __init__(self, answer: Callable[[mr.Tallies], Any]) -> None:
        self.answer = answer

    def propose(self, tallies: mr.Tallies) -> Any:
        return self.answer(tallies)


@pytest.fixture(scope="module")
def scenario() -> mr.Scenario:
    mail = {"messages_per_day": 2, "reply": 0.3, "spam_share": 0.2}
    scenario = mr.load("icc-account-closure-consumers").set("observe", []).set("mail", mail)
    return scenario.set("warm_up", "0 d").set("horizon", "3 d").set("slice", "4 h")


@pytest.fixture(scope="module")
def small(scenario: mr.Scenario) -> mr.Scenario:
    """Cheap enough for single messages."""
    return scenario.set("scale", 2e-5)


def built_in(cut_off: float) -> dict[str, Any]:
    judge = {"true_positive": 0.9, "false_positive": 0.02}
    return {"id": "ratio", "kind": "reputation", "reject": cut_off, "min_volume": 0, "window": "tumbling", "period": "1 d", **judge}


@pytest.mark.parametrize("traffic", MODELS)
def test_it_equals_the_built_in_rule_bit_for_bit(small: mr.Scenario, traffic: str) -> None:
    built = mr.run(small.set("blocking", [built_in(0.02)]), traffic=traffic)
    idle = small.set("blocking", [built_in(1)]) if traffic == "fluid" else small  # it sums source by source as soon as anybody judges
    plain = mr.run(idle, traffic=traffic)
    assert built.fingerprint != plain.fingerprint
    for threads in (1, 3):
        own = mr.run(small, traffic=traffic, threads=threads, policies={"ratio": Reputation(0.02)})
        assert own.fingerprint == built.fingerprint
        assert own.core.ledger() == built.core.ledger()
        never = mr.run(small, traffic=traffic, threads=threads, policies={"never": Reputation(2)})
        assert never.fingerprint == plain.fingerprint
    stepwise = mr.Simulation(small, traffic=traffic, policies={"ratio": Reputation(0.02)})
    stepwise.advance("1 d")
    stepwise.advance("40 h")
    assert stepwise.finish().fingerprint == built.fingerprint


def test_what_it_is_told(scenario: mr.Scenario) -> None:
    policy = Reputation(2)
    run = mr.run(scenario, traffic="flow", policies={"ratio": (policy, "microsoft")})
    assert [t.day for t in policy.told] == [1, 2, 3]
    for tallies in policy.told:
        assert tallies.receiver == "microsoft"
        order = list(zip(tallies.sources, tallies.keys.tolist(), strict=True))
        assert order == sorted(order)
        for column in (tallies.good, tallies.bad, tallies.offered, tallies.share, tallies.operators):
            assert column.shape == (len(tallies),)
            assert column.dtype == np.float64
            assert not column.flags.writeable
            assert (column >= 0).all()
        assert (tallies.good == tallies.good.round()).all()
        assert (tallies.share * tallies.operators).sum() == pytest.approx(1)
        assert (tallies.offered >= tallies.good + tallies.bad).all()
        assert "~botnet" not in tallies.sources
    assert run.notes == ["policies of the calling program took part: ratio; the scenario alone gives another run"]


def test_probabilities_become_shares(scenario: mr.Scenario) -> None:
    def answer(tallies: mr.Tallies) -> Any:
        whole = np.ones(len(tallies))
        return {"junk": 0.1 * whole, "reject": 0.2 * whole, "discard": 0.3 * whole}

    run = mr.run(scenario.set("horizon", "4 d"), traffic="fluid", policies={"mine": Answers(answer)})
    sums: dict[str, float] = {}
    columns = run.core.ledger()
    for policy, outcome, messages in zip(columns["policy"], columns["outcome"], columns["messages"], strict=True):
        if policy == "mine":
            sums[outcome] = sums.get(outcome, 0) + messages
    assert sums["rejected"] / sums["junk"] == pytest.approx(2)
    assert sums["discarded"] / sums["junk"] == pytest.approx(3)


BAD = {
    "a number": (lambda t: 0.5, r"reject: expected shape \(\d+,\), one number for each key, got \(\)"),
    "wrong length": (lambda t: np.zeros(len(t) + 1), r"reject: expected shape \((\d+),\), one number for each key, got \(\d+,\)"),
    "two dimensions": (lambda t: np.zeros((len(t), 1)), r"got \(\d+, 1\)"),
    "nan": (lambda t: np.where(np.arange(len(t)) == 1, np.nan, 0), r"expected probabilities in 0\.\.1, got nan for source '\S+'"),
    "above one": (lambda t: {"junk": np.full(len(t), 1.5)}, r"junk: expected probabilities in 0\.\.1, got 1\.5 for source '\S+'"),
    "infinite": (lambda t: mr.Proposals(defer=np.full(len(t), np.inf)), r"defer: expected .* got inf for source"),
    "negative": (lambda t: -0.25 * np.ones(len(t)), r"got -0\.25 for source"),
    "sum": (lambda t: {"junk": np.full(len(t), 0.6), "reject": np.full(len(t), 0.6)}, r"a sum of at most 1, got 1\.2"),
    "none": (lambda t: None, "reject: expected an array of numbers, got None"),
    "text": (lambda t: "reject", "expected an array of numbers, got str"),
    "texts": (lambda t: ["1"] * len(t), "expected an array of numbers, got list"),
    "complex": (lambda t: np.zeros(len(t), dtype=complex), "expected an array of numbers, got ndarray"),
    "ragged": (lambda t: [[0.0], [0.0, 1.0]], "expected an array of numbers, got list"),
    "none in a dict": (lambda t: {"junk": None}, "junk: expected an array of numbers, got None"),
    "another action": (lambda t: {"bounce": np.zeros(len(t))}, "expected some of junk, reject, defer, discard, got 'bounce'"),
    "writes": (lambda t: t.good.fill(0), "assignment destination is read-only|is read-only"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_names_policy_receiver_and_source(scenario: mr.Scenario, name: str) -> None:
    answer, message = BAD[name]
    where = "" if name == "writes" else "^policy 'mine' at receiver 'microsoft', day 1: .*"
    with pytest.raises(ValueError, match=where + f"({message})"):
        mr.run(scenario, traffic="flow", policies={"mine": (Answers(answer), "microsoft")})


def test_sums_that_only_rounding_takes_above_one_are_taken(scenario: mr.Scenario) -> None:
    rng = np.random.default_rng(1)

    def answer(tallies: mr.Tallies) -> Any:
        parts = rng.dirichlet((1, 1, 1, 1), len(tallies)).T
        return dict(zip(("junk", "reject", "defer", "discard"), parts, strict=True))

    for traffic in ("fluid", "flow"):
        run = mr.run(scenario, traffic=traffic, policies={"mine": Answers(answer)})
        assert run.core.imbalance < 1e-12


def test_what_it_raises_passes_unchanged(scenario: mr.Scenario) -> None:
    raised = RuntimeError("mine")

    def answer(tallies: mr.Tallies) -> Any:
        if tallies.day == 2:
            raise raised
        return np.zeros(len(tallies))

    for threads in (1, 3):
        with pytest.raises(RuntimeError) as caught:
            mr.run(scenario, traffic="flow", threads=threads, policies={"mine": (Answers(answer), "microsoft")})
        assert caught.value is raised
        assert raised.__notes__[-1] == "raised in policy 'mine' at receiver 'microsoft', day 2; nothing of the run is kept"
    simulation = mr.Simulation(scenario, traffic="flow", policies={"mine": Answers(answer)})
    simulation.advance("2 d")
    with pytest.raises(RuntimeError, match="mine"):
        simulation.advance("3 d")
    assert simulation.days == 2
    for goes_on in (simulation.finish, lambda: simulation.advance("3 d")):
        with pytest.raises(mr.DocumentError, match="expected a simulation that stands between two slices"):
            goes_on()


def test_an_interrupt_of_its_own_keeps_what_is_finished(scenario: mr.Scenario) -> None:
    def answer(tallies: mr.Tallies) -> Any:
        if tallies.day == days:
            raise KeyboardInterrupt
        return np.zeros(len(tallies))

    for days in (2, 3):  # within, and at the horizon
        with pytest.raises(KeyboardInterrupt) as caught:
            mr.run(scenario, traffic="flow", policies={"mine": Answers(answer)})
        kept: Any = caught.value
        assert kept.run.interrupted
        assert kept.run.days == days
        assert kept.run.core.imbalance == 0
        assert kept.run.core.written > 0
        simulation = mr.Simulation(scenario, traffic="flow", policies={"mine": Answers(answer)})
        with pytest.raises(KeyboardInterrupt):
            simulation.finish()


def test_it_is_neither_saved_nor_forked_nor_run_again(scenario: mr.Scenario, tmp_path: Path) -> None:
    refusal = 'expected a run whose policies are all its scenario\'s, got the policy "ratio" of the calling program, which no file can hold'
    simulation = mr.Simulation(scenario, policies={"ratio": Reputation(0.05)})
    with pytest.raises(mr.DocumentError, match=refusal):
        simulation.save(tmp_path / "x")
    with pytest.raises(mr.DocumentError, match=refusal):
        simulation.fork()
    assert not list(tmp_path.iterdir())
    with pytest.raises(mr.DocumentError, match="expected a run without futures"):
        mr.Simulation(scenario, futures=[scenario], policies={"ratio": Reputation(0.05)})
    run = mr.run(scenario, policies={"ratio": Reputation(0.05)})
    with pytest.raises(ValueError, match=r"expected a run of a scenario alone, .* \['ratio'\]"):
        run.trace(1)


@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("receiver", "microsfot", r'/policies/mine/receiver: .* got "microsfot"; did you mean "microsoft"\?'),
        ("stage", "date", r'/policies/mine/stage: .* got "date"; did you mean "data"\?'),
        ("evidence", "spam", "/policies/mine/evidence: "),
        ("period", "5 h", r'/policies/mine/period: .* expected a multiple of "slice", 4 h, got 5 h'),
        ("period", "soon", "/policies/mine/period: "),
        ("begins", "-1 d", "/policies/mine/begins: "),
        ("ends", "0 h", '/policies/mine/ends: .* expected an end after "begins", 0 s, got 0 s'),
        ("true_positive", 1.5, r"/policies/mine/true_positive: .* expected a probability in 0\.\.1, got 1\.5"),
        ("false_positive", float("nan"), "/policies/mine/false_positive: "),
    ],
)
def test_an_attribute_out_of_range_is_named(scenario: mr.Scenario, attribute: str, value: Any, message: str) -> None:
    policy = Reputation(1)
    setattr(policy, attribute, value)
    with pytest.raises(mr.DocumentError, match=message):
        mr.run(scenario, policies={"mine": policy})


def test_what_is_no_policy_is_refused(scenario: mr.Scenario) -> None:
    other: Any
    for other, message in (
        ([Reputation(1)], r"policies: expected a dict such as \{\"mine\": Mine\(\)\}, got list"),
        ({"mine": 3}, r"policies\['mine'\]: expected an instance of a class derived from mr\.Policy, got int"),
        ({"mine": Reputation}, r"got the class Reputation; did you mean an instance of it\?"),
        ({"mine": (Reputation(1), 3)}, r"policies\['mine'\]: receiver: expected a text, got int"),
    ):
        with pytest.raises(TypeError, match=message):
            mr.run(scenario, policies=other)
    for name in ("", "Mine", "x-mine", "a b", "a" * 65, 3):
        other = {name: Reputation(1)}
        with pytest.raises(ValueError, match="policies: expected ids of 1 to 64 characters"):
            mr.run(scenario, policies=other)
    with pytest.raises(mr.DocumentError, match=r'/policies/ratio: .* expected an id that no other policy has, got "ratio"'):
        mr.run(scenario.set("blocking", [built_in(1)]), policies={"ratio": Reputation(1)})
    with pytest.raises(mr.DocumentError, match=r'expected a traffic model, .* got traffic "none"'):
        mr.run(scenario, traffic="none", policies={"ratio": Reputation(1)})
    with pytest.raises(NotImplementedError, match=r"Policy\.propose"):
        mr.run(scenario, policies={"base": mr.Policy()})


def test_it_ends_when_it_says(scenario: mr.Scenario) -> None:
    brief = Reputation(0.05)
    brief.ends = "30 h"
    brief.period = "8 h"
    run = mr.run(scenario, traffic="flow", policies={"ratio": brief})
    assert sorted({round(t.day * 24) for t in brief.told}) == [8, 16, 24]
    built = {**built_in(0.05), "until": "30 h", "period": "8 h"}
    assert run.fingerprint == mr.run(scenario.set("blocking", [built]), traffic="flow").fingerprint


def test_it_begins_when_it_says(scenario: mr.Scenario) -> None:
    later = Reputation(0.05)
    later.begins = "30 h"
    later.period = "8 h"
    run = mr.run(scenario, traffic="flow", policies={"ratio": later})
    assert sorted({round(t.day * 24) for t in later.told}) == [40, 48, 56, 64, 72]
    built = {**built_in(0.05), "from": "30 h", "period": "8 h"}
    assert run.fingerprint == mr.run(scenario.set("blocking", [built]), traffic="flow").fingerprint


def test_the_examples_of_the_documentation_hold(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pandas")
    text = (Path(__file__).parents[2] / "docs" / "custom-policies.md").read_text("utf-8")
    names: dict[str, Any] = {}
    for example in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(example, names)
    printed = capsys.readouterr().out
    assert re.search(r"junk +[0-9]", printed)
    assert "rejected" in printed
    assert set(names["patient"].ledger.policy) == {"", "patient"}


ENDLESS = """
import os, signal, sys, threading, time
import numpy as np
import mailrift as mr

class Endless(mr.Policy):
    def propose(self, tallies):
        print("in", flush=True)
        while True:
            time.sleep(0.001)

scenario = mr.load("icc-account-closure-consumers").set("warm_up", "0 d")
try:
    if sys.argv[1] == "run":
        mr.run(scenario, policies={"endless": Endless()})
    else:
        mr.Simulation(scenario, policies={"endless": Endless()}).advance("5 d")
except KeyboardInterrupt as stopped:
    print("kept", stopped.run.days if sys.argv[1] == "run" else "nothing")
"""


@pytest.mark.parametrize(("how", "signals", "kept"), [("run", 1, "kept 1.0"), ("simulation", 2, "kept nothing")])
def test_ctrl_c_ends_a_policy_that_does_not(how: str, signals: int, kept: str) -> None:
    command = [sys.executable, "-c", ENDLESS, how]
    heed = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=heed) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        for _ in range(signals):
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                continue
        told, _ = process.communicate(timeout=60)
        assert kept in told
        assert process.returncode == 0
