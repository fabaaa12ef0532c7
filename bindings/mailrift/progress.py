"""Progress with the time left, on standard error."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """Prints at most ten lines a second to a terminal, and nothing in the first half second."""

    def __init__(self, what: str, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._what = what
        self._stream = stream if stream is not None else sys.stderr
        self._quiet = quiet or not self._stream.isatty()
        self._began = time.monotonic()
        self._last = self._began + 0.5
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        """Reports `done` of `total`."""
        now = time.monotonic()
        if self._quiet or now - self._last < 0.1 or done == 0:
            return
        self._last = now
        self._shown = True
        left = (now - self._began) * (total - done) / done
        self._stream.write(f"\r{self._what}: {100 * done // total:3d} %, {left:.0f} s left ")
        self._stream.flush()

    def close(self) -> None:
        """Ends the line."""
        if self._shown:
            self._stream.write("\r" + " " * 60 + "\r")
            self._stream.flush()
