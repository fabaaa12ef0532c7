"""Every figure of a shipped scenario names its source, or is marked assumed with the range in which it may lie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

import mailrift as mr

DURATION = re.compile(r"-?[0-9]+(\.[0-9]+)? (us|ms|s|min|h|d|w)")
PLAIN = re.compile(  # what is chosen, not estimated: the study's clock, dates, who sends spam, where members go, what is measured
    r"/(schema|horizon|warm_up|slice|seed)|/orders/\d+/(at|until)|/responses/\d+/to/.*|/observe/.*|/levers/.*"
    r"|/blocking/\d+/(from|period)|/blocklists/\d+/closure/at|/spam_senders/\d+/(from|until|sources|accounts|takedown/at)"
)


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every number and duration of a document with its pointer."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from leaves(child, f"{pointer}/{index}")
    elif (isinstance(value, (int, float)) and not isinstance(value, bool)) or (isinstance(value, str) and DURATION.fullmatch(value)):
        yield pointer, value


@pytest.mark.parametrize("name", mr.available())
def test_every_figure_has_a_source_or_a_range(name: str) -> None:
    scenario = mr.load(name)
    figures = {figure["pointer"]: figure for figure in scenario.figures if figure["document"] == "scenario"}
    figures = {pointer: figure for pointer, figure in figures.items() if not PLAIN.fullmatch(pointer)}
    for pointer, figure in figures.items():
        assert figure["source"], pointer
        assert figure["source"] != "assumed" or figure["has_range"] or figure["by_default"], pointer
    named = set(scenario.document["sources"])
    for pointer, figure in figures.items():
        keys = {key.strip() for key in figure["source"].split(",")} - {"assumed"}
        assert figure["by_default"] or keys <= named, pointer


@pytest.mark.parametrize("name", mr.available())
def test_every_leaf_is_a_figure_or_a_choice(name: str) -> None:
    scenario = mr.load(name)
    figures = [figure["pointer"] for figure in scenario.figures if figure["document"] == "scenario"]
    for pointer, value in leaves(scenario.document):
        within = any(pointer == figure or pointer.startswith(figure + "/") for figure in figures)
        assert within or PLAIN.fullmatch(pointer), f"{pointer} = {value}"
