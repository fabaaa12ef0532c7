"""The task scripts: the count of tests, and one line that names what is missing without root."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sources import ROOT

PASSED = '<testcase name="a" status="run"></testcase>'
FAILED = '<testcase name="b" status="run"><failure message="x"/></testcase>'
SKIPPED = '<testcase name="c" status="notrun"/><testcase name="d"><skipped/></testcase>'


def count(folder: Path) -> tuple[int, str]:
    run = subprocess.run([sys.executable, str(ROOT / "tools/count_tests.py"), str(folder)], capture_output=True, text=True)
    return run.returncode, run.stdout.splitlines()[-1]


def build_folder(tmp_path: Path, cases: str, *, expected: tuple[str, ...] = ("one",)) -> Path:
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "one.xml").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites><testsuite>{cases}</testsuite></testsuites>', "latin-1"
    )
    (tmp_path / "CTestTestfile.cmake").write_text("\n".join(f'"GTEST_OUTPUT=xml:{reports}/{name}.xml"' for name in expected))
    return tmp_path


@pytest.mark.parametrize(
    ("cases", "status", "line"),
    [
        (PASSED * 3, 0, "3 passed, 0 failed"),
        (PASSED + SKIPPED, 0, "1 passed, 0 failed, 2 skipped"),
        (PASSED + FAILED, 1, "1 passed, 1 failed"),
        ("", 1, "0 passed, 0 failed"),
        ('<testcase name="a" value_param="\xff\xfe\x01" status="run"/>', 0, "1 passed, 0 failed"),
    ],
)
def test_tests_are_counted(tmp_path: Path, cases: str, status: int, line: str) -> None:
    assert count(build_folder(tmp_path, cases)) == (status, line)


def test_skipped_tests_are_told_with_their_reasons(tmp_path: Path) -> None:
    by_pytest = (
        '<testcase name="a"><skipped type="pytest.skip" message="no raw data here">/x/test_a.py:7: no raw data here</skipped></testcase>'
    )
    by_gtest = (
        '<testcase name="b" status="run" result="skipped"><skipped message="flags_test.cpp:28&#x0A;no fused\nmultiply-add"/></testcase>'
    )
    folder = build_folder(tmp_path, PASSED + by_gtest + 2 * by_pytest + SKIPPED)
    run = subprocess.run([sys.executable, str(ROOT / "tools/count_tests.py"), str(folder)], capture_output=True, text=True)
    assert (run.returncode, run.stdout.splitlines()) == (
        0,
        [
            "skipped: 2 (no raw data here), 1 (no fused multiply-add), 1 (disabled), 1 (no reason given)",
            "1 passed, 0 failed, 5 skipped",
        ],
    )


def test_a_python_run_ends_with_the_reasons_of_skipped_tests(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text("utf-8"), "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -ra -q\n")
    (tmp_path / "test_a.py").write_text(
        "import pytest\n"
        "@pytest.mark.skipif(True, reason='no raw data here')\n"
        "@pytest.mark.parametrize('n', [1, 2])\n"
        "def test_a(n): pass\n"
        "def test_b(): pass\n"
    )
    (tmp_path / "test_b.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)]
    lines = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path).stdout.splitlines()
    reasons = "2 (no raw data here), 1 (could not import 'no_such_module': No module named 'no_such_module')"
    assert lines[-2] == f"skipped 3 tests: {reasons}"
    assert lines[-1].startswith("1 passed, 3 skipped")
    command[-1] = f"{tmp_path}/test_a.py::test_b"
    assert "skipped" not in subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True).stdout


def test_a_program_that_ended_without_a_report_has_failed(tmp_path: Path) -> None:
    assert count(build_folder(tmp_path, PASSED, expected=("one", "two"))) == (1, "1 passed, 1 failed")


def test_a_report_that_was_cut_off_has_failed(tmp_path: Path) -> None:
    folder = build_folder(tmp_path, PASSED)
    (folder / "reports" / "one.xml").write_text("<testsuites><testsuite>")
    assert count(folder) == (1, "0 passed, 1 failed")


def test_without_root_the_missing_packages_are_named_in_one_line(tmp_path: Path) -> None:
    for name, body in {"dpkg-query": "echo not-installed", "id": "echo 1000", "apt-get": "echo apt-get was called; exit 1"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run([str(ROOT / "tools/setup.sh"), "matrix"], capture_output=True, text=True, env=os.environ | {"PATH": path})
    packages = "clang cmake libboost-graph1.81-dev libclang-rt-14-dev libeigen3-dev libgtest-dev ninja-build nlohmann-json3-dev"
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr == f"missing Debian packages: {packages}; run: apt-get install {packages}\n"


def test_help_names_every_target() -> None:
    run = subprocess.run(["make", "--no-print-directory", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True)
    assert [line.split()[1] for line in run.stdout.splitlines()] == ["help", "demo", "test", "matrix", "lint", "format", "bench", "clean"]
