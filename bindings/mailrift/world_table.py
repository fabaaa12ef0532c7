"""A world's markets as a table: the share that one government commands in each, and how uncertain it is."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mailrift.uncertainty import CLASSIFICATION, Range, differences_of, effective_sample, measured_range, value_of, wilson

#: A market of which more than this share is unknown is marked.
MUCH_UNKNOWN = 0.3


def larger_places(market: Mapping[str, Any]) -> bool:
    """Whether only larger places of a market were measured."""
    return bool(market.get("scope", "all") != "all")


def marks(is_larger_places: bool, unknown: float) -> str:
    """What tables and pictures put behind a country's code: * larger places only, ? more than `MUCH_UNKNOWN` unknown."""
    return ("*" if is_larger_places else "") + ("?" if unknown > MUCH_UNKNOWN else "")


@dataclass(frozen=True)
class Row:
    """One market. Shares are in [0, 1]; `share` and its two errors are of the members whose operator is known, `whole` of all members.

    Attributes
    ----------
    code, name
        ISO 3166-1 alpha-2 (or user-assigned) and name of the jurisdiction.
    members
        `mail_users` of the jurisdiction, in the world's unit.
    sample, classified
        Records behind the shares, and those of them whose operator is known; None if the world does not say (`classified` also where
        records are weighted: `unknown` is then no share of them).
    unknown
        Share of members of whom nobody knows the operator.
    share
        On operators that the government commands by seat or parent; None if no operator is known.
    sampling
        95 % Wilson interval of `share` for the market's `effective_sample`; None without `sample` or without any known operator. The known
        records are treated as a sample of the organisations whose operator could be measured, even where they are nearly all of them: no
        finite-population correction.
    classification
        Plus and minus `CLASSIFICATION`, or as far as the country's sources differ (`x-observed`); where no sample is told and every
        commanded row has a range, their ranges together (those of measured markets hold sampling too, and an error of classification
        does not add up over rows).
    stated
        Whether `classification` is the rows' own.
    unnamed
        `share` of all members if nobody, or everybody, among the unknown is commanded.
    whole
        Best to worst of the three together: `measured_range`, as results are bounded by, and then none and all of the unknown.
    hhi
        Herfindahl-Hirschman index of the known shares, least and greatest: an entry that is a category of the data (its `note` begins with
        "A category", or nobody is said to control it) may be as many operators as it has clients, or as few as its `count`.
    centralisation
        S = hhi - 1/C for C classified organisations (`effective_sample`, where they are weighted), least and greatest; None in worlds of
        users or mailboxes, where C counts no clients.
    top
        The largest entries, each with its share of known members.
    larger_places
        Whether only larger places were measured.
    source
        Keys of sources.bib, as the world has them.
    """

    code: str
    name: str
    members: float
    sample: float | None
    classified: float | None
    unknown: float
    share: float | None
    sampling: Range | None
    classification: Range | None
    stated: bool
    unnamed: Range
    whole: Range
    hhi: Range | None
    centralisation: Range | None
    top: tuple[tuple[str, float], ...]
    larger_places: bool
    source: str

    @property
    def much_unknown(self) -> bool:
        """Whether the share rests on fewer than 70 % of the members."""
        return self.unknown > MUCH_UNKNOWN


def unnamed_range(low: float, high: float, unknown: float) -> Range:
    """Of all members: [low (1 - u), high (1 - u) + u], as none or all of the unknown share u are commanded."""
    return low * (1 - unknown), high * (1 - unknown) + unknown


def _ends(figure: Any) -> Range | None:
    if isinstance(figure, Mapping) and "range" in figure:
        return float(figure["range"][0]), float(figure["range"][1])
    return None


def territory(world: Mapping[str, Any], by: str) -> frozenset[str]:
    """The jurisdictions that act as `by`: itself, or the members of a bloc.

    Raises
    ------
    ValueError
        If the world has no jurisdiction and no bloc of this code.
    """
    codes = {j["code"]: frozenset([j["code"]]) for j in world["jurisdictions"]}
    codes |= {b["code"]: frozenset(b["members"]) for b in world.get("blocs", []) if b["code"] not in codes}
    if by not in codes:
        near = difflib.get_close_matches(by.upper(), codes, n=1)
        hint = f' (did you mean "{near[0]}"?)' if near else ""
        raise ValueError(f"by: expected a jurisdiction or bloc of {world['name']}, got {by!r}{hint}")
    return codes[by]


