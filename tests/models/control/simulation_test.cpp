// Checkpoints: a run that is saved and gone on with is the straight run to the bit; forks are the whole runs of their futures; no file crashes the reader.
#include "models/control/simulation.h"

#include <fstream>

#include <gtest/gtest.h>

#include "models/control/futures.h"
#include "sim/random.h"
#include "tests/models/documents.h"
#include "tests/models/fast.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using mailrift::testing::documents_in;
using mailrift::testing::order_text;
using mailrift::testing::read;
using mailrift::testing::read_document;
using mailrift::testing::replaced;
using mailrift::testing::scenario_text;

RunOptions with(Traffic traffic, std::vector<Scenario> futures = {}) {
    RunOptions options;
    options.traffic = traffic;
    options.futures = std::move(futures);
    return options;
}

/// Everything that a run reports, except the model.
void expect_equal(const Run& a, const Run& b, const std::string& which) {
    EXPECT_EQ(a.trajectory_fingerprint, b.trajectory_fingerprint) << which;
    EXPECT_EQ(a.results_fingerprint, b.results_fingerprint) << which;
    EXPECT_EQ(a.finished, b.finished) << which;
    ASSERT_EQ(a.events.size(), b.events.size()) << which;
    for (std::size_t i = 0; i < a.events.size(); ++i) {
        const auto all = [](const LoggedEvent& e) { return std::tie(e.at, e.effect, e.kind, e.subject, e.cause, e.value); };
        EXPECT_EQ(all(a.events[i]), all(b.events[i])) << which;
    }
    EXPECT_EQ(a.history.size(), b.history.size()) << which;
    ASSERT_EQ(a.observed.size(), b.observed.size()) << which;
    for (std::size_t i = 0; i < a.observed.size(); ++i) {
        EXPECT_EQ(a.observed[i].ticks, b.observed[i].ticks) << which;
        EXPECT_EQ(a.observed[i].values, b.observed[i].values) << which;
    }
    const auto rows = a.ledger.rows();
    const auto others = b.ledger.rows();
    ASSERT_EQ(rows.size(), others.size()) << which;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto all = [](const LedgerRow& r) { return std::tie(r.key, r.outcome, r.cause, r.messages); };
        EXPECT_EQ(all(rows[i]), all(others[i])) << which << " row " << i;
    }
    EXPECT_EQ(a.ledger.written(), b.ledger.written()) << which;
}

std::string saved_at(const Scenario& scenario, sim::Tick tick, const RunOptions& options) {
    Simulation simulation(scenario, options);
    simulation.advance_to(tick);
    return simulation.save();
}

class GoldenScenarios : public ::testing::TestWithParam<std::string> {};

bool needs_traffic(const Scenario& scenario) {
    const Model model = make_model(scenario, scenario.seed, Compliance::kDrawn);
    return !model.policies.empty() || watched_by(model).any();
}

TEST_P(GoldenScenarios, SavedAndResumedIsTheStraightRun) {
    const Scenario scenario = read_document("golden/" + GetParam() + ".json");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage, Traffic::kNone}) {
        const std::string which = GetParam() + " traffic " + std::to_string(static_cast<int>(traffic));
        if (traffic == Traffic::kNone && needs_traffic(scenario)) continue;
        const auto straight = run_scenario(scenario, with(traffic));
        const sim::Tick last = straight.model.slices;
        for (const sim::Tick tick : {sim::Tick{0}, sim::Tick{1}, last / 2, last - 1, last}) {
            if (!testing::kFast && tick != last / 2) continue;
            const std::string bytes = saved_at(scenario, tick, with(traffic));
            Simulation resumed = Simulation::resume(bytes, "x", {});
            EXPECT_EQ(resumed.tick(), tick);
            EXPECT_EQ(resumed.save(), bytes) << which;
            expect_equal(straight, resumed.finish(), which + " tick " + std::to_string(tick));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenScenarios, ::testing::ValuesIn(documents_in("golden")));

/// Policies of all kinds, an order, moves and single messages, in a small world.
std::string lively(std::string_view more = "", std::string_view traffic = "fluid") {
    return scenario_text(R"("traffic": ")" + std::string(traffic) +
                             R"(", "warm_up": "1 d", "scale": 0.2, "mail": {"messages_per_day": 4, "reply": 0.5, "spam_share": 0.3},
        "blocking": [{"id": "ratio", "kind": "reputation", "reject": 0.3, "min_volume": 20}],
        "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court", "guests"]}, "to": {"alpha": 1}, "informed": 0.5, "inform_delay": "1 d",
                       "hazard": {"start": "0 s", "base": 0.1, "gain": 0.5}}])" +
                             std::string(more) + R"(,
        "orders": [)" +
                             order_text(R"(["close_accounts", "block_senders"])",
                                        R"("follow": {"probability": 1, "delay": {"constant": "1 d"}}, "until": "5 d")") +
                             "]",
                         "6 d");
}

