"""Inhabitants of countries on 1 January 2024, as Eurostat gives them (`population_2024.csv`, rounded to hundreds)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

POPULATION_SOURCE = "eurostat-population-2024"
_TABLE = Path(__file__).with_name("population_2024.csv")


@cache
def populations() -> dict[str, int]:
    """Inhabitants by country (ISO 3166-1), the 27 members of the EU."""
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        return {row["country"]: int(row["population"]) for row in csv.DictReader(stream)}


def population(country: str) -> int | None:
    """Inhabitants of a country; None if the table does not have it."""
    return populations().get(country)
