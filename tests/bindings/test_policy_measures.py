"""What policies stop and cost: ledgers worked by hand, sums, spells of blocking, and the policy frontier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mailrift as mr
from mailrift.frontier import MEASURES
from mailrift.intervals import mean_and_half, student_quantile
from mailrift.policy_measures import largest_share

SCENARIOS = Path(__file__).parents[1] / "scenarios"
JUDGED = ("reputation", "costs", "deferral")
DAY = 86400.0


def typed(**policy: Any) -> mr.Scenario:
    """Wanted mail a day, none answered: 5,600 from big, 2,000 from dirty, half of whose mail is spam, 8 from each of 50 own servers."""
    world = {
        "schema": 1,
        "name": "typed",
        "unit": "users",
        "jurisdictions": [{"code": "AA", "name": "A", "mail_users": 2000}],
        "providers": [
            {"id": "big", "kind": "global", "control": []},
            {"id": "dirty", "kind": "isp", "control": [], "outbound_spam": 0.5},
            {"id": "own", "kind": "self_hosted", "control": [], "count": 50},
        ],
        "markets": {"AA": {"routes": {"big": 0.7, "dirty": 0.25, "own": 0.05}}},
        "mixing": {"home": 1, "bloc": 0},
    }
    ratio = {"id": "ratio", "kind": "reputation", "reject": 0.2, "min_volume": 0, "true_positive": 1, "false_positive": 0, **policy}
    document = {
        "schema": 1,
        "name": "typed",
        "world": "europe-consumers-2024",
        "horizon": "5 d",
        "slice": "12 h",
        "warm_up": "0 d",
        "traffic": "fluid",
        "mail": {"messages_per_day": 4, "reply": 0},
        "blocking": [ratio],
    }
    return mr.load(document).with_world(world)


@pytest.fixture(scope="module")
def by_hand() -> mr.Run:
    """From day 1 of 5 on everybody rejects all mail of dirty, and nothing else."""
    return mr.run(typed())


@pytest.fixture(scope="module", params=JUDGED)
def judged(request: pytest.FixtureRequest) -> mr.Run:
    return mr.run(mr.load(SCENARIOS / "golden" / f"{request.param}.json"), traffic="flow")


def test_false_positives_by_size_are_those_worked_by_hand(by_hand: mr.Run) -> None:
    table = mr.analysis.size_classes(by_hand)
    assert list(table.index) == ["1-10", "10-100", "100-1000", "1000-10000"]
    assert table["operators"].tolist() == [50, 0, 0, 2]
    np.testing.assert_allclose(table["wanted_written"], [2000, 0, 0, 38000], rtol=1e-12)
    np.testing.assert_allclose(table["lost"], [0, 0, 0, 8000], rtol=1e-12)
    np.testing.assert_allclose(table["false_positive"], [0, np.nan, np.nan, 8 / 38], rtol=1e-12)
    np.testing.assert_allclose(table["spam_in_inbox"], [0, 0, 0, 2000], rtol=1e-12)
    np.testing.assert_allclose(table["spam_inbox"], [np.nan, np.nan, np.nan, 0.2], rtol=1e-12)
    assert mr.analysis.arrived(by_hand) == pytest.approx(0.8, rel=1e-12)
    rejected = mr.analysis.delivery(by_hand).set_index("outcome").loc["rejected"]
    assert rejected["policy"] == "ratio"
    assert rejected["share"] == pytest.approx(0.2, rel=1e-12)


def test_blockers_and_carriers_are_those_worked_by_hand(by_hand: mr.Run) -> None:
    cost = mr.analysis.blocker_cost(by_hand)
    np.testing.assert_allclose(cost["blocker_cost"], [0.2, 0.2, 0.2], rtol=1e-12)
    np.testing.assert_allclose(cost.loc["dirty", "wanted_written"], 10000, rtol=1e-12)
    carried = mr.analysis.centralisation(by_hand)
    shares = {"written": np.array([28, 10, 2]) / 40, "inbox": np.array([28, 2, 2]) / 32}
    for row, (big, dirty, own) in shares.items():
        hhi = big**2 + dirty**2 + own**2 / 50
        third = own / 50  # one of the own servers
        np.testing.assert_allclose(carried.loc[row], [big, big + dirty + third, hhi, 1 / hhi], rtol=1e-12)


def test_blocked_pairs_and_spells_are_those_worked_by_hand(by_hand: mr.Run) -> None:
    verdicts = by_hand.verdicts
    assert set(verdicts["receiver"]) == {"big", "dirty", "own"}
    assert (verdicts[["time", "accept", "junk", "reject", "defer"]].to_numpy() == [DAY, 0, 0, 1, 0]).all()
    assert set(verdicts["source"]) == {"dirty"}
    assert set(verdicts["policy"]) == {"ratio"}
    blocked = mr.analysis.blocked_sources(by_hand)
    assert blocked.to_numpy().tolist() == [[0, 0, 0, 0], [DAY, 3, 1, 52]]  # of the pairs of operators 50 are with own servers
    assert mr.analysis.time_to_block(by_hand)["time"].tolist() == [DAY] * 3
    spells = mr.analysis.time_to_unblock(by_hand)
    assert spells["duration"].tolist() == [4 * DAY] * 3
    assert spells["censored"].all()


def test_verdicts_are_shares_of_tries() -> None:
    none = mr.run(typed(reject=1)).verdicts
    assert len(none) == 0
    assert list(none.columns) == ["time", "source", "receiver", "accept", "junk", "reject", "defer", "discard", "policy"]
    junked = mr.run(typed(junk=0.2, reject=0.9)).verdicts
    assert (junked[["accept", "junk", "reject"]].to_numpy() == [0, 1, 0]).all()
    deferred = mr.run(typed(defer=0.2, reject=0.9)).verdicts
    assert (deferred[["accept", "reject", "defer"]].to_numpy() == [0, 0, 1]).all()


def test_verdicts_on_a_counted_entry_are_means_over_its_operators() -> None:
    """Half of dirty's mail is spam, so that 0.5 is met or not by chance, at each of the own servers that it writes to."""
    verdicts = mr.run(typed(reject=0.5, min_volume=5), traffic="flow").verdicts
    assert (abs(verdicts[["accept", "junk", "reject", "defer", "discard"]].sum(axis=1) - 1) < 1e-12).all()
    counted = verdicts[(verdicts["source"] == "dirty") & (verdicts["receiver"] == "own")]
    assert ((counted["reject"] > 0) & (counted["reject"] < 1)).any()
    assert set(np.unique((counted["reject"] * 50).round(9) % 1)) == {0.0}  # each of 50 is remembered
    single = verdicts[verdicts["receiver"] == "big"]
    assert set(single["reject"]) <= {0.0, 1.0}


