"""Life histories in Python and `mailrift explain`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import mailrift as mr
from mailrift.cli import main

GOLDEN = Path(__file__).parents[1] / "scenarios" / "golden"


@pytest.fixture(scope="module")
def short() -> mr.Run:
    return mr.run(mr.load(GOLDEN / "deferral.json").set("horizon", "2 d"), traffic="message")


def test_a_trace_shows_every_try_of_a_message(short: mr.Run) -> None:
    found = short.trace(5, outcome="queued")
    assert len(found) == 5
    for one in found:
        assert any(step.outcome == "queued" for step in one.steps)
        lines = one.log().splitlines()
        assert len(lines) == len(one.steps) + 1
        assert all(f"message={one.message:016x}" in line for line in lines)
        deferred = [step for step in one.steps if step.outcome == "queued"]
        assert all(step.reply in ("421 4.7.0", "450 4.2.0") and step.policy for step in deferred)
        assert [step.at for step in one.steps] == sorted(step.at for step in one.steps)


def test_a_trace_is_the_same_for_any_threads_and_filters_by_time(short: mr.Run) -> None:
    assert short.trace(20) == short.trace(20, threads=2)
    late = short.trace(20, after=1.5)
    assert late
    assert all(any(step.at >= 1.5 * 86400 for step in one.steps) for one in late)
    assert short.trace(3, sender="court", until=0.25, recipient="court", receiver="search") == []


def test_why_is_one_sentence_for_each_end(short: mr.Run) -> None:
    for one in short.trace(200):
        assert one.why().endswith((".", "again."))
        assert one.steps[-1].entity in one.why() or one.source in one.why()


def test_explain_prints_a_log_and_a_reason(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "short.json"
    document = {**mr.load(GOLDEN / "deferral.json").document, "horizon": "2 d", "name": "short"}
    (tmp_path / "small-world.json").write_text((GOLDEN.parent / "worlds" / "small-world.json").read_text("utf-8"), "utf-8")
    path.write_text(json.dumps({**document, "world": document["world"]}), "utf-8")
    assert main(["explain", str(path), "--outcome", "queued", "--policy", "ratio", "--quiet"]) == 0
    text = capsys.readouterr().out
    assert 'status=deferred by="policy ratio" reply="421 4.7.0"' in text
    assert main(["explain", str(path), "--outcome", "queued", "--json", "--quiet", "--number", "2"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 2
    assert {"log", "why", "steps", "message"} - set(rows[0]) == {"log"}
    assert main(["explain", str(path), "--policy", "rato", "--quiet"]) == 3
    assert 'did you mean "ratio"?' in capsys.readouterr().err
    assert main(["explain", str(path), "--outcome", "unresolved", "--quiet"]) == 0
    assert capsys.readouterr().out == "no message has such a try\n"


@pytest.mark.parametrize(("arguments", "expected"), [({"number": 0}, "1 or more"), ({"after": -1}, "days from the start")])
def test_a_trace_refuses_what_cannot_be(short: mr.Run, arguments: dict[str, float], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        short.trace(**arguments)  # type: ignore[arg-type]
