"""The second answer of the demo: people at their personal mailboxes, where few countries were measured."""

from __future__ import annotations

from mailrift.expected import bounds, expected
from mailrift.scenario import Scenario
from mailrift.uncertainty import value_of

_CLAIM = 1 / 3  # "at least 1/3 of the population of the EU" would not get the mail


def people(scenario: Scenario, replications: int, threads: int) -> list[str]:
    """Legal reach and expected effect at the end by country that was measured, and what the data alone allow to say."""
    world = scenario.world
    members = next(bloc["members"] for bloc in world["blocs"] if bloc["code"] == "EU")
    known = {code: 1 - value_of(market.get("unknown", 0)) for code, market in world["markets"].items()}
    codes = sorted((code for code, share in known.items() if share > 0), key=lambda code: (code not in members, code))
    targets, end = ["EU", *codes], [scenario.horizon / 86400]
    middle = expected(scenario, "icc", targets, end, replications=replications, threads=threads)
    limits = bounds(scenario, "icc", targets, end, replications=replications, threads=threads)
    lines = [
        f"The same for people ({scenario.name}): the court (icc) reaches at the end, in % of the inhabitants' personal mailboxes,",
        f"{'':6s}{'known':>8s}{'legal':>9s}{'bounds':>16s}{'expected':>14s}{'bounds':>16s}",
    ]
    users = {row["code"]: value_of(row["mail_users"]) for row in world["jurisdictions"]}
    known["EU"] = sum(users[code] * known[code] for code in members) / sum(users[code] for code in members)
    for i, target in enumerate(targets):
        half = (middle.high[i, 0] - middle.low[i, 0]) / 2
        lines.append(
            f"  {target:4s}{_percent(known[target]):>8s}{_percent(middle.legal[i, 0]):>9s}"
            f"{_span(limits.legal_low[i, 0], limits.legal_high[i, 0]):>16s}{_percent(middle.mean[i, 0]) + ' ±' + _percent(half):>14s}"
            f"{_span(limits.mean_low[i, 0], limits.mean_high[i, 0]):>16s}"
        )
    lost = {target: 1 - float(limits.legal_high[i, 0]) for i, target in enumerate(targets)}
    within = [code for code in codes if code in members]
    of_measured = sum(users[code] * lost[code] for code in within) / sum(users[code] for code in within)
    verdict = (
        f"At least a third of the EU's people out of reach at the legal limit: the data prove {_percent(lost['EU'])} % of the EU"
        f"{'' if lost['EU'] >= _CLAIM else ', too little to tell,'} and {_percent(of_measured)} % of the people of the countries"
        f" measured there ({', '.join(within)})."
    )
    return [
        *lines,
        "known: the share of people whose operator the sources name; bounds: the others all under the order, or none of them.",
        verdict,
    ]


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _span(low: float, high: float) -> str:
    return f"{_percent(low)} to {_percent(high)}"