def test_sums_over_classes_are_those_of_the_ledger(judged: mr.Run) -> None:
    ledger = judged.ledger
    for by in ("sources", "receivers"):
        table = mr.analysis.size_classes(judged, by)
        wanted, spam = (ledger[ledger["mail_class"] == name] for name in ("wanted", "spam"))
        assert table["wanted_written"].sum() == wanted["messages"].sum()
        assert table["spam_written"].sum() == spam["messages"].sum()
        kept = wanted[(wanted["policy"] != "") & ~wanted["outcome"].isin(["inbox", "queued"])]
        assert table["lost"].sum() == kept["messages"].sum() > 0
        assert table["lost_to_orders"].sum() == wanted.loc[(wanted["order"] != "") & (wanted["outcome"] != "queued"), "messages"].sum()
        parts = table[["inbox", "lost", "lost_to_orders", "waiting", "otherwise"]].sum(axis=1)
        assert (parts == table["wanted_written"]).all()
        assert table["spam_in_inbox"].sum() == spam.loc[spam["outcome"] == "inbox", "messages"].sum()
    assert mr.analysis.delivery(judged, "spam")["messages"].sum() == spam["messages"].sum()
    cost = mr.analysis.blocker_cost(judged)
    assert (cost["blocker_cost"] * cost["wanted_written"]).sum() == pytest.approx(kept["messages"].sum(), rel=1e-12)


