"""Measures of finished runs: what policies of receivers stop and cost."""

from __future__ import annotations

from mailrift.policy_measures import (
    accounts,
    arrived,
    blocked_sources,
    blocker_cost,
    centralisation,
    delivery,
    size_classes,
    time_to_block,
    time_to_unblock,
)

__all__ = [
    "accounts",
    "arrived",
    "blocked_sources",
    "blocker_cost",
    "centralisation",
    "delivery",
    "size_classes",
    "time_to_block",
    "time_to_unblock",
]
