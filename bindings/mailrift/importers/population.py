"""Inhabitants of countries at the beginning of 2024 (`population_2024.csv`, rounded to hundreds), each with its date and source."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mailrift.importers.problem import ImportProblem
from mailrift.importers.records import Record
from mailrift.importers.tally import Weight

#: Most that the people of a country's records may be of its inhabitants: sources count at other dates (GR 105.8 %, EE 107.6 %),
#: levels that overlap count twice (FR 124 %).
MOST_COVERED = 1.1
_TABLE = Path(__file__).with_name("population_2024.csv")


@dataclass(frozen=True)
class Population:
    """Inhabitants of a country.

    Attributes
    ----------
    people
        Persons, rounded to hundreds.
    date
        Of the count, as YYYY-MM-DD: 1 January 2024, or the day before, but for GB, whose office counts at the middle of a year.
    bloc
        "EU" for a member, else empty.
    source
        Key of scenarios/sources.bib.
    """

    people: int
    date: str
    bloc: str
    source: str


@cache
def populations() -> dict[str, Population]:
    """The rows of the table by country (ISO 3166-1): the EU's 27 members, CH, GB, IS and NO."""
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        return {row["country"]: Population(int(row["population"]), row["date"], row["bloc"], row["source"]) for row in rows}


def people_of_eu() -> dict[str, int]:
    """Inhabitants of the EU's members by country."""
    return {country: row.people for country, row in populations().items() if row.bloc == "EU"}


def population(country: str) -> Population | None:
    """Inhabitants of a country; None if the table does not have it."""
    return populations().get(country)


def weight_of(record: Record, weight: Weight) -> int:
    """What a record counts: 1, or the people it serves (0 if that is not told)."""
    return 1 if weight == "equal" else record.population or 0


def refuse_too_many(country: str, records: Sequence[Record]) -> None:
    """Refuses records that serve more people than the country has inhabitants, by more than `MOST_COVERED` allows.

    A country without statistics passes.

    Raises
    ------
    ImportProblem
        Naming the country, its inhabitants with their source, and the sum of the records.
    """
    inhabitants = population(country)
    people = sum(weight_of(record, "population") for record in records)
    if inhabitants is not None and people > MOST_COVERED * inhabitants.people:
        raise ImportProblem(
            records[0].file,
            "",
            f"populations of {country} that add up to at most {100 * MOST_COVERED:.0f} % of its {inhabitants.people:,} inhabitants "
            f"({inhabitants.source})",
            f"{people:,} ({100 * people / inhabitants.people:.1f} %)",
        )
