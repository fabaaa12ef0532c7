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
