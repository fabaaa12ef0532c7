"""Prints the shipped scenarios of blocking beside published figures and closed forms: `python -m mailrift.historical [SCENARIO ...]`.

Published figures are data, `scenarios/published.json`; what is measured is in `historical_cases`. A figure of the model is within if
its 95 % interval, or its exact value, meets the published range; or, of a closed form, if it is as near as rounding allows. A miss is
shown as a miss.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mailrift._core import DocumentError
from mailrift.documents import load, read_text, shipped_folder
from mailrift.historical_cases import CASES
from mailrift.historical_measures import Estimate, Quantity

CLOSED = "closed form"
_ROUNDING = 1e-12  # relative, of sums over many slices


@dataclass(frozen=True)
class Row:
    """A figure of the model beside one that is published (`source` is a key of sources.bib) or follows from a closed form."""

    scenario: str
    quantity: str
    text: str
    unit: str
    model: Estimate
    low: float
    high: float
    value: float | None
    source: str
    note: str

    @property
    def is_within(self) -> bool:
        """Whether the model's interval meets [low, high]."""
        slack = _ROUNDING * max(abs(self.low), abs(self.high))
        return self.model.high >= self.low - slack and self.model.low <= self.high + slack


def published() -> list[dict[str, Any]]:
    """The published figures, in the order of the file."""
    figures: list[dict[str, Any]] = json.loads(read_text(shipped_folder() / "published.json"))["figures"]
    return figures


def rows(scenario: str, figures: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Every row of a scenario: its published figures, then its closed forms.

    Raises
    ------
    ValueError
        If a figure is of a quantity that is not measured.
    """
    measured = {quantity.name: quantity for quantity in CASES[scenario](load(scenario))}
    own = [figure for figure in figures if figure["scenario"] == scenario]
    for figure in own:
        if figure["quantity"] not in measured:
            raise ValueError(f"published.json: expected a quantity of {scenario}, one of {', '.join(measured)}, got {figure['quantity']!r}")
    beside = [_beside(scenario, measured[figure["quantity"]], figure) for figure in own]
    return beside + [_closed(scenario, quantity, quantity.closed) for quantity in measured.values() if quantity.closed is not None]


def _beside(scenario: str, quantity: Quantity, figure: Mapping[str, Any]) -> Row:
    span = (figure["low"], figure["high"], figure.get("value"))
    return Row(scenario, quantity.name, quantity.text, figure["unit"], quantity.model, *span, figure["source"], figure["note"])


def _closed(scenario: str, quantity: Quantity, value: float) -> Row:
    low, high = value - quantity.error, value + quantity.error
    return Row(scenario, quantity.name, quantity.text, quantity.unit, quantity.model, low, high, value, CLOSED, quantity.form)


def _is_exact(model: Estimate) -> bool:
    return model.low == model.high


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def _model(model: Estimate) -> str:
    return _number(model.value) if _is_exact(model) else f"{_number(model.value)} [{_number(model.low)}, {_number(model.high)}]"


def _reference(row: Row) -> str:
    if row.source == CLOSED:
        return _number(row.value or 0.0)
    span = f"[{_number(row.low)}, {_number(row.high)}]"
    return span if row.value is None else f"{_number(row.value)} {span}"


def table(found: Sequence[Row]) -> list[str]:
    """A Markdown table with notes below it."""
    head = ("scenario", "quantity", "unit", "model", "published or closed form", "source", "")
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in found:
        source = f"{CLOSED}: {row.note}" if row.source == CLOSED else row.source
        cells = (row.scenario, row.text, row.unit, _model(row.model), _reference(row), source, "within" if row.is_within else "MISS")
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    misses = sum(not row.is_within for row in found)
    notes = [f"- {row.scenario}, {row.text}: {row.note}" for row in found if row.source != CLOSED]
    return [
        *lines,
        "",
        *notes,
        "",
        f"{len(found)} figures, {misses} missed. In brackets: the 95 % interval of the model, the range of what is published.",
    ]


def document(found: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as plain data."""
    return [{**asdict(row), "within": row.is_within} for row in found]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; exit status 0 done, also with misses, 3 invalid input."""
    parser = argparse.ArgumentParser(prog="python -m mailrift.historical", description=__doc__.split("\n", 1)[0])
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"not given: all of {', '.join(CASES)}")
    parser.add_argument("--json", action="store_true", help="rows as JSON")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.scenarios if name not in CASES]
    if unknown:
        print(f"error: expected one of {', '.join(CASES)}, got {unknown[0]!r}", file=sys.stderr)
        return 3
    try:
        figures = published()
        found = [row for name in options.scenarios or CASES for row in rows(name, figures)]
    except (DocumentError, ValueError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 3
    print(json.dumps(document(found), indent=2) if options.json else "\n".join(table(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
