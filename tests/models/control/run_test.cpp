// A whole run: order of events, interruption, replay of state, observations, names that do not exist.
#include "models/control/run.h"

#include <gtest/gtest.h>

#include "models/control/ensemble.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using mailrift::testing::hand_world;
using mailrift::testing::order_text;
using mailrift::testing::read;
using mailrift::testing::run;
using mailrift::testing::scenario_text;

std::string busy() {
    return scenario_text(
        "\"orders\": [" + order_text(R"(["close_accounts", "block_senders"])", "", 0.7) +
        R"(], "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court"]}, "to": {"alpha": 1}, "plan": {"at": "0 s", "takes": "1 d"}}],
                            "observe": [{"measure": "reachability", "from": "court", "to": "AB", "every": "12 h"}, {"measure": "reachability", "from": "court", "to": "AB", "weights": "contacts"}])");
}

TEST(Run, AtOneTickOrdersComeBeforeMeasuresBeforeResponses) {
    const auto all = run(busy());
    std::vector<std::string> kinds;
    for (const auto& event : all.events) {
        if (event.effect.us == sim::kDay.us) kinds.push_back(event.kind);
    }
    ASSERT_GE(kinds.size(), 2u);
    EXPECT_EQ(kinds.front(), "order");
    EXPECT_EQ(kinds.back(), "migrate");
}

TEST(Run, ObservationsAreTheStateAtTheirTicks) {
    const auto all = run(busy());
    ASSERT_EQ(all.observed.size(), 2u);
    EXPECT_EQ(all.observed[0].ticks.size(), 21u);
    EXPECT_EQ(all.observed[1].ticks.size(), 41u) << "every 6 h by default";
    const auto again = measure_over_time(all, &reachability, "court", "AB", all.observed[0].ticks, Weights::kPopulation);
    EXPECT_EQ(again, all.observed[0].values);
    const auto contacts = measure_over_time(all, &reachability, "court", "AB", all.observed[1].ticks, Weights::kContacts);
    EXPECT_EQ(contacts, all.observed[1].values);
}

TEST(Run, AnInterruptKeepsWhatIsFinished) {
    const Scenario scenario = read(busy());
    sim::StopFlag stop;
    RunOptions options;
    options.stop = &stop;
    options.progress = [&](const sim::Progress& progress) {
        if (progress.done >= 100) stop.request_stop();
    };
    const auto part = run_scenario(scenario, options);
    EXPECT_TRUE(part.interrupted);
    EXPECT_EQ(part.finished, 100);
    EXPECT_LE(part.ledger.imbalance(), 1e-12);
    EXPECT_GT(part.ledger.written(), 0);
    const auto whole = run(busy());
    for (std::size_t i = 0; i < part.observed[0].values.size(); ++i) EXPECT_EQ(part.observed[0].values[i], whole.observed[0].values[i]);
    EXPECT_EQ(part.observed[0].ticks.back(), 96);
}

TEST(Run, AMatrixHasAllPairsAtATick) {
    const auto all = run(busy());
    const auto matrix = measure_matrix(all, &reachability, {"AA", "court"}, {"BB", "CC", "court"}, 240, Weights::kPopulation);
    EXPECT_EQ(matrix.rows(), 2);
    EXPECT_EQ(matrix.cols(), 3);
    EXPECT_EQ(matrix(1, 0), measure_over_time(all, &reachability, "court", "BB", {240}, Weights::kPopulation).front());
}

TEST(Run, AnUnknownNameIsAnErrorWithTheNearest) {
    const auto all = run(busy());
    try {
        (void)measure_over_time(all, &reachability, "curt", "AA", {0}, Weights::kPopulation);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_STREQ(
            error.what(),
            "[reference 301] expected a group, jurisdiction or bloc with mail users, or \"*\", got \"curt\"; did you mean \"court\"?");
    }
}

TEST(Run, ThePictureOfAPairIsItsMatrixProduct) {
    // Without orders R = S A S^T with A = 1: every pair is reached.
    const auto calm = run(scenario_text());
    for (const char* from : {"AA", "BB", "CC", "court", "guests"}) {
        for (const char* to : {"AA", "BB", "CC", "court", "guests"}) {
            EXPECT_NEAR(measure_over_time(calm, &reachability, from, to, {5}, Weights::kPopulation).front(), 1, 1e-12);
        }
    }
}

TEST(Model, IsRefusedBeforeItTakesTooMuchMemory) {
    const Scenario scenario = read(busy());
    EXPECT_NO_THROW((void)make_model(scenario, 1, Compliance::kDrawn, std::size_t{1} << 20U));
    try {
        (void)make_model(scenario, 1, Compliance::kDrawn, 1024);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_STREQ(error.what(), "[too_large 305] expected a model of at most 0 MiB, got 5 cohorts on 12 seats");
    }
}

TEST(Ensemble, IsTheSameForEveryNumberOfThreadsAndEqualsSingleRuns) {
    const Scenario scenario = read(busy());
    const std::vector<std::uint64_t> seeds{3, 1, 4, 1, 5, 9, 2, 6};
    const EnsembleQuery query{&reachability, "court", {"AA", "BB"}, {0, 24, 240}, Weights::kPopulation};
    const sim::StopFlag stop;
    const auto one = ensemble(scenario, query, seeds, 1, stop, {});
    EXPECT_EQ(one, ensemble(scenario, query, seeds, 2, stop, {}));
    EXPECT_EQ(one, ensemble(scenario, query, seeds, 8, stop, {}));
    const auto single = run(busy(), hand_world(), 4, Traffic::kNone);
    EXPECT_EQ(one[2 * 6 + 5], measure_over_time(single, &reachability, "court", "BB", {240}, Weights::kPopulation).front());
}

TEST(Ensemble, RefusesTicksOutOfRangeAndNoThread) {
    const Scenario scenario = read(busy());
    const sim::StopFlag stop;
    EXPECT_THROW((void)ensemble(scenario, {&reachability, "court", {"AA"}, {241}, Weights::kPopulation}, {1}, 1, stop, {}), sim::Error);
    EXPECT_THROW((void)ensemble(scenario, {&reachability, "court", {"AA"}, {5, 4}, Weights::kPopulation}, {1}, 1, stop, {}), sim::Error);
    EXPECT_THROW((void)ensemble(scenario, {&reachability, "court", {"AA"}, {5}, Weights::kPopulation}, {1}, 0, stop, {}), sim::Error);
    EXPECT_THROW((void)ensemble(scenario, {&reachability, "nobody", {"AA"}, {5}, Weights::kPopulation}, {1}, 1, stop, {}), sim::Error);
}

}  // namespace
}  // namespace mailrift
