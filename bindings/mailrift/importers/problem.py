"""The one error of every importer: which file, which place, what was expected and what was found."""

from __future__ import annotations

import json
from pathlib import Path


class ImportProblem(ValueError):
    """Input that cannot be imported; the text is `file:pointer: expected ..., got ...`.

    `pointer` is a JSON pointer (RFC 6901) to the offending value, or empty when the file as a whole is meant.
    """

    def __init__(self, file: str | Path, pointer: str, expected: str, got: str) -> None:
        place = f"{file}:{pointer}" if pointer else f"{file}"
        super().__init__(f"{place}: expected {expected}, got {got}")
        self.file = str(file)
        self.pointer = pointer
        self.expected = expected
        self.got = got


def pointer_to(parent: str, key: str | int) -> str:
    """The JSON pointer to member `key` of the value at `parent`; long keys are cut, so that messages stay short."""
    text = str(key).replace("~", "~0").replace("/", "~1")
    if len(text) > 80:
        text = text[:77] + "..."
    if not text.isprintable():
        text = text.encode("unicode_escape").decode("ascii")
    return f"{parent}/{text}"


def shown(value: object) -> str:
    """A value as an error message shows it: scalars as JSON, at most 60 characters; containers by kind."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 60 else text[:57] + "..."
