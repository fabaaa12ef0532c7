"""The project's files, as the checks of this folder see them."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MALFORMED = ROOT / "tests" / "scenarios" / "invalid"
SKIPPED = {".git", ".venv", "build", "dist", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints"}
CPP = {".cpp", ".h"}
CODE = CPP | {".py", ".pyi", ".sh", ".cmake"}
CODE_NAMES = {"CMakeLists.txt", "Makefile", "run", ".clang-format", ".clang-tidy", "pyproject.toml", "versions.txt", ".gitignore"}
TEXT = CODE | {".md", ".txt", ".json", ".bib", ".cff", ".toml", ".ipynb", ".svg", ".html"}


def all_files(*folders: str) -> list[Path]:
    """Every file under `folders` (default: the project), in order of name."""
    found = []
    for start in folders or (".",):
        for folder, names, files in os.walk(ROOT / start):
            names[:] = [name for name in names if name not in SKIPPED]
            found += [Path(folder) / file for file in files]
    return sorted(found)


def cpp_files(*folders: str) -> list[Path]:
    """C++ sources and headers under `folders`."""
    return [path for path in all_files(*folders) if path.suffix in CPP]


def code_files() -> list[Path]:
    """Everything written in a programming language or read by a tool."""
    return [path for path in all_files() if path.suffix in CODE or path.name in CODE_NAMES]


def text_files() -> list[Path]:
    """Every file that people read; malformed documents need not even be text."""
    files = [path for path in all_files() if path.parent != MALFORMED]
    return [path for path in files if path.suffix in TEXT or path.name in CODE_NAMES | {"NOTICE", "LICENSE"}]


def shown(path: Path) -> str:
    """The path from the project's root, with slashes."""
    return path.relative_to(ROOT).as_posix()