def test_background_spam_stands_apart(judged: mr.Run) -> None:
    table = mr.analysis.size_classes(judged)
    assert table.loc["spam senders", "operators"] == 0
    assert table.loc["spam senders", "spam_written"] == table["spam_written"].sum()
    assert set(table.index[:-1]) <= {"1-10", "10-100", "100-1000", "1000-10000", "10000-100000"}


def test_spells_are_the_blocked_pairs_over_time(judged: mr.Run) -> None:
    """The pairs that are blocked, summed over time, are the spells, summed over pairs; none of a pair overlap."""
    blocked, spells = mr.analysis.blocked_sources(judged), mr.analysis.time_to_unblock(judged)
    assert len(spells)
    last = judged.days * DAY
    times = np.append(blocked["time"].to_numpy(), last)
    assert (blocked["pairs"].to_numpy() * np.diff(times)).sum() == spells["duration"].sum()
    assert (spells["end"] - spells["begin"] == spells["duration"]).all()
    assert (spells.loc[spells["censored"], "end"] == last).all()
    for _, of_pair in spells.groupby(["source", "receiver"]):
        assert (of_pair["begin"].to_numpy()[1:] >= of_pair["end"].to_numpy()[:-1]).all()
    first = mr.analysis.time_to_block(judged).set_index(["source", "receiver"])["time"]
    assert first.equals(spells.groupby(["source", "receiver"])["begin"].min().rename("time"))


def test_without_policies_all_is_zero() -> None:
    run = mr.run(mr.load(SCENARIOS / "golden" / "calm.json"))
    table = mr.analysis.size_classes(run)
    assert (table[["lost", "lost_to_orders"]].to_numpy() == 0).all()
    assert (table["false_positive"].dropna() == 0).all()
    assert len(run.verdicts) == 0
    assert mr.analysis.blocked_sources(run).to_numpy().tolist() == [[0, 0, 0, 0]]
    assert len(mr.analysis.time_to_block(run)) == len(mr.analysis.time_to_unblock(run)) == 0
    assert (mr.analysis.blocker_cost(run)["blocker_cost"] == 0).all()


def test_a_stand_in_counts_as_the_operators_it_stands_for() -> None:
    """An order that binds own servers splits them into stand-ins; together they are as many operators as before."""
    scenario = typed()
    world = scenario.world
    world["providers"][2] |= {"representatives": 3, "control": [{"jurisdiction": "AA", "via": "operator"}]}
    world["groups"] = [{"id": "court", "jurisdiction": "AA", "users": 10, "routes": [{"provider": "big", "share": 1}]}]
    order = {"id": "eo", "issuer": "AA", "at": "1 d", "target": {"groups": ["court"]}, "measures": ["block_senders"]}
    run = mr.run(scenario.with_world(world).set("orders", [order]))
    own = {name: count for name, count in run.core.operators().items() if name.startswith("own")}
    assert own == {"own#0": 17, "own#1": 17, "own#2": 16}
    assert mr.analysis.size_classes(run).loc["1-10", "operators"] == 50
    assert set(run.verdicts["receiver"]) == {"big", "dirty", *own}


def test_the_largest_share_takes_operators_one_by_one() -> None:
    messages, operators = np.array([60.0, 40.0, 0.0]), np.array([10, 1, 1])
    assert largest_share(messages, operators, 1) == 0.4
    assert largest_share(messages, operators, 3) == pytest.approx(0.4 + 2 * 0.06)
    assert largest_share(messages, operators, 20) == pytest.approx(1)


