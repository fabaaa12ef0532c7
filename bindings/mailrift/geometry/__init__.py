"""Shapes of countries (from Natural Earth, by tools/make_geometry.py), equal-area projections, and what a map shows of them."""

from mailrift.geometry.projection import EqualEarth, Lambert, Projection
from mailrift.geometry.shapes import Shapes, load_shapes
from mailrift.geometry.view import Rings, View, anchors, choose_view, europe, globe, projected

__all__ = [
    "EqualEarth",
    "Lambert",
    "Projection",
    "Rings",
    "Shapes",
    "View",
    "anchors",
    "choose_view",
    "europe",
    "globe",
    "load_shapes",
    "projected",
]
