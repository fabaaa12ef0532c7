"""The rows of `make bench` for mail: what is compared, round by round, and what is left out; and that SimPy's mail is the textbook's."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
from pathlib import Path

import pytest

import bench_message
import mailrift
from bench_rows import Goal
from sources import ROOT

SIZES = bench_message.MailSizes(rounds=3, persons=(5, 1_000_000), days=0.5, mebibytes=16)


def program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def programs(folder: Path, models: str) -> None:
    """`message` takes 10, 20, 60 ns in its rounds, on two threads 5, 10, 40, all others 100, 400, 300.

    A random read takes 2 ns, and a message has 2.5 of them.
    """
    program(
        folder / "message_bench",
        f"""[ $# = 0 ] && echo "{models}" && exit
echo "$*" >> {folder}/calls
n=$(grep -c "^$1 $2 " {folder}/calls)
case $1 in message) set -- 10 20 60;; message2) set -- 5 10 40;; message_with*) set -- 20 50 60;; *) set -- 100 400 300;; esac
shift $((n - 1))
counts='"messages": 1, "attempts": 200, "deferred": 6'
echo "{{\\"ns_per_message\\": $1, \\"seconds\\": $1e-9, \\"random_lines\\": 2.5, $counts}}\"""",
    )
    program(folder / "memory_bench", f'echo "memory $*" >> {folder}/calls; echo "{{\\"independent_ns\\": 2}}"')


@pytest.fixture
def no_simpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("no_simpy")
def test_message_is_measured_in_turn_with_its_peers_and_the_memory(tmp_path: Path) -> None:
    programs(tmp_path, "textbook message")
    said: list[str] = []
    rows = bench_message.message_rows(SIZES, tmp_path, said.append)
    assert said == ["left out: rows against SimPy, callbacks: simpy cannot be imported"]
    one_round = ["message 5 0.25", "message2 5 0.25", "message_with_three_policies 5 0.25", "memory 16 1", "textbook 5 0.25"]
    assert (tmp_path / "calls").read_text().splitlines()[:15] == one_round * 3
    peer, paired, threads, bound, three, three_paired = rows[:6]
    assert (peer.name, peer.value, peer.ratio) == ("textbook heap, 5 persons, 3.0 % of tries deferred", 300, None)
    assert (paired.name, paired.value, paired.peer, paired.ratio) == ("message, 5 persons", 20, "textbook heap", 10)  # of 10, 20, 5
    assert (threads.name, threads.value, threads.ratio) == ("message, 5 persons, 2 threads", 10, 2)  # of 2, 2, 1.5
    assert (bound.peer, bound.ratio) == ("its random reads", 4)  # of 2, 4, 12
    policies = "reputation + content_filter + rate_limit"
    name = f"message, 5 persons, {policies}"
    assert (three.name, three.value, three.peer, three.ratio) == (name, 50, "reputation alone", 2)  # of 2, 2.5, 1
    assert (three_paired.name, three_paired.peer, three_paired.ratio) == (name, "textbook heap", 5)  # of 5, 8, 5
    assert [row.goal for row in rows[:6]] == [None] * 6
    least = Goal("at least", 25)
    assert [row.goal for row in rows[6:]] == [None, least, Goal("at least", 1.85), Goal("at most", 1.5), None, least]
    assert [row.fields()["met"] for row in rows[6:]] == [None, False, True, False, None, False]


def test_the_profile_tells_stages_and_waits_for_memory_apart(tmp_path: Path) -> None:
    program(tmp_path / "message_bench", """echo '{"few": 7, "stages": {"keys": [3, 3], "sender": [5, 1]}}'""")
    title, keys, sender, whole = bench_message.profile(5, 0.25, tmp_path)
    assert title.startswith("message, 5 persons: ns a message by stage, and of it 7 persons who write as much")
    assert (keys.split()[:3], sender.split()[:3]) == (["keys", "3.0", "3.0"], ["sender", "5.0", "1.0"])
    assert whole.split()[:3] == ["sum", "8.0", "4.0"]
    assert whole.endswith("waits for memory: 50 %, arithmetic: 50 %")


def test_the_profile_knows_every_stage() -> None:
    header = (ROOT / "models" / "traffic" / "slice_stages.h").read_text()
    (names,) = re.findall(r"kSliceStageNames\{([^}]*)\}", header)
    assert re.findall(r'"(\w+)"', names) == list(bench_message.STAGES)


@pytest.mark.usefixtures("no_simpy")
def test_without_message_the_peers_stand_alone_and_that_is_said(tmp_path: Path) -> None:
    programs(tmp_path, "textbook")
    said: list[str] = []
    rows = bench_message.message_rows(SIZES, tmp_path, said.append)
    assert said[1:] == ["left out: rows of message: message_bench does not have it"]
    assert [(row.value, row.peer) for row in rows] == [(300, None), (300, None)]


def test_a_slow_peer_is_not_measured_at_sizes_that_take_too_long(tmp_path: Path) -> None:
    programs(tmp_path, "textbook")
    slow = bench_message.MailPeer("slow", (str(tmp_path / "message_bench"), "slow"), most_persons=5)
    sizes = dataclasses.replace(SIZES, rounds=1)
    assert [len(bench_message.rows_of_size(sizes, persons, tmp_path, [slow], False)) for persons in (5, 6)] == [1, 0]


def test_goals_are_of_sizes_that_are_measured() -> None:
    for peer in bench_message.mail_peers(Path()):
        assert {persons for persons, _ in peer.goals} <= set(bench_message.FULL.persons)
        assert all(persons <= peer.most_persons for persons, _ in peer.goals)
    assert bench_message.BEYOND_CACHES in bench_message.FULL.persons


def test_simpy_has_the_parameters_of_the_textbook() -> None:
    header = (ROOT / "tests" / "bench" / "mail_world.h").read_text()
    script = (ROOT / "tools" / "bench_simpy_mail.py").read_text()

    def default(name: str) -> float:
        (value,) = re.findall(rf"\b{name} = ([0-9.]+);", header)
        return float(value)

    def constants(names: str) -> list[float]:
        (values,) = re.findall(rf"^{names} = ([0-9., ]+?)(?:  #.*)?$", script, re.M)
        return [float(value) for value in values.split(",")]

    assert constants("PROVIDERS, SPAMMING_RANK") == [default("providers"), default("spamming_rank")]
    assert constants("SPAM, MUCH_SPAM") == [default("spam"), default("much_spam")]
    assert constants("MESSAGES_PER_DAY, REPLY") == [default("messages_per_day"), default("reply")]
    assert constants("CUT_OFF, MIN_VOLUME, PERIOD")[:2] == [default("cut_off"), default("min_volume")]
    assert constants("FALSE_POSITIVE, TRUE_POSITIVE") == [default("false_positive"), default("true_positive")]


def test_simpy_tries_by_the_schedule_of_postfix() -> None:
    pytest.importorskip("simpy", reason="installed for `make bench` alone")
    import bench_simpy_mail

    for phase in (0.0, 12.5, 299.0):
        ages = []
        age: float | None = 0.0
        while age is not None:
            age = bench_simpy_mail.next_try(age, phase)
            ages.append(age)
        assert ages == [*mailrift.retry_times("postfix", phase), None]
