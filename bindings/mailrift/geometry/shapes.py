"""Reads the shipped shapes of countries: rings and points of longitude and latitude by ISO 3166-1 alpha-2 code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Shapes:
    """Countries of the world, in degrees (east and north positive).

    Attributes
    ----------
    rings
        By alpha-2 code (XK: Kosovo): outer rings and holes alike (even-odd rule), each of shape (n, 2), longitude and latitude, open (the
        first point is not repeated), the largest first. No ring crosses the meridian of 180 degrees.
    points
        (longitude, latitude) of countries too small to have a ring.
    source
        Where they are from.
    """

    rings: dict[str, list[NDArray[np.float64]]]
    points: dict[str, tuple[float, float]]
    source: str


def decode(document: dict[str, Any]) -> Shapes:
    """Shapes from the format of tools/make_geometry.py: whole units, differences after each ring's first point."""
    scale = document["scale"]

    def ring(flat: list[int]) -> NDArray[np.float64]:
        steps: NDArray[np.float64] = np.array(flat, dtype=np.float64).reshape(-1, 2)
        return np.cumsum(steps, axis=0) / float(scale)

    return Shapes(
        rings={code: [ring(flat) for flat in rings] for code, rings in document["countries"].items()},
        points={code: (x / scale, y / scale) for code, (x, y) in document["points"].items()},
        source=document["source"],
    )


def load_shapes() -> Shapes:
    """The shapes that ship with the package."""
    return decode(json.loads((Path(__file__).parent / "countries.json").read_text("utf-8")))
