"""Where documents are found: shipped with the package, beside the file that names them, or given as a dict."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mailrift import _core
from mailrift.scenario import Scenario, World

_NAME = re.compile(r"[a-z0-9_-]{1,64}")
_NO_SCENARIOS = ("operators", "published")  # other data that lie beside the scenarios
_LARGEST = 16 << 20  # bytes, as the core's reader

_SIZE, _FILE = 104, 306  # codes of errors, as the core's

Resolver = Callable[[str, str], str]


def shipped_folder() -> Path:
    """The folder of shipped documents: installed with the package, or of the source tree."""
    installed = Path(__file__).parent / "scenarios"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "scenarios"


def _folders(kind: str, beside: Path | None) -> list[Path]:
    shipped = shipped_folder()
    own = [beside, beside / "worlds", beside.parent / "worlds"] if beside is not None else []
    if kind == "world":
        return [*own, shipped / "worlds"]
    return [*own[:1], shipped]


def available(kind: str = "scenario", beside: Path | None = None) -> list[str]:
    """Names of the scenarios (or, with `kind="world"`, worlds) that are shipped or lie beside a file, sorted."""
    names = {
        path.stem
        for folder in _folders(kind, beside)
        if folder.is_dir()
        for path in folder.glob("*.json")
        if _NAME.fullmatch(path.stem) and path.stem not in _NO_SCENARIOS
    }
    return sorted(names)


def read_text(path: Path) -> str:
    """The text of a document of at most 16 MiB.

    Raises
    ------
    DocumentError
        If the file cannot be read, is too large, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)  # not by its size: that of a device is 0, and it never ends
    except OSError as error:
        raise _core.reference_error(str(path), "", "a readable file", error.strerror or "an error", code=_FILE) from None
    if len(data) > _LARGEST:
        raise _core.reference_error(path.name, "", f"a file of at most {_LARGEST} bytes", "a larger one", code=_SIZE)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        _core.World.parse(data, path.name, resolver(None))  # always raises: the core's reader says line and column
        raise


def resolver(beside: Path | None) -> Resolver:
    """Finds documents by bare name, first beside a file, then among those shipped; never outside those folders."""

    def resolve(kind: str, name: str) -> str:
        if _NAME.fullmatch(name):
            for folder in _folders(kind, beside):
                path = folder / f"{name}.json"
                if path.is_file() and path.resolve().parent == folder.resolve():
                    return read_text(path)
        nearest = difflib.get_close_matches(name, available(kind, beside), n=1)
        raise _core.reference_error("", "", f"the name of a {kind}", json.dumps(name), nearest[0] if nearest else "")

    return resolve


def _source(what: str | Path | dict[str, Any], kind: str) -> tuple[str, str, Path | None]:
    """Text, name for messages and folder of a document given by name, path or dict."""
    if isinstance(what, dict):
        return json.dumps(what), f"{kind}.json", None
    if isinstance(what, str) and _NAME.fullmatch(what):
        return resolver(None)(kind, what), f"{what}.json", None
    path = Path(what)
    return read_text(path), path.name, path.resolve().parent


def load(what: str | Path | dict[str, Any]) -> Scenario:
    """A scenario by its name, its file or as a dict; frozen.

    Raises
    ------
    DocumentError
        The first error in the order of file and document.
    """
    text, file, folder = _source(what, "scenario")
    return Scenario(_core.Scenario.parse(text, file, resolver(folder)), resolver(folder))


def load_world(what: str | Path | dict[str, Any]) -> World:
    """A world by its name, its file or as a dict; frozen.

    Raises
    ------
    DocumentError
        The first error in the order of file and document.
    """
    text, file, folder = _source(what, "world")
    return World(_core.World.parse(text, file, resolver(folder)))
