"""A JSON value that knows its place: checked access, so that every wrong value is refused where it enters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailrift.importers.problem import ImportProblem, pointer_to, shown

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")  #: how ids of a world document look


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a JSON document with its file and pointer; methods return what it should be or raise ImportProblem."""

    file: str | Path
    pointer: str
    value: Any

    def problem(self, expected: str, got: str | None = None) -> ImportProblem:
        """The error that this value is not `expected`."""
        return ImportProblem(self.file, self.pointer, expected, shown(self.value) if got is None else got)

    def members(self) -> dict[str, Any]:
        """The value, an object."""
        if not isinstance(self.value, dict):
            raise self.problem("an object")
        return self.value

    def items(self) -> Iterator[Node]:
        """The items of the value, a list."""
        if not isinstance(self.value, list):
            raise self.problem("a list")
        return (Node(self.file, pointer_to(self.pointer, i), item) for i, item in enumerate(self.value))

    def children(self) -> Iterator[tuple[str, Node]]:
        """Keys and values of the value, an object."""
        return ((key, Node(self.file, pointer_to(self.pointer, key), child)) for key, child in self.members().items())

    def at(self, key: str) -> Node:
        """The member `key`, which must be there."""
        members = self.members()
        if key not in members:
            raise self.problem(f'the key "{key}"', "an object without it")
        return Node(self.file, pointer_to(self.pointer, key), members[key])

    def get(self, key: str) -> Node | None:
        """The member `key`; None if it is missing or null."""
        value = self.members().get(key)
        return None if value is None else Node(self.file, pointer_to(self.pointer, key), value)

    def text(self, *, most: int = 200) -> str:
        """The value, a string of printable characters with at most `most` bytes of UTF-8."""
        if not isinstance(self.value, str):
            raise self.problem("a string")
        if self.value and not self.value.isprintable():  # control characters and lone surrogates
            raise self.problem("printable characters")
        if len(self.value.encode("utf-8")) > most:
            raise self.problem(f"at most {most} bytes")
        return self.value

    def match(self, pattern: re.Pattern[str], what: str) -> str:
        """The value, a string that matches the whole `pattern`, which the message calls `what`."""
        if not isinstance(self.value, str) or not pattern.fullmatch(self.value):
            raise self.problem(what)
        return self.value

    def flag(self) -> bool:
        """The value, true or false."""
        if not isinstance(self.value, bool):
            raise self.problem("true or false")
        return self.value

    def whole(self, high: int) -> int:
        """The value, a whole number in [0, high]."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not 0 <= self.value <= high:
            raise self.problem(f"a whole number in [0, {high}]")
        return self.value

    def share(self) -> float:
        """The value, a number in [0, 1]."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)) or not 0 <= self.value <= 1:
            raise self.problem("a number in [0, 1]")
        return float(self.value)
