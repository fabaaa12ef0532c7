"""Policies of one's own: a class whose method receives a period's tallies and returns what to do with each sender's mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mailrift import _core

#: What a policy can do with mail, in the order of the core's columns.
ACTIONS = ("junk", "reject", "defer", "discard")
_ID = re.compile(r"(?!x-)[a-z0-9][a-z0-9_-]{0,63}")  # as documents want it


@dataclass(frozen=True, slots=True)
class Tallies:
    """What one receiver counted in the period that ends now, key by key.

    A key is a sending operator as the receiver tells it apart. One entry of the world may stand for many operators; then it has
    several keys (a sample), or one in "fluid". All arrays have shape (n_keys,), cannot be written to, and are in the order of
    (source, key), whatever the order of the document. In "flow" and "message" counts are whole numbers, in "fluid" expected ones.
    """

    receiver: str
    """Id of who judges: a gateway, a provider, or where a mailbox forwards to."""
    day: float
    """End of the period, in days from the start."""
    sources: tuple[str, ...]
    """Id of the sending operator, as in the ledger's `source`; repeated where it has several keys."""
    keys: NDArray[np.int64]
    """Number of the key among those of its source, from 0."""
    addresses: NDArray[np.int64]
    """How many fresh addresses the key took so far: with another number than before, it is a stranger to whoever keeps a memory."""
    good: NDArray[np.float64]
    """Messages judged good in the period, of those that `evidence` shows."""
    bad: NDArray[np.float64]
    """Messages judged bad."""
    offered: NDArray[np.float64]
    """Messages at their first try, whatever policies did with them: those of a blocked key too."""
    share: NDArray[np.float64]
    """The key's part of all messages judged good here, in [0, 1]; sums to 1 with weights `operators`, or is 0 if there were none."""
    operators: NDArray[np.float64]
    """How many sending operators the key stands for, more than 0."""

    def __len__(self) -> int:
        return len(self.sources)


class Proposals(NamedTuple):
    """What to do with mail of each key: probabilities, shape (n_keys,), that exclude each other; what is left is accepted. None: 0."""

    junk: ArrayLike | None = None
    """Accepted, and marked as junk."""
    reject: ArrayLike | None = None
    """Refused with "550 5.7.1"; the sender learns of it."""
    defer: ArrayLike | None = None
    """Refused with "421 4.7.0" for now; the sender tries again, and each try is decided anew."""
    discard: ArrayLike | None = None
    """Accepted and dropped; nobody learns of it."""


class Policy:
    """Base class of a policy of one's own, for `mailrift.run` and `mailrift.Simulation`.

    Attributes are of the class or of the instance, read when the run begins. The method is called at the end of each period, once
    for each receiver, receivers in the order of their ids. What the class keeps in between is its own: a run repeats bit for bit if
    `propose` depends on nothing but what it is given and what it was given before, from a fresh instance on.
    """

    receiver: str = "*"
    """Who applies it: the id of a provider or gateway, or "*" for all that mail comes to."""
    begins: str = "0 h"
    """When they begin to, such as "30 d": at the first tick at or after it, with nothing counted."""
    ends: str | None = None
    """When they cease to, such as "60 d": at the first tick at or after it; None: never."""
    stage: str = "connect"
    """When in the SMTP transaction it decides: "connect", "mail_from", "rcpt" or "data".

    Mail that it rejects before "data" never shows as evidence.
    """
    period: str = "1 d"
    """How often it proposes, a multiple of the slice; "0 s": at every slice."""
    evidence: str = "attempts"
    """What is judged good or bad: "attempts" (a filter, over what came to stage "data") or "inbox" (what users report)."""
    true_positive: float = 1.0
    """Probability in [0, 1] that spam is judged bad."""
    false_positive: float = 0.0
    """Probability in [0, 1] that wanted mail is judged bad."""

    def propose(self, tallies: Tallies) -> Proposals | Mapping[str, ArrayLike] | ArrayLike:
        """What to do with mail of each key until the period after this one ends. Before its first call, and for unknown senders: accept.

        Returns
        -------
        An array of shape (n_keys,), the probabilities of rejecting; or `Proposals`, or a dict with some of the keys junk, reject,
        defer and discard, each such an array: finite, in [0, 1], with a sum of at most 1 for each key. Anything else ends the run
        with a ValueError that names policy, receiver and the first source that is wrong.
        """
        raise NotImplementedError(f"{type(self).__name__}.propose")


PolicyOrPair = Policy | tuple[Policy, str]
"""A policy, or a policy and the receiver that applies it in place of its own."""


