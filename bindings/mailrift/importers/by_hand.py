"""Countries entered by hand: counts or shares from published tables, with source, range and confidence."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from mailrift.importers.coverage import Coverage, stated_coverage
from mailrift.importers.document import CountryMarket
from mailrift.importers.node import IDENTIFIER, Node
from mailrift.importers.operators import Operator, Operators
from mailrift.importers.ranges import outwards
from mailrift.importers.tally import Route, routes_document

_MAX_ORGANISATIONS = 10**9
_CATEGORY_LABELS = {"local-isp": "local-isp", "self-hosted": "independent"}  # id suffix -> label of the data
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class _Row:
    route: Route
    operator: Operator
    amount: float  # organisations, or a share of the classified


def market_by_hand(code: str, node: Node, operators: Operators) -> tuple[CountryMarket, Coverage]:
    """The market of a country from its entry in an inputs file.

    `organisations` and `unknown` are counts; `routes` hold either a `count` each, adding up to the classified
    organisations, or a `share` of the classified each, adding up to 1. `uncertainty`, of the classification (a share,
    such as 0.08), becomes the range of each row: minus it, but never more than the row's own share, since a label with few
    organisations cannot be wrong by more than it has, and plus it, since it may have missed as many as any other.

    Raises
    ------
    ImportProblem
        If the rows do not add up, a provider is not in the operator table, or a value is not what it should be.
    """
    organisations = node.at("organisations").whole(_MAX_ORGANISATIONS)
    unknown = node.at("unknown").whole(organisations)
    classified = organisations - unknown
    rows = [_row(code, child, operators) for child in node.at("routes").items()]
    shares = _shares(node, rows, classified)
    source = node.at("source").text()
    figures = [(row.route, _figure(share * classified / organisations, node)) for row, share in zip(rows, shares, strict=True)]
    market: dict[str, Any] = {
        "sample": organisations,
        "source": source,
        "note": node.at("note").text(most=1000),
        "unknown": unknown / organisations,
        "routes": routes_document(figures),
    }
    providers = {row.operator.id: row.operator for row in rows}
    counts: Counter[str] = Counter()
    for row, share in zip(rows, shares, strict=True):
        counts[row.operator.id] += round(share * classified)
    coverage = stated_coverage(code, source, organisations, classified, counts, providers)
    own = f"{code.lower()}-self-hosted"
    return CountryMarket(code, organisations, market, providers, counted={own: counts[own]} if counts[own] else {}), coverage


def _row(code: str, node: Node, operators: Operators) -> _Row:
    identifier = node.at("provider").match(IDENTIFIER, "an identifier")
    prefix, _, suffix = identifier.partition("-")
    operator = operators.known_provider(identifier)
    if operator is None and prefix == code.lower() and suffix in _CATEGORY_LABELS:
        operator = operators.provider(_CATEGORY_LABELS[suffix], code)
    if operator is None:
        raise node.at("provider").problem("a provider of the operator table")
    address = node.get("address")
    whose = "own" if address is None else address.match(re.compile("own|provider"), '"own" or "provider"')
    amount = node.at("share").share() if "share" in node.members() else float(node.at("count").whole(_MAX_ORGANISATIONS))
    return _Row(Route(operator.id, "", whose), operator, amount)


def _shares(node: Node, rows: list[_Row], classified: int) -> list[float]:
    """The rows as shares of the classified organisations."""
    routes = node.at("routes")
    if len({row.route for row in rows}) != len(rows):
        raise routes.problem("each provider and address once", "one of them twice")
    by_share = any("share" in child.members() for child in routes.items())
    total = sum(row.amount for row in rows)
    if by_share and abs(total - 1) > _TOLERANCE:
        raise routes.problem("shares that add up to 1", f"{total!r}")
    if not by_share and total != classified:
        raise routes.problem(f"counts that add up to {classified}, organisations less unknown", f"{total:.0f}")
    return [row.amount / total for row in rows]


def _figure(share: float, node: Node) -> dict[str, Any]:
    error = node.at("uncertainty").share()
    return {
        "value": share,
        "range": outwards(share, share - min(error, share), share + error),
        "source": node.at("source").text(),
        "confidence": node.at("confidence").text(),
    }
