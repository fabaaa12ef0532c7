"""What policies of receivers stop and cost, from a run's ledger and verdicts: who is hit, how long, and who is left to carry the mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mailrift.extras import need
from mailrift.results import Run

if TYPE_CHECKING:
    import pandas as pd

LOST = ("rejected", "junk", "expired", "discarded")  #: outcomes by which a policy keeps mail from the inbox
BLOCKED = 0.5  #: at least this share of a source's tries is not accepted: the source is blocked
_ROUNDING = 1e-12  # of a mean over operators


def _frame(columns: dict[str, Any]) -> pd.DataFrame:
    return need("pandas", "frames").DataFrame(columns)


def accounts(run: Run, by: str) -> pd.DataFrame:
    """Messages of each source or receiver, by what became of them.

    Parameters
    ----------
    by
        "source" or "receiver", as in the ledger.

    Returns
    -------
    indexed by id, sorted: operators (real ones that the id stands for), wanted_written; of wanted mail inbox, lost (rejected, junk,
    expired or discarded by a policy), lost_to_orders, waiting (queued at the end) and otherwise, which sum to it; spam_written,
    spam_in_inbox
    """
    ledger = run.ledger
    wanted, spam = ledger["mail_class"] == "wanted", ledger["mail_class"] == "spam"
    inbox, waiting = ledger["outcome"] == "inbox", ledger["outcome"] == "queued"
    lost = (ledger["policy"] != "") & ledger["outcome"].isin(LOST)
    ordered = (ledger["order"] != "") & ~inbox & ~waiting & ~lost
    chosen = {
        "wanted_written": wanted,
        "inbox": wanted & inbox,
        "lost": wanted & lost,
        "lost_to_orders": wanted & ordered,
        "waiting": wanted & waiting,
        "otherwise": wanted & ~(inbox | lost | ordered | waiting),
        "spam_written": spam,
        "spam_in_inbox": spam & inbox,
    }
    ids = sorted(set(ledger[by]))
    counts = run.core.operators()
    table = _frame({"operators": [counts[one] for one in ids]})
    table.index = need("pandas", "frames").Index(ids, name=by)
    for name, rows in chosen.items():
        table[name] = ledger["messages"].where(rows, 0.0).groupby(ledger[by]).sum().reindex(ids, fill_value=0.0)
    return table


def share(part: Any, whole: Any) -> Any:
    """Part by whole, element by element; NaN where the whole is 0."""
    whole = np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0)


def daily_volume(run: Run, table: pd.DataFrame) -> NDArray[np.float64]:
    """Wanted messages that each operator of a row of `accounts` writes (by source) or is sent (by receiver) a day."""
    operators = np.maximum(table["operators"].to_numpy(dtype=float), 1)
    written: NDArray[np.float64] = table["wanted_written"].to_numpy(dtype=float)
    return written / operators / run.days if run.days > 0 else np.zeros(len(table))


def size_classes(run: Run, by: str = "sources") -> pd.DataFrame:
    """False positives and spam by size of sender: in decades of wanted messages per operator and day.

    Parameters
    ----------
    by
        "sources": who sends, by what it writes; "receivers": whose mailboxes, by what is written to them.

    Returns
    -------
    indexed by size ("<1", "1-10", ..., of those between the smallest and the largest that there are, and "spam senders" for the
    botnet and others who write nothing else): low, high, operators (real ones), the columns of `accounts`, false_positive (share of
    wanted mail written that a policy kept from the inbox), spam_inbox (share of spam written that is in the inbox). Sums over all rows
    are those of the ledger. A counted entry is in the class of one of its operators. In a world of organisations a message is what one
    organisation writes, so that classes mean something
    relative to each other alone.

    Raises
    ------
    ValueError
        For another `by`.
    """
    if by not in ("sources", "receivers"):
        raise ValueError(f'by: expected "sources" or "receivers", got {by!r}')
    table = accounts(run, by.removesuffix("s"))
    volume = daily_volume(run, table)
    decades = 10.0 ** np.arange(18)
    place = np.searchsorted(decades, volume, side="right")
    place[table["operators"].to_numpy() == 0] = -1
    real = place[place >= 0]
    rows = [*range(real.min(), real.max() + 1)] if len(real) else []
    rows += [-1] if (place == -1).any() else []
    edges = np.concatenate(([0.0], decades))
    labels = ["spam senders" if k < 0 else "<1" if k == 0 else f"{decades[k - 1]:g}-{decades[k]:g}" for k in rows]
    result = table.groupby(place).sum().reindex(rows, fill_value=0)
    result.insert(0, "high", [edges[k + 1] if k >= 0 else np.nan for k in rows])
    result.insert(0, "low", [edges[k] if k >= 0 else np.nan for k in rows])
    result.index = need("pandas", "frames").Index(labels, name="size")
    result["false_positive"] = share(result["lost"], result["wanted_written"])
    result["spam_inbox"] = share(result["spam_in_inbox"], result["spam_written"])
    return result


def delivery(run: Run, mail_class: str = "wanted") -> pd.DataFrame:
    """What became of all mail of a class ("wanted", "spam"), with who decided: outcome, order, policy, messages, share of all written."""
    ledger = run.ledger
    rows = ledger[ledger["mail_class"] == mail_class]
    table: pd.DataFrame = rows.groupby(["outcome", "order", "policy"], as_index=False)["messages"].sum()
    table["share"] = share(table["messages"], np.full(len(table), table["messages"].sum()))
    return table


def arrived(run: Run) -> float:
    """Share of wanted mail written that was taken, into the inbox or as junk; NaN if none was written."""
    table = delivery(run)
    return float(share(table.loc[table["outcome"].isin(["inbox", "junk"]), "messages"].sum(), table["messages"].sum()))


def _blocked_changes(run: Run) -> pd.DataFrame:
    """Verdicts with a column `blocked`, in the order of time."""
    verdicts = run.verdicts
    verdicts["blocked"] = verdicts["accept"] <= 1 - BLOCKED + _ROUNDING
    return verdicts


def blocked_sources(run: Run) -> pd.DataFrame:
    """How much is blocked over time: where at least half of a source's tries is junked, rejected or deferred.

    Returns
    -------
    time (seconds; a row holds until the next), pairs (of source and receiver, as entries), operators (real ones that at least one
    receiver blocks), operator_pairs (expected pairs of real operators of which mail is not accepted: of a counted entry a share may be
    blocked while the entry is not). The botnet is a source in pairs, and no operator.
    """
    counts = run.core.operators()
    verdicts = _blocked_changes(run)
    refused: dict[tuple[str, str], float] = {}
    receivers: dict[str, set[str]] = {}  # who blocks it, by source
    rows: dict[float, tuple[int, int, float]] = {0.0: (0, 0, 0.0)}
    for time, group in verdicts.groupby("time", sort=True):
        for row in group.itertuples():
            weight = counts[row.source] * counts[row.receiver]
            refused[row.source, row.receiver] = weight * (1 - row.accept)
            who = receivers.setdefault(row.source, set())
            (who.add if row.blocked else who.discard)(row.receiver)
        blocked = {source: who for source, who in receivers.items() if who}
        pairs, operators = sum(len(who) for who in blocked.values()), sum(counts[source] for source in blocked)
        rows[float(time)] = (pairs, operators, float(sum(refused.values())))
    columns: dict[str, Any] = {"time": list(rows)}
    for k, name in enumerate(("pairs", "operators", "operator_pairs")):
        columns[name] = [values[k] for values in rows.values()]
    return _frame(columns)


def time_to_unblock(run: Run) -> pd.DataFrame:
    """Each time that a receiver blocked a source: source, receiver, begin, end, duration (seconds), policy, censored.

    `policy` is the one that did most when it began. A spell that still lasts when the run ends is censored: its `end` is the run's, its
    duration a lower bound.
    """
    last = run.core.finished * run.core.slice
    began: dict[tuple[str, str], tuple[float, str]] = {}
    spells: list[tuple[Any, ...]] = []
    for row in _blocked_changes(run).itertuples():
        pair = (row.source, row.receiver)
        if row.blocked:
            began.setdefault(pair, (row.time, row.policy))
        elif pair in began:
            begin, policy = began.pop(pair)
            spells.append((*pair, begin, row.time, row.time - begin, policy, False))
    spells += [(*pair, begin, last, last - begin, policy, True) for pair, (begin, policy) in began.items()]
    names = ("source", "receiver", "begin", "end", "duration", "policy", "censored")
    spells = [spell for spell in spells if spell[4] > 0]  # a verdict at the last tick met no mail
    spells.sort(key=lambda spell: (spell[:2], spell[2]))
    return _frame({name: [spell[k] for spell in spells] for k, name in enumerate(names)})


def time_to_block(run: Run) -> pd.DataFrame:
    """When each source was first blocked by each receiver: source, receiver, time (seconds since the start), policy; no row: never."""
    first = time_to_unblock(run).drop_duplicates(["source", "receiver"])
    table: pd.DataFrame = first[["source", "receiver", "begin", "policy"]].rename(columns={"begin": "time"}).reset_index(drop=True)
    return table


def blocker_cost(run: Run) -> pd.DataFrame:
    """What policies cost whom they protect: of wanted mail written to a mailbox provider's users, the share kept from the inbox.

    Returns
    -------
    indexed by receiver (the mailbox provider, also where a gateway judges): operators, wanted_written (to it), lost, blocker_cost
    """
    table = accounts(run, "receiver")
    table["blocker_cost"] = share(table["lost"], table["wanted_written"])
    result: pd.DataFrame = table[["operators", "wanted_written", "lost", "blocker_cost"]].rename_axis("receiver")
    return result


def largest_share(messages: NDArray[np.float64], operators: NDArray[np.int64], number: int) -> float:
    """Share of all messages at the `number` operators that have most; an entry's operators have equal parts. NaN without messages."""
    each = messages / np.maximum(operators, 1)
    left, top = float(number), 0.0
    for k in np.argsort(-each, kind="stable"):
        taken = min(left, float(max(operators[k], 1)))
        top += taken * float(each[k])
        left -= taken
    return float(share(top, messages.sum()))


