"""The rules of style that a machine can check, each as a function from a file's text to problems."""

from __future__ import annotations

import ast
import re

from cpp_text import functions

FILE_LINES = 400
FUNCTION_LINES = 60
# Written in pieces, so that this file passes its own check.
MACHINE_PATH = re.compile(
    "(?<![A-Za-z0-9_.~-])/(" + "|".join(["home", "root", "work", "Users", "mnt", "data", "private"]) + ")/[A-Za-z0-9_.-]"
)
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b")


def file_length(path: str, text: str) -> list[str]:
    """At most FILE_LINES lines."""
    lines = text.count("\n")
    return [f"{path}: {lines} lines, expected at most {FILE_LINES}"] if lines > FILE_LINES else []


def first_line(path: str, text: str) -> list[str]:
    """Line 1, or line 2 after a shebang, is a comment or docstring of at least two words."""
    lines = text.split("\n", 2)
    line = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
    mark = r"///? " if path.endswith((".cpp", ".h")) else r'(#|r?""") ?'
    match = re.match(mark + r"(?P<words>\S.*)", line)
    if match is None or len(match["words"].split()) < 2:
        return [f"{path}: expected line 1 to say what the file is for, got {line[:60]!r}"]
    return []


def function_length(path: str, text: str) -> list[str]:
    """At most FUNCTION_LINES lines a function, in C++ and Python."""
    if path.endswith((".cpp", ".h")):
        measured = [(function.name, function.line, function.lines) for function in functions(text)]
    elif path.endswith(".py"):
        measured = [
            (node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
    else:
        return []
    return [
        f"{path}:{line}: {name} has {lines} lines, expected at most {FUNCTION_LINES}"
        for name, line, lines in measured
        if lines > FUNCTION_LINES
    ]


def unfinished_or_local(path: str, text: str) -> list[str]:
    """No path of one machine, no note of work left to do."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        found += [f"{path}:{number}: path of a machine: {match.group()}..." for match in MACHINE_PATH.finditer(line)]
        found += [f"{path}:{number}: left to do: {match.group()}" for match in UNFINISHED.finditer(line)]
    return found


def domain_word(path: str, text: str) -> list[str]:
    """The generic engine never names the domain."""
    return [f"{path}:{number}: the engine names the domain" for number, line in enumerate(text.split("\n"), 1) if "mail" in line.lower()]
