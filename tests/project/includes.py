"""Which folder may include which: the order of the architecture as a table, and the check of a file against it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from cpp_text import blanked

# To the right may include to the left; folders of one row do not see each other.
MODEL_ROWS = (
    ("world",),
    ("network", "population"),
    ("delivery",),
    ("traffic", "blocking", "sanction", "response", "measure"),
    ("scenario",),
    ("control",),
)
# Libraries with one place, by a pattern of the files that may include them.
LIBRARY_PLACES = {
    "nlohmann": r"sim/json[^/]*\.cpp",
    "boost": r"models/network/.*",
    "pybind11": r"bindings/.*",
    "Python.h": r"bindings/.*",
}
# Printing and files are Python's.
NOT_IN_CORE = {"iostream", "ostream", "fstream", "cstdio", "stdio.h", "print", "syncstream", "format", "filesystem", "source_location"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
PRINTING = re.compile(r"\b(printf|fprintf|puts|putchar|std::cout|std::cerr|std::clog)\b")


def layer(path: str) -> str:
    """`sim`, `models/world`, `bindings`, `tests`: the unit that the table speaks of."""
    parts = PurePosixPath(path).parts
    return "/".join(parts[:2]) if parts[0] == "models" else parts[0]


def allowed_layers(of: str) -> set[str]:
    """The layers that a file of layer `of` may include."""
    model_layers = {f"models/{folder}" for row in MODEL_ROWS for folder in row}
    if of == "sim":
        return {"sim"}
    if of == "bindings":
        return {"sim", "bindings"} | model_layers
    if of == "tests":
        return {"sim", "tests"} | model_layers
    left: set[str] = {"sim"}
    for row in MODEL_ROWS:
        if of in {f"models/{folder}" for folder in row}:
            return left | {of}
        left |= {f"models/{folder}" for folder in row}
    return {"sim"}  # a folder that the table does not know


def problems(path: str, text: str) -> list[str]:
    """What `text`, standing at `path`, includes or prints against the rules."""
    found = []
    of = layer(path)
    core = of != "tests" and of != "bindings"
    for bracket, name in INCLUDE.findall(text):
        if bracket == '"' and layer(name) not in allowed_layers(of):
            found.append(f"{path}: {of} may not include {name}")
        for library, place in LIBRARY_PLACES.items():
            if PurePosixPath(name).parts[0] == library and core and not re.fullmatch(place, path):
                found.append(f"{path}: {library} may be included in {place} only")
        if core and name in NOT_IN_CORE:
            found.append(f"{path}: <{name}> may not be included in the core")
    if core:
        found += [f"{path}: prints by {word}" for word in PRINTING.findall(blanked(text))]
    return found
