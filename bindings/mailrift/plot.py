"""Pictures: readable in black and white and by the colour-blind, units on the axes, sources in the caption."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mailrift.frontier_picture import frontier as frontier
from mailrift.map import world_map as world_map
from mailrift.picture import new_figure
from mailrift.results import DAY, Run
from mailrift.uncertainty import value_of
from mailrift.world_table import MUCH_UNKNOWN, larger_places, marks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # Okabe and Ito 2008
_GREY = "#b5b5b5"
_MUCH = 0.1  # a market of which more is unknown is not put forward as an example


def _new_figure(width: float, height: float) -> Figure:
    figure: Figure = new_figure(figsize=(width, height), layout="constrained")
    return figure


def _countries(run: Run) -> list[str]:
    measured = run.scenario.world["markets"]
    return [code for code in run.core.names()["jurisdictions"] if code in measured]


def caption(run: Run) -> str:
    """What the picture shows of what: unit, world, sources, seed, fingerprint."""
    world = run.scenario.world
    each = {"equal": ", each alike", "population": ", by the population served"}.get(world.get("weight", ""), "")
    what = f"mailboxes of organisations{each}" if run.core.unit == "organisations" else run.core.unit
    sources = ", ".join(dict.fromkeys([*world.get("sources", []), *run.scenario.document.get("sources", [])]))
    return (
        f"Shares of {what}, not of people. World {world['name']}. Sources: {sources}. "
        f"Seed {run.seed}, compliance {run.core.compliance}, fingerprint {run.fingerprint}."
        if run.core.unit == "organisations"
        else f"Shares of {what}. World {world['name']}. Sources: {sources}. Seed {run.seed}, "
        f"compliance {run.core.compliance}, fingerprint {run.fingerprint}."
    )


def _put_caption(figure: Figure, run: Run, width: int) -> None:
    figure.supxlabel("\n".join(textwrap.wrap(caption(run), width, break_on_hyphens=False)), fontsize=7, x=0.01, ha="left")


def _mark_events(axes: Axes, run: Run, source: str) -> None:
    """The order, each operator that obeys, and the move: marks on the upper edge, words slanted above those of mailbox providers.

    Suppliers that obey, gateways mostly, are many and small: they get a mark each and one word together.
    """
    providers = {provider["id"] for provider in run.scenario.world["providers"]}
    suppliers: list[float] = []
    events = run.core.events()
    rows = list(zip(events["effect"], events["kind"], events["subject"], events["cause"], strict=True))
    marks: list[tuple[float, str]] = []
    for effect, kind, subject, cause in rows:
        if kind == "order":
            axes.axvline(effect / DAY, color="black", linewidth=1.2)
            marks.append((effect / DAY, f"order {cause} by {subject}"))
        elif kind == "obey" and subject.partition("#")[0] not in providers:
            suppliers.append(effect / DAY)
        elif kind in ("obey", "lift") or (kind == "follow" and subject == source):
            verbs = {"obey": "obeys", "lift": "lifts", "follow": "is found"}
            marks.append((effect / DAY, f"{subject} {verbs[kind]}"))
    moves = [effect / DAY for effect, kind, _, _ in rows if kind == "migrate"]
    if moves:
        axes.axvspan(moves[0], moves[-1], facecolor="none", edgecolor="#666666", hatch="///", linewidth=0, alpha=0.35)
        marks.append((moves[-1], "all have moved"))
    axes.plot(suppliers, [1.02] * len(suppliers), marker="|", color="#444444", markersize=6, linestyle="none", clip_on=False)
    if suppliers:
        marks.append((suppliers[0], f"{len(suppliers)} suppliers ( | )"))
    marks = sorted(marks)[:16]
    last = -np.inf
    for day, words in marks:
        last = max(day, last + 0.022 * axes.get_xlim()[1])  # words never on top of one another
        if "suppliers" not in words:
            axes.plot([day], [1.02], marker="v", color="black", markersize=5, clip_on=False)
        axes.plot([day, last], [1.025, 1.065], color="#888888", linewidth=0.6, clip_on=False)  # from the mark to its words
        axes.text(last, 1.07, words, fontsize=7, rotation=40, rotation_mode="anchor", ha="left", va="bottom")


def _spread(values: Sequence[float], gap: float) -> list[float]:
    """Positions for labels at `values`, moved apart to at least `gap`, in the order of the values."""
    order = np.argsort(values, kind="stable")
    placed = np.array(values, dtype=float)
    for before, after in itertools.pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    excess = placed.max() - 1.0
    if excess > 0:
        placed -= excess
    return [float(p) for p in placed]


def _firm(run: Run, codes: Sequence[str]) -> list[str]:
    """Those whose market was measured whole; all, if none was."""
    markets = run.scenario.world["markets"]

    def is_firm(code: str) -> bool:
        market = markets.get(code, {})
        return bool(not larger_places(market) and value_of(market.get("unknown", 0.0)) <= _MUCH)

    return [code for code in codes if is_firm(code)] or list(codes)


def _highlighted(finals: dict[str, float], most: int) -> list[str]:
    """The countries of least and greatest reach: half of `most` each."""
    ranked = sorted(finals, key=lambda code: (finals[code], code))
    return ranked[: most // 2] + ranked[len(ranked) - (most - most // 2) :] if len(ranked) > most else ranked


def _draw_reach(axes: Axes, run: Run, source: str, targets: Sequence[str], mean_of: str | None) -> None:
    ticks = run.ticks()
    days = ticks * run.core.slice / DAY
    curves = {t: run.core.measure("reachability", source, t, ticks, False) for t in targets}
    chosen = _highlighted({t: float(curves[t].mean()) for t in _firm(run, targets)}, len(_STYLES))
    for code, curve in curves.items():
        if code not in chosen:
            axes.step(days, curve, where="post", color=_GREY, linewidth=0.7, zorder=1)
    labels: list[tuple[str, float, str]] = []
    for code, style, colour in zip(chosen, _STYLES, _COLOURS, strict=False):
        axes.step(days, curves[code], where="post", color=colour, linestyle=style, linewidth=1.4, zorder=3)
        labels.append((code, float(curves[code][-1]), colour))
    if mean_of is not None:
        curve = run.core.measure("reachability", source, mean_of, ticks, False)
        axes.step(days, curve, where="post", color="black", linewidth=2.6, zorder=4)
        labels.append((mean_of, float(curve[-1]), "black"))
    for (code, _, colour), y in zip(labels, _spread([v for _, v, _ in labels], 0.055), strict=True):
        axes.annotate(
            code, (days[-1], y), xytext=(4, 0), textcoords="offset points", fontsize=8, color=colour, va="center", annotation_clip=False
        )
    axes.set_ylim(-0.02, 1.01)
    axes.set_xlim(0, float(days[-1]))


def timeline(run: Run, *, sources: Sequence[str] | None = None, targets: Sequence[str] | None = None, mean_of: str | None = "EU") -> Figure:
    """Reachability per country over time, with the order, each provider's compliance and the move marked.

    Parameters
    ----------
    sources
        One panel each; not given: all groups.
    targets
        One line each; not given: all countries. Those of least and greatest mean reach are labelled, of the ones measured whole (`scope`
        all, at most a tenth unknown); the others are grey.
    mean_of
        A bloc drawn as a thick line; None for none.

    Returns
    -------
    A Matplotlib figure; `figure.savefig("timeline.png")`.
    """
    names = run.core.names()
    sources = list(sources) if sources is not None else list(names["groups"])
    targets = list(targets) if targets is not None else _countries(run)
    mean_of = mean_of if mean_of in names["blocs"] else None
    groups = {g["id"]: g.get("name", g["id"]) for g in run.scenario.world.get("groups", [])}
    figure = _new_figure(9, 3.9 * len(sources) + 0.8)
    panels: Any = figure.subplots(len(sources), 1, sharex=True, squeeze=False)
    for axes, source in zip(panels[:, 0], sources, strict=True):
        _draw_reach(axes, run, source, targets, mean_of)
        _mark_events(axes, run, source)
        axes.set_title(f"From {groups.get(source, source)} ({source})", fontsize=9, loc="left", pad=72)
        axes.set_ylabel(f"share of {run.core.unit} reached", fontsize=8)
        axes.tick_params(labelsize=8)
        axes.grid(axis="y", color="#e5e5e5", linewidth=0.6)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    panels[-1, 0].set_xlabel("days since the start", fontsize=8)
    figure.suptitle(run.scenario.title, fontsize=10)
    _put_caption(figure, run, 150)
    return figure


def _by_reach(run: Run, day: float) -> list[str]:
    """All groups, and all countries by how much of them the first group reaches that day; by name without groups."""
    groups, countries = list(run.core.names()["groups"]), _countries(run)
    if groups and countries:
        reached = dict(zip(countries, run.matrix([groups[0], *countries], at=day)[0, 1:], strict=True))
        countries = sorted(countries, key=lambda code: (reached[code], code))
    return [*groups, *countries]


def _marked(run: Run, names: Sequence[str]) -> list[str]:
    """Names with the marks of the map: * larger places only, ? much unknown."""
    markets = run.scenario.world["markets"]
    found = [markets.get(name, {}) for name in names]
    return [name + marks(larger_places(market), value_of(market.get("unknown", 0.0))) for name, market in zip(names, found, strict=True)]


def _marks_text(labels: Sequence[str]) -> str:
    larger = "*: larger places only. " if any("*" in label for label in labels) else ""
    return larger + (f"?: more than {100 * MUCH_UNKNOWN:.0f} % unknown. " if any("?" in label for label in labels) else "")


def heatmap(run: Run, *, names: Sequence[str] | None = None, at: float | None = None) -> Figure:
    """Reachability between all pairs of countries (and groups) at one day: from row to column.

    Parameters
    ----------
    names
        Rows and columns; not given: all groups, then all countries, those first that the first group reaches least.
        * marks countries of which only larger places were measured, ? those of which more than 30 % is unknown.
    at
        Day; not given: the last one finished.
    """
    day = run.days if at is None else at
    names = list(names) if names is not None else _by_reach(run, day)
    matrix = run.matrix(names, at=day)
    side = 0.24 * len(names) + 0.8
    figure: Figure = new_figure(figsize=(side + 2.2, side + 2.3))
    axes = figure.add_axes((0.9 / (side + 2.2), 1.7 / (side + 2.3), side / (side + 2.2), side / (side + 2.3)))
    image = axes.imshow(matrix, vmin=0, vmax=1, cmap="cividis", aspect="auto")
    labels = _marked(run, names)
    axes.set_xticks(range(len(names)), labels, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), labels, fontsize=7)
    axes.set_xlabel("to", fontsize=8)
    axes.set_ylabel("from", fontsize=8)
    for row, column in zip(*np.nonzero(matrix < 0.995), strict=True):
        value = matrix[row, column]
        axes.text(column, row, f"{100 * value:.0f}", fontsize=6, ha="center", va="center", color="white" if value < 0.5 else "black")
    bar = figure.colorbar(image, cax=figure.add_axes(((side + 1.2) / (side + 2.2), 0.35, 0.02, 0.4)))
    bar.set_label("share of pairs reached (numbers in %; none: above 99.5 %)", fontsize=7)
    bar.ax.tick_params(labelsize=7)
    axes.set_title("\n".join([*textwrap.wrap(run.scenario.title, 90), f"day {day:g}"]), fontsize=9)
    figure.text(0.01, 0.01, "\n".join(textwrap.wrap(_marks_text(labels) + caption(run), int(15 * (side + 2.2)))), fontsize=6.5, va="bottom")
    return figure
