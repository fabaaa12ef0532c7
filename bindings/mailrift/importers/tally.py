"""Counts records into the market of a country: routes, unknown share, regions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from mailrift.importers.operators import Operator, Operators
from mailrift.importers.problem import ImportProblem
from mailrift.importers.records import Record
from mailrift.importers.splitting import Split

Weight = Literal["equal", "population"]


class Route(NamedTuple):
    """How mail arrives: the ids of provider and gateway, and whose the address is."""

    provider: str
    gateway: str
    address: str


@dataclass
class Tally:
    """Records of one place by route; `weights` and `unknown_weight` count organisations or the people they serve."""

    records: int = 0
    unknown: int = 0
    unknown_without_mx: int = 0
    unknown_weight: int = 0
    weightless: int = 0
    known_squares: int = 0  # sum of squared weights of the classified
    counts: Counter[Route] = field(default_factory=Counter)
    weights: Counter[Route] = field(default_factory=Counter)

    def add(self, route: Route | None, weight: int, has_mx: bool | None) -> None:
        """Counts a record; route None: nobody knows the operator."""
        self.records += 1
        self.weightless += weight == 0
        if route is None:
            self.unknown += 1
            self.unknown_without_mx += has_mx is False
            self.unknown_weight += weight
        else:
            self.counts[route] += 1
            self.weights[route] += weight
            self.known_squares += weight * weight

    @property
    def effective_sample(self) -> float:
        """Classified records that would tell as much if all weighed alike: (sum of weights)^2 / sum of squares (L. Kish, 1965)."""
        return sum(self.weights.values()) ** 2 / self.known_squares if self.known_squares else 0.0

    @property
    def total_weight(self) -> int:
        """The weight of all records."""
        return self.unknown_weight + sum(self.weights.values())


@dataclass
class CountryTally:
    """A country's records, as a whole and by region, with the operators that its routes name."""

    country: str
    whole: Tally = field(default_factory=Tally)
    regions: dict[str, Tally] = field(default_factory=dict)
    without_region: int = 0
    providers: dict[str, Operator] = field(default_factory=dict)
    gateways: dict[str, Operator] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)  # operators behind an entry that stands for several


def tally_country(
    country: str, records: Sequence[Record], operators: Operators, weight: Weight, split: Split | None = None
) -> CountryTally:
    """Counts the records of one country; `split` tells the operators behind categories apart.

    Raises
    ------
    ImportProblem
        If `weight` is "population" and a record has none, or all of them are 0.
    """
    if weight == "population":
        _require_populations(country, records)
    result = CountryTally(country)
    for record in records:
        route = None if record.is_unknown else _route(record, operators, split, result)
        amount = 1 if weight == "equal" else record.population or 0
        result.whole.add(route, amount, record.has_mx)
        if record.region:
            result.regions.setdefault(record.region, Tally()).add(route, amount, record.has_mx)
        else:
            result.without_region += 1
    result.counted = _counted(country, records, split or Split())
    return result


def _counted(country: str, records: Sequence[Record], split: Split) -> dict[str, int]:
    """Operators behind counted entries: those told apart, and one for each organisation on its own server that was not."""
    alone = sum(record.provider == "independent" and record.id not in split.operator_of for record in records)
    counted = Counter(split.counted)
    counted[f"{country.lower()}-self-hosted"] += alone
    return {identifier: count for identifier, count in sorted(counted.items()) if count}


def _route(record: Record, operators: Operators, split: Split | None, into: CountryTally) -> Route:
    provider = split.operator_of.get(record.id) if split is not None else None
    provider = provider or operators.provider(record.provider, record.country)
    _add(provider, into.providers, record, "label of a provider")
    gateway = ""
    if record.gateway is not None:
        operator = operators.gateway(record.gateway)
        _add(operator, into.gateways, record, "label of a gateway")
        gateway = operator.id
    return Route(provider.id, gateway, "provider" if operators.owns_address(record.domain) else "own")


def _add(operator: Operator, into: dict[str, Operator], record: Record, what: str) -> None:
    """Adds an operator; a label of the data must not read as the id of one that was made from MX domains or networks."""
    if into.setdefault(operator.id, operator) != operator:
        found = f"{operator.id}, the id of two: {operator.name} and {into[operator.id].name}"
        raise ImportProblem(record.file, record.pointer, f"a {what} that is no operator's by MX domain or network", found)


def _require_populations(country: str, records: Sequence[Record]) -> None:
    without = [record for record in records if record.population is None]
    if without:
        names = ", ".join(f"{record.pointer} ({record.id})" for record in without[:5]) + (", ..." if len(without) > 5 else "")
        raise ImportProblem(
            without[0].file,
            without[0].pointer,
            f"a population in every record of {country} to weight by it",
            f"{len(without)} of {len(records)} without: {names}",
        )
    if not any(record.population for record in records):
        raise ImportProblem(records[0].file, records[0].pointer, f"a population above 0 in some record of {country}", "0 in all")


def market_document(tally: CountryTally, source: str, note: str = "", *, effective: bool = False) -> dict[str, Any]:
    """The market of a world document: shares are whole weights over the total, so that they and `unknown` sum to 1.

    `mail_users` of regions are weights too: records, or people where `Weight` is "population". `effective`: with the number of
    classified records that would tell as much if all weighed alike, for ranges.
    """
    market: dict[str, Any] = {"sample": tally.whole.records, "source": source}
    if effective:
        market["x-effective-sample"] = round(tally.whole.effective_sample, 3)
    if note:
        market["note"] = note
    market |= _place_document(tally.whole)
    regions = {
        name: {"mail_users": region.total_weight} | _place_document(region)
        for name, region in sorted(tally.regions.items())
        if region.total_weight > 0
    }
    return market | {"regions": regions} if regions else market


def _place_document(tally: Tally) -> dict[str, Any]:
    total = tally.total_weight
    rows = sorted(((route, count) for route, count in tally.weights.items() if count > 0), key=lambda row: (-row[1], row[0]))
    return {
        "unknown": tally.unknown_weight / total,
        "routes": routes_document((route, count / total) for route, count in rows),
    }


def routes_document(rows: Iterable[tuple[Route, Any]]) -> list[dict[str, Any]] | dict[str, Any]:
    """Routes with their shares, in the short form {provider: share} where nothing else is to be said."""
    listed = list(rows)
    if all(not route.gateway and route.address == "own" for route, _ in listed):
        return {route.provider: share for route, share in listed}
    return [
        {
            "provider": route.provider,
            **({"gateway": route.gateway} if route.gateway else {}),
            "share": share,
            "address": route.address,
        }
        for route, share in listed
    ]
