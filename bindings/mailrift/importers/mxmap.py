"""Imports the public mxmap measurements: who runs the mail of public bodies, read from MX, SPF and DKIM records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mailrift.importers.coverage import Report, measured_coverage
from mailrift.importers.document import (
    ASSUMED_MIXING,
    CountryMarket,
    json_text,
    jurisdictions_document,
    providers_document,
    suppliers_document,
    unknown_seats,
    write_text,
)
from mailrift.importers.merge import merge_sources
from mailrift.importers.observed import observed_shares
from mailrift.importers.operators import Operators, read_operators
from mailrift.importers.overlap import OverlapChoice, without_overlap
from mailrift.importers.population import population, refuse_too_many
from mailrift.importers.problem import ImportProblem, shown
from mailrift.importers.ranges import with_ranges
from mailrift.importers.reading import read_records
from mailrift.importers.records import Records
from mailrift.importers.splitting import split_by_mx
from mailrift.importers.tally import CountryTally, Weight, market_document, tally_country

NOTICE = (
    "Made from the mxmap measurements (mxmap-it/mxmap.it, licence CC BY-SA 4.0, and others named in sources), counted "
    "by country, region and operator; this file is licensed under CC BY-SA 4.0 too."
)
OWN_PEOPLE_NOTE = "No statistics of inhabitants: mail_users is the sum of the records' populations."
NO_GATEWAYS_NOTE = "The source does not tell gateways: legal reach is of mailbox operators alone."
OperatorsBy = Literal["mx", "label"]
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True)
class ImportResult:
    """A world document and the report of what it was made from."""

    world: dict[str, Any]
    report: Report

    def save(self, path: Path) -> None:
        """Writes the world to `path`, whole or not at all; raises ImportProblem."""
        write_text(path, json_text(self.world))


def import_mxmap(
    files: Sequence[Path],
    *,
    name: str,
    weight: Weight = "equal",
    overlap: OverlapChoice | None = None,
    operators_by: OperatorsBy = "mx",
    operators: Path | None = None,
) -> ImportResult:
    """Turns mxmap files into a world of organisations.

    Parameters
    ----------
    files
        Measurements in any format that `read_records` knows (docs/importing.md). Files of one source add up; of several
        sources of one country the one named first has precedence, place by place, and the report says how far they disagree.
    name
        Name of the world: a-z, 0-9, _ and -.
    weight
        "equal": each organisation alike; "population": by the population it serves, which every record must then have.
    overlap
        What to do where records count the same people twice, if weighted by population; not given: that is an error.
    operators_by
        "mx": the operators behind `independent` and `local-isp` are told apart by MX domain (`split_by_mx`); "label": each of the two is
        one entry in each country.
    operators
        Table of operators' seats and parents; by default the shipped one.

    Raises
    ------
    ImportProblem
        For the first fault, with file, JSON pointer, what was expected and what was found.
    """
    if not _NAME.fullmatch(name):
        raise ImportProblem("name", "", "a name of a-z, 0-9, _ and -, at most 64 characters", shown(name))
    if weight not in ("equal", "population"):
        raise ImportProblem("weight", "", '"equal" or "population"', shown(weight))
    if operators_by not in ("mx", "label"):
        raise ImportProblem("operators_by", "", '"mx" or "label"', shown(operators_by))
    if not files:
        raise ImportProblem("files", "", "one or more files", "none")
    table = read_operators(operators)
    records = read_records(files)
    markets, report = count_markets(records, table, name=name, weight=weight, overlap=overlap, operators_by=operators_by)
    if not any(market.providers for market in markets):
        raise ImportProblem(files[0], "", "one or more records whose operator is known", "none")
    return ImportResult(_world(name, weight, markets, records), report)


def _world(name: str, weight: Weight, markets: Sequence[CountryMarket], records: Records) -> dict[str, Any]:
    sources = {source for market in markets for source in records.sources_of(market.code)}
    of_people = {key.strip() for market in markets for key in market.users_source.split(",") if key}
    terms = {"licence": "CC-BY-SA-4.0", "notice": NOTICE} if any(source.startswith("mxmap-") for source in sources) else {}
    return {
        "schema": 1,
        "name": name,
        "title": f"Mail of organisations in {', '.join(market.code for market in markets)}"[:200],
        "unit": "organisations",
        "weight": weight,
        **terms,
        "sources": sorted(sources | of_people),
        "missing": "proportional",
        "jurisdictions": jurisdictions_document(markets, _all_operators(markets)),
        "suppliers": suppliers_document(markets),
        "providers": providers_document(markets),
        "markets": {market.code: market.market for market in markets},
        "mixing": ASSUMED_MIXING,
        "x-made-from": files_document(records),
    }


def count_markets(
    records: Records,
    table: Operators,
    *,
    name: str,
    weight: Weight,
    notes: dict[str, str] | None = None,
    overlap: OverlapChoice | None = None,
    operators_by: OperatorsBy = "label",
) -> tuple[list[CountryMarket], Report]:
    """Counts all countries, by code, and reports on them."""
    markets: list[CountryMarket] = []
    merged, disagreements = merge_sources(records)
    report = Report(name, weight, list(records.files), disagreements=disagreements)
    for code in sorted(records.by_country):
        read, of_country = records.by_country[code], merged.by_country[code]
        if weight == "population":
            of_country = without_overlap(code, of_country, overlap or OverlapChoice())
            refuse_too_many(code, of_country)
        source = records.source_of(code)
        split = split_by_mx(code, of_country, table) if operators_by == "mx" else None
        tally = tally_country(code, of_country, table, weight, split)
        telling = [record for record in of_country if record.file not in records.without_gateways]
        note = _note(code, (notes or {}).get(code, ""), weight, tells_gateways=len(telling) == len(of_country))
        document = market_document(tally, source, note, effective=weight == "population")
        observed = observed_shares(code, records, of_country, table, weight)
        samples = {name: region.effective_sample for name, region in tally.regions.items()}
        market = with_ranges(document | ({"x-observed": observed} if observed else {}), samples)
        users, users_source = _mail_users(code, tally, weight, source)
        markets.append(CountryMarket(code, users, market, tally.providers, tally.gateways, tally.counted, users_source))
        refused = len(read) - len(of_country)
        report.countries.append(measured_coverage(tally, of_country, source, telling=telling, weight=weight, refused=refused))
    report.unknown_seats = unknown_seats(markets)
    return markets, report


def _mail_users(code: str, tally: CountryTally, weight: Weight, source: str) -> tuple[int, str]:
    """How much a country counts, and the source of that: its records, or its people; those of its records where no statistics tell."""
    if weight == "equal":
        return tally.whole.records, ""
    people = population(code)
    return (people.people, people.source) if people is not None else (tally.whole.total_weight, source)


def _note(code: str, given: str, weight: Weight, *, tells_gateways: bool) -> str:
    own_people = weight == "population" and population(code) is None
    return " ".join(filter(None, (given, "" if tells_gateways else NO_GATEWAYS_NOTE, OWN_PEOPLE_NOTE if own_people else "")))


def files_document(records: Records) -> list[dict[str, Any]]:
    """The files that were read, with their digests."""
    return [{"file": file.path, "records": file.records, "sha256": file.sha256} for file in records.files]


def _all_operators(markets: Sequence[CountryMarket]) -> list[Any]:
    return [operator for market in markets for operator in (*market.providers.values(), *market.gateways.values())]
