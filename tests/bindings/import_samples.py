"""Small hand-made measurement files for the tests of the importers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mailrift.uncertainty import value_of

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT.parent / "shared" / "data" / "mxmap"
INPUTS = PROJECT / "scenarios" / "worlds" / "europe-institutions-2026.inputs.json"
WORLD = PROJECT / "scenarios" / "worlds" / "europe-institutions-2026.json"


def record(number: int, provider: Any = "microsoft", **changes: Any) -> dict[str, Any]:
    """A record of the list schema; `changes` replace members, and a value of None takes one out."""
    base: dict[str, Any] = {
        "bfs": f"AT-{number}",
        "name": f"Place {number}",
        "domain": f"place{number}.at",
        "country": "AT",
        "canton": "Tirol",
        "population": 1000 * number,
        "provider": provider,
        "has_mx": provider != "unknown",
    }
    return {key: value for key, value in (base | changes).items() if value is not None}


def keyed(records: dict[str, dict[str, Any]], generated: str = "2026-03-24T13:55:14Z") -> dict[str, Any]:
    """A document of the keyed schema; missing members are filled in."""
    base = {"canton": "Kanton Bern", "domain": "x.ch", "mx": ["mail.x.ch"], "provider": "independent"}
    return {
        "generated": generated,
        "commit": "0",
        "municipalities": {key: base | value for key, value in records.items()},
    }


def plain(market: dict[str, Any]) -> Any:
    """The routes of a market with shares as numbers, without their ranges and sources."""
    routes = market["routes"]
    if isinstance(routes, dict):
        return {provider: value_of(share) for provider, share in routes.items()}
    return [row | {"share": value_of(row["share"])} for row in routes]


def write(folder: Path, document: Any, name: str = "at.json") -> Path:
    """Writes a document and returns its path."""
    path = folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
