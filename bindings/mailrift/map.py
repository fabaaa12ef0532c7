"""A map of a world: the share of each market that one government commands."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mailrift.extras import need
from mailrift.geometry import Lambert, Rings, Shapes, View, anchors, choose_view, load_shapes, projected
from mailrift.geometry.labels import Box, best_spot, inside, place_beside
from mailrift.picture import new_figure
from mailrift.scenario import World
from mailrift.world_table import MUCH_UNKNOWN, Row, marks, world_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CLASSES = 5  # so few that their greys can be told apart in black and white
_NOT_MEASURED, _FAINT = "#efefef", "#d2d2d2"
_SIZE = 7.0  # of labels, points
_ROOM = 0.96  # of its box, that a label needs: the box has a margin of its own
_TINY = 4.5  # points across: a smaller country gets a circle
_LINE, _LINE_ON_GLOBE = 130.0, 40.0  # points from a country to a label beside it; on the globe longer ones would cross all of Europe
_KEYS = {
    "share": "of those whose operator is known",
    "least": "of all, the least that the data allow",
    "most": "of all, the most that the data allow",
}


def _shown(row: Row, value: str) -> float | None:
    if row.share is None:
        return None
    return {"share": row.share, "least": row.whole[0], "most": row.whole[1]}[value]


def _path(rings: Rings) -> Any:
    path = need("matplotlib.path", "plot").Path
    return path.make_compound_path(*(path(np.vstack((ring, ring[:1])), closed=True) for ring in rings))


def _hatches(row: Row) -> str:
    return ("\\\\\\\\" if row.much_unknown else "") + ("..." if row.larger_places else "")


def _is_dark(colour: tuple[float, ...]) -> bool:
    """Whether white words are read better on it than black ones (relative luminance of sRGB, WCAG 2.1)."""
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.179


def _colours() -> tuple[Any, Any]:
    """Five steps of cividis from light to dark, and the norm that maps shares to them."""
    matplotlib, colours = need("matplotlib", "plot"), need("matplotlib.colors", "plot")
    steps = matplotlib.colormaps["cividis_r"](np.linspace(0.03, 1.0, _CLASSES))
    return colours.ListedColormap(steps), colours.BoundaryNorm(np.linspace(0, 1, _CLASSES + 1), _CLASSES)


def _fill(axes: Axes, rings: Rings, colour: Any, edge: str, hatch: str, ink: str, order: int) -> None:
    patches = need("matplotlib.patches", "plot")
    path = _path(rings)
    axes.add_patch(patches.PathPatch(path, facecolor=colour, edgecolor=edge, linewidth=0.5, joinstyle="round", zorder=order))
    if hatch:
        axes.add_patch(patches.PathPatch(path, facecolor="none", edgecolor=ink, linewidth=0, hatch=hatch, zorder=order + 0.5))


def _draw_countries(axes: Axes, view: View, rings: Mapping[str, Rings], fills: Mapping[str, Any], rows: Mapping[str, Row]) -> None:
    for code, shape in rings.items():
        if code in fills:
            hatch = _hatches(rows[code])
            _fill(axes, shape, fills[code], "white", hatch, "white" if _is_dark(fills[code]) else "#333333", 3)
        else:
            _fill(axes, shape, _NOT_MEASURED, "white", "////", _FAINT, 1)
    axes.set_xlim(view.frame.x - view.frame.width / 2, view.frame.x + view.frame.width / 2)
    axes.set_ylim(view.frame.y - view.frame.height / 2, view.frame.y + view.frame.height / 2)
    axes.set_axis_off()


def _extent(words: str, size: float) -> tuple[float, float]:
    """Width and height of lines of words in points, with a margin."""
    text = need("matplotlib.textpath", "plot").TextPath
    lines = words.split("\n")
    return max(float(text((0, 0), line, size=size).get_extents().width) for line in lines) + 2.5, 1.2 * size * len(lines) + 1.0


def _label(row: Row, value: str, ranges: bool) -> str:
    shown = _shown(row, value)
    words = f"{row.code}{marks(row.larger_places, row.unknown)} {100 * shown:.0f}" if shown is not None else f"{row.code} ?"
    return words + (f"\n{100 * row.whole[0]:.0f}–{100 * row.whole[1]:.0f}" if ranges else "")


class _Labels:
    """Draws the labels of one map: those that fit into their country first, then the others beside theirs."""

    def __init__(self, axes: Axes, view: View, rings: Mapping[str, Rings], fills: Mapping[str, Any]) -> None:
        self._axes, self._view, self._rings, self._fills = axes, view, rings, fills
        self._taken: list[Box] = []

    def _size(self, words: str) -> tuple[float, float]:
        width, height = _extent(words, _SIZE)
        return width * self._view.km, height * self._view.km

    def try_inside(self, row: Row, words: str) -> bool:
        """Writes into the country's largest ring if the words fit there; before hatching, which would blot them, on a plate."""
        width, height = self._size(words)
        if row.code not in self._rings or np.any(np.ptp(self._rings[row.code][0], axis=0) < (width * _ROOM, height * _ROOM)):
            return False
        spot = best_spot(self._rings[row.code], width, height, self._view.frame)
        if spot is None or spot[2] < _ROOM:
            return False
        colour = self._fills[row.code]
        ink, halo = ("white", colour) if _is_dark(colour) else ("black", colour)
        self._write(spot[0], spot[1], words, ink, halo, behind=bool(_hatches(row)))
        self._taken.append(Box(spot[0], spot[1], width, height))
        return True

    def _write(self, x: float, y: float, words: str, ink: str, halo: Any, *, behind: bool = False) -> None:
        effects = need("matplotlib.patheffects", "plot")
        self._axes.text(
            x,
            y,
            words,
            fontsize=_SIZE,
            color=ink,
            ha="center",
            va="center",
            linespacing=1.1,
            zorder=8,
            path_effects=[effects.withStroke(linewidth=1.8, foreground=halo)],
            bbox={"facecolor": halo, "edgecolor": "none", "boxstyle": "round,pad=0.15"}
            if behind
            else None,  # hatching would blot the words
        )

    def beside(self, waiting: Sequence[tuple[Row, str, tuple[float, float]]], farthest: float) -> list[Row]:
        """Writes the others on sea or unmeasured land, with a line of at most `farthest` points; returns those without room."""
        frame, km = self._view.frame, self._view.km
        xs = np.arange(frame.x - frame.width / 2, frame.x + frame.width / 2, 2 * km)
        ys = np.arange(frame.y - frame.height / 2, frame.y + frame.height / 2, 2 * km)
        price = np.zeros((len(ys), len(xs)))
        for code, rings in self._rings.items():
            price[inside(rings, xs, ys)] = np.inf if code in self._fills else 25 * km

        def cost(box: Box) -> float:
            rows = slice(*np.searchsorted(ys, (box.y - box.height / 2 - km, box.y + box.height / 2 + km)))
            columns = slice(*np.searchsorted(xs, (box.x - box.width / 2 - km, box.x + box.width / 2 + km)))
            return float(price[rows, columns].max(initial=0.0))

        left = []
        marks = [Box(*anchor, 4 * km, 4 * km) for *_, anchor in waiting]
        for i, (row, words, anchor) in enumerate(waiting):
            size = self._size(words)
            reach = Box(*anchor, 2 * (farthest * km + size[0]), 2 * (farthest * km + size[1]))
            others = [other for other in (*self._taken, *marks[:i], *marks[i + 1 :]) if reach.meets(other)]
            box = place_beside(anchor, size, cost, others, frame, farthest * km)
            if box is None:
                left.append(row)
                continue
            end = box.edge_towards(anchor)
            self._axes.plot([anchor[0], end[0]], [anchor[1], end[1]], color="white", linewidth=1.6, zorder=6)
            self._axes.plot([anchor[0], end[0]], [anchor[1], end[1]], color="#222222", linewidth=0.6, zorder=6.1)
            self._axes.plot(*anchor, marker="o", markersize=1.8, color="#222222", zorder=6.2)
            self._write(box.x, box.y, words, "black", "white")
            self._taken.append(box)
        return left


