"""The second answer of the demo: people at their personal mailboxes, where few countries were measured."""

from __future__ import annotations

from mailrift.expected import Bounds, bounds, expected
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
    named, measured = (
        bounds(scenario, "icc", targets, end, of=of, replications=replications, threads=threads) for of in ("unknown", "all")
    )
    lines = [
        f"The same for people ({scenario.name}): the court (icc) reaches at the end, in % of the inhabitants' personal mailboxes,",
        f"{'':6s}{'known':>8s}{'legal':>9s}{'bounds':>16s}{'all bounds':>16s}{'expected':>14s}{'bounds':>16s}{'all bounds':>16s}",
    ]
    users = {row["code"]: value_of(row["mail_users"]) for row in world["jurisdictions"]}
    known["EU"] = sum(users[code] * known[code] for code in members) / sum(users[code] for code in members)
    for i, target in enumerate(targets):
        half = (middle.high[i, 0] - middle.low[i, 0]) / 2
        lines.append(
            f"  {target:4s}{percent(known[target]):>8s}{percent(middle.legal[i, 0]):>9s}"
            f"{span(named.legal_low[i, 0], named.legal_high[i, 0]):>16s}{span(measured.legal_low[i, 0], measured.legal_high[i, 0]):>16s}"
            f"{percent(middle.mean[i, 0]) + ' ±' + percent(half):>14s}"
            f"{span(named.mean_low[i, 0], named.mean_high[i, 0]):>16s}{span(measured.mean_low[i, 0], measured.mean_high[i, 0]):>16s}"
        )
    within = [code for code in codes if code in members]

    def lost(found: Bounds) -> tuple[float, float]:
        """At least out of reach: of the EU, and of the people of the countries measured there."""
        out = {target: 1 - float(found.legal_high[i, 0]) for i, target in enumerate(targets)}
        return out["EU"], sum(users[code] * out[code] for code in within) / sum(users[code] for code in within)

    of_eu, of_measured = lost(named)
    least_eu, least_measured = lost(measured)
    return [
        *lines,
        "known: the share of people whose operator the sources name; bounds: the others all under the order, or none of them;",
        "all bounds: with sampling, and classification (8 points) in all countries in one direction, as well.",
        "At least a third of the EU's people out of reach at the legal limit?",
        f"If the published shares are right, at least {percent(of_eu)} % of the EU's are, {_verdict(of_eu)}, and",
        f"{percent(of_measured)} % of the people of the countries measured there ({', '.join(within)}); with measurement error,",
        f"at least {percent(least_eu)} % of the EU's, {_verdict(least_eu)}, and {percent(least_measured)} % of those.",
    ]


def _verdict(share: float) -> str:
    return "which is enough" if share >= _CLAIM else "too little to tell"


def percent(value: float) -> str:
    """A share in %, one digit behind the point."""
    return f"{100 * value:.1f}"


def span(low: float, high: float) -> str:
    """Two shares in %, from one to the other."""
    return f"{percent(low)} to {percent(high)}"
