"""What an import read and what it could not tell, by country."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mailrift.importers.concentration import by_label, by_mx
from mailrift.importers.document import json_text, write_text
from mailrift.importers.merge import Disagreement
from mailrift.importers.operators import Operator
from mailrift.importers.population import population
from mailrift.importers.records import US_LABELS, Record, SourceFile
from mailrift.importers.tally import CountryTally, Route, Weight


@dataclass(frozen=True)
class Coverage:
    """One country: counts of records (organisations), and shares of the classified ones in [0, 1], each record alike."""

    country: str
    source: str
    by_hand: bool
    records: int
    classified: int
    unknown: int
    unknown_without_mx: int | None  # None: the source does not say
    gateway_share: float | None  # of those whose source tells gateways apart; None: of none
    us_share: float  # providers with seat or parent in the United States
    big_three_share: float  # Microsoft, Google and AWS
    top: tuple[tuple[str, int], ...]  # the greatest operators and their organisations
    with_population: int
    population: int
    regions: int
    without_region: int
    repeated_domains: int
    s_label: float | None  # centralisation score by label, and by MX domain; None: not told
    s_mx: float | None
    refused: int = 0
    weightless: int = 0  # records that serve nobody, where weighted by population: they are in the counts, and in no share
    weightless_regions: int = 0  # regions that hold only such records: the world does not have them
    us_people_share: float | None = None  # as us_share, but by the people served; None: not weighted by population
    inhabitants: int | None = None  # of the country by statistics, where weighted by population; None: not told
    counted: tuple[tuple[str, int, int], ...] = ()  # entries that stand for several operators: id, operators, organisations

    @property
    def covered(self) -> float | None:
        """The people of the records, of the country's inhabitants; None if those are not told."""
        return None if self.inhabitants is None else self.population / self.inhabitants


def measured_coverage(
    tally: CountryTally, records: Sequence[Record], source: str, *, telling: Sequence[Record], weight: Weight = "equal", refused: int = 0
) -> Coverage:
    """The coverage of a country that was counted from records; of `telling` the sources tell gateways; `refused` were read and left out."""
    whole = tally.whole
    providers: Counter[str] = Counter()
    for route, count in whole.counts.items():
        providers[route.provider] += count
    known = [record for record in telling if not record.is_unknown]
    inhabitants = population(tally.country) if weight == "population" else None
    classified = whole.records - whole.unknown
    domains = Counter(record.domain for record in records if record.domain)
    return Coverage(
        country=tally.country,
        source=source,
        by_hand=False,
        records=whole.records,
        classified=classified,
        unknown=whole.unknown,
        unknown_without_mx=None if any(record.has_mx is None for record in records) else whole.unknown_without_mx,
        gateway_share=sum(record.gateway is not None for record in known) / len(known) if known else None,
        **_operator_shares(providers, tally.providers, classified),
        with_population=sum(record.population is not None for record in records),
        population=sum(record.population or 0 for record in records),
        regions=len(tally.regions),
        without_region=tally.without_region,
        repeated_domains=sum(count > 1 for count in domains.values()),
        s_label=by_label(records),
        s_mx=by_mx(records) if any(record.mx for record in records) else None,
        refused=refused,
        weightless=whole.weightless,
        weightless_regions=sum(region.total_weight == 0 for region in tally.regions.values()),
        us_people_share=_us_share(whole.weights, tally.providers) if weight == "population" else None,
        inhabitants=None if inhabitants is None else inhabitants.people,
        counted=tuple((identifier, count, providers[identifier]) for identifier, count in tally.counted.items()),
    )


def _us_share(weights: Counter[Route], operators: dict[str, Operator]) -> float:
    us = sum(weight for route, weight in weights.items() if operators[route.provider].is_us)
    return us / max(sum(weights.values()), 1)


def stated_coverage(
    country: str, source: str, records: int, classified: int, counts: Counter[str], operators: dict[str, Operator]
) -> Coverage:
    """The coverage of a country entered by hand, of which its source tells no more than `counts` by provider."""
    return Coverage(
        country=country,
        source=source,
        by_hand=True,
        records=records,
        classified=classified,
        unknown=records - classified,
        unknown_without_mx=None,
        gateway_share=None,
        **_operator_shares(counts, operators, classified),
        with_population=0,
        population=0,
        regions=0,
        without_region=0,
        repeated_domains=0,
        s_label=None,
        s_mx=None,
    )


def _operator_shares(counts: Counter[str], operators: dict[str, Operator], classified: int) -> dict[str, Any]:
    """Shares of US operators and the five greatest operators, from counts by provider."""
    us = sum(count for identifier, count in counts.items() if operators[identifier].is_us)
    big_three = sum(counts[label] for label in US_LABELS)
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
    total = max(classified, 1)
    return {"us_share": us / total, "big_three_share": big_three / total, "top": tuple(top)}