def _draw_labels(axes: Axes, view: View, rings: Mapping[str, Rings], rows: Sequence[Row], fills: Any, places: Any, value: str) -> None:
    """Share and range inside, else the share inside or beside; where there is no room for that either, the code, or the colour alone."""
    labels = _Labels(axes, view, rings, fills)
    too_wide = [
        (row, _label(row, value, False), places[row.code])
        for row in rows
        if row.code in places and not any(labels.try_inside(row, _label(row, value, ranges)) for ranges in (True, False))
    ]
    for row in labels.beside(too_wide, _LINE if isinstance(view.projection, Lambert) else _LINE_ON_GLOBE):
        labels.try_inside(row, row.code)


def _mark_tiny(axes: Axes, view: View, rings: Mapping[str, Rings], fills: Mapping[str, Any], places: Mapping[str, Any]) -> None:
    """A circle for a measured country that would be a speck."""
    looks: dict[str, Any] = {"marker": "o", "markersize": _TINY + 1, "markeredgecolor": "#222222", "markeredgewidth": 0.6, "zorder": 5}
    for code, place in places.items():
        if code not in rings or np.ptp(rings[code][0], axis=0).max() < _TINY * view.km:
            axes.plot(*place, markerfacecolor=fills[code], **looks)


def _first_sentence(text: str) -> str:
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def caption(world: Mapping[str, Any], rows: Sequence[Row], drawn: set[str], shapes: Shapes) -> str:
    """What was measured and when, the sources of the markets, the licence, who is not on the map."""
    keys = dict.fromkeys(key.strip() for row in rows for key in row.source.split(",") if key.strip())
    parts = [_first_sentence(world.get("about", "")), f"World {world['name']}."]
    parts += [f"Sources: {', '.join(keys)}."] if keys else []
    parts += [f"Data: {world['licence']}."] if "licence" in world else []
    missing = [row.code for row in rows if row.code not in drawn]
    parts += [f"Not on the map: {', '.join(missing)}."] if missing else []
    parts.append(f"Shapes: {shapes.source.split(',')[0]} (public domain); boundaries state no claim. Equal-area projection.")
    return " ".join(part for part in parts if part)


