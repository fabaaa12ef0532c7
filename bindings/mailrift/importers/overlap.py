"""People that several records count: levels of administration mixed in one file, and one area's population given to each of its towns."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from mailrift.importers.problem import ImportProblem, shown
from mailrift.importers.records import Record

Level = Literal["outer", "inner"]
LEVELS: tuple[Level, ...] = ("outer", "inner")
_NESTED_BY = 2  # a code that continues another by so many characters lies within it; one more is often just the next number
_NAMED = 3  # records that a message names


@dataclass(frozen=True)
class OverlapChoice:
    """What to do where records count the same people twice; by default that is an error.

    `level`: by country, "outer" keeps the records that lie in no other (departments), "inner" those that hold no other (communes).
    `divide_shared`: the population of an area that several records give is divided among them, remainders to the first.
    """

    level: Mapping[str, Level] = field(default_factory=dict)
    divide_shared: bool = False


def without_overlap(country: str, records: Sequence[Record], choice: OverlapChoice) -> list[Record]:
    """The records of one country with each inhabitant at most once, as far as codes and areas tell.

    A record lies within another if its id continues the other's by two or more characters (FR-59350 within FR-59). Records share
    an area if they have the same `area` and population.

    Raises
    ------
    ImportProblem
        If records overlap and `choice` does not say what to do, with the first of them.
    """
    holders = _holders(records)
    if holders:
        level = choice.level.get(country)
        if level is None:
            raise _levels_problem(country, records, holders)
        outer = {holder.id for holder in holders.values()}
        records = [record for record in records if (record.id not in (holders if level == "outer" else outer))]
    shared = _shared_areas(records)
    if shared and not choice.divide_shared:
        raise _area_problem(country, shared)
    return _divided(records, shared)


def _holders(records: Sequence[Record]) -> dict[str, Record]:
    """For each id within another record's, the outermost such record."""
    by_id = {record.id: record for record in records}
    found: dict[str, Record] = {}
    for identifier in by_id:
        for end in range(1, len(identifier) - _NESTED_BY + 1):
            if identifier[:end] in by_id:
                found[identifier] = by_id[identifier[:end]]
                break
    return found


def _shared_areas(records: Sequence[Record]) -> list[list[Record]]:
    groups: dict[tuple[int, int], list[Record]] = defaultdict(list)
    for record in records:
        if record.area is not None and record.population:
            groups[record.area, record.population].append(record)
    return [group for group in groups.values() if len(group) > 1]


def _divided(records: Sequence[Record], shared: Sequence[Sequence[Record]]) -> list[Record]:
    part: dict[str, int] = {}
    for group in shared:
        each, rest = divmod(group[0].population or 0, len(group))
        part |= {record.id: each + (i < rest) for i, record in enumerate(group)}
    return [dataclasses.replace(record, population=part[record.id]) if record.id in part else record for record in records]


def _levels_problem(country: str, records: Sequence[Record], holders: Mapping[str, Record]) -> ImportProblem:
    names = {record.id: record for record in records}
    inner = next(iter(holders))
    pairs = ", ".join(f"{shown(identifier)} within {shown(holders[identifier].id)}" for identifier in list(holders)[:_NAMED])
    return ImportProblem(
        names[inner].file,
        names[inner].pointer,
        f"records of {country} that do not overlap, to weight by population, or a choice of level (outer or inner)",
        f"{len(holders)} records within others: {pairs}" + (", ..." if len(holders) > _NAMED else ""),
    )


def _area_problem(country: str, shared: Sequence[Sequence[Record]]) -> ImportProblem:
    first = shared[0]
    names = ", ".join(shown(record.id) for record in first[:_NAMED]) + (", ..." if len(first) > _NAMED else "")
    return ImportProblem(
        first[1].file,
        first[1].pointer,
        f"each area's population of {country} once, to weight by it, or leave to divide it",
        f"{sum(len(group) for group in shared)} records that share areas: {names} all with {first[0].population}",
    )
