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
_BRACKETS = re.compile(r" ?\(([^()]*)\)$")
_CODES = re.compile(r"[a-z]{2}([/,+& ]+[a-z]{2})*", re.IGNORECASE)


@dataclass
class Split:
    """The operator of each record of a category, by record id, and how many operators the counted entries stand for."""

    operator_of: dict[str, Operator] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)


Key = tuple[str, str]  # what records have in common: ("mx", domain), ("isp", name of the network) or ("own", domain or record id)
Groups = dict[Key, list[Record]]


def split_by_mx(country: str, records: Sequence[Record], operators: Operators) -> Split:
    """The operators behind the labels `SPLIT_LABELS` in one country.

    Records with the same MX domain have one operator. It is named if the operator table knows the domain (`mx_domains`), or if it is
    large enough (`LEAST_SHARE`, `MOST_NAMED`, two organisations): then its seat is assumed where most of its records say that its
    network is, else in the country of its top-level domain, or in this one.

    A mail server in the organisation's own domain, which no other uses, says nothing of the operator. If the data call it independent
    or domestic, it is self-hosted: all of them are one counted entry, `<cc>-self-hosted`. If they name a network (`Record.isp`), that
    is the operator, with all smaller MX domains on it whose records the data do not call independent: one network is one operator,
    named by the table (`isp_names`) or if their sum is large enough. The rest are small operators, counted by seat (`<cc>-small-hosts`
    in the country, `<cc>-small-hosts-de` in Germany, `<cc>-small-foreign-hosts` where only that they are foreign is known,
    `<cc>-small-unseated-hosts` where the name of the network tells several countries, or none that exists), each MX domain or network
    one. Records without MX hosts, or with a gateway's, keep their category.
    """
    split_records = [record for record in records if _is_split(record)]
    users = _users(split_records)
    groups: Groups = defaultdict(list)
    for record in split_records:
        groups[_key(record, users, operators)].append(record)
    least = LEAST_SHARE * sum(not record.is_unknown for record in records)
    large = {key for key in _large(groups, least, operators) if key[0] == "mx"}
    groups = _with_networks(groups, operators, large)
    large |= _large(groups, least, operators)
    split = Split()
    counts: Counter[str] = Counter()
    for key, served in groups.items():
        operator = _of_table(key, operators)
        if operator is None and key in large:
            operator = _named(country, key, served)
        elif operator is None:
            seat = _seat(country, key, served)
            operator = operators.provider("independent", country) if key[0] == "own" else _small_hosts(country, seat)
            counts[operator.id] += 1
        split.operator_of |= {record.id: operator for record in served}
    split.counted = {identifier: counts[identifier] for identifier in sorted(counts)}
    return split


def _is_split(record: Record) -> bool:
    return record.provider in SPLIT_LABELS and bool(record.mx) and record.gateway is None


def _users(records: Sequence[Record]) -> dict[str, set[str]]:
    """By MX domain, the domains of the organisations that use it (ids, for those without one): a town and its district may share one."""
    users: dict[str, set[str]] = defaultdict(set)
    for record in records:
        domain = mx_domain(record)
        if domain is not None:
            users[domain].add(registrable_domain(record.domain) or record.id)
    return users


def _key(record: Record, users: dict[str, set[str]], operators: Operators) -> Key:
    domain = mx_domain(record)
    if domain is not None and not _is_own(domain, users, operators):
        return "mx", domain
    if record.provider in SELF_HOSTED_LABELS:
        return "own", domain or record.id
    if record.isp:
        return "isp", _network(record.isp)
    return "mx", domain or f"own {record.id}"


def _is_own(domain: str, users: dict[str, set[str]], operators: Operators) -> bool:
    """Whether the server is in the organisation's own domain, which no other uses and which is no mailbox provider's."""
    return users[domain] == {domain} and not operators.owns_address(domain)


def _network(name: str) -> str:
    """The name by which a network is told apart from others."""
    return " ".join(name.casefold().split())