def _legend(figure: Figure, rows: Sequence[Row], place: tuple[float, float]) -> None:
    patches = need("matplotlib.patches", "plot")
    handles = [patches.Patch(facecolor=_NOT_MEASURED, edgecolor=_FAINT, hatch="////", label="not measured")]
    if any(row.much_unknown for row in rows):
        label = f"? more than {100 * MUCH_UNKNOWN:.0f} % unknown"
        handles.append(patches.Patch(facecolor="white", edgecolor="#333333", hatch="\\\\\\\\", label=label))
    if any(row.larger_places for row in rows):
        handles.append(patches.Patch(facecolor="white", edgecolor="#333333", hatch="...", label="* larger places only"))
    figure.legend(
        handles=handles,
        loc="upper right",
        bbox_to_anchor=place,
        ncols=len(handles),
        fontsize=7,
        frameon=False,
        handlelength=2.2,
        columnspacing=1.2,
    )


def _name(world: Mapping[str, Any], by: str) -> str:
    names = {j["code"]: j["name"] for j in world["jurisdictions"]} | {b["code"]: b.get("name", b["code"]) for b in world.get("blocs", [])}
    return f"{by} ({names[by]})" if names[by] != by else by


def _headline(world: Mapping[str, Any], by: str, value: str, width: float) -> tuple[list[str], list[str]]:
    """Lines of the title, and of what is drawn."""
    what = f"Share of {world['unit']} whose mailbox operator {_name(world, by)} commands by its seat or its parent: {_KEYS[value]}. "
    what += "Labels: country and share, in %; below, where there is room, the whole range of what is uncertain."
    return textwrap.wrap(world.get("title", world["name"]), int(11 * width)), textwrap.wrap(what, int(17 * width))


