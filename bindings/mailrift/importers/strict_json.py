"""Reads a JSON file as hostile input: bounded size, UTF-8, no repeated keys, no NaN; every refusal names its place."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailrift.importers.problem import ImportProblem, pointer_to

MAX_BYTES = 256 * 1024 * 1024  #: largest file that is read; the greatest public file of the kind has 4 MB
_MAX_WHOLE = 2**53  # beyond it other JSON readers lose digits


@dataclass(frozen=True)
class Document:
    """A JSON value that was read, and the SHA-256 of the bytes it was read from."""

    value: Any
    sha256: str


def read_json(path: Path, *, max_bytes: int = MAX_BYTES) -> Document:
    """The value in `path`.

    Raises
    ------
    ImportProblem
        If the file cannot be read, has more than `max_bytes` bytes, is not UTF-8, is not one JSON value, nests too
        deeply, repeats a key, or holds NaN, an infinity or a whole number beyond 2^53.
    """
    data = read_bytes(path, max_bytes)
    return Document(parse_json_bytes(path, data), hashlib.sha256(data).hexdigest())


def parse_json_bytes(path: Path, data: bytes) -> Any:
    """The value in the bytes of a file; raises as `read_json`."""
    text = decoded(path, data)
    try:
        value = json.loads(text, object_pairs_hook=_refuse_repeats, parse_constant=_refuse, parse_float=_finite, parse_int=_whole)
    except _Refused:
        raise _locate(path, text) from None
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}:{error.colno}"
        raise ImportProblem(place, "", "one JSON value", _syntax(error.msg)) from None
    except RecursionError:
        raise ImportProblem(path, "", "values nested at most a few hundred deep", "deeper nesting") from None
    return value


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """The bytes of a file of at most `max_bytes`; raises ImportProblem."""
    try:
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)  # one more than allowed, so that pipes and devices are bounded too
    except OSError as error:
        raise ImportProblem(path, "", "a readable file", error.strerror or "an error") from None
    if len(data) > max_bytes:
        raise ImportProblem(path, "", f"at most {max_bytes} bytes", "more")
    return data


def decoded(path: Path, data: bytes) -> str:
    """The text of bytes in UTF-8; raises ImportProblem."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ImportProblem(path, "", "UTF-8", f"byte 0x{data[error.start]:02x} at offset {error.start}") from None


def _syntax(message: str) -> str:
    return message[0].lower() + message[1:]


class _Refused(Exception):
    """Something that is JSON for Python but not for us; where it is, is found by reading again."""


@dataclass(frozen=True)
class _Mark:
    """Stands for a refused value when the text is read again to find its place."""

    expected: str
    got: str


def _repeated_key(pairs: list[tuple[str, Any]]) -> str | None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    return None


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Refused
    return members


def _refuse(_: str) -> Any:
    raise _Refused


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Refused
    return number


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _MAX_WHOLE:
        raise _Refused
    return int(text)


def _or_mark(parse: Callable[[str], Any], expected: str) -> Callable[[str], Any]:
    def parse_or_mark(text: str) -> Any:
        try:
            return parse(text)
        except _Refused:
            return _Mark(expected, text if len(text) <= 40 else text[:37] + "...")

    return parse_or_mark


def _object_or_mark(pairs: list[tuple[str, Any]]) -> Any:
    key = _repeated_key(pairs)
    return dict(pairs) if key is None else _Mark("each key once", f"{json.dumps(key)[:60]} twice")


def _locate(path: Path, text: str) -> ImportProblem:
    finite = "a finite number"
    root = json.loads(
        text,
        object_pairs_hook=_object_or_mark,
        parse_constant=_or_mark(_refuse, finite),
        parse_float=_or_mark(_finite, finite),
        parse_int=_or_mark(_whole, "a whole number within +-2^53"),
    )
    stack: list[tuple[str, Any]] = [("", root)]
    while stack:  # document order: children are pushed in reverse
        pointer, value = stack.pop()
        if isinstance(value, _Mark):
            return ImportProblem(path, pointer, value.expected, value.got)
        if isinstance(value, dict):
            stack.extend((pointer_to(pointer, key), child) for key, child in reversed(value.items()))
        elif isinstance(value, list):
            stack.extend((pointer_to(pointer, i), value[i]) for i in reversed(range(len(value))))
    raise AssertionError("a refused value was not found again")