def _with_networks(groups: Groups, operators: Operators, large: set[Key]) -> Groups:
    """The groups, with each small MX domain that most of its records put on one network, in that network's."""
    result: Groups = defaultdict(list)
    for key, served in groups.items():
        network = _network_of(served) if key[0] == "mx" and key not in large and _of_table(key, operators) is None else ""
        result[("isp", network) if network else key] += served
    return result


def _network_of(served: Sequence[Record]) -> str:
    """The network of most records, if the data say of most that somebody else runs the server; else ""."""
    if 2 * sum(record.provider in SELF_HOSTED_LABELS for record in served) >= len(served):
        return ""
    told = Counter(_network(record.isp) for record in served)
    network, most = min(told.items(), key=lambda item: (-item[1], item[0]))
    return network if 2 * most > len(served) else ""


def _large(groups: Groups, least: float, operators: Operators) -> set[Key]:
    candidates = [
        (-len(served), key)
        for key, served in groups.items()
        if key[0] != "own" and len(served) >= max(2, least) and _of_table(key, operators) is None
    ]
    return {key for _, key in sorted(candidates)[:MOST_NAMED]}


def _of_table(key: Key, operators: Operators) -> Operator | None:
    if key[0] == "mx":
        return operators.behind_mx(key[1])
    return operators.behind_isp(_BRACKETS.sub("", key[1])) if key[0] == "isp" else None


def _isp_country(text: str) -> str | None:
    """The ISO 3166-1 code in brackets at the end of a network's name, `UK` for `GB`.

    "" for several codes or one that is not in the standard; None where it tells no country ("AG", "SE" and "SA" without brackets are
    kinds of companies too).
    """
    found = _BRACKETS.search(text)
    if found is None or not _CODES.fullmatch(found.group(1)):
        return None
    code = {"UK": "GB"}.get(found.group(1).upper(), found.group(1).upper())
    return code if country_named(code) is not None else ""


def _seat(country: str, key: Key, served: Sequence[Record]) -> str | None:
    """The country of an operator, as far as the data tell; "" if only that it is another one, None if not even that."""
    told = Counter(_isp_country(record.isp) for record in served)
    seat, most = min(told.items(), key=lambda item: (-item[1], item[0] or ""))
    if seat is not None and 2 * most > len(served):
        return seat or None
    home = "" if 2 * sum(record.provider == "foreign" for record in served) > len(served) else country
    is_own = all(registrable_domain(record.domain) == key[1] for record in served)  # then its top level is the organisation's
    return seat_of(key[1], home) if key[0] == "mx" and not is_own else home


def _named(country: str, key: Key, served: Sequence[Record]) -> Operator:
    seat = _seat(country, key, served)
    control = (Control(seat, "operator", "assumed", "low"),) if seat else ()
    if key[0] == "isp":
        name = min(record.isp for record in served if _network(record.isp) == key[1])
        return Operator(isp_id(country, key[1]), name, control, "isp", note="Told by the network of its mail servers; seat by its name.")
    own = sum(record.provider == "independent" for record in served)
    kind = "isp" if 2 * own < len(served) else "national"
    note = "Told by its MX domain; seat by the name of its network, or its top-level domain."
    return Operator(provider_id(country, key[1]), key[1], control, kind, note=note)


def _small_hosts(country: str, seat: str | None) -> Operator:
    text = "operators of few organisations each, told by their MX domains or networks"
    control = (Control(seat, "operator", "assumed", "low"),) if seat else ()
    if seat is None:
        text, suffix = f"{text}, whose country the data do not tell", "small-unseated-hosts"
    elif not seat:
        text, suffix = f"{text}, of other countries", "small-foreign-hosts"
    elif seat == country:
        suffix = "small-hosts"
    else:
        text, suffix = f"{text}, in {seat}", f"small-hosts-{seat.lower()}"
    return Operator(f"{country.lower()}-{suffix}", f"{country}: {text}", control, "isp", note=f"A counted entry: {text}.")
