"""Puts countries together into a world document and writes it, never half."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailrift.importers.countries import country as country_named
from mailrift.importers.operators import Operator
from mailrift.importers.problem import ImportProblem
from mailrift.output import write_whole

_LINE = 130  # a JSON value that fits into so many characters stands on one line

ASSUMED_MIXING: dict[str, Any] = {
    "home": {"value": 0.7, "range": [0.5, 0.8], "source": "assumed", "confidence": "low"},
    "bloc": {"value": 0.2, "range": [0.1, 0.2], "source": "assumed", "confidence": "low"},
}


@dataclass
class CountryMarket:
    """A country ready for a world document."""

    code: str
    mail_users: int
    market: dict[str, Any]
    providers: dict[str, Operator]
    gateways: dict[str, Operator] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)  # operators behind a provider that stands for several
    users_source: str = ""  # key of sources.bib of `mail_users`, if they are no count of the market's own records


def jurisdiction_document(code: str, mail_users: int, source: str = "") -> dict[str, Any]:
    """A country as a jurisdiction; a code that is not in ISO 3166-1 stands for itself, at UTC."""
    known = country_named(code)
    return {
        "code": code,
        "name": known.name if known else code,
        "mail_users": {"value": mail_users, "source": source, "confidence": "medium"} if source else mail_users,
        "utc_offset": known.utc_offset if known else "0 h",
    }


def jurisdictions_document(
    markets: Sequence[CountryMarket], operators: Iterable[Operator], given: Sequence[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """All jurisdictions by code: those with a market, those given, and those that only are a seat of operators."""
    result = {market.code: jurisdiction_document(market.code, market.mail_users, market.users_source) for market in markets}
    result |= {entry["code"]: entry for entry in given}
    for operator in operators:
        for control in operator.control:
            result.setdefault(control.jurisdiction, jurisdiction_document(control.jurisdiction, 0))
    return [result[code] for code in sorted(result)]


def providers_document(markets: Sequence[CountryMarket], extra: Iterable[Operator] = ()) -> list[dict[str, Any]]:
    """All providers by id; a counted one carries how many operators it stands for.

    Who puts a gateway in front of mailboxes tells the servers behind it so (assumed): they read who sent a message from its header.
    """
    operators = {operator.id: operator for operator in extra}
    counts: dict[str, int] = {}
    for market in markets:
        operators |= market.providers
        counts |= market.counted
    guarded = {row["provider"] for market in markets for row in _routes(market.market) if "gateway" in row}
    return [_provider_document(operators[name], counts.get(name, 0), trusts=name in guarded) for name in sorted(operators)]


def _routes(market: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a market and of its regions, where they are in the long form."""
    tables = [market["routes"], *(region["routes"] for region in market.get("regions", {}).values())]
    return [row for table in tables if isinstance(table, list) for row in table]


def _provider_document(operator: Operator, count: int, *, trusts: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": operator.id,
        "name": operator.name,
        "kind": operator.kind,
        "service": operator.service,
    }
    if count:
        document["count"] = count
    if trusts:
        document["trusts_gateway"] = True
    document["control"] = [control.document() for control in operator.control]
    return document | {"note": operator.note} if operator.note else document


def suppliers_document(markets: Sequence[CountryMarket]) -> list[dict[str, Any]]:
    """All gateways by id."""
    operators = {identifier: operator for market in markets for identifier, operator in market.gateways.items()}
    return [
        {
            "id": identifier,
            "name": operators[identifier].name,
            "layer": "gateway",
            "control": [control.document() for control in operators[identifier].control],
        }
        for identifier in sorted(operators)
    ]


def unknown_seats(markets: Sequence[CountryMarket]) -> list[str]:
    """Ids of operators without control, sorted."""
    operators = {identifier: operator for market in markets for identifier, operator in (market.providers | market.gateways).items()}
    return sorted(identifier for identifier, operator in operators.items() if not operator.control)


def json_text(document: Any) -> str:
    """The document as JSON to read and compare: short values on one line, keys in order, always the same bytes."""
    return _json(document, 0) + "\n"


def _json(value: Any, indent: int) -> str:
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(line) + indent <= _LINE or not isinstance(value, (dict, list)) or not value:
        return line
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        rows = [f"{pad}{json.dumps(key, ensure_ascii=False)}: {_json(child, indent + 2)}" for key, child in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + _json(child, indent + 2) for child in value) + "\n" + " " * indent + "]"


def write_text(path: Path, text: str) -> None:
    """Writes `text` to `path` whole or not at all.

    Raises
    ------
    ImportProblem
        If the folder does not exist or cannot be written to.
    """
    try:
        write_whole(path, text.encode("utf-8"))
    except OSError as error:
        is_folder = path.parent.is_dir() and os.access(path.parent, os.W_OK)
        expected = "a file that can be written" if is_folder else "a folder that can be written to"
        raise ImportProblem(path, "", expected, error.strerror or "an error") from None
