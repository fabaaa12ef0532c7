"""Tells the operators behind a category of the data apart by their MX domains."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailrift.importers.countries import country as country_named
from mailrift.importers.mx_domain import isp_id, mx_domain, provider_id, registrable_domain, seat_of
from mailrift.importers.operators import CATEGORIES, Control, Operator, Operators
from mailrift.importers.records import Record

#: Labels that say no more than a kind of operator, or where it is.
SPLIT_LABELS = frozenset({*CATEGORIES, "domestic", "foreign"})
#: Those of them that do not say that somebody else runs the server.
SELF_HOSTED_LABELS = frozenset({"independent", "domestic"})
#: An operator is named if it serves 2 organisations and this share of the country's classified ones, but no more than MOST_NAMED.
LEAST_SHARE = 0.005
MOST_NAMED = 20
_COUNTRY_AT_END = re.compile(r" \(([a-z]{2})\)$", re.IGNORECASE)


@dataclass
class Split:
    """The operator of each record of a category, by record id, and how many operators the counted entries stand for."""

    operator_of: dict[str, Operator] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)


Key = tuple[str, str]  # what records have in common: ("mx", domain), ("isp", name of the network) or ("own", record id)


def split_by_mx(country: str, records: Sequence[Record], operators: Operators) -> Split:
    """The operators behind the labels `SPLIT_LABELS` in one country.

    Records with the same MX domain have one operator. It is named if the operator table knows the domain (`mx_domains`), or if it is
    large enough (`LEAST_SHARE`, `MOST_NAMED`, two organisations): then its seat is assumed where most of its records say that its
    network is, else in the country of its top-level domain, or in this one.

    A mail server in the organisation's own domain, which no other uses, says nothing of the operator. If the data call it independent
    or domestic, it is self-hosted: all of them are one counted entry, `<cc>-self-hosted`. If they name a network (`Record.isp`), that
    is the operator, named under the same conditions. The rest are small operators, counted by seat (`<cc>-small-hosts` in the country,
    `<cc>-small-hosts-de` in Germany, `<cc>-small-foreign-hosts` where only that they are foreign is known), each MX domain or network
    one. Records without MX hosts, or with a gateway's, keep their category.
    """
    groups: dict[Key, list[Record]] = defaultdict(list)
    classified = 0
    served_by = Counter(domain for record in records if _is_split(record) and (domain := mx_domain(record)) is not None)
    for record in records:
        classified += not record.is_unknown
        if _is_split(record):
            groups[_key(record, served_by, operators)].append(record)
    large = _large(groups, classified)
    split = Split()
    counts: Counter[str] = Counter()
    for key, served in groups.items():
        operator = _of_table(key, operators)
        if operator is None and key in large:
            operator = _named(country, key, served)
        elif operator is None:
            operator = operators.provider("independent", country) if key[0] == "own" else _small_hosts(country, _seat(country, key, served))
            counts[operator.id] += 1
        split.operator_of |= {record.id: operator for record in served}
    split.counted = {identifier: counts[identifier] for identifier in sorted(counts)}
    return split


def _is_split(record: Record) -> bool:
    return record.provider in SPLIT_LABELS and bool(record.mx) and record.gateway is None


def _key(record: Record, served_by: Counter[str], operators: Operators) -> Key:
    domain = mx_domain(record)
    if domain is not None and not _is_own(domain, record, served_by, operators):
        return "mx", domain
    if record.provider in SELF_HOSTED_LABELS:
        return "own", record.id
    if record.isp:
        return "isp", " ".join(record.isp.casefold().split())
    return "mx", domain or f"own {record.id}"


def _is_own(domain: str, record: Record, served_by: Counter[str], operators: Operators) -> bool:
    """Whether the server is in the organisation's own domain, which no other uses and which is no mailbox provider's."""
    return served_by[domain] == 1 and domain == registrable_domain(record.domain) and not operators.owns_address(domain)


def _large(groups: dict[Key, list[Record]], classified: int) -> set[Key]:
    candidates = [
        (-len(served), key)
        for key, served in groups.items()
        if key[0] != "own" and len(served) >= 2 and len(served) >= LEAST_SHARE * classified
    ]
    return {key for _, key in sorted(candidates)[:MOST_NAMED]}


def _of_table(key: Key, operators: Operators) -> Operator | None:
    if key[0] == "mx":
        return operators.behind_mx(key[1])
    return operators.behind_isp(_COUNTRY_AT_END.sub("", key[1])) if key[0] == "isp" else None


def _isp_country(text: str) -> str:
    """The ISO 3166-1 code in brackets at the end of a network's name; "" without one ("AG", "SE" and "SA" alone are kinds of companies)."""
    found = _COUNTRY_AT_END.search(text)
    code = found.group(1).upper() if found else ""
    return code if country_named(code) is not None else ""


def _seat(country: str, key: Key, served: Sequence[Record]) -> str:
    """The country of an operator, as far as the data tell; "" if only that it is another one."""
    told = Counter(_isp_country(record.isp) for record in served)
    seat, most = min(told.items(), key=lambda item: (-item[1], item[0]))
    if seat and 2 * most > len(served):
        return seat
    home = "" if 2 * sum(record.provider == "foreign" for record in served) > len(served) else country
    return seat_of(key[1], home) if key[0] == "mx" and len(served) > 1 else home


def _named(country: str, key: Key, served: Sequence[Record]) -> Operator:
    seat = _seat(country, key, served)
    control = (Control(seat, "operator", "assumed", "low"),) if seat else ()
    if key[0] == "isp":
        name = min(record.isp for record in served)
        return Operator(isp_id(country, key[1]), name, control, "isp", note="Told by the network of its mail servers; seat by its name.")
    own = sum(record.provider == "independent" for record in served)
    kind = "isp" if 2 * own < len(served) else "national"
    note = "Told by its MX domain; seat by the name of its network, or its top-level domain."
    return Operator(provider_id(country, key[1]), key[1], control, kind, note=note)


def _small_hosts(country: str, seat: str) -> Operator:
    text = "operators of few organisations each, told by their MX domains or networks"
    text += "" if seat == country else f", in {seat}" if seat else ", of other countries"
    control = (Control(seat, "operator", "assumed", "low"),) if seat else ()
    suffix = "small-hosts" if seat == country else f"small-hosts-{seat.lower()}" if seat else "small-foreign-hosts"
    return Operator(f"{country.lower()}-{suffix}", f"{country}: {text}", control, "isp", note=f"A counted entry: {text}.")
