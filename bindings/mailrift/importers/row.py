"""A row of a table that knows its place: checked access to its cells, as Node gives to JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailrift.importers.problem import ImportProblem, shown
from mailrift.importers.records import LABEL, LABEL_TEXT


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table with its cells by column, and its number in the file, from 1."""

    file: str
    number: int
    cells: dict[str, str]

    def problem(self, column: str, expected: str) -> ImportProblem:
        """The error that a cell is not `expected`."""
        return ImportProblem(self.file, self.pointer(column), expected, shown(self.cells[column]))

    def pointer(self, column: str = "") -> str:
        """Where the row, or a cell of it, stands: /17 or /17/provider."""
        return f"/{self.number}/{column}" if column else f"/{self.number}"

    def match(self, column: str, pattern: re.Pattern[str], what: str) -> str:
        """A cell that matches the whole `pattern`, which the message calls `what`."""
        if not pattern.fullmatch(self.cells[column]):
            raise self.problem(column, what)
        return self.cells[column]

    def label(self, column: str) -> str | None:
        """A cell that is a label, or None for an empty one."""
        return self.match(column, LABEL, LABEL_TEXT + ", or nothing") if self.cells[column] else None

    def text(self, column: str, most: int) -> str:
        """A cell of printable characters with at most `most` bytes."""
        cell = self.cells[column]
        if (cell and not cell.isprintable()) or len(cell.encode("utf-8", "replace")) > most:
            raise self.problem(column, f"at most {most} bytes of printable characters")
        return cell