def given_policies(policies: Mapping[str, PolicyOrPair] | None) -> list[_core.GivenPolicy]:
    """The policies for the core, by id.

    Raises
    ------
    TypeError
        If they are no mapping of ids to policies, or a policy's attribute has another type.
    ValueError
        For an id that no document could have; DocumentError for an attribute that is out of range.
    """
    if policies is None:
        return []
    if not isinstance(policies, Mapping):
        raise TypeError(f'policies: expected a dict such as {{"mine": Mine()}}, got {type(policies).__name__}')
    return [_given(name, value) for name, value in policies.items()]


def _given(name: Any, value: Any) -> _core.GivenPolicy:
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise ValueError(f"policies: expected ids of 1 to 64 characters a-z, 0-9, _ and -, the first a letter or digit, got {name!r}")
    policy, receiver = value if isinstance(value, tuple) and len(value) == 2 else (value, None)
    if not isinstance(policy, Policy):
        hint = "; did you mean an instance of it?" if isinstance(policy, type) and issubclass(policy, Policy) else ""
        raise TypeError(f"policies[{name!r}]: expected an instance of a class derived from mr.Policy, got {_kind(policy)}{hint}")
    return _core.GivenPolicy(
        name,
        receiver=_text(name, "receiver", policy.receiver if receiver is None else receiver),
        begins=_text(name, "begins", policy.begins),
        ends=None if policy.ends is None else _text(name, "ends", policy.ends),
        stage=_text(name, "stage", policy.stage),
        period=_text(name, "period", policy.period),
        evidence=_text(name, "evidence", policy.evidence),
        true_positive=_number(name, "true_positive", policy.true_positive),
        false_positive=_number(name, "false_positive", policy.false_positive),
        ask=_asker(name, policy),
    )


def _text(name: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"policies[{name!r}]: {key}: expected a text, got {_kind(value)}")
    return value


def _number(name: str, key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"policies[{name!r}]: {key}: expected a number, got {_kind(value)}")
    return float(value)


def _asker(name: str, policy: Policy) -> Callable[..., NDArray[np.float64]]:
    """What the core calls: the user's method between its arguments made read-only and its answer checked, as shape (4, n_keys)."""

    def ask(receiver: str, day: float, sources: tuple[str, ...], *columns: NDArray[Any]) -> NDArray[np.float64]:
        for column in columns:
            column.setflags(write=False)
        where = f"policy {name!r} at receiver {receiver!r}, day {day:g}"
        try:
            answer = policy.propose(Tallies(receiver, day, sources, *columns))
        except Exception as error:
            error.add_note(f"raised in {where}; nothing of the run is kept")
            raise
        return checked(answer, sources, where)

    return ask


def checked(answer: Any, sources: tuple[str, ...], where: str) -> NDArray[np.float64]:
    """What `propose` gave back as probabilities of shape (4, n_keys): junk, reject, defer, discard.

    Raises
    ------
    ValueError
        For anything that `Policy.propose` may not return, with the first source that is wrong.
    """
    fields = answer._asdict() if isinstance(answer, tuple) and hasattr(answer, "_asdict") else answer
    if not isinstance(fields, Mapping):
        fields = {"reject": fields}
    made = np.zeros((len(ACTIONS), len(sources)))
    for action, values in fields.items():
        if action not in ACTIONS:
            raise ValueError(f"{where}: expected some of {', '.join(ACTIONS)}, got {action!r}")
        if values is None and isinstance(answer, Proposals):
            continue
        made[ACTIONS.index(action)] = _column(values, sources, f"{where}: {action}")
    junk, reject, defer, discard = made
    accepted = 1 - (reject + defer + discard) - junk  # as the core sums them
    wrong = np.flatnonzero(accepted < -1e-12)
    if wrong.size:
        k = int(wrong[0])
        raise ValueError(f"{where}: expected probabilities with a sum of at most 1, got {made[:, k].sum():.17g} for source {sources[k]!r}")
    rounded = accepted < 0  # only by the rounding of a sum of 1
    made[:, rounded] *= (1 - 1e-15) / made[:, rounded].sum(axis=0)
    return made


def _column(values: Any, sources: tuple[str, ...], where: str) -> NDArray[np.float64]:
    try:
        column = np.asarray(values)
    except ValueError:  # lists of unlike lengths
        column = np.asarray(None)
    if column.dtype.kind not in "biuf":
        raise ValueError(f"{where}: expected an array of numbers, got {_kind(values)}")
    if column.shape != (len(sources),):
        raise ValueError(f"{where}: expected shape ({len(sources)},), one number for each key, got {column.shape}")
    wrong = np.flatnonzero(~((column >= 0) & (column <= 1)))
    if wrong.size:
        k = int(wrong[0])
        raise ValueError(f"{where}: expected probabilities in 0..1, got {column[k]:g} for source {sources[k]!r}")
    return column.astype(np.float64)


def _kind(value: Any) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return "None" if value is None else type(value).__name__
