"""The centralisation score S of a country's mail, each operator by its label or by its MX domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from mailrift.importers.mx_domain import mx_domain
from mailrift.importers.records import GLOBAL_LABELS, Record


def score(operators: Iterable[str]) -> float:
    """S = sum (a_i / C)^2 - 1 / C with a_i of C clients at operator i; 0: each its own, towards 1: one operator; 0 without clients.

    The earth mover's distance from a fully decentralised market (Kumar et al. 2023; Akiwate et al. 2024).
    """
    counts = Counter(operators)
    clients = sum(counts.values())
    return sum(count * count for count in counts.values()) / clients**2 - 1 / clients if clients else 0.0


def by_label(records: Sequence[Record]) -> float:
    """S of the classified records: an operator is a label; of `local-isp` the named provider, of `independent` the own domain."""
    return score(_label(record) for record in records if not record.is_unknown)


def by_mx(records: Sequence[Record]) -> float:
    """S of the classified records: an operator is one of `GLOBAL_LABELS`, else the MX domain; without one, the own domain."""
    return score(_mx(record) for record in records if not record.is_unknown)


def largest(records: Sequence[Record], most: int) -> float:
    """Share of the classified records, in [0, 1], at the `most` largest operators by label."""
    counts = Counter(_label(record) for record in records if not record.is_unknown)
    return sum(count for _, count in counts.most_common(most)) / max(1, sum(counts.values()))


def _label(record: Record) -> str:
    if record.provider == "local-isp":
        return f"isp {record.isp}"
    return f"own {record.domain or record.id}" if record.provider == "independent" else record.provider


def _mx(record: Record) -> str:
    if record.provider in GLOBAL_LABELS:
        return record.provider
    domain = mx_domain(record)
    return f"own {record.domain or record.id}" if domain is None else f"mx {domain}"
