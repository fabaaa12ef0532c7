"""The picture of a policy frontier: what a rule stops against what it costs, and who is left to carry the mail."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mailrift.extras import need
from mailrift.frontier import Frontier
from mailrift.picture import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NEAR = 0.03  # points that follow each other within this part of both axes get one label


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def _groups(at: NDArray[np.float64]) -> list[list[int]]:
    """Points, shape (n, 2) in parts of the axes, that follow each other near one place."""
    groups: list[list[int]] = []
    for k, point in enumerate(at):
        if groups and np.all(np.abs(point - at[groups[-1][0]]) < _NEAR):
            groups[-1].append(k)
        else:
            groups.append([k])
    return groups


def _draw_line(axes: Axes, shown: Frontier, measure: str, style: dict[str, Any]) -> None:
    """A line through the values, with 95 % intervals where there are several replications."""
    x, x_low, x_high = shown.interval(measure)
    y, y_low, y_high = shown.interval("spam_stopped")
    axes.plot(x, y, color=style["color"], linestyle=style["linestyle"], linewidth=1.2, zorder=2, label=style["label"])
    if len(shown.seeds) > 1:
        errors: dict[str, Any] = {"xerr": [x - x_low, x_high - x], "yerr": [y - y_low, y_high - y]}
        axes.errorbar(x, y, **errors, fmt="none", ecolor=style["color"], elinewidth=0.8, capsize=2, zorder=2)


def _label_values(axes: Axes, shown: Frontier) -> None:
    x, y = shown.interval("wanted_lost")[0], shown.interval("spam_stopped")[0]
    placed = axes.transAxes.inverted().transform(axes.transData.transform(np.column_stack([x, y])))
    for group in _groups(placed):
        words = _text(shown.values[group[0]]) + (f" to {_text(shown.values[group[-1]])}" if len(group) > 1 else "")
        x_last, y_last = x[group[-1]], y[group[-1]]
        axes.annotate(words, (x_last, y_last), xytext=(7, -12), textcoords="offset points", fontsize=8, ha="left", zorder=5)


def _scale_x(axes: Axes, xs: NDArray[np.float64]) -> None:
    """Linear, or logarithmic with zero where losses differ by more than twentyfold."""
    ticker: Any = need("matplotlib.ticker", "plot")
    positive = xs[np.isfinite(xs) & (xs > 0)]
    if len(positive) and positive.max() > 20 * positive.min():
        least = 10.0 ** np.floor(np.log10(positive.min()))
        axes.set_xscale("symlog", linthresh=least, linscale=0.5)
        axes.set_xlim(-0.3 * least, positive.max() * 3)
        axes.set_xticks([0.0, *(tick for tick in 10.0 ** np.arange(-12, 1) if least <= tick <= positive.max() * 3)])
        axes.minorticks_off()
    else:
        axes.margins(x=0.1)
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda v, _: f"{100 * v:g} %"))
    axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda v, _: f"{100 * v:g} %"))


def _caption(shown: Frontier) -> str:
    seeds = f"seed {shown.seeds[0]}" if len(shown.seeds) == 1 else f"seeds {shown.seeds[0]} to {shown.seeds[-1]}, bars: 95 % intervals"
    return (
        f"Scenario {shown.scenario}, world {shown.world}, {shown.days:g} days in {shown.traffic}, {seeds}. "
        f"Numbers at points: {shown.path}. "
        "Lost: rejected, junked, expired or discarded by a policy. "
        f"Small senders: below {shown.small:g} wanted messages a day per operator. " + "".join(f"Note: {note}. " for note in shown.notes)
    )


def frontier(frontier: Frontier) -> Figure:
    """Spam stopped against wanted mail lost, a point for each value, coloured by what the three largest senders carry.

    A second, dashed line has the loss of small senders at the same values; a cross marks the run without the policy. With several
    replications points are means and bars 95 % intervals.

    Returns
    -------
    A Matplotlib figure; `figure.savefig("frontier.png")`.
    """
    figure: Figure = new_figure(figsize=(7.6, 5.0), layout="constrained")
    axes: Axes = figure.subplots()
    y, top3 = frontier.interval("spam_stopped")[0], frontier.interval("top3")[0]
    lines = {
        "wanted_lost": {"color": "#444444", "linestyle": "-", "label": "wanted mail of all senders", "marker": "o"},
        "wanted_lost_small": {"color": "#D55E00", "linestyle": "--", "label": "wanted mail of small senders", "marker": "s"},
    }
    before = {name: float(np.mean(values)) for name, values in frontier.reference.items()}
    colours = np.append(top3, before["top3"])
    limits: dict[str, Any] = {"cmap": "cividis"}
    if np.isfinite(colours).any():
        limits |= {"vmin": float(np.nanmin(colours)), "vmax": float(np.nanmax(colours))}
    points: Any = None
    for measure, style in lines.items():
        x = frontier.interval(measure)[0]
        if not np.isfinite(x).any():
            continue
        _draw_line(axes, frontier, measure, style)
        drawn = axes.scatter(x, y, c=top3, marker=style["marker"], s=46, edgecolors=style["color"], linewidths=0.9, zorder=3, **limits)
        points = points if points is not None else drawn
    axes.plot([before["wanted_lost"]], [before["spam_stopped"]], "x", color="black", markersize=9, zorder=4, label="without the policy")
    _scale_x(axes, np.array([frontier.interval(measure)[0] for measure in lines]))
    axes.set_ylim(-0.06, 1.04)
    figure.draw_without_rendering()  # so that places in parts of the axes are known
    _label_values(axes, frontier)
    axes.set_xlabel("wanted mail lost, share of what those senders wrote", fontsize=9)
    axes.set_ylabel("spam stopped, share of spam written", fontsize=9)
    axes.grid(color="#e5e5e5", linewidth=0.6)
    axes.tick_params(labelsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.legend(fontsize=8, frameon=False, loc="lower right")
    if points is not None:
        bar = figure.colorbar(points, ax=axes, shrink=0.8, format=lambda v, _: f"{100 * v:.3g} %")
        bar.set_label("wanted mail in the inbox that the three largest senders sent", fontsize=8)
        bar.ax.tick_params(labelsize=8)
    axes.set_title(f"What {frontier.path} stops and costs", fontsize=10, loc="left")
    figure.supxlabel("\n".join(textwrap.wrap(_caption(frontier), 135)), fontsize=6.5, x=0.01, ha="left")
    return figure