@dataclass
class Report:
    """The coverage of all countries, the files, and the operators of whom nobody knows who can command them."""

    name: str
    weight: str
    files: list[SourceFile] = field(default_factory=list)
    countries: list[Coverage] = field(default_factory=list)
    unknown_seats: list[str] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The report as plain data, for machines."""
        return {
            "name": self.name,
            "weight": self.weight,
            "read": self.read,
            "used": self.used,
            "unknown": self.unknown,
            "refused": self.refused,
            "files": [asdict(file) for file in self.files],
            "countries": [asdict(entry) for entry in self.countries],
            "unknown_seats": self.unknown_seats,
            "disagreements": [asdict(entry) for entry in self.disagreements],
        }

    @property
    def read(self) -> int:
        """Records read from files, and organisations entered by hand; the other three counts must add up to it."""
        return sum(file.records for file in self.files) + sum(entry.records for entry in self.countries if entry.by_hand)

    @property
    def used(self) -> int:
        """Organisations whose operator is known."""
        return sum(entry.classified for entry in self.countries)

    @property
    def unknown(self) -> int:
        """Organisations whose operator nobody knows."""
        return sum(entry.unknown for entry in self.countries)

    @property
    def refused(self) -> int:
        """Records that another one of their place stands for, or of another level than the one chosen; a faulty one stops the import."""
        return sum(entry.refused for entry in self.countries)

    def text(self) -> str:
        """The report as Markdown."""
        lines = [
            f"# Import report: {self.name}",
            "",
            self._balance(),
            "",
            f"Weight: {self.weight}. {self._about_mx()}",
            "",
            *self._table(),
            "",
        ]
        lines += [f"- {note}" for note in self._notes()]
        return "\n".join(lines).rstrip() + "\n"

    def save(self, path: Path) -> None:
        """Writes the report to `path`, whole or not at all: as JSON if the name ends so, else as Markdown."""
        write_text(path, json_text(self.document()) if path.suffix == ".json" else self.text())

    def _balance(self) -> str:
        return f"Read {self.read} = used {self.used} + unknown {self.unknown} + refused {self.refused}."

    def _about_mx(self) -> str:
        told = [entry for entry in self.countries if entry.unknown_without_mx is not None]
        unknown = sum(entry.unknown for entry in told)
        without = sum(entry.unknown_without_mx or 0 for entry in told)
        if unknown == 0:
            untold = sum(entry.unknown for entry in self.countries if not entry.by_hand)
            return f"{untold} records are unknown; the files do not tell MX records." if untold else "No record of the files is unknown."
        if unknown == without:
            return f"All unknown records of the files ({unknown}) also lack an MX record."
        return f"Of {unknown} unknown records of the files, {without} lack an MX record and {unknown - without} have one."

    def _table(self) -> list[str]:
        by_people = self.weight == "population"
        head = [
            "country",
            "records",
            "classified",
            "unknown",
            "without MX",
            "gateway, % of records",
            "US, % of records",
            *(["US, % of people", "people, % of inhabitants"] if by_people else []),
            "population in",
            "regions",
            "repeated domains",
            "S of records by label",
            "S of records by MX",
            "top operators and their records",
        ]
        lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        for entry in self.countries:
            top = ", ".join(f"{name} {count}" for name, count in entry.top)
            cells = [
                entry.country + (" (by hand)" if entry.by_hand else ""),
                entry.records,
                entry.classified,
                entry.unknown,
                "not told" if entry.unknown_without_mx is None else entry.unknown_without_mx,
                _percent(entry.gateway_share),
                f"{100 * entry.us_share:.1f}",
                *([_percent(entry.us_people_share), _percent(entry.covered)] if by_people else []),
                entry.with_population,
                entry.regions,
                entry.repeated_domains,
                "-" if entry.s_label is None else f"{entry.s_label:.3f}",
                "-" if entry.s_mx is None else f"{entry.s_mx:.3f}",
                top,
            ]
            lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
        return lines

    def _notes(self) -> list[str]:
        notes = [f"{file.path}: {file.records} records, schema {file.schema}, sha256 {file.sha256}" for file in self.files]
        notes += [
            f"{entry.country}: {entry.without_region} records name no region; they count in the country only"
            for entry in self.countries
            if entry.without_region
        ]
        notes += [
            f"{entry.country}: {entry.refused} records refused: another record stands for their place or people"
            for entry in self.countries
            if entry.refused
        ]
        notes += [
            f"{entry.country}: {entry.weightless} records serve a population of 0; they are counted, but weigh nothing in any share"
            + (f"; {entry.weightless_regions} regions of such records alone are left out" if entry.weightless_regions else "")
            for entry in self.countries
            if entry.weightless
        ]
        notes += [
            f"{entry.country}: no statistics of inhabitants; the country counts the {entry.population:,} people of its records"
            for entry in self.countries
            if self.weight == "population" and entry.inhabitants is None
        ]
        notes += [_counted_note(entry) for entry in self.countries if any("-small-" in row[0] for row in entry.counted)]
        notes += [entry.text() for entry in self.disagreements]
        if self.unknown_seats:
            notes.append("Nobody is known to command (seat not in the operator table): " + ", ".join(self.unknown_seats))
        notes.append("`*-local-isp` and `*-self-hosted` are categories of the data, not operators.")
        return notes


def _percent(share: float | None) -> str:
    return "not told" if share is None else f"{100 * share:.1f}"


def _counted_note(entry: Coverage) -> str:
    rows = [
        f"{name} stands for {operators} operators with {organisations} organisations (mean {organisations / operators:.2f})"
        for name, operators, organisations in entry.counted
    ]
    return f"{entry.country}: " + "; ".join(rows)