def _put_words(figure: Figure, headline: tuple[list[str], list[str]], below: Sequence[str]) -> None:
    """Title, what is drawn, and caption; a dollar sign in them is one."""
    left, height = 0.2 / figure.get_figwidth(), figure.get_figheight()
    title, lines = ("\n".join(part) for part in headline)
    under = 1 - (0.2 + 0.19 * len(headline[0])) / height
    figure.text(left, 1 - 0.14 / height, title, fontsize=10.5, fontweight="bold", va="top", parse_math=False)
    figure.text(left, under, lines, fontsize=8, va="top", linespacing=1.3, parse_math=False)
    figure.text(left, 0.1 / height, "\n".join(below), fontsize=6.5, va="bottom", color="#333333", linespacing=1.3, parse_math=False)


def world_map(world: World | Mapping[str, Any], by: str = "US", *, value: str = "share", view: str | None = None) -> Figure:
    """Draws each market in the colour of the share that one government commands, with its code, share and whole range where they fit.

    Countries that the world does not measure are hatched grey; those of which more than 30 % is unknown, or only larger places were
    measured, are hatched over their colour. Equal-area: Lambert's azimuthal projection for Europe, Equal Earth for the globe.

    Parameters
    ----------
    world
        A world or its document.
    by
        The government: a jurisdiction or a bloc of the world.
    value
        `share`: of the members whose operator is known; `least` or `most`: the end of the whole range, of all members (see
        `mailrift.world_table.Row`).
    view
        `europe` or `globe`; not given: Europe if all markets lie there.

    Returns
    -------
    A Matplotlib figure; `figure.savefig("map.png")`.

    Raises
    ------
    ValueError
        If `by`, `value` or `view` is none of those.
    ImportError
        If Matplotlib is not installed.
    """
    if value not in _KEYS:
        raise ValueError(f"value: expected one of {', '.join(_KEYS)}, got {value!r}")
    document: Mapping[str, Any] = world.document if isinstance(world, World) else world
    rows = world_rows(document, by)
    shapes = load_shapes()
    seen = choose_view(shapes, [row.code for row in rows], view)
    rings = projected(shapes, seen)
    colours, norm = _colours()
    fills = {row.code: colours(norm(shown)) for row in rows if (shown := _shown(row, value)) is not None}
    places = anchors(seen, shapes, rings, list(fills))
    words = textwrap.wrap(caption(document, rows, set(places), shapes), int(19 * seen.width), break_on_hyphens=False)
    below = 0.62 + 0.125 * len(words) + 0.12
    headline = _headline(document, by, value, seen.width + 0.4)
    above = 0.3 + 0.19 * len(headline[0]) + 0.16 * len(headline[1])
    width, height = seen.width + 0.4, above + seen.height + below
    figure: Figure = new_figure(figsize=(width, height))
    axes = figure.add_axes((0.2 / width, below / height, seen.width / width, seen.height / height))
    _draw_countries(axes, seen, rings, fills, {row.code: row for row in rows})
    _mark_tiny(axes, seen, rings, fills, places)
    _draw_labels(axes, seen, rings, rows, fills, places, value)
    bar_axes = figure.add_axes((0.25 / width, (below - 0.27) / height, 0.38, 0.13 / height))
    bar = figure.colorbar(need("matplotlib.cm", "plot").ScalarMappable(norm, colours), cax=bar_axes, orientation="horizontal")
    bar.set_ticks(list(np.linspace(0, 1, _CLASSES + 1)), labels=[f"{percent:.0f}" for percent in np.linspace(0, 100, _CLASSES + 1)])
    bar.ax.tick_params(labelsize=7, length=2)
    bar.set_label(f"% of {document['unit']}", fontsize=7, labelpad=1)
    _legend(figure, rows, (1 - 0.15 / width, (below - 0.08) / height))
    _put_words(figure, headline, words)
    return figure
