"""Versions are written once, in versions.txt, and whatever repeats one agrees."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib

import pytest

from sources import ROOT

LINES = [line.split() for line in (ROOT / "versions.txt").read_text().splitlines() if line and not line.startswith("#")]
PYTHON = {name: version for kind, _, name, version in LINES if kind == "python"}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_each_line_is_whole_and_each_package_pinned_once() -> None:
    assert {kind for kind, *_ in LINES} == {"debian", "python"}
    assert len(PYTHON) == sum(kind == "python" for kind, *_ in LINES)
    debian: dict[str, set[str]] = {}
    for kind, _, name, version in LINES:
        if kind == "debian":
            debian.setdefault(name, set()).add(version)
    assert [name for name, versions in debian.items() if len(versions) > 1] == []


@pytest.mark.parametrize("requirement", PYPROJECT["build-system"]["requires"])
def test_the_build_requires_the_pinned_versions(requirement: str) -> None:
    name, _, version = requirement.partition("==")
    assert version == PYTHON[name]


def test_the_package_needs_numpy_alone_and_its_extras_are_pinned() -> None:
    project = PYPROJECT["project"]
    names = [re.split(r"[<>=]", requirement)[0] for requirement in project["dependencies"]]
    assert names == ["numpy"]
    extras = [re.split(r"[<>=\[]", requirement)[0] for group in project["optional-dependencies"].values() for requirement in group]
    assert set(extras) - {"mailrift"} <= set(PYTHON)


@pytest.mark.parametrize(
    "name", [name for kind, group, name, _ in LINES if kind == "python" and group in {"build", "run", "frames", "plot", "workbook", "test"}]
)
def test_what_is_installed_is_what_is_pinned(name: str) -> None:
    assert importlib.metadata.version(name) == PYTHON[name]


def test_the_version_of_the_project_is_the_same_everywhere() -> None:
    version = PYPROJECT["project"]["version"]
    assert importlib.metadata.version("mailrift") == version
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {version} (" in (ROOT / "CHANGELOG.md").read_text()
