"""Builds a shipped world: `python -m mailrift.importers.build_world INPUTS --data FOLDER --out WORLD`."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mailrift.importers.by_hand import market_by_hand
from mailrift.importers.by_hand_users import market_of_users
from mailrift.importers.comparison import comparison_text
from mailrift.importers.coverage import Coverage
from mailrift.importers.document import (
    CountryMarket,
    jurisdictions_document,
    providers_document,
    suppliers_document,
    unknown_seats,
)
from mailrift.importers.mxmap import NOTICE, ImportResult, OperatorsBy, count_markets, files_document
from mailrift.importers.node import Node
from mailrift.importers.operators import Operator, Operators, read_operators
from mailrift.importers.problem import ImportProblem
from mailrift.importers.reading import read_records
from mailrift.importers.strict_json import read_json

_FILE = re.compile(r"[a-z0-9_-]+/[a-z0-9_.-]+\.(json|csv|xlsx)")
_GIVEN = ("title", "about")
_COPIED = ("blocs", "domains", "groups", "mixing")


def build_world(inputs: Path, data: Path, *, operators: Path | None = None) -> ImportResult:
    """The world that `inputs` describes: measured countries from files under `data`, the others as the file gives them.

    Raises
    ------
    ImportProblem
        For the first fault of the inputs, the operator table or the data.
    """
    root = Node(str(inputs), "", read_json(inputs).value)
    table = read_operators(operators)
    files = [data / child.match(_FILE, "a path such as world/at.json") for child in root.at("files").items()]
    notes = {code: child.text(most=1000) for code, child in root.at("notes").children()}
    name = root.at("name").text()
    records = read_records(files)
    markets, report = count_markets(records, table, name=name, weight="equal", notes=notes, operators_by=_operators_by(root))
    for code, child in root.at("by_hand").children():
        if code in records.by_country:
            raise child.problem("a country without a file", code)
        market, coverage = _by_hand(root, code, child, table)
        markets.append(market)
        report.countries.append(coverage)
    larger = _larger_places(root, {market.code for market in markets})
    for market in markets:
        if market.code in larger:
            market.market["scope"] = "larger_places"
    markets.sort(key=lambda market: market.code)
    report.countries.sort(key=lambda entry: entry.country)
    report.unknown_seats = unknown_seats(markets)
    world = _world(root, markets, _extra_providers(root, table))
    return ImportResult(world | ({"x-made-from": files_document(records)} if files else {}), report)


def _operators_by(root: Node) -> OperatorsBy:
    given = root.get("operators_by")
    return "label" if given is None or given.match(re.compile("label|mx"), '"label" or "mx"') == "label" else "mx"


def _unit(root: Node) -> str:
    unit = root.get("unit")
    return "organisations" if unit is None else unit.match(re.compile("organisations|users"), '"organisations" or "users"')


def _by_hand(root: Node, code: str, entry: Node, table: Operators) -> tuple[CountryMarket, Coverage]:
    if _unit(root) == "users":
        return market_of_users(code, entry, table, root.at("users_source").text())
    return market_by_hand(code, entry, table)


def _larger_places(root: Node, codes: set[str]) -> set[str]:
    """Countries of which only larger places were measured."""
    given = root.get("larger_places")
    listed = list(given.items()) if given is not None else []
    for child in listed:
        if child.text() not in codes:
            raise child.problem("a country of this world")
    return {child.text() for child in listed}


def _extra_providers(root: Node, table: Operators) -> list[Operator]:
    extra = []
    for child in root.at("extra_providers").items():
        operator = table.known_provider(child.text())
        if operator is None:
            raise child.problem("a provider of the operator table")
        extra.append(operator)
    return extra


def _world(root: Node, markets: Sequence[CountryMarket], extra: Sequence[Operator]) -> dict[str, Any]:
    given = [child.members() for child in root.at("jurisdictions").items()]
    operators = [
        *extra,
        *(operator for market in markets for operator in (*market.providers.values(), *market.gateways.values())),
    ]
    copied = {key: root.at(key).value for key in _COPIED}
    world: dict[str, Any] = {"schema": 1, "name": root.at("name").text()}
    world |= {key: root.at(key).text(most=4000) for key in _GIVEN}
    if _unit(root) == "users":
        world |= {"unit": "users", "licence": root.at("licence").text()}
    else:
        world |= {"unit": "organisations", "weight": "equal", "licence": "CC-BY-SA-4.0", "notice": NOTICE}
    sources = [[market.market for market in markets], copied, [{"source": market.users_source} for market in markets]]
    world |= {"sources": _sources(sources, operators), "missing": "proportional"}
    world |= {"jurisdictions": jurisdictions_document(markets, operators, given), "blocs": copied["blocs"]}
    world |= {"suppliers": suppliers_document(markets), "providers": providers_document(markets, extra)}
    world |= {"markets": {market.code: market.market for market in markets}}
    return world | {key: copied[key] for key in ("domains", "groups", "mixing")}


def _sources(documents: list[Any], operators: Sequence[Operator]) -> list[str]:
    """All keys of sources.bib that the world names, sorted; `assumed` is none."""
    found = {control.source for operator in operators for control in operator.control}
    stack: list[Any] = [documents]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if isinstance(value.get("source"), str):
                found.update(key.strip() for key in value["source"].split(","))
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return sorted(found - {"assumed", ""})


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mailrift.importers.build_world", description=__doc__)
    parser.add_argument("inputs", type=Path, help="what is not measured, and which files are used")
    parser.add_argument("--data", type=Path, required=True, help="folder of the measurements (with world/ and national/)")
    parser.add_argument("--out", type=Path, help="world document to write")
    parser.add_argument("--report", type=Path, help="coverage report to write (.md or .json)")
    parser.add_argument("--compare", action="store_true", help="print US shares beside the reference shares of the inputs")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; exit status 0 done, 3 invalid input."""
    options = _arguments(arguments)
    try:
        result = build_world(options.inputs, options.data)
        if options.out is not None:
            result.save(options.out)
        if options.report is not None:
            result.report.save(options.report)
        if options.compare:
            print(comparison_text(result.report, options.inputs), end="")
        elif options.report is None:
            print(result.report.text(), end="")
    except ImportProblem as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