TEST(Simulation, MessagesAndPoliciesAreSavedToo) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const std::string text =
            replaced(lively(), R"("min_volume": 20}])", R"("min_volume": 20}, {"id": "grey", "kind": "greylist", "receiver": "alpha"}])");
        const Scenario scenario = read(text);
        const auto straight = run_scenario(scenario, with(traffic));
        for (const sim::Tick tick : {1, 30, 75, 120, 143}) {
            RunOptions options;
            options.threads = 2;
            Simulation resumed = Simulation::resume(saved_at(scenario, tick, with(traffic)), "x", options);
            expect_equal(straight, resumed.finish(), std::to_string(static_cast<int>(traffic)) + " tick " + std::to_string(tick));
        }
    }
}

TEST(Simulation, SavingManyTimesInARowChangesNothing) {
    const Scenario scenario = read(lively());
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        const auto straight = run_scenario(scenario, with(traffic));
        Simulation simulation(scenario, with(traffic));
        while (simulation.tick() < straight.model.slices) {
            simulation.advance_to(simulation.tick() + 12);
            simulation = Simulation::resume(simulation.save(), "x", {});
        }
        expect_equal(straight, simulation.finish(), "twelve at a time");
    }
}

TEST(Simulation, AFileHoldsACheckpoint) {
    const Scenario scenario = read(lively());
    const std::string path = ::testing::TempDir() + "mailrift-checkpoint-test";
    {
        std::ofstream file(path, std::ios::binary);
        file << saved_at(scenario, 50, with(Traffic::kFlow));
    }
    expect_equal(run_scenario(scenario, with(Traffic::kFlow)), Simulation::resume(mailrift::testing::read_file(path), path, {}).finish(),
                 "file");
    std::remove(path.c_str());
}

/// Two futures of one past: an order is lifted or not, a new one comes on day 4, others move.
std::string past() {
    return scenario_text(R"("orders": [)" + order_text(R"(["block_senders"])") + R"(],
      "observe": [{"measure": "reachability", "from": "court", "to": "AB", "every": "12 h"}],
      "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court"]}, "to": {"alpha": 1}, "plan": {"at": "2 d", "takes": "6 d"}}])",
                         "8 d");
}
std::string future() {
    std::string text =
        replaced(past(), R"("orders": [)", R"("orders": [{"id": "aa", "issuer": "US", "at": "4 d", "target": {"groups": ["guests"]},
        "measures": ["close_accounts"], "compliance": {"probability": 1}}, )");
    text = replaced(text, R"("responses": [)",
                    R"("responses": [{"id": "flee", "kind": "migrate", "who": {"groups": ["guests"]}, "to": {"beta": 1}, "informed": 0.5,
                       "plan": {"at": "4 d", "takes": "2 d"}}, )");
    return replaced(text, R"("horizon": "8 d")", R"("horizon": "10 d")");
}

TEST(Fork, IsTheWholeRunOfItsFuture) {
    const Scenario a = read(past());
    const Scenario b = read(future());
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage, Traffic::kNone}) {
        const std::string which = "traffic " + std::to_string(static_cast<int>(traffic));
        const std::string bytes = saved_at(a, 96, with(traffic, {b}));
        const auto of_a = Simulation(a, with(traffic, {b})).finish();
        const auto of_b = Simulation(b, with(traffic, {a})).finish();
        expect_equal(of_a, Simulation::resume(bytes, "x", {}).finish(), which);
        expect_equal(of_b, Simulation::resume(bytes, "x", {}, &b).finish(), which);
        EXPECT_NE(of_a.trajectory_fingerprint, of_b.trajectory_fingerprint);
        expect_equal(of_a, Simulation::resume(saved_at(b, 96, with(traffic, {a})), "x", {}, &a).finish(), which + " back");
    }
}

