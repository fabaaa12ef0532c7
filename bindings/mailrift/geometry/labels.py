"""Where words go on a map: inside a shape where they fit, else beside it on free ground with a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Box:
    """An upright rectangle: its middle and its size, in the units of the map."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Whether both share a point."""
        return abs(self.x - other.x) * 2 <= self.width + other.width and abs(self.y - other.y) * 2 <= self.height + other.height

    def within(self, outer: Box) -> bool:
        """Whether it lies in `outer`, edges included."""
        across = abs(self.x - outer.x) * 2 + self.width <= outer.width
        return across and abs(self.y - outer.y) * 2 + self.height <= outer.height

    def edge_towards(self, place: tuple[float, float]) -> tuple[float, float]:
        """Where the line from its middle to a place outside leaves it."""
        dx, dy = place[0] - self.x, place[1] - self.y
        part = 1 / max(abs(dx) * 2 / self.width, abs(dy) * 2 / self.height, 1.0)
        return self.x + part * dx, self.y + part * dy

    def is_crossed(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Whether the line from start to end meets the box (Liang and Barsky 1984)."""
        enter, leave = 0.0, 1.0
        for a, b, middle, size in ((start[0], end[0], self.x, self.width), (start[1], end[1], self.y, self.height)):
            low, high = middle - size / 2 - a, middle + size / 2 - a
            if b == a:
                if low > 0 or high < 0:
                    return False
                continue
            first, last = sorted((low / (b - a), high / (b - a)))
            enter, leave = max(enter, first), min(leave, last)
        return enter <= leave


def _edges(rings: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.concatenate(rings), np.concatenate([np.roll(ring, -1, axis=0) for ring in rings])


def inside(rings: Sequence[NDArray[np.float64]], xs: NDArray[np.float64], ys: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points of a grid lie inside the rings by the even-odd rule: shape (len(ys), len(xs)). `xs` ascends."""
    start, end = _edges(rings)
    found = np.zeros((len(ys), len(xs)), dtype=np.bool_)
    for row, y in enumerate(ys):
        hit = (start[:, 1] <= y) != (end[:, 1] <= y)
        a, b = start[hit], end[hit]
        crossings = np.sort(a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1]))
        found[row] = np.searchsorted(crossings, xs) % 2 == 1
    return found


def _outline(rings: Sequence[NDArray[np.float64]], step: float) -> NDArray[np.float64]:
    """Points along all edges, at most `step` apart."""
    start, end = _edges(rings)
    length = np.hypot(*(end - start).T)
    parts = np.maximum(np.ceil(length / step).astype(np.int64), 1)
    index = np.repeat(np.arange(len(start)), parts)
    along = (np.arange(len(index)) - np.repeat(np.cumsum(parts) - parts, parts)) / parts[index]
    points: NDArray[np.float64] = start[index] + (end - start)[index] * along[:, None]
    return points


def best_spot(
    rings: Sequence[NDArray[np.float64]], width: float, height: float, frame: Box, cells: int = 48
) -> tuple[float, float, float] | None:
    """The place inside the rings, and the frame, with most room for a box: x, y, and the room as a multiple of the box (1: it just fits).

    None if no point of a grid of `cells` by `cells` over the largest ring lies inside both.
    """
    low = np.maximum(rings[0].min(axis=0), (frame.x - frame.width / 2 + width / 2, frame.y - frame.height / 2 + height / 2))
    high = np.minimum(rings[0].max(axis=0), (frame.x + frame.width / 2 - width / 2, frame.y + frame.height / 2 - height / 2))
    if np.any(low >= high):
        return None
    steps = (np.arange(cells) + 0.5) / cells
    xs, ys = low[0] + steps * (high[0] - low[0]), low[1] + steps * (high[1] - low[1])
    rows, columns = np.nonzero(inside(rings, xs, ys))
    if len(rows) == 0:
        return None
    half = np.array((width, height)) / 2
    outline = _outline(rings, height / 3) / half
    points = np.column_stack((xs[columns], ys[rows])) / half
    room = np.array([np.abs(outline - point).max(axis=1).min() for point in points])
    best = int(np.argmax(room))
    return float(xs[columns[best]]), float(ys[rows[best]]), float(room[best])


def place_beside(
    anchor: tuple[float, float],
    size: tuple[float, float],
    cost: Callable[[Box], float],
    taken: Sequence[Box],
    frame: Box,
    farthest: float,
) -> Box | None:
    """The cheapest free box around an anchor: its distance plus `cost` (infinite where it must not lie); None if there is none.

    It lies in the frame and meets no box of `taken`, and no box of `taken` lies across the line from the anchor to it.
    """
    best, least = None, np.inf
    step = min(size) / 2
    for radius in np.arange(step, farthest, step):
        if radius >= least:
            break
        for angle in np.arange(0, 2 * np.pi, np.pi / 16):
            x = anchor[0] + (radius + size[0] / 2) * np.cos(angle)
            y = anchor[1] + (radius + size[1] / 2) * np.sin(angle)
            box = Box(float(x), float(y), *size)
            if not box.within(frame) or any(box.meets(other) or other.is_crossed(anchor, (box.x, box.y)) for other in taken):
                continue
            price = float(radius) + cost(box)
            if price < least:
                best, least = box, price
    return best
