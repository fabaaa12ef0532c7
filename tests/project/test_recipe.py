"""What CONTRIBUTING says of a new measure, response or policy stays true: nothing but its own files and the registry's line knows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sources import ROOT, all_files, cpp_files, shown

FOLDERS = ("sanction", "response", "blocking")
# Words that name something else as well: a layer of suppliers, a step of a list's escalation, a kind of change in the table of events, when
# a queue's retries end.
HOMONYMS = {
    ("blocklist", "models/scenario/words.h"),
    ("neighbourhood", "models/scenario/lists.cpp"),
    ("migrate", "bindings/mailrift/plot.py"),
    ("give_up", "bindings/mailrift/retry.py"),
    ("give_up", "bindings/bind_delivery.cpp"),
}


def registered(folder: str) -> list[str]:
    """The names in a registry's list."""
    text = (ROOT / "models" / folder / "registry.cpp").read_text()
    return re.findall(r"^\s*entry\((\w+)\)", text, re.MULTILINE)


def core_and_package() -> list[Path]:
    return cpp_files("models", "bindings") + [path for path in all_files("bindings") if path.suffix in {".py", ".pyi"}]


def names_it(text: str, kind: str) -> bool:
    return f'"{kind}"' in text or f"'{kind}'" in text


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_else_names_what_is_registered(folder: str) -> None:
    kinds = registered(folder)
    assert kinds
    texts = {shown(path): path.read_text() for path in core_and_package()}
    found = [
        f"{path} names {kind}"
        for kind in kinds
        for path, text in texts.items()
        if names_it(text, kind) and not path.startswith(f"models/{folder}/{kind}") and (kind, path) not in HOMONYMS
    ]
    assert found == []


def test_a_policy_has_its_pair_of_files_its_scenario_and_its_test() -> None:
    tests = {path.name: path.read_text() for path in all_files("tests/models") if path.name.endswith("_test.cpp")}
    scenarios = [
        path.read_text() for path in all_files("scenarios", "tests/scenarios") if path.suffix == ".json" and "invalid" not in path.parts
    ]
    for kind in registered("blocking"):
        source = (ROOT / "models/blocking" / f"{kind}.cpp").read_text()
        assert (ROOT / "models/blocking" / f"{kind}.h").is_file(), kind
        held_to = re.search(r'"[^"\n]+\((\w+_test\.cpp)\)",', source)
        assert held_to, f"{kind}: expected what it is held to, with the name of the test's file in brackets"
        assert held_to.group(1) in tests, kind
        assert any(re.search(rf'"kind": *"{kind}"', text) for text in scenarios), f"{kind}: no scenario"


def test_no_page_repeats_the_table_of_policies() -> None:
    pages = [path for path in [ROOT / "README.md", *all_files("docs")] if path.suffix == ".md"]
    rows = [f"{shown(path)}: {kind}" for path in pages for kind in registered("blocking") if f"\n| `{kind}` |" in path.read_text()]
    assert rows == []


@pytest.mark.parametrize(
    ("text", "named"), [('kind == "cost"', True), ("kind == 'cost'", True), ("the cost of it", False), ('"cost_of"', False)]
)
def test_the_check_finds(text: str, named: bool) -> None:
    assert names_it(text, "cost") == named


def test_a_policy_that_asks_what_happens_by_chance_says_so() -> None:
    for kind in registered("blocking"):
        text = "".join((ROOT / "models/blocking" / f"{kind}.{end}").read_text() for end in ("h", "cpp"))
        assert ("happens(" in text or "spared(" in text) == ("reads_chance()" in text), kind
