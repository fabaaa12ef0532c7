#!/usr/bin/env python3
"""Counts the tests in the reports of build folders: `count_tests.py BUILD...`. A test program without a report has failed."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def counts(report: Path) -> tuple[int, int, int]:
    """Tests passed, failed and skipped in one JUnit report."""
    passed = failed = skipped = 0
    # Tests of hostile input write their parameters into the report: bytes that no XML may hold.
    text = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", report.read_text(encoding="utf-8", errors="replace"))
    for case in ElementTree.fromstring(text.partition("?>")[2]).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def expected_reports(build: Path) -> list[Path]:
    """The reports that a build's test programs write, as its test list names them, and those that are there besides."""
    named = re.findall(r'GTEST_OUTPUT=xml:([^";]+)', (build / "CTestTestfile.cmake").read_text())
    return sorted({Path(name) for name in named} | set((build.resolve() / "reports").glob("*.xml")))


def total(builds: list[Path]) -> tuple[int, int, int]:
    """Tests passed, failed and skipped in all builds."""
    passed = failed = skipped = 0
    for build in builds:
        for report in expected_reports(build):
            try:
                more = counts(report)
            except (OSError, ElementTree.ParseError):
                print(f"{build.name}: {report.stem} ended without a report")
                more = (0, 1, 0)
            passed, failed, skipped = passed + more[0], failed + more[1], skipped + more[2]
    return passed, failed, skipped


def main() -> int:
    """Prints the closing line; the exit status is 0 if tests passed and none failed."""
    passed, failed, skipped = total([Path(name) for name in sys.argv[1:]])
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
