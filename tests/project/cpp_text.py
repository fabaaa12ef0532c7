"""Just enough of C++ to measure functions: comments and literals blanked, braces matched."""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)" | "(?:\\.|[^"\\\n])*" | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+' """
    r"""| ^[ \t]*\#(?:[^\n\\]|\\.)*""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
DATA_LINE = "\v"  # a line of data inside a function is no line of code
# What may stand between a parameter list and its body.
TAIL = re.compile(r"\)\s*(?:const|noexcept|override|final|mutable|try|&&?|noexcept\s*\([^{}]*\)|->[^{};=]+|requires[^{};=]+|\s)*$")
NOT_FUNCTIONS = re.compile(r"\b(if|for|while|switch|catch|do|else|return|throw|new)\b")
SCOPES = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")


class Function(NamedTuple):
    """A function's first words and how many lines it has, from its name to its last brace, data aside."""

    name: str
    line: int
    lines: int


def blanked(text: str) -> str:
    """`text` with comments, literals and preprocessor lines turned to spaces; line breaks stay, those in a raw string as DATA_LINE."""
    return TOKEN.sub(
        lambda match: re.sub(r"[^\n]", " ", match.group()).replace("\n", DATA_LINE if match["mark"] is not None else "\n"), text
    )


def functions(text: str) -> list[Function]:
    """The outermost functions of a C++ file; lambdas count for the function they are in."""
    text = blanked(text)
    found: list[Function] = []
    kinds: list[str] = []  # of the open braces: scope, body or other
    starts: list[int] = []  # where the words before each open brace begin
    begin = 0
    for position, character in enumerate(text):
        inside_body = "body" in kinds
        if character == "{":
            words = text[begin:position]
            kind = "other" if inside_body else _kind(words)
            kinds.append(kind)
            starts.append(begin)
            if kind != "other":
                begin = position + 1
        elif character == "}" and kinds:
            kind, start = kinds.pop(), starts.pop()
            if kind == "body":
                found.append(_function(text, start, position))
            if kind != "other" and "body" not in kinds:
                begin = position + 1
        elif character == ";" and not inside_body and "other" not in kinds:
            begin = position + 1
    return found


def _kind(words: str) -> str:
    """What a brace opens after these words: a scope with functions in it, a function's body, or a list of values."""
    head = words[words.rfind("=") + 1 :] if re.search(r"(?<![=!<>+\-*/])=(?!=)[^()]*$", words) else words
    if TAIL.search(head) and not NOT_FUNCTIONS.search(head.split("(")[0]):
        return "body"
    if re.search(r"\)\s*:\s.*[})]\s*$", head, re.DOTALL):  # after a constructor's list of members
        return "body"
    if SCOPES.search(words) and "(" not in re.sub(r"template\s*<[^{}]*>|alignas\s*\([^()]*\)", "", words):
        return "scope"
    return "other"


def _function(text: str, start: int, end: int) -> Function:
    words = text[start:end].lstrip()
    first = end - len(words)
    name = " ".join(words.split("{")[0].split("(")[0].split())
    line = text.count("\n", 0, first) + text.count(DATA_LINE, 0, first) + 1
    return Function(name, line, text.count("\n", first, end) + 1)
