"""The shipped scenarios of blocking beside published figures and closed forms."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import mailrift as mr
from import_samples import PROJECT
from mailrift import historical, historical_due_process
from mailrift.documents import shipped_folder
from mailrift.historical import CLOSED, Row
from mailrift.historical_cases import CASES
from mailrift.historical_due_process import toll, toll_alone
from mailrift.historical_measures import Estimate, share_of_windows, tail

FIGURES = historical.published()


@pytest.fixture(scope="module")
def found() -> list[Row]:
    return [row for name in CASES for row in historical.rows(name, FIGURES)]


def of(found: list[Row], scenario: str, quantity: str, *, closed: bool = False) -> Row:
    return next(row for row in found if (row.scenario, row.quantity, row.source == CLOSED) == (scenario, quantity, closed))


def test_every_scenario_is_shipped_and_has_rows(found: list[Row]) -> None:
    assert set(CASES) <= set(mr.available())
    assert {row.scenario for row in found} == set(CASES)
    assert "published" not in mr.available()


def test_every_published_figure_has_a_row_and_a_source(found: list[Row]) -> None:
    keys = set(re.findall(r"^@\w+\{([^,]+),", (shipped_folder() / "sources.bib").read_text("utf-8"), re.M))
    for figure in FIGURES:
        assert figure["source"] in keys
        assert figure["source"] in mr.load(figure["scenario"]).document["sources"]
        assert figure["low"] <= figure.get("value", figure["low"]) <= figure["high"]
        assert figure["unit"]
        assert figure["note"]
        assert of(found, figure["scenario"], figure["quantity"]).source == figure["source"]


def test_closed_forms_are_met(found: list[Row]) -> None:
    closed = [row for row in found if row.source == CLOSED]
    assert {row.scenario for row in closed} == set(CASES)
    for row in closed:
        assert row.is_within, row


def test_small_servers_are_refused_and_the_large_one_is_not(found: list[Row]) -> None:
    small = of(found, "small-server-ratio", "small_refused", closed=True)
    assert 0.06 < small.model.low < small.model.high < 0.1
    assert small.model.high - small.model.low < 0.01
    assert of(found, "small-server-ratio", "large_refused", closed=True).model.value == 0
    assert of(found, "small-server-ratio", "small_refused_minimum", closed=True).model.value == 0
    assert of(found, "small-server-ratio", "small_refused_prior", closed=True).model.high < 0.001


def test_most_small_servers_close_down_by_chance_alone(found: list[Row]) -> None:
    given_up = of(found, "small-servers-give-up", "given_up", closed=True)
    assert 0.6 < given_up.model.low < given_up.model.high < 0.75
    assert of(found, "small-servers-give-up", "given_up_minimum", closed=True).model.value == 0


def test_misses_are_misses(found: list[Row]) -> None:
    """One time constant meets neither later figure, and 30 % is not what one counter saw."""
    missed = {(row.scenario, row.quantity) for row in found if not row.is_within}
    assert missed == {
        ("small-server-ratio", "listings_a_year"),
        ("list-escalation-2010", "upstream_hours_2011"),
        ("botnet-takedown-2008", "rate_after_a_day"),
        ("botnet-takedown-2008", "level_after_62_days"),
        ("botnet-takedown-2008", "level_after_140_days"),
    }


def test_a_figure_that_is_not_met_is_shown_as_a_miss() -> None:
    figure = next(figure for figure in FIGURES if figure["quantity"] == "not_reached_at_first")
    honest = historical.table(historical.rows("default-deny", [figure]))
    doctored = historical.table(historical.rows("default-deny", [{**figure, "value": 0.2, "low": 0.19, "high": 0.21}]))
    assert honest[2].endswith("| within |")
    assert doctored[2].endswith("| MISS |")
    assert "1 missed" in doctored[-1]


def test_figures_of_nothing_that_is_measured_are_refused() -> None:
    figure = {**FIGURES[0], "scenario": "default-deny", "quantity": "joy"}
    with pytest.raises(ValueError, match=r"expected a quantity of default-deny, one of not_reached_at_first, .*, got 'joy'"):
        historical.rows("default-deny", [figure])


@pytest.mark.parametrize(
    ("model", "within"),
    [(Estimate(3, 3, 3), False), (Estimate(2, 2, 2), True), (Estimate(3, 1.9, 4.1), True), (Estimate(0, -1, 0.9), False)],
)
def test_a_row_is_within_if_its_interval_meets_the_range(model: Estimate, within: bool) -> None:
    assert Row("", "", "", "", model, 1, 2, None, "", "").is_within == within


def test_the_tail_is_that_of_a_poisson_number_of_messages() -> None:
    """By hand: of few messages one bad one is enough, so that the tail is that of a Poisson number of bad ones."""
    assert tail(0.001, 0.003, 100) == pytest.approx(1 - 2.718281828459045**-0.1, abs=1e-9)
    assert tail(0.001, 0.003, 1000) == pytest.approx(0.049, abs=5e-4)  # the published value
    assert tail(0.001, 0.003, 100, least=1000) == 0
    assert share_of_windows(0.1, 3) == pytest.approx((0 + 0.1 + 0.1 * 0.9) / 3)


def test_the_command_prints_tables_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert historical.main(["botnet-takedown-2008"]) == 0
    text = capsys.readouterr().out
    assert text.count("MISS |") == 3
    assert historical.main(["default-deny", "wildcard-shutdown", "--json"]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert {row["scenario"] for row in rows} == {"default-deny", "wildcard-shutdown"}
    assert all(row["within"] for row in rows)
    assert historical.main(["nothing"]) == 3
    assert "'nothing'" in capsys.readouterr().err


def test_the_documentation_has_the_printed_tables(found: list[Row]) -> None:
    page = (PROJECT / "docs" / "blocking-scenarios.md").read_text("utf-8")
    assert "\n".join(historical.table(found)) in page
    assert "\n".join(historical_due_process.table(mr.load("due-process"))) in page


def test_a_perfect_decision_lets_the_range_and_its_spammer_in_again() -> None:
    """Once the spammer is out, the range is good, so that all is forgotten: it has another day of notice."""
    scenario = mr.load("due-process")
    alone = toll_alone(scenario)
    nearly, perfect = (toll(scenario, accuracy=accuracy) for accuracy in (0.95, 1.0))
    assert perfect.restored(alone) > nearly.restored(alone)
    assert perfect.added(alone) > nearly.added(alone)


def test_whole_servers_are_decided_on_one_by_one() -> None:
    """In `flow` each of 200 honest servers is heard or not: the share is binomial."""
    scenario = mr.load("due-process")
    expected, drawn = toll(scenario), toll(scenario.set("traffic", "flow"))
    spread = (0.9 * 0.1 / 200) ** 0.5 * 22.5 / 28
    assert 0 < abs(drawn.lost / drawn.written - expected.lost / expected.written) < 5 * spread