def commanded(world: Mapping[str, Any], by: str) -> frozenset[str]:
    """Ids of the mailbox providers that `by` (a jurisdiction or a bloc) commands by seat or parent: control via operator or parent.

    Raises
    ------
    ValueError
        If the world has no jurisdiction and no bloc of this code.
    """
    codes = territory(world, by)

    def binds(control: Mapping[str, Any]) -> bool:
        return (
            control["via"] in ("operator", "parent") and control.get("jurisdiction") in codes and value_of(control.get("strength", 1)) > 0
        )

    return frozenset(p["id"] for p in world["providers"] if any(binds(c) for c in p.get("control", [])))


def _routes(market: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Providers with their figures; one provider may have several routes."""
    routes = market["routes"]
    if isinstance(routes, Mapping):
        return list(routes.items())
    return [(route["provider"], route["share"]) for route in routes]


def _stated(share: float, figures: Sequence[Any], known: float) -> Range | None:
    """The ranges of the figures together, of the known; None if some figure has none."""
    ends = [end for end in map(_ends, figures) if end is not None]
    if not ends or len(ends) < len(figures):
        return None
    low, high = sum(end[0] for end in ends) / known, sum(end[1] for end in ends) / known
    return max(min(low, share), 0.0), min(max(high, share), 1.0)


def _shares(market: Mapping[str, Any], known: float) -> dict[str, float]:
    shares: dict[str, float] = {}
    for provider, figure in _routes(market):
        shares[provider] = shares.get(provider, 0.0) + value_of(figure) / known
    return shares


def _is_category(provider: Mapping[str, Any]) -> bool:
    return str(provider.get("note", "")).startswith("A category") or not provider.get("control")


def _concentration(shares: Mapping[str, float], providers: Mapping[str, Mapping[str, Any]], clients: float) -> Range:
    low = high = 0.0
    for name, share in shares.items():
        provider = providers[name]
        most = share * share / int(provider.get("count", 1))
        high += most
        low += min(most, share / clients if clients else 0.0) if _is_category(provider) else most
    return low, high


def _row(world: Mapping[str, Any], code: str, bound: frozenset[str], providers: Mapping[str, Mapping[str, Any]]) -> Row:
    market = world["markets"][code]
    jurisdiction = next(j for j in world["jurisdictions"] if j["code"] == code)
    unknown = value_of(market.get("unknown", 0.0))
    most_unknown = max(unknown, (_ends(market.get("unknown", 0.0)) or (0.0, 0.0))[1])
    sample = float(market["sample"]) if "sample" in market else None
    known = sum(value_of(figure) for _, figure in _routes(market))
    classified = None if sample is None or "x-effective-sample" in market else float(round(sample * (1 - unknown)))
    share: float | None = None
    hhi = centralisation = sampling = classification = stated = None
    unnamed, whole, shares = (0.0, 1.0), (0.0, 1.0), dict[str, float]()
    if known > 0:
        shares = _shares(market, known)
        figures = [figure for provider, figure in _routes(market) if provider in bound]
        share = min(sum(value_of(figure) for figure in figures) / known, 1.0)
        count = effective_sample(market, known)
        sampling = wilson(share, count) if count else None
        stated = _stated(share, figures, known) if sample is None else None
        differences = differences_of(market, bound)
        classification = stated or measured_range(share, 0, differences=differences)
        unnamed = unnamed_range(share, share, unknown)
        whole = unnamed_range(*(stated or measured_range(share, count, differences=differences)), most_unknown)
        hhi = _concentration(shares, providers, count)
        if count and world["unit"] == "organisations":
            centralisation = (max(hhi[0] - 1 / count, 0.0), max(hhi[1] - 1 / count, 0.0))
    return Row(
        code=code,
        name=jurisdiction["name"],
        members=value_of(jurisdiction["mail_users"]),
        sample=sample,
        classified=classified,
        unknown=unknown,
        share=share,
        sampling=sampling,
        classification=classification,
        stated=stated is not None,
        unnamed=unnamed,
        whole=whole,
        hhi=hhi,
        centralisation=centralisation,
        top=tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:3]),
        larger_places=larger_places(market),
        source=market.get("source", ""),
    )


def world_rows(world: Mapping[str, Any], by: str = "US") -> list[Row]:
    """One row for each market of a world, in the order of the codes.

    Parameters
    ----------
    world
        A world's document, `extends` resolved: `mr.load_world(name).document`.
    by
        The government: a jurisdiction or a bloc of the world.

    Raises
    ------
    ValueError
        If the world has no jurisdiction and no bloc called `by`.
    """
    bound = commanded(world, by)
    providers = {p["id"]: p for p in world["providers"]}
    return [_row(world, code, bound, providers) for code in sorted(world["markets"])]


def rows_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as JSON values: the attributes of `Row`, ranges as pairs, absent values as null."""
    return [asdict(row) for row in rows]


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def _span(span: Range | None) -> str:
    return "-" if span is None else f"{100 * span[0]:.0f} to {100 * span[1]:.0f}"


def _indices(span: Range | None) -> str:
    if span is None:
        return "-"
    low, high = (f"{end:.2f}" for end in span)
    return low if low == high else f"{low} to {high}"


def _cells(row: Row, count: str) -> tuple[str, ...]:
    marks = ("*" if row.larger_places else "") + ("?" if row.much_unknown else "")
    return (
        row.code + marks,
        row.name.replace("|", "/"),
        "-" if row.sample is None else f"{row.sample:,.0f}",
        *([f"{row.members:,.0f}"] if count else []),
        _percent(row.unknown),
        _percent(row.share),
        _span(row.sampling),
        _span(row.classification) + ("=" if row.stated else ""),
        _span(row.unnamed),
        _span(row.whole),
        _indices(row.centralisation),
        ", ".join(f"{provider} {100 * share:.0f}" for provider, share in row.top) or "-",
    )


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int]) -> list[str]:
    """Lines of an aligned Markdown table; columns `left` are flush left, the others flush right."""
    widths = [max(3, *(len(line[i]) for line in [head, *rows])) for i in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        padded = (cell.ljust(width) if i in left else cell.rjust(width) for i, (cell, width) in enumerate(zip(cells, widths, strict=True)))
        return "| " + " | ".join(padded) + " |"

    rule = ("-" * width if i in left else "-" * (width - 1) + ":" for i, width in enumerate(widths))
    return [line(head), "| " + " | ".join(rule) + " |", *(line(row) for row in rows)]


def _notes(world: Mapping[str, Any], rows: Sequence[Row], by: str) -> list[str]:
    unit = world["unit"]
    own = "; =: the document's own ranges" if any(row.stated for row in rows) else ""
    each = {"equal": ", each alike", "population": ", by the population they serve"}.get(world.get("weight", ""), "")
    notes = [
        f"Shares in % of {unit}{each}. {by}: on mailbox operators that {by} commands by seat or parent, of those whose operator is known.",
        "sampling: 95 % Wilson score interval, the known records taken as a sample of what could be measured.",
        f"classification: {100 * CLASSIFICATION:.0f} points either way, or as far as a country's independent sources differ{own}.",
        "unnamed: of all, if none or all of the unknown are commanded. whole range: the three together, sampling and points added.",
    ]
    if any(row.centralisation for row in rows):
        notes.append("S: centralisation, HHI - 1/C; a range where a category of the data may be one operator or as many as its clients.")
    if any(row.larger_places for row in rows):
        notes.append("*: larger places only.")
    if any(row.much_unknown for row in rows):
        notes.append(f"?: more than {100 * MUCH_UNKNOWN:.0f} % unknown.")
    if any(row.sample is None for row in rows):
        notes.append("No sample stated (-): the whole range leaves sampling out.")
    if world.get("weight") == "population" and any(row.classified is not None for row in rows):
        notes.append("Weighted by population, the records are not alike: the true sampling error is greater than shown.")
    return notes


def table_text(world: Mapping[str, Any], by: str = "US") -> str:
    """The table of `world_rows` as aligned Markdown with its legend, in percent.

    Raises
    ------
    ValueError
        If the world has no jurisdiction and no bloc called `by`.
    """
    rows = world_rows(world, by)
    count = "" if world["unit"] == "organisations" else world["unit"]  # organisations are the records
    head = (
        "",
        "market",
        "records",
        *([count] if count else []),
        "unknown",
        by,
        "sampling",
        "classification",
        "unnamed",
        "whole range",
        "S",
        "largest operators",
    )
    lines = [world.get("title", world["name"]), "", *_grid(head, [_cells(row, count) for row in rows], left=(0, 1, len(head) - 1))]
    return "\n".join([*lines, "", *_notes(world, rows, by)])