def test_student_quantiles_are_the_published_ones() -> None:
    """Abramowitz and Stegun, table 26.10, and 1.959964 in the limit."""
    published = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 9: 2.262, 30: 2.042, 120: 1.980}
    for df, value in published.items():
        assert student_quantile(df) == pytest.approx(value, abs=5e-4), df
    assert student_quantile(1) == pytest.approx(np.tan(0.475 * np.pi), rel=1e-9)
    assert student_quantile(2) == pytest.approx(0.95 * np.sqrt(2 / (1 - 0.95**2)), rel=1e-9)
    assert student_quantile(20_000) == pytest.approx(1.959964, abs=2e-4)
    mean, half = mean_and_half(np.array([[1.0, 2.0, 6.0]]))
    assert half is not None
    assert (mean[0], half[0]) == pytest.approx((3, 4.302653 * np.sqrt(7 / 3)), rel=1e-6)


def test_the_frontier_is_that_worked_by_hand() -> None:
    """Cut-offs up to 0.5 reject dirty from day 1 on; 0.6 and 1 never fire, which in `fluid` changes no count but the way it is summed."""
    found = mr.frontier(typed(), "/blocking/0/reject", [0.2, 0.5, 0.6, 1])
    assert found.path == "blocking.ratio.reject"
    assert found.fingerprints[0] == found.fingerprints[1] != found.reference_fingerprints
    assert found.fingerprints[2] == found.fingerprints[3]
    np.testing.assert_allclose(found.spam_stopped[:, 0], [0.8, 0.8, 0, 0], atol=1e-12)
    np.testing.assert_allclose(found.wanted_lost[:, 0], [0.2, 0.2, 0, 0], atol=1e-12)
    np.testing.assert_allclose(found.wanted_missing[:, 0], [0.2, 0.2, 0, 0], atol=1e-12)
    np.testing.assert_allclose(found.wanted_lost_small[:, 0], 0, atol=1e-12)
    np.testing.assert_allclose(found.top3[:, 0], [(28 + 2 + 0.04) / 32] * 2 + [(28 + 10 + 0.04) / 40] * 2, rtol=1e-12)
    everybody = mr.frontier(typed(), "blocking.ratio.reject", [0.2], small=1e9)
    np.testing.assert_array_equal(everybody.wanted_lost_small, everybody.wanted_lost)
    frame = found.to_frame()
    assert frame["value"].tolist()[:4] == [0.2, 0.5, 0.6, 1]
    assert np.isnan(frame["wanted_lost_low"]).all()
    assert any("one replication: no interval" in note for note in frame.attrs["notes"])


def test_a_policy_that_a_lever_names_can_be_taken_away() -> None:
    scenario = mr.load("due-process")
    assert any(lever["path"] == "blocking.law.accuracy" for lever in scenario.document["levers"])
    found = mr.frontier(scenario, "blocking.law.accuracy", [0.9], small=1000)
    assert found.wanted_lost[0, 0] < found.reference["wanted_lost"][0]


@pytest.mark.parametrize("traffic", ["flow", "message"])
def test_a_cut_off_that_is_never_reached_changes_no_byte(traffic: str) -> None:
    found = mr.frontier(typed(min_volume=50), "blocking.ratio.reject", [0.2, 1], traffic=traffic)
    assert found.fingerprints[0] != found.fingerprints[1] == found.reference_fingerprints
    for measure in MEASURES:
        assert getattr(found, measure)[1, 0] == found.reference[measure][0], measure


