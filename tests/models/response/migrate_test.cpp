// The response `migrate` against its closed forms: 1 - exp(-h t) and even daily steps.
#include "models/response/migrate.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/models/tools.h"

namespace mailrift {
namespace {

using mailrift::testing::hand_world;
using mailrift::testing::scenario_text;

std::string moving(const std::string& how, const std::string& more = "") {
    return scenario_text(
        R"("responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court"]}, "to": {"alpha": 0.75, "beta": 0.25}, )" + how +
            "}]" + more,
        "30 d");
}

/// Share of the court on `provider` at the beginning of a day.
double share_at(const mailrift::Run& run, const char* provider, int day) {
    StateReplay replay(run);
    const StateView view = replay.at(day * 24);
    double share = 0;
    for (const SeatId seat : view.population.seats_of[0]) {
        if (view.world.entities[index(view.route(seat).provider)].id == provider) share += view.state.share[index(seat)];
    }
    return share;
}

TEST(Migrate, ConstantHazardMovesOneMinusExp) {
    const auto run = mailrift::testing::run(moving(R"("hazard": {"base": 0.07})"));
    for (int day = 0; day <= 30; ++day) {
        const double moved = 1 - std::exp(-0.07 * day);
        EXPECT_NEAR(1 - share_at(run, "big", day), moved, 1e-12) << "day " << day;
        EXPECT_NEAR(share_at(run, "alpha", day), 0.75 * moved, 1e-12) << "day " << day;
    }
}

TEST(Migrate, AHazardCanBeCapped) {
    const auto run = mailrift::testing::run(moving(R"("hazard": {"base": 5, "max_per_day": 0.1})"));
    for (int day = 0; day <= 9; ++day) EXPECT_NEAR(1 - share_at(run, "big", day), 0.1 * day, 1e-12) << "day " << day;
}

TEST(Migrate, FailedMailDrivesTheHazard) {
    // From day 5 on all of the court's mail fails: h = base + gain x 1; before, base alone.
    const std::string order =
        R"(, "orders": [{"id": "eo", "issuer": "US", "at": "5 d", "target": {"groups": ["court"]}, "measures": ["close_accounts"], "compliance": {"probability": 1}}])";
    const std::string how = R"("hazard": {"base": 0.01, "gain": 0.5})";
    const auto run = mailrift::testing::run(moving(how, order));
    EXPECT_NEAR(1 - share_at(run, "big", 5), 1 - std::exp(-0.01 * 5), 1e-12);
    // On day 6 everybody still there has been cut off for 24 h, but those who moved have not: f is the share of the cohort's mail that failed.
    const double there = share_at(run, "big", 5);
    const double next = share_at(run, "big", 6);
    const double hazard = -std::log(next / there);
    EXPECT_GT(hazard, 0.01 + 0.5 * 0.8);
    EXPECT_LT(hazard, 0.01 + 0.5);
}

TEST(Migrate, APlanMovesInEqualDailySteps) {
    const auto run = mailrift::testing::run(moving(R"("plan": {"at": "3 d", "takes": "8 d"})"));
    EXPECT_EQ(share_at(run, "big", 3), 1);
    for (int step = 1; step <= 8; ++step) EXPECT_NEAR(1 - share_at(run, "big", 3 + step), step / 8.0, 1e-12) << "step " << step;
    EXPECT_EQ(share_at(run, "big", 11), 0);
    EXPECT_NEAR(share_at(run, "beta", 30), 0.25, 1e-12);
}

TEST(Migrate, AShortPlanMovesAllAtOnce) {
    const auto run = mailrift::testing::run(moving(R"("plan": {"at": "3 d", "takes": "0 s"})"));
    EXPECT_EQ(share_at(run, "big", 3), 0);
}

TEST(Migrate, OnlyThoseOnTheNamedProvidersLeave) {
    const auto run = mailrift::testing::run(scenario_text(
        R"("responses": [{"id": "leave", "kind": "migrate", "who": {"jurisdictions": ["AA"]}, "from": ["search"], "to": {"beta": 1}, "plan": {"at": "1 d", "takes": "1 d"}}])"));
    StateReplay replay(run);
    const StateView view = replay.at(72);
    for (const SeatId seat : view.population.seats_of[2]) {
        const std::string& id = view.world.entities[index(view.route(seat).provider)].id;
        const double expected = id == "big" ? 0.5 : id == "alpha" ? 0.4 : id == "beta" ? 0.1 : 0;
        EXPECT_NEAR(view.state.share[index(seat)], expected, 1e-12) << id;
    }
}

TEST(Migrate, WithoutTrafficAResponseThatReadsMailIsRefused) {
    try {
        (void)mailrift::testing::run(moving(R"("hazard": {"gain": 0.5})"), hand_world(), 1, Traffic::kNone);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_STREQ(
            error.what(),
            "[inconsistent 304] expected a traffic model, because a response or a policy reads what became of mail, got traffic \"none\"");
    }
}

TEST(Migrate, ContactsLearnANewAddressAfterTheDelay) {
    const auto run = mailrift::testing::run(scenario_text(
        R"("responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["guests"]}, "to": {"alpha": 1}, "plan": {"at": "2 d", "takes": "1 d"}, "informed": 0.46, "inform_delay": "36 h"}],
        "orders": [{"id": "eo", "issuer": "US", "at": "1 d", "target": {"groups": ["guests"]}, "measures": ["close_accounts"], "compliance": {"probability": 1}}])"));
    const auto reach = [&](sim::Tick tick) {
        return measure_over_time(run, &reachability, "AA", "guests", {tick}, Weights::kPopulation).front();
    };
    EXPECT_EQ(reach(0), 1);
    EXPECT_EQ(reach(24), 0);
    EXPECT_EQ(reach(72 + 35), 0) << "moved, but nobody knows";
    EXPECT_NEAR(reach(72 + 36), 0.46, 1e-12);
    EXPECT_NEAR(measure_over_time(run, &reachability, "guests", "AA", {72}, Weights::kPopulation).front(), 1, 1e-12)
        << "sending moves at once";
}

}  // namespace
}  // namespace mailrift
