"""The EU's share of municipal mail on US operators, by three weights, beside the published one.

Two members have no file of municipalities. Hungary's counts are mxmap-hu-2026's. Of Italy, mxmap-it-stats-2026 says that 25.8 % of the
territorial bodies are on US operators, but not how many bodies these are: 7,900 is assumed. `eu_text` prints what depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailrift.importers.population import people_of_eu
from mailrift.importers.records import US_LABELS, Record

#: Share of Italy's territorial bodies on US operators (mxmap-it-stats-2026); how many there are (assumed: no source says it; there are
#: some 7,900 municipalities); and a range of that (assumed: only those classified, or with provinces, unions and mountain communities).
ITALY_SHARE, ITALY_BODIES, ITALY_RANGE = 0.258, 7900, (7000, 8800)
#: Classified bodies and those on US operators: Hungary's 2,849 municipalities, 6.0 % (mxmap-hu-2026), and Italy's, as above.
WITHOUT_FILE = {"HU": (2849, 171), "IT": (ITALY_BODIES, round(ITALY_SHARE * ITALY_BODIES))}
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
    people = people_of_eu()
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
    ends = [eu_shares(countries, {**WITHOUT_FILE, "IT": (bodies, round(ITALY_SHARE * bodies))}).alike for bodies in ITALY_RANGE]
    low, high = (f"{bodies:,}" for bodies in ITALY_RANGE)
    text_of_ends = (
        f"Italy's {ITALY_BODIES:,} territorial bodies are assumed, no source counts them ({100 * ITALY_SHARE:.1f} % on US operators: "
        f"mxmap-it-stats-2026); with {low} or {high}, municipalities alike: {ends[0]:.2f} or {ends[1]:.2f} %."
    )
    lines = [
        f"EU, {text}: {own:.1f} % on US operators (published {theirs:.1f} %); with all public bodies of Italy {all_bodies:.1f} %."
        for text, own, all_bodies, theirs in rows
    ]
    return "\n".join([*lines, text_of_ends])


def _known(records: Sequence[Record]) -> tuple[int, int]:
    known = [record for record in records if not record.is_unknown]
    return len(known), sum(record.provider in US_LABELS for record in known)


def _by_population(records: Sequence[Record], otherwise: float) -> float:
    """Share of the people served; `otherwise` where no record has a population."""
    known = [record for record in records if not record.is_unknown]
    people = sum(record.population or 0 for record in known)
    return sum(record.population or 0 for record in known if record.provider in US_LABELS) / people if people else otherwise
