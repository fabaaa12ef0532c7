"""Countries of a world of users: shares from surveys and lists, of all users; what they do not name stays unknown."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from mailrift.importers.coverage import Coverage, stated_coverage
from mailrift.importers.document import CountryMarket
from mailrift.importers.node import IDENTIFIER, Node
from mailrift.importers.operators import Operator, Operators
from mailrift.importers.ranges import outwards
from mailrift.importers.tally import Route, routes_document

_MAX_USERS = 10**10
_TOLERANCE = 1e-9


def market_of_users(code: str, node: Node, operators: Operators, users_source: str) -> tuple[CountryMarket, Coverage]:
    """The market of a country from its entry in an inputs file.

    `users` is a count, from `users_source` (its own key or, without it, the argument). Each row of `routes` has the `share` of all
    users, in [0, 1], and may have its own `source`, `confidence` and `range`; else those of the entry hold, the range as plus and
    minus `uncertainty` (minus never more than the row's own share). What the rows leave to 1 is unknown. An entry without routes is
    a country that nobody measured: all of it is unknown.

    Raises
    ------
    ImportProblem
        If shares add up to more than 1, a provider is named twice or is not in the operator table, or a value is not what it
        should be.
    """
    users = node.at("users").whole(_MAX_USERS)
    own_source = node.get("users_source")
    users_source = users_source if own_source is None else own_source.text()
    rows = _rows(node, operators)
    known = math.fsum(share for _, share, _ in rows)
    if known > 1 + _TOLERANCE:
        raise node.at("routes").problem("shares that add up to at most 1", f"{known:.10g}")
    source = node.at("source").text() if rows else users_source
    market: dict[str, Any] = {"source": source}
    note = node.get("note")
    if note is not None:
        market["note"] = note.text(most=1000)
    market["unknown"] = max(0.0, 1 - known)
    market["routes"] = routes_document((Route(operator.id, "", "provider"), figure) for operator, _, figure in rows)
    providers = {operator.id: operator for operator, _, _ in rows}
    counts: Counter[str] = Counter({operator.id: round(share * users) for operator, share, _ in rows})
    coverage = stated_coverage(code, source, users, sum(counts.values()), counts, providers)
    return CountryMarket(code, users, market, providers, users_source=users_source), coverage


def _rows(node: Node, operators: Operators) -> list[tuple[Operator, float, dict[str, Any]]]:
    routes = node.get("routes")
    rows: list[tuple[Operator, float, dict[str, Any]]] = []
    for child in routes.items() if routes is not None else ():
        identifier = child.at("provider").match(IDENTIFIER, "an identifier")
        operator = operators.known_provider(identifier)
        if operator is None:
            raise child.at("provider").problem("a provider of the operator table")
        if any(operator.id == known.id for known, _, _ in rows):
            raise child.at("provider").problem("each provider once")
        share = child.at("share").share()
        rows.append((operator, share, _figure(share, child, node)))
    return rows


def _figure(share: float, row: Node, entry: Node) -> dict[str, Any]:
    given = row.get("range")
    if given is not None:
        ends = [item.share() for item in given.items()]
        if len(ends) != 2 or not ends[0] <= share <= ends[1]:
            raise given.problem(f"a range [low, high] with low <= {share:g} <= high")
    else:
        error = entry.at("uncertainty").share()
        ends = outwards(share, share - min(error, share), share + error)
    return {
        "value": share,
        "range": ends,
        "source": (row.get("source") or entry.at("source")).text(),
        "confidence": (row.get("confidence") or entry.at("confidence")).text(),
    }
