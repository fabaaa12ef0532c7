"""Files and functions are small, say what they are for, and carry nothing of one machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cpp_text import functions
from sources import code_files, cpp_files, shown, text_files
from style import FILE_LINES, FUNCTION_LINES, domain_word, file_length, first_line, function_length, unfinished_or_local

Check = Callable[[str, str], list[str]]


def all_problems(check: Check, files: list[object]) -> list[str]:
    return [problem for path in files for problem in check(shown(path), path.read_text())]  # type: ignore[attr-defined, arg-type]


@pytest.mark.parametrize("check", [file_length, first_line, function_length])
def test_code(check: Check) -> None:
    assert len(code_files()) > 100
    assert all_problems(check, [*code_files()]) == []


def test_nothing_local_or_unfinished() -> None:
    assert all_problems(unfinished_or_local, [path for path in text_files() if path.name != "LICENSE"]) == []


def test_the_engine_does_not_name_the_domain() -> None:
    assert all_problems(domain_word, [*cpp_files("sim")]) == []


LONG_BODY = "".join(f"    g({i});\n" for i in range(FUNCTION_LINES))


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (file_length, "x.cpp", "// One line.\n" * (FILE_LINES + 1)),
        (first_line, "x.cpp", "#include <vector>\n"),
        (first_line, "x.cpp", "// Words.\n"),
        (first_line, "x.py", "import os\n"),
        (first_line, "x.sh", "#!/usr/bin/env bash\nset -e\n"),
        (function_length, "x.cpp", f"int f(int a) {{\n{LONG_BODY}}}\n"),
        (function_length, "x.cpp", f"struct A {{ A(int a) : a_(a), b_{{1}} {{\n{LONG_BODY}}} }};\n"),
        (function_length, "x.cpp", f"template <class T> auto f(T t) const noexcept -> std::vector<T> {{\n{LONG_BODY}}}\n"),
        (function_length, "x.cpp", f"TEST(A, B) {{\n{LONG_BODY}}}\n"),
        (function_length, "x.cpp", f"const auto f = [](int a) {{\n{LONG_BODY}}};\n"),
        (function_length, "x.py", f"def f():\n{LONG_BODY}".replace(";", "")),
        (unfinished_or_local, "x.md", "see /ho" + "me/someone/notes"),
        (unfinished_or_local, "x.md", "// TO" + "DO later"),
        (domain_word, "sim/x.h", "// Counts E-Mail."),
    ],
)
def test_the_check_finds(check: Check, path: str, text: str) -> None:
    assert len(check(path, text)) == 1


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (file_length, "x.cpp", "// One line.\n" * FILE_LINES),
        (first_line, "x.sh", "#!/usr/bin/env bash\n# Says what it does.\n"),
        (first_line, "x.py", '"""Says what it does."""\n'),
        (function_length, "x.cpp", f"namespace a {{\nstruct B {{\n{LONG_BODY}}};\n}}\n"),
        (function_length, "x.cpp", "const std::array<int, 99> k = {\n" + "    1,\n" * 99 + "};\n"),
        (function_length, "x.cpp", "const Table k(1, {\n" + "    1,\n" * 99 + "});\n"),
        (function_length, "x.cpp", 'void f() {\n    g("{{{");\n    // {{{\n}\n' + "int a;\n" * 99),
        (function_length, "x.cpp", 'void f() {\n    g(R"(' + "\n}{" * 99 + ')");\n}\n'),
        (unfinished_or_local, "x.md", "build/release, https://example.org/home/page, and/or"),
    ],
)
def test_the_check_allows(check: Check, path: str, text: str) -> None:
    assert check(path, text) == []


def test_functions_are_found_with_their_lines() -> None:
    text = "#define X {\nnamespace n {\nint f(\n    int a) {\n    if (a) { return [&] { return 1; }(); }\n    return 0;\n}\n"
    text += "class C { int g() const { return 1; } };\n}\n"
    assert [(function.name, function.line, function.lines) for function in functions(text)] == [("int f", 3, 5), ("int g", 8, 1)]


def test_most_functions_of_the_project_are_found() -> None:
    tests = sum(path.read_text().count("\nTEST") for path in cpp_files("tests"))
    found = sum(function.name.startswith("TEST") for path in cpp_files("tests") for function in functions(path.read_text()))
    assert found == tests > 0