template <class Work>
std::string error_of(Work work) {
    try {
        work();
    } catch (const sim::Error& error) {
        return error.what();
    }
    return "nothing";
}

TEST(Fork, WhatTouchesThePastIsRefused) {
    const Scenario a = read(past());
    const Scenario b = read(future());
    const std::string bytes = saved_at(a, 97, with(Traffic::kFluid, {b}));
    const auto resumed = [&](const std::string& text) {
        const Scenario other = read(text);
        return error_of([&] { (void)Simulation::resume(bytes, "x", {}, &other); });
    };
    EXPECT_EQ(resumed(future()),
              R"(/orders: [inconsistent 304] expected "eo" as the run began with it, since it acts before 97 h, got "aa")");
    EXPECT_EQ(
        resumed(replaced(past(), "6 d", "5 d")),
        R"(/responses: [inconsistent 304] expected "leave" as the run began with it, since it acts before 97 h, got another one of that name)");
    EXPECT_EQ(resumed(replaced(past(), R"("id": "eo")", R"("id": "eu")")),
              R"(/orders: [inconsistent 304] expected "eo" as the run began with it, since it acts before 97 h, got "eu")");
    EXPECT_EQ(resumed(replaced(past(), "8 d", "4 d")), "/horizon: [inconsistent 304] expected a horizon of at least 97 h, got 4 d");
    EXPECT_EQ(resumed(replaced(past(), R"("orders")", R"("slice": "30 min", "orders")")),
              "/slice: [inconsistent 304] expected the default, with which the run began, got a value");
}

TEST(Fork, WhatTrafficIsNotPreparedForIsRefused) {
    const Scenario a = read(past());
    const std::string bytes = saved_at(a, 96, with(Traffic::kFluid));
    const auto resumed = [&](const std::string& text) {
        const Scenario other = read(text);
        return error_of([&] { (void)Simulation::resume(bytes, "x", {}, &other); });
    };
    const std::string name_it = "[inconsistent 304] expected a scenario that was named in `futures` when the run began";
    EXPECT_EQ(resumed(future()), "/responses: " + name_it + ", got one with moves to other providers");
    EXPECT_EQ(resumed(replaced(past(), "8 d", "9 d")), "/horizon: " + name_it + ", or a horizon of at most 8 d, got 9 d");
    const std::string order =
        R"("orders": [{"id": "aa", "issuer": "US", "at": "5 d", "target": {"groups": ["guests"]}, "measures": ["block_senders"],
        "compliance": {"probability": 1}}, )";
    EXPECT_EQ(resumed(replaced(past(), R"("orders": [)", order)), name_it + ", got one that singles out other people");
    EXPECT_EQ(resumed(replaced(past(), "8 d", "6 d")), "nothing") << "a shorter horizon";
}

TEST(Checkpoint, HostileFilesAreRefused) {
    const std::string bytes = saved_at(read(lively()), 40, with(Traffic::kFlow));
    const auto resumed = [](const std::string& file) { return error_of([&] { (void)Simulation::resume(file, "x", {}); }); };
    EXPECT_EQ(resumed(""), R"(x: [file 306] expected a file that begins with "mailrift-checkpoint", got another file)");
    std::string other = bytes;
    other[19] = 4;
    EXPECT_EQ(resumed(other), "x: [file 306] expected format 3, got format 4");
    for (std::size_t size = 0; size < bytes.size(); size += 97) {
        EXPECT_TRUE(resumed(bytes.substr(0, size)).starts_with("x: [file 306] expected ")) << size;
    }
    for (std::uint32_t i = 0; i < 2000; ++i) {
        sim::Draws draws(7, 1, i, 0);
        other = bytes;
        const std::size_t bit = draws.next_u64() % (8 * bytes.size());
        other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_TRUE(resumed(other).starts_with("x: [file 306] expected ")) << bit;
    }
}

}  // namespace
}  // namespace mailrift
