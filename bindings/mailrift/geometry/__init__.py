"""Shapes of countries (Natural Earth, public domain; made by tools/make_geometry.py) and the two equal-area projections of the maps."""

from mailrift.geometry.projection import EqualEarth, Lambert, Projection
from mailrift.geometry.shapes import Shapes, load_shapes

__all__ = ["EqualEarth", "Lambert", "Projection", "Shapes", "load_shapes"]
