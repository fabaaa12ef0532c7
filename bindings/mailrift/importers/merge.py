"""Several measurements of one country: which record stands for a place, and how far the measurements disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mailrift.importers.records import GLOBAL_LABELS, Record, Records


@dataclass(frozen=True)
class SourceShare:
    """What one source says of a country: `classified` records and the share of each common label among them, in [0, 1]."""

    source: str
    records: int
    classified: int
    shares: dict[str, float]


@dataclass(frozen=True)
class Agreement:
    """How far a later source agrees with the first: places that both classify, and those of them with the same common label."""

    source: str
    matched: int
    agreed: int

    def text(self) -> str:
        """Such as `80.2 % of 2051 places agree with mxmap-at-2026`."""
        if not self.matched:
            return f"no place in common with {self.source}"
        return f"{100 * self.agreed / self.matched:.1f} % of {self.matched} places agree with {self.source}"


@dataclass(frozen=True)
class Disagreement:
    """Where the sources of a country differ; the first source has precedence."""

    country: str
    sources: tuple[SourceShare, ...]
    compared: tuple[Agreement, ...]  # the first source with each other one
    filled: int  # places unknown to the first source and taken from a later one
    added: int  # places that only a later source has
    left_out: int  # records that another one stands for

    def text(self) -> str:
        """One line for a report, with the label on which the sources differ most."""
        label = max(sorted(GLOBAL_LABELS), key=self._spread)
        told = ", ".join(f"{100 * each.shares.get(label, 0):.0f} % ({each.source}, {each.classified})" for each in self.sources)
        agreed = ", ".join(each.text() for each in self.compared)
        return (
            f"{self.country}: {label} has {told} of the classified; comparing {self.sources[0].source} by common label "
            f"({', '.join(sorted(GLOBAL_LABELS))}, or any other), {agreed}; the first source stands, "
            f"{self.filled} unknown places filled and {self.added} added from later ones, {self.left_out} records left out"
        )

    def _spread(self, label: str) -> float:
        shares = [each.shares.get(label, 0.0) for each in self.sources]
        return max(shares) - min(shares)


def merge_sources(records: Records) -> tuple[Records, list[Disagreement]]:
    """The records with one for each place, where several sources measured a country; the source read first has precedence."""
    result = Records(records.files, dict(records.by_country), records.source_of_file, records.without_gateways)
    disagreements = []
    for country, found in records.by_country.items():
        of_source: dict[str, list[Record]] = {}
        for record in found:
            of_source.setdefault(records.source_of_file[record.file], []).append(record)
        if len(of_source) > 1:
            result.by_country[country], disagreement = merge(country, list(of_source.items()))
            disagreements.append(disagreement)
    return result, disagreements


def merge(country: str, sources: Sequence[tuple[str, Sequence[Record]]]) -> tuple[list[Record], Disagreement]:
    """One record for each place.

    Places match by their official number: the id without the country's prefix; or but for zeros in front, which some sources leave
    out, where neither side has another place of that number. The record of the first source that knows the operator stands for the
    place; if none does, the first one. Records of one source are all kept, in their order.
    """
    merged = list(sources[0][1])
    places = _Places()
    for i, record in enumerate(merged):
        places.add(number_of(record), i)
    first = dict(enumerate(merged))
    filled = added = left_out = 0
    compared = []
    for source, records in sources[1:]:
        matched = agreed = 0
        found_at = places.match([number_of(record) for record in records])
        for record, found in zip(records, found_at, strict=True):
            position = places.exact.get(number_of(record)) if found is None else found
            if position is None:
                places.add(number_of(record), len(merged))
                merged.append(record)
                added += 1
                continue
            left_out += 1
            known = first.get(position)
            if known is not None and not known.is_unknown and not record.is_unknown:
                matched += 1
                agreed += _common(known) == _common(record)
            if merged[position].is_unknown and not record.is_unknown:
                merged[position] = record
                filled += 1
        compared.append(Agreement(source, matched, agreed))
    shares = tuple(_share(source, records) for source, records in sources)
    return merged, Disagreement(country, shares, tuple(compared), filled, added, left_out)


class _Places:
    """Where places lie in a list of records, by number, and by number without zeros in front."""

    def __init__(self) -> None:
        self.exact: dict[str, int] = {}
        self._bare: dict[str, set[str]] = {}

    def add(self, number: str, position: int) -> None:
        """Adds a place; the last record of a number stands for it."""
        self.exact[number] = position
        self._bare.setdefault(_bare(number), set()).add(number)

    def match(self, numbers: Sequence[str]) -> list[int | None]:
        """The place of each number of another source; None if there is none, or if zeros in front would have to tell two apart."""
        given: dict[str, set[str]] = {}
        for number in numbers:
            given.setdefault(_bare(number), set()).add(number)
        found: list[int | None] = []
        for number in numbers:
            alike = self._bare.get(_bare(number), set())
            if number in self.exact:
                found.append(self.exact[number])
            elif len(alike) == 1 and len(given[_bare(number)]) == 1:
                found.append(self.exact[next(iter(alike))])
            else:
                found.append(None)
        return found


def number_of(record: Record) -> str:
    """The number of a record's place: its id without the prefix of its country."""
    return record.id.removeprefix(f"{record.country}-")


def _bare(number: str) -> str:
    return number.lstrip("0") or "0"


def _common(record: Record) -> str:
    return record.provider if record.provider in GLOBAL_LABELS else "other"


def _share(source: str, records: Sequence[Record]) -> SourceShare:
    counts = Counter(_common(record) for record in records if not record.is_unknown)
    classified = sum(counts.values())
    return SourceShare(source, len(records), classified, {label: count / classified for label, count in sorted(counts.items())})
