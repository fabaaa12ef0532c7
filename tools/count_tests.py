#!/usr/bin/env python3
"""Counts the tests in the reports of build folders: `count_tests.py BUILD...`. A test program without a report has failed."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path


def counts(report: Path) -> tuple[int, int, Counter[str]]:
    """Tests passed and failed in one JUnit report, and those skipped by reason."""
    passed = failed = 0
    skipped: Counter[str] = Counter()
    # Tests of hostile input write their parameters into the report: bytes that no XML may hold.
    text = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", report.read_text(encoding="utf-8", errors="replace"))
    for case in ElementTree.fromstring(text.partition("?>")[2]).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            skipped[skip_reason(case)] += 1
        else:
            passed += 1
    return passed, failed, skipped


def skip_reason(case: ElementTree.Element) -> str:
    """Why a test case was skipped: a message of pytest, or of GoogleTest, which begins with the place."""
    found = case.find("skipped")
    if found is None:
        return "disabled"
    message = re.sub(r"^\S+:\d+\s", "", found.get("message", ""))
    return " ".join(message.split()) or "no reason given"


def expected_reports(build: Path) -> list[Path]:
    """The reports that a build's test programs write, as its test list names them, and those that are there besides."""
    named = re.findall(r'GTEST_OUTPUT=xml:([^";]+)', (build / "CTestTestfile.cmake").read_text())
    return sorted({Path(name) for name in named} | set((build.resolve() / "reports").glob("*.xml")))


def total(builds: list[Path]) -> tuple[int, int, Counter[str]]:
    """Tests passed and failed in all builds, and those skipped by reason."""
    passed = failed = 0
    skipped: Counter[str] = Counter()
    for build in builds:
        for report in expected_reports(build):
            try:
                more = counts(report)
            except (OSError, ElementTree.ParseError):
                print(f"{build.name}: {report.stem} ended without a report")
                more = (0, 1, Counter())
            passed, failed, skipped = passed + more[0], failed + more[1], skipped + more[2]
    return passed, failed, skipped


def main() -> int:
    """Prints why tests were skipped, if any were, and the closing line; the exit status is 0 if tests passed and none failed."""
    passed, failed, skipped = total([Path(name) for name in sys.argv[1:]])
    if skipped:
        print("skipped: " + ", ".join(f"{count} ({reason})" for reason, count in skipped.most_common()))
    print(f"{passed} passed, {failed} failed" + (f", {skipped.total()} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