def test_replications_are_paired_and_threads_change_nothing() -> None:
    scenario = typed(min_volume=20, false_positive=0.02).set("horizon", "3 d")
    found, twice = (
        mr.frontier(scenario, "blocking.ratio.reject", [0.02, 1], replications=3, seed=7, traffic="flow", threads=n) for n in (1, 2)
    )
    assert found.seeds == (7, 8, 9)
    assert found.fingerprints == twice.fingerprints
    for measure in MEASURES:
        np.testing.assert_array_equal(getattr(found, measure), getattr(twice, measure))
        mean, low, high = found.interval(measure)
        assert ((low <= mean) & (mean <= high)).all()
        paired = found.interval(measure, paired=True)
        assert paired[0][1] == paired[1][1] == paired[2][1] == 0  # never: no difference, of any seed
    assert mr.run(scenario.set("blocking.ratio.reject", 0.02), traffic="flow", seed=8).fingerprint == found.fingerprints[0][1]
    assert (found.wanted_lost[0] > found.reference["wanted_lost"]).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interrupt_ends_a_frontier(threads: int) -> None:
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mr.frontier(typed(), "blocking.ratio.reject", [0.2, 0.5, 1], threads=threads, progress=stop)
    assert seen
    assert all(total == 4 * 10 for _, total in seen)


def test_progress_counts_the_slices_of_all_runs() -> None:
    seen: list[tuple[int, int]] = []
    mr.frontier(typed(), "blocking.ratio.reject", [0.2, 1], threads=2, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (30, 30)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"path": "mail.reply"}, r"path: expected \"blocking.POLICY.KEY\" with a policy of \['ratio'\], got 'mail.reply'"),
        ({"path": "blocking.rato.reject"}, "got 'blocking.rato.reject'"),
        ({"values": []}, "values: expected one or more"),
        ({"replications": 0}, "replications: expected 1 or more, got 0"),
        ({"threads": 0}, "threads: expected 1 or more"),
        ({"traffic": "none"}, 'traffic: expected "fluid", "flow" or "message"'),
        ({"values": [1.5]}, "0..1"),
    ],
)
def test_a_frontier_refuses_what_cannot_be(arguments: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        mr.frontier(typed(), **{"path": "blocking.ratio.reject", "values": [0.2], **arguments})


def test_other_mistakes_say_what_is_expected(by_hand: mr.Run) -> None:
    with pytest.raises(ValueError, match='by: expected "sources" or "receivers"'):
        mr.analysis.size_classes(by_hand, by="size")
    with pytest.raises(TypeError, match=r"values: expected a list of values, got 0\.2"):
        mr.frontier(typed(), "blocking.ratio.reject", 0.2)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="measure: expected one of"):
        mr.frontier(typed(), "blocking.ratio.reject", [1]).interval("spam")


@pytest.mark.parametrize("replications", [1, 2])
def test_the_picture_says_what_it_shows(replications: int) -> None:
    text = pytest.importorskip("matplotlib.text")
    found = mr.frontier(typed(), "blocking.ratio.reject", [0.2, 0.6, 1], replications=replications)
    figure = mr.plot.frontier(found)
    words = "\n".join(one.get_text() for one in figure.findobj(text.Text)).replace("\n", " ")
    for expected in ("0.2", "0.6 to 1", "blocking.ratio.reject", "small senders", "without the policy", "below 100 wanted messages"):
        assert expected in words, expected
    assert ("95 % intervals" in words) == (replications > 1)
    assert ("no interval" in words) == (replications == 1)
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_the_example_of_the_documentation_has_its_figures() -> None:
    """The table of docs/blocking.md, whose counts depend on every draw of the run, is what its first program prints."""
    text = (Path(__file__).parents[2] / "docs" / "blocking.md").read_text("utf-8")
    table = mr.analysis.size_classes(mr.run(mr.load(SCENARIOS / "measures" / "senders.json")))
    for size, row in table[table["operators"] > 0].iterrows():
        shares = f"{row['false_positive']:.4f} | {row['spam_inbox']:.4f}"
        assert f"| {size} | {row['operators']:.0f} | {row['wanted_written']:.0f} | {shares} |" in text
