"""Tells the operators behind a category of the data apart by their MX domains."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailrift.importers.mx_domain import mx_domain, provider_id, registrable_domain, seat_of
from mailrift.importers.operators import CATEGORIES, Control, Operator, Operators
from mailrift.importers.records import Record

#: Labels that say no more than a kind of operator, or where it is.
SPLIT_LABELS = frozenset({*CATEGORIES, "domestic", "foreign"})
#: An operator is named if it serves 2 organisations and this share of the country's classified ones, but no more than MOST_NAMED.
LEAST_SHARE = 0.005
MOST_NAMED = 20


@dataclass
class Split:
    """The operator of each record of a category, by record id, and how many operators the counted entries stand for."""

    operator_of: dict[str, Operator] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)


def split_by_mx(country: str, records: Sequence[Record], operators: Operators) -> Split:
    """The operators behind the labels `SPLIT_LABELS` in one country.

    Records with the same MX domain have one operator. It is named if the operator table knows the domain (`mx_domains`), or if it is
    large enough (`LEAST_SHARE`, `MOST_NAMED`, two organisations): then its seat is assumed in the country of its top-level domain, or
    in this one. A mail server in the organisation's own domain, which no other uses, is self-hosted: all of them are one counted
    entry, `<cc>-self-hosted`. The rest are small operators, another counted entry, `<cc>-small-hosts`, with as many operators as MX
    domains. Records without MX hosts, or with a gateway's, keep their category.
    """
    of_domain: dict[str, list[Record]] = defaultdict(list)
    split = Split()
    classified = 0
    for record in records:
        classified += not record.is_unknown
        if record.provider in SPLIT_LABELS and record.mx and record.gateway is None:
            of_domain[mx_domain(record) or f"own {record.id}"].append(record)
    large = _large(of_domain, classified)
    counts: Counter[str] = Counter()
    for domain, served in of_domain.items():
        operator = operators.behind_mx(domain)
        if operator is None and domain in large:
            operator = _named(country, domain, served)
        elif operator is None:
            own = _is_own(domain, served, operators)
            operator = operators.provider("independent", country) if own else _small_hosts(country, _is_foreign(served))
            counts[operator.id] += 1
        split.operator_of |= {record.id: operator for record in served}
    split.counted = {identifier: counts[identifier] for identifier in sorted(counts)}
    return split


def _large(of_domain: dict[str, list[Record]], classified: int) -> set[str]:
    candidates = [
        (-len(served), domain) for domain, served in of_domain.items() if len(served) >= 2 and len(served) >= LEAST_SHARE * classified
    ]
    return {domain for _, domain in sorted(candidates)[:MOST_NAMED]}


def _is_own(domain: str, served: Sequence[Record], operators: Operators) -> bool:
    """Whether the one organisation served has its server in its own domain, no mailbox provider's, or one without a name."""
    if domain.startswith("own "):
        return True
    return len(served) == 1 and domain == registrable_domain(served[0].domain) and not operators.owns_address(domain)


def _named(country: str, domain: str, served: Sequence[Record]) -> Operator:
    identifier = provider_id(country, domain)
    seat = seat_of(domain, "" if _is_foreign(served) else country)
    control = (Control(seat, "operator", "assumed", "low"),) if seat else ()
    own = sum(record.provider == "independent" for record in served)
    kind = "isp" if 2 * own < len(served) else "national"
    return Operator(identifier, domain, control, kind, note="Told by its MX domain; seat by its top-level domain.")


def _is_foreign(served: Sequence[Record]) -> bool:
    """Whether the data say that the operator is of another country, without saying of which."""
    return 2 * sum(record.provider == "foreign" for record in served) > len(served)


def _small_hosts(country: str, foreign: bool) -> Operator:
    text = "operators of few organisations each, told by their MX domains" + (", of other countries" if foreign else "")
    control = () if foreign else (Control(country, "operator", "assumed", "low"),)
    identifier = f"{country.lower()}-small-{'foreign-' if foreign else ''}hosts"
    return Operator(identifier, f"{country}: {text}", control, "isp", note=f"A counted entry: {text}.")