def concentration_of(messages: NDArray[np.float64], operators: NDArray[np.int64]) -> float:
    """Herfindahl-Hirschman index over operators, 0..1: sum of squares of their shares. NaN without messages."""
    return float(share((messages**2 / np.maximum(operators, 1)).sum(), messages.sum() ** 2))


def centralisation(run: Run) -> pd.DataFrame:
    """How much of wanted mail the largest senders carry, as it was written and as it is in the inbox.

    Returns
    -------
    rows "written" and "inbox": top1, top3 (share at the 1 and 3 operators that have most of that row), hhi (Herfindahl-Hirschman index
    over operators, 0..1), effective (1 / hhi, operators). What "inbox" has more than "written" is wanted mail that policies and orders
    have centralised.
    """
    table = accounts(run, "source")
    operators = table["operators"].to_numpy(dtype=np.int64)
    rows = {}
    for name, column in (("written", "wanted_written"), ("inbox", "inbox")):
        messages = table[column].to_numpy(dtype=float)
        hhi = concentration_of(messages, operators)
        rows[name] = [largest_share(messages, operators, 1), largest_share(messages, operators, 3), hhi, float(share(1.0, hhi))]
    frame = _frame({name: [rows[row][k] for row in rows] for k, name in enumerate(("top1", "top3", "hhi", "effective"))})
    frame.index = need("pandas", "frames").Index(list(rows), name="mail")
    return frame
