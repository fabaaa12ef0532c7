"""Mistakes of callers, the two ways to name a value, and figures that cannot be written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mailrift as mr
from mailrift import cli
from mailrift.output import UNITS
from mailrift.scenario import scenario_path


@pytest.fixture(scope="module")
def scenario() -> mr.Scenario:
    return mr.load("icc-account-closure")


def test_a_name_is_no_scenario() -> None:
    name: Any = "icc-account-closure"
    with pytest.raises(TypeError, match=r"scenario: expected a Scenario.*mr\.run\(mr\.load\('icc-account-closure'\), \.\.\.\)"):
        mr.run(name)
    for function in (mr.expected, mr.bounds):
        with pytest.raises(TypeError, match=r"scenario: expected a Scenario.*reads it first"):
            function(name, "icc", ["EU"], [90])
    with pytest.raises(TypeError, match=r"got NoneType$"):
        mr.run(None)  # type: ignore[arg-type]


def test_one_name_is_no_list(scenario: mr.Scenario) -> None:
    with pytest.raises(TypeError, match=r"targets: expected a list of names, got the text 'EU'; did you mean \['EU'\]"):
        mr.expected(scenario, "icc", "EU", [90])
    one: Any = 90
    with pytest.raises(TypeError, match=r"days: expected a list of days, got 90; did you mean \[90\]"):
        mr.expected(scenario, "icc", ["EU"], one)
    mixed: Any = ["EU", 3]
    with pytest.raises(TypeError, match="targets: expected a list of names, got list"):
        mr.bounds(scenario, "icc", mixed, [90])


@pytest.mark.parametrize("day", [-1, 90.5, float("nan"), float("inf")])
def test_days_lie_in_the_horizon(scenario: mr.Scenario, day: float) -> None:
    with pytest.raises(ValueError, match=r"days: expected days in \[0, 90\]"):
        mr.expected(scenario, "icc", ["EU"], [day])


def test_no_threads_are_refused(scenario: mr.Scenario) -> None:
    with pytest.raises(ValueError, match="threads: expected 1 or more, got 0"):
        mr.expected(scenario, "icc", ["EU"], [90], threads=0)


@pytest.mark.parametrize("name", ["icc-account-closure", "icc-account-closure-consumers"])
def test_every_figure_shown_can_be_set_by_what_is_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = mr.load(name)
    assert cli.main(["show", name]) == 0
    shown = {line.split()[0] for line in capsys.readouterr().out.splitlines() if "(" in line and "." in line.split()[0]}
    pointers = [figure["pointer"] for figure in scenario.figures if figure["document"] == "scenario"]
    assert {scenario_path(scenario.document, pointer) for pointer in pointers} <= shown
    for pointer in pointers:
        value: Any = scenario.document
        for step in pointer.split("/")[1:]:
            value = value[int(step)] if isinstance(value, list) else value[step]
        for path in (pointer, scenario_path(scenario.document, pointer)):
            assert scenario.set(path, value).document == scenario.document
    changed = scenario.set("/orders/0/compliance/probability", 0.5)
    assert changed.document["orders"][0]["compliance"]["probability"] == 0.5


def test_a_path_that_does_not_exist_is_refused(scenario: mr.Scenario) -> None:
    for path in ("/orders/7/compliance", "/nothing", "orders.eo.complaince.probability"):
        with pytest.raises(mr.DocumentError):
            scenario.set(path, 1)


@pytest.mark.parametrize(
    ("path", "message"), [("none/map.png", "expected a file in a folder that exists"), ("a.png", "expected a file, got a folder")]
)
def test_a_map_that_cannot_be_written_is_refused_before_the_work(
    path: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.png").mkdir()

    def never(*_: object) -> None:
        raise AssertionError("the map was drawn")

    monkeypatch.setattr("mailrift.map.world_map", never)
    assert cli.main(["show", "europe-institutions-2026", "--map", str(tmp_path / path)]) == 3
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


def test_a_result_directory_says_its_units(tmp_path: Path) -> None:
    assert cli.main(["run", "icc-account-closure", "--traffic", "none", "--out", str(tmp_path / "r"), "--quiet"]) == 0
    units = json.loads((tmp_path / "r" / "run.json").read_text("utf-8"))["units"]
    assert units == UNITS
    for file, columns in units.items():
        assert set(columns) <= set((tmp_path / "r" / file).read_text("utf-8").splitlines()[0].split(","))


def test_the_heatmap_orders_countries_by_reach_and_marks_them(scenario: mr.Scenario) -> None:
    pytest.importorskip("matplotlib")
    run = mr.run(scenario, traffic="none")
    axes = mr.plot.heatmap(run).axes[0]
    labels = [text.get_text() for text in axes.get_xticklabels()]
    assert labels[:2] == ["icc", "icc-hosted"]
    assert {label for label in labels if "*" in label} == {"BG*", "CZ*", "PL*", "RO*", "SK*"}
    assert {label for label in labels if "?" in label} == {"CY?", "MT?"}
    reached = run.matrix(["icc", *(label.rstrip("*?") for label in labels[2:])], at=run.days)[0, 1:]
    assert (reached[1:] >= reached[:-1]).all()
    assert reached[0] < 0.1
    assert reached[-1] > 0.9
