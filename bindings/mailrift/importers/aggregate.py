"""The EU's share of municipal mail on US operators, by three weights, beside the published one."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailrift.importers.records import US_LABELS, Record

#: Inhabitants of the 27 members on 1 January 2024 (Eurostat, rounded to hundreds).
POPULATION = Path(__file__).with_name("population_2024.csv")
#: Classified bodies and those on US operators of the members whose municipalities have no file: Hungary's 2,849 (6.0 %), Italy's
#: territorial bodies (about 7,900, 25.8 %; all its 22,243 public bodies, schools included: 47.96 %).
WITHOUT_FILE = {"HU": (2849, 171), "IT": (7900, 2038)}
PUBLISHED = (24.7, 29.5, 34.3)


@dataclass(frozen=True)
class UsShares:
    """Shares on US operators in %: municipalities alike; countries by population; municipalities, too, where their population is known."""

    alike: float
    by_country: float
    by_municipality: float


def eu_shares(countries: Mapping[str, Sequence[Record]], without_file: Mapping[str, tuple[int, int]]) -> UsShares:
    """The shares over the members; those of `without_file` as (classified, on US operators) in place of records.

    Raises
    ------
    ValueError
        If a member has neither.
    """
    with POPULATION.open(encoding="utf-8", newline="") as stream:
        people = {row["country"]: int(row["population"]) for row in csv.DictReader(stream)}
    missing = sorted(set(people) - set(countries) - set(without_file))
    if missing:
        raise ValueError(f"countries: expected every member of the EU, got none of {', '.join(missing)}")
    known = {code: _known(countries[code]) if code not in without_file else without_file[code] for code in people}
    share = {code: us / classified for code, (classified, us) in known.items()}
    weighted = {code: share[code] if code in without_file else _by_population(countries[code], share[code]) for code in people}
    whole = sum(people.values())
    return UsShares(
        100 * sum(us for _, us in known.values()) / sum(classified for classified, _ in known.values()),
        100 * sum(people[code] * share[code] for code in people) / whole,
        100 * sum(people[code] * weighted[code] for code in people) / whole,
    )


def eu_text(countries: Mapping[str, Sequence[Record]]) -> str:
    """The three shares beside the published ones, and with all of Italy's public bodies."""
    found = eu_shares(countries, WITHOUT_FILE)
    schools = eu_shares(countries, {**WITHOUT_FILE, "IT": (22243, 10667)})
    rows = zip(
        ("municipalities alike", "countries by population", "and municipalities by population"),
        (found.alike, found.by_country, found.by_municipality),
        (schools.alike, schools.by_country, schools.by_municipality),
        PUBLISHED,
        strict=True,
    )
    return "\n".join(
        f"EU, {text}: {own:.1f} % on US operators (published {theirs:.1f} %); with all public bodies of Italy {all_bodies:.1f} %."
        for text, own, all_bodies, theirs in rows
    )


def _known(records: Sequence[Record]) -> tuple[int, int]:
    known = [record for record in records if not record.is_unknown]
    return len(known), sum(record.provider in US_LABELS for record in known)


def _by_population(records: Sequence[Record], otherwise: float) -> float:
    """Share of the people served; `otherwise` where no record has a population."""
    known = [record for record in records if not record.is_unknown]
    people = sum(record.population or 0 for record in known)
    return sum(record.population or 0 for record in known if record.provider in US_LABELS) / people if people else otherwise
