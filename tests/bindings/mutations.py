"""Seeded mutations of right documents, each read once; run as a program, so that a crash of the reader fails one test and not all."""

from __future__ import annotations

import copy
import json
import random
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mailrift as mr

ROOT = Path(__file__).parents[2]
WORLD = ROOT / "tests" / "scenarios" / "worlds" / "small-world.json"
SOURCES = (WORLD, ROOT / "tests" / "scenarios" / "golden" / "gateways.json", ROOT / "scenarios" / "icc-account-closure.json")
MESSAGE = re.compile(
    r"[^\x00-\x1f\x7f]*m\.json(:\S[^\x00-\x1f\x7f]*)?: \[[a-z_0-9]+ \d{3}\] expected [^\x00-\x1f\x7f]+, got [^\x00-\x1f\x7f]+"
)
HOSTILE: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 2**53, 2**64, 1e308, -1e308, 5e-324),
    *("", "NaN", "x", "x-a", "../a", "*", "1 d", "-1 d", "9" * 30 + " w", "é\u2028", "a" * 5000),
    *([], {}, [[]], [None], {"": 0}, {"value": 1}, {"value": {}}, {"x-a": 1}, {"id": "a"}, ["a", "a"], {"kind": "a"}, {"a\u001b\n": 1}),
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every list or object within a value, with each of its indices or keys."""
    steps = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for step in steps:
        yield value, step
        yield from _places(value[step])


def _dump(document: Any) -> bytes:
    return json.dumps(document, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _changed(document: Any, draw: random.Random, change: Callable[[Any, Any], None]) -> bytes:
    changed = copy.deepcopy(document)
    change(*draw.choice(list(_places(changed))))
    return _dump(changed)


def _delete(document: Any, draw: random.Random) -> bytes:
    return _changed(document, draw, lambda parent, step: parent.__delitem__(step))


def _replace(document: Any, draw: random.Random) -> bytes:
    return _changed(document, draw, lambda parent, step: parent.__setitem__(step, draw.choice(HOSTILE)))


def _move(document: Any, draw: random.Random) -> bytes:
    """The value of one place at another: of a right type here and there, and a name of another kind."""
    changed = copy.deepcopy(document)
    parent, step = draw.choice(list(_places(document)))
    other, place = draw.choice(list(_places(changed)))
    other[place] = copy.deepcopy(parent[step])
    return _dump(changed)


def _rename(document: Any, draw: random.Random) -> bytes:
    """A key with one character more, fewer or other."""
    changed = copy.deepcopy(document)
    objects = [(parent, step) for parent, step in _places(changed) if isinstance(parent, dict)]
    parent, key = draw.choice(objects)
    at = draw.randrange(len(key) + 1)
    parent[key[:at] + draw.choice(["", "a", "\u0000", "/", "~", "é", " "]) + key[at + draw.randrange(2) :]] = parent.pop(key)
    return _dump(changed)


def _truncate(document: Any, draw: random.Random) -> bytes:
    text = _dump(document)
    return text[: draw.randrange(len(text))]


def _double(document: Any, draw: random.Random) -> bytes:
    """A line with a key, twice."""
    lines = _dump(document).split(b"\n")
    at = draw.choice([i for i, line in enumerate(lines) if re.fullmatch(rb'\s*"[^"]+": .*[^\[{]', line)])
    lines.insert(at, lines[at].rstrip(b",") + b",")
    return b"\n".join(lines)


def _flip(document: Any, draw: random.Random) -> bytes:
    text = bytearray(_dump(document))
    for _ in range(draw.randint(1, 4)):
        text[draw.randrange(len(text))] = draw.randrange(256)
    return bytes(text)


def _splice(document: Any, draw: random.Random) -> bytes:
    """Something that is no JSON, or too much of it, anywhere."""
    text = _dump(document)
    at = draw.randrange(len(text))
    return (
        text[:at]
        + draw.choice([b"[" * 200, b'{"a":' * 200, b",", b"}", b"1e999", b"NaN", b"\xff", b"\x00", b"/**/", b'"' * 3, b"\\u0000"])
        + text[at:]
    )


MUTATIONS = (_delete, _replace, _move, _rename, _truncate, _double, _flip, _splice)


def problem_of(path: Path, is_world: bool) -> tuple[str, str]:
    """The code of the error of a document ("" if it is right), and what is wrong with the error itself ("" if nothing)."""
    read: Callable[[Path], object] = mr.load_world if is_world else mr.load
    try:
        read(path)
    except mr.DocumentError as error:
        return str(error.code_name), "" if MESSAGE.fullmatch(str(error)) else f"unclear: {error!s:.300}"
    except BaseException:  # whatever else there may be is what this program looks for
        return "", traceback.format_exc()
    return "", ""


def main(seed: int, count: int) -> None:
    """Prints one JSON line before each document is read, and one after."""
    draw = random.Random(seed)
    documents = [json.loads(path.read_text("utf-8")) for path in SOURCES]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.json"
        (Path(folder) / WORLD.name).write_bytes(WORLD.read_bytes())
        for index in range(count):
            which = draw.choices(range(len(SOURCES)), weights=[2, 2, 1])[0]
            mutation = draw.choice(MUTATIONS)
            path.write_bytes(mutation(documents[which], draw))
            print(json.dumps({"index": index, "source": SOURCES[which].stem, "mutation": mutation.__name__}), flush=True)
            code, problem = problem_of(path, SOURCES[which] == WORLD)
            again, _ = problem_of(path, SOURCES[which] == WORLD)
            print(json.dumps({"code": code, "problem": problem or ("" if code == again else f"{again} at second reading")}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
