"""The command line: exit status, one line for each error, results that are never half-written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mailrift as mr
from mailrift import _core
from mailrift.cli import main
from mailrift.output import write_directory

SCENARIOS = Path(__file__).parents[1] / "scenarios"
INVALID = sorted(p for p in (SCENARIOS / "invalid").glob("*.json") if p.name != "expected.json")
EXPECTED: dict[str, str] = json.loads((SCENARIOS / "invalid" / "expected.json").read_text("utf-8"))


def test_there_are_at_least_25_malformed_documents() -> None:
    assert len(INVALID) >= 25
    assert {p.name for p in INVALID} == set(EXPECTED)


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_a_malformed_document_is_one_clear_error(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(path)]) == 3
    printed = capsys.readouterr()
    assert printed.err == EXPECTED[path.name] + "\n"
    assert printed.out == ""


def test_validate_has_a_table_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    path = SCENARIOS / "invalid" / "scenario-unknown-key.json"
    assert main(["validate", str(path), "icc-account-closure", "--json"]) == 3
    printed = capsys.readouterr()
    assert printed.err == ""
    assert json.loads(printed.out) == [{"file": str(path), "error": EXPECTED[path.name]}, {"file": "icc-account-closure", "error": None}]


def test_worlds_without_the_united_states_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "small-servers"]) == 0
    assert "small" in capsys.readouterr().out


def test_the_summary_says_who_gave_up(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    document = mr.load("small-servers-give-up").set("horizon", "20 d").document
    document["name"] = "sooner"
    path = tmp_path / "sooner.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert main(["run", str(path), "--quiet"]) == 0
    assert main(["run", str(path)]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("close-down"))
    found = re.fullmatch(r"close-down \(give_up\): small, ([\d,]+) mailboxes", line)
    assert found
    # Two windows: 1 - (1 - q)^2 = 18 % of 80,000 members, give or take.
    assert 8_000 < int(found[1].replace(",", "")) < 22_000


def test_no_traceback_reaches_a_user() -> None:
    path = SCENARIOS / "invalid" / "scenario-unknown-key.json"
    for arguments in (
        ["validate", str(path)],
        ["run", str(path)],
        ["show", str(path)],
        ["run", "no-such-scenario"],
        ["validate", "no/such/file.json"],
    ):
        done = subprocess.run([sys.executable, "-m", "mailrift.cli", *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 3, arguments
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("verb", ["validate", "show", "run"])
def test_a_deep_document_is_one_clear_error(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000, encoding="utf-8")
    assert main([verb, str(path)]) == 3
    assert "[depth 103]" in capsys.readouterr().err


def test_worlds_and_scenarios_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(SCENARIOS / "invalid" / "world-unit-unknown.json")]) == 3
    assert "/unit" in capsys.readouterr().err
    for name in ("scenario", "world"):
        shipped = mr.load("icc-account-closure").document if name == "scenario" else mr.load_world("europe-institutions-2026").document
        (tmp_path / f"{name}.json").write_text(json.dumps(shipped), encoding="utf-8")
        assert main(["validate", str(tmp_path / f"{name}.json")]) == 0


def test_a_failed_run_is_4(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    error = _core.reference_error("", "", "a ledger that balances", "another")
    error.code_name = "unbalanced"

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("mailrift.cli.run", fail)
    assert main(["run", "icc-account-closure"]) == 4
    assert "a ledger that balances" in capsys.readouterr().err


def test_an_import_never_writes_over_what_it_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "rw-x.csv"
    table.write_text("place,region,weight,provider,gateway\na,,1,microsoft,\n", encoding="utf-8")
    before = table.read_bytes()
    (tmp_path / "link.csv").symlink_to(table)
    for out in ("rw-x.csv", "link.csv"):
        assert main(["import", "csv", str(table), "--out", str(tmp_path / out)]) == 3
        assert "expected a file to write that is not read" in capsys.readouterr().err
    assert main(["import", "csv", str(table), "--out", str(tmp_path / "w.json"), "--report", str(table)]) == 3
    assert table.read_bytes() == before
    assert not (tmp_path / "w.json").exists()


def test_an_issuer_that_does_not_exist_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "europe-institutions-2026", "--issuer", "USA"]) == 3
    printed = capsys.readouterr()
    assert 'expected a jurisdiction, bloc or provider of europe-institutions-2026, got "USA"; did you mean "US"?' in printed.err
    assert main(["show", "europe-institutions-2026", "--issuer", "EU"]) == 0


def test_a_closed_pipe_is_no_failure() -> None:
    command = f"{sys.executable} -m mailrift.cli schema world | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_usage_is_2() -> None:
    for arguments in (["fly"], ["run"], ["run", "x", "--seed", "-1"], ["run", "x", "--threads", "0"], ["schema", "mail"]):
        with pytest.raises(SystemExit) as raised:
            main(arguments)
        assert raised.value.code == 2


def test_list_and_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    listed = capsys.readouterr().out
    assert "icc-account-closure" in listed
    assert "europe-institutions-2026" in listed
    assert main(["list", "--json"]) == 0
    assert {"scenario", "world"} == {row["kind"] for row in json.loads(capsys.readouterr().out)}
    assert main(["show", "europe-institutions-2026"]) == 0
    assert "largest operators" in capsys.readouterr().out
    assert main(["show", "icc-account-closure"]) == 0
    assert "(assumed)" in capsys.readouterr().out


def test_run_writes_a_whole_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "results"
    assert main(["run", "icc-account-closure", "--out", str(out), "--json", "--seed", "3"]) == 0
    said = json.loads(capsys.readouterr().out)
    kept = json.loads((out / "run.json").read_text("utf-8"))
    assert kept["trajectory_fingerprint"] == said["trajectory_fingerprint"]
    assert kept["seed"] == 3
    assert {p.name for p in out.iterdir()} == {"run.json", "observed.csv", "events.csv", "ledger.csv", "sampling.csv"}
    assert main(["run", "icc-account-closure", "--out", str(out), "--quiet"]) == 0
    assert json.loads((out / "run.json").read_text("utf-8"))["seed"] == 1
    assert [p.name for p in tmp_path.iterdir()] == ["results"]


def test_a_folder_that_is_no_result_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "precious.txt").write_text("mine", encoding="utf-8")
    assert main(["run", "icc-account-closure", "--out", str(tmp_path), "--quiet"]) == 4
    assert "expected a new folder" in capsys.readouterr().err
    assert (tmp_path / "precious.txt").read_text("utf-8") == "mine"


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    def fill(folder: Path) -> None:
        (folder / "part.csv").write_text("half", encoding="utf-8")
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        write_directory(tmp_path / "out", fill)
    assert list(tmp_path.iterdir()) == []


def test_names_cannot_leave_their_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secret.json").write_text("{}", encoding="utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.json").symlink_to(tmp_path / "secret.json")
    base = {"schema": 1, "name": "x", "world": "small-world", "horizon": "1 d"}
    for name in ("../secret", "/etc/passwd", "link"):
        (inside / "x.json").write_text(json.dumps(base | {"extends": name}), encoding="utf-8")
        assert main(["validate", str(inside / "x.json")]) == 3
        assert "x.json:/extends: [" in capsys.readouterr().err


def test_import_refuses_what_is_no_measurement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.json").write_text("[{]", encoding="utf-8")
    assert main(["import", "mxmap", str(tmp_path / "bad.json"), "--out", str(tmp_path / "world.json")]) == 3
    assert "bad.json" in capsys.readouterr().err
    assert not (tmp_path / "world.json").exists()


def test_schema_and_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "scenario"]) == 0
    assert "draft-07" in json.loads(capsys.readouterr().out)["$schema"]
    assert main(["schema", "world", "--table"]) == 0
    assert capsys.readouterr().out.startswith("| ")
