"""What part of the world a map shows, in which projection, and the shapes that lie in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mailrift.geometry.labels import Box, best_spot
from mailrift.geometry.projection import EqualEarth, Lambert, Projection
from mailrift.geometry.shapes import Shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rings = list["NDArray[np.float64]"]


@dataclass(frozen=True)
class View:
    """A projection with the rectangle of it that is shown (km) and the width of the page that it takes (inches)."""

    projection: Projection
    frame: Box
    width: float

    @property
    def height(self) -> float:
        """Inches."""
        return self.width * self.frame.height / self.frame.width

    @property
    def km(self) -> float:
        """Of a point (1/72 inch) of the page."""
        return self.frame.width / (72 * self.width)


def europe() -> View:
    """From Iceland to Cyprus."""
    return View(Lambert(), Box(250.0, 130.0, 4250.0, 4200.0), 7.8)


def globe() -> View:
    """All land but Antarctica."""
    projection = EqualEarth()
    right = float(projection.forward(np.array(180.0), np.array(0.0))[0])
    bottom, top = (float(projection.forward(np.array(0.0), np.array(latitude))[1]) for latitude in (-57.0, 84.0))
    return View(projection, Box(0.0, (bottom + top) / 2, 2 * right, top - bottom), 11.0)


def projected(shapes: Shapes, view: View) -> dict[str, Rings]:
    """Rings in km by country, the largest first, without those outside the frame."""
    left, right = view.frame.x - view.frame.width / 2, view.frame.x + view.frame.width / 2
    bottom, top = view.frame.y - view.frame.height / 2, view.frame.y + view.frame.height / 2
    found: dict[str, Rings] = {}
    for code, rings in shapes.rings.items():
        for ring in rings:
            x, y = view.projection.forward(ring[:, 0], ring[:, 1])
            # Near the point opposite to a Lambert projection's centre a ring is torn: nothing there is ever shown.
            if x.max() < left or x.min() > right or y.max() < bottom or y.min() > top or np.ptp(x) > 3e4 or not np.isfinite(x).all():
                continue
            found.setdefault(code, []).append(np.column_stack((x, y)))
    return found


def choose_view(shapes: Shapes, codes: Sequence[str], name: str | None = None) -> View:
    """The view called `name`; not given: Europe if the middle of every country of `codes` lies in it, else the globe.

    Raises
    ------
    ValueError
        If `name` is neither "europe" nor "globe".
    """
    views = {"europe": europe, "globe": globe}
    if name is not None and name not in views:
        raise ValueError(f"view: expected one of europe, globe, got {name!r}")
    if name is not None:
        return views[name]()
    small = europe()

    def middle_is_shown(code: str) -> bool:
        if code in shapes.points:
            place = shapes.points[code]
        else:
            ring = shapes.rings[code][0]
            place = ((ring[:, 0].min() + ring[:, 0].max()) / 2, (ring[:, 1].min() + ring[:, 1].max()) / 2)
        x, y = small.projection.forward(np.array(place[0]), np.array(place[1]))
        return Box(float(x), float(y), 0, 0).within(small.frame)

    drawn = [code for code in codes if code in shapes.rings or code in shapes.points]
    return small if drawn and all(map(middle_is_shown, drawn)) else globe()


def anchors(view: View, shapes: Shapes, rings: Mapping[str, Rings], codes: Sequence[str]) -> dict[str, tuple[float, float]]:
    """A point in the thick of each country of `codes` that the view shows, km."""
    found = {}
    for code in codes:
        if code in rings:
            spot = best_spot(rings[code], 6 * view.km, 6 * view.km, view.frame, cells=24)
            if spot is not None:
                found[code] = spot[:2]
        elif code in shapes.points:
            x, y = (float(v) for v in view.projection.forward(*map(np.array, shapes.points[code])))
            if Box(x, y, 0, 0).within(view.frame):
                found[code] = (x, y)
    return found
