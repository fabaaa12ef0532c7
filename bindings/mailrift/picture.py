"""Figures that a notebook shows by themselves, whatever its Matplotlib backend."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from mailrift.extras import need

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def new_figure(**options: Any) -> Figure:
    """An empty Matplotlib figure with these options; raises MissingExtra without Matplotlib."""
    base: Any = need("matplotlib.figure", "plot").Figure

    class Picture(base):  # type: ignore[misc]  # known only when Matplotlib is
        """A figure that represents itself as PNG."""

        def _repr_png_(self) -> bytes:
            stream = io.BytesIO()
            self.savefig(stream, format="png")
            return stream.getvalue()

    figure: Figure = Picture(**options)
    return figure


def compact_png(data: bytes) -> bytes:
    """An opaque PNG with a palette of at most 256 colours, about a third of the size; one with transparency as it is.

    Median cut without dithering: areas of one colour keep it, edges between them lose shades. Equal bytes give equal bytes (with one
    version of Pillow, which Matplotlib needs).
    """
    pillow = need("PIL.Image", "plot")
    image = pillow.open(io.BytesIO(data))
    if image.mode == "RGBA" and image.getextrema()[3] != (255, 255):
        return data
    stream = io.BytesIO()
    reduced = image.convert("RGB").quantize(256, method=pillow.Quantize.MEDIANCUT, dither=pillow.Dither.NONE)
    reduced.save(stream, format="png", optimize=True, dpi=image.info.get("dpi"))
    return stream.getvalue()
