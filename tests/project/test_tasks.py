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
