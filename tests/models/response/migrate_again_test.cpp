// Members who move more than once, and what a response knows of the last 24 hours.
#include <cmath>

#include <gtest/gtest.h>

#include "models/control/mail_memory.h"
#include "models/response/migrate.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using mailrift::testing::order_text;
using mailrift::testing::replaced;
using mailrift::testing::scenario_text;

std::string response(const std::string& id, const std::string& who, const std::string& to, const std::string& how) {
    return R"({"id": ")" + id + R"(", "kind": "migrate", "who": {"groups": [")" + who + R"("]}, "to": {")" + to + R"(": 1}, )" + how + "}";
}

std::string plan(const std::string& at, const std::string& takes, const std::string& more) {
    return R"("plan": {"at": ")" + at + R"(", "takes": ")" + takes + R"("}, )" + more;
}

double reach(const mailrift::Run& run, const char* from, const char* to, sim::Tick tick) {
    return measure_over_time(run, &reachability, from, to, {tick}, Weights::kPopulation).front();
}

double on(const mailrift::Run& run, const char* cohort, const char* provider, sim::Tick tick) {
    StateReplay replay(run);
    const StateView view = replay.at(tick);
    double share = 0;
    for (const SeatId seat : view.population.seats_of[index(select_cohorts(view.world, view.population, cohort).front())]) {
        if (view.world.entities[index(view.route(seat).provider)].id == provider) share += view.state.share[index(seat)];
    }
    return share;
}

const char* const kCloseGuests =
    R"("orders": [{"id": "eo", "issuer": "US", "at": "1 d", "target": {"groups": ["guests"]}, "measures": ["close_accounts"], "compliance": {"probability": 1}}], )";

TEST(MigrateAgain, MembersWhoLostAnAddressCanMoveOn) {
    const std::string moves = response("first", "guests", "alpha", plan("2 d", "0 s", R"("informed": 1, "inform_delay": "0 s")")) + ", " +
                              response("second", "guests", "beta", plan("4 d", "0 s", R"("informed": 0.5, "inform_delay": "1 d")"));
    const auto run = mailrift::testing::run(scenario_text(kCloseGuests + std::string(R"("responses": [)") + moves + "]"));
    EXPECT_EQ(on(run, "guests", "alpha", 48), 1);
    EXPECT_NEAR(reach(run, "AA", "guests", 48), 1, 1e-12);
    EXPECT_EQ(on(run, "guests", "beta", 96), 1);
    EXPECT_EQ(reach(run, "AA", "guests", 96), 0) << "nobody knows the second address yet, and the first of all is closed";
    EXPECT_NEAR(reach(run, "AA", "guests", 120), 0.5, 1e-12);
}

TEST(MigrateAgain, ThereAndBackNeedsNoMoreSeatsThanThereArePlaces) {
    const std::string moves = response("first", "guests", "alpha", plan("1 d", "3 d", R"("informed": 0.7)")) + ", " +
                              response("second", "guests", "beta", plan("2 d", "3 d", R"("informed": 0.7)")) + ", " +
                              response("back", "guests", "big", plan("3 d", "3 d", R"("informed": 0.7)"));
    const auto run = mailrift::testing::run(scenario_text(R"("responses": [)" + moves + "]"));
    EXPECT_EQ(run.model.population.seats_of[1].size(), 4u) << "the first one, and new addresses at three providers";
    EXPECT_NEAR(on(run, "guests", "big", 240), 1, 1e-12);
}

TEST(MigrateAgain, NewsOfAnAddressThatWasLeftInformsNobody) {
    const std::string moves =
        response("first", "guests", "alpha", plan("2 d", "0 s", R"("informed": 0.5, "inform_delay": "5 d")")) + ", " +
        response("second", "guests", "beta", R"("from": ["alpha"], )" + plan("4 d", "2 d", R"("informed": 0.5, "inform_delay": "1 h")"));
    const auto run = mailrift::testing::run(scenario_text(kCloseGuests + std::string(R"("responses": [)") + moves + "]"));
    for (sim::Tick tick = 24; tick <= 240; ++tick) EXPECT_LE(reach(run, "AA", "guests", tick), 0.5 + 1e-12) << tick;
    EXPECT_NEAR(reach(run, "AA", "guests", 5 * 24 + 1), 0.25, 1e-12) << "half have moved on, and half of their contacts know";
    EXPECT_NEAR(reach(run, "AA", "guests", 240), 0.5, 1e-12);
    const auto news = [&](double at) {
        for (const auto& event : run.events) {
            if (event.kind == "inform" && event.effect.us == static_cast<std::int64_t>(at * 86'400e6)) return event.value;
        }
        return -1.0;
    };
    EXPECT_EQ(news(7), 0) << "all had moved on before the news of the first address was out";
}

TEST(MigrateAgain, WhateverTheOrderOfNewsReachabilityStaysAShare) {
    for (int delay = 0; delay <= 6; ++delay) {
        const std::string news = R"("informed": 1, "inform_delay": ")" + std::to_string(delay) + " d\"";
        const std::string moves = response("first", "guests", "alpha", plan("1 d", "4 d", news)) + ", " +
                                  response("second", "guests", "beta", R"("hazard": {"base": 0.8}, )" + news);
        const auto run = mailrift::testing::run(scenario_text(kCloseGuests + std::string(R"("responses": [)") + moves + "]"));
        for (sim::Tick tick = 0; tick <= 240; tick += 6) {
            const double there = reach(run, "AA", "guests", tick);
            EXPECT_GE(there, 0) << delay << " d, tick " << tick;
            EXPECT_LE(there, 1) << delay << " d, tick " << tick;
        }
        EXPECT_LE(run.ledger.imbalance(), 1e-12);
    }
}

TEST(MigrateAgain, APlanEndsWhenItSaysEvenWithinADay) {
    const auto run = mailrift::testing::run(
        scenario_text(R"("responses": [)" + response("leave", "court", "alpha", R"("plan": {"at": "1 d", "takes": "36 h"})") + "]"));
    EXPECT_EQ(on(run, "court", "alpha", 47), 0);
    EXPECT_NEAR(on(run, "court", "alpha", 48), 2.0 / 3, 1e-12);
    EXPECT_NEAR(on(run, "court", "alpha", 59), 2.0 / 3, 1e-12);
    EXPECT_EQ(on(run, "court", "alpha", 60), 1);
}

const char* const kCloseCourt =
    R"("orders": [{"id": "eo", "issuer": "US", "at": "1 d", "target": {"groups": ["court"]}, "measures": ["close_accounts"], "compliance": {"probability": 1}}], )";

TEST(LastDay, IsADayLongHoweverLateTheResponseStarts) {
    const auto run =
        mailrift::testing::run(scenario_text(kCloseCourt + std::string(R"("responses": [)") +
                                             response("leave", "court", "alpha", R"("hazard": {"start": "3 d", "gain": 0.5})") + "]"));
    EXPECT_EQ(on(run, "court", "alpha", 95), 0);
    EXPECT_NEAR(on(run, "court", "alpha", 96), 1 - std::exp(-0.5), 1e-12) << "all mail of the last 24 h failed, whatever came before";
}

TEST(LastDay, IsTheSameForEveryResponse) {
    const std::string driven = response("driven", "court", "alpha", R"("hazard": {"gain": 0.5})");
    const std::string idle = response("idle", "court", "beta", R"("hazard": {"gain": 0, "start": "6 h"})");
    const auto alone = mailrift::testing::run(scenario_text(kCloseCourt + std::string(R"("responses": [)") + driven + "]"));
    const auto both = mailrift::testing::run(scenario_text(kCloseCourt + std::string(R"("responses": [)") + idle + ", " + driven + "]"));
    for (sim::Tick day = 1; day <= 10; ++day) {
        EXPECT_NEAR(on(both, "court", "alpha", 24 * day), on(alone, "court", "alpha", 24 * day), 1e-12) << day;
    }
    EXPECT_GT(on(alone, "court", "alpha", 240), 0.5);
}

TEST(LastDay, CountsThePartOfTheOldestSliceThatLiesWithin) {
    MailMemory memory(sim::Duration{7LL * 3'600'000'000}, kDaily);  // 7 h: three whole slices and 3/7 of the fourth
    EXPECT_TRUE(memory.sum(kDaily).empty());
    for (int slice = 1; slice <= 9; ++slice) {
        memory.add({{static_cast<double>(slice), 1}});
        if (slice < 4) {
            EXPECT_DOUBLE_EQ(memory.sum(kDaily)[0].written, slice * (slice + 1) / 2.0);
            continue;
        }
        EXPECT_DOUBLE_EQ(memory.sum(kDaily)[0].written, 3.0 * slice - 3 + (slice - 3) * 3 / 7.0);
        EXPECT_DOUBLE_EQ(memory.sum(kDaily)[0].failed, 24.0 / 7);
    }
    EXPECT_EQ(MailMemory(sim::Duration{3LL * 86'400'000'000}, kDaily).slices(), 1u);
    EXPECT_EQ(MailMemory(kDaily, kDaily).slices(), 1u);
}

}  // namespace
}  // namespace mailrift
