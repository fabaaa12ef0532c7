// Rate limits and warm-up: what is taken an hour is the limit, and the limit grows with the days of good history.
#include "models/blocking/rate_limit.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/models/blocking/facts.h"
#include "tests/models/blocking/shares.h"

namespace mailrift {
namespace {

using testing::messages;
using testing::Which;
using testing::with_policy;

RateLimitParams params() { return {1000, 10, 1.5, 0.01, sim::kDay * 30, {}}; }

TEST(RateLimit, GrowsWithDaysOfGoodHistory) {
    const RateLimit rule(params());
    const double full = std::log(100) / std::log(1.5);
    EXPECT_NEAR(rule.allowed(0), 10, 1e-9);
    EXPECT_NEAR(rule.allowed(3), 10 * 1.5 * 1.5 * 1.5, 1e-9);
    EXPECT_EQ(rule.allowed(std::ceil(full)), 1000);
    EXPECT_LT(rule.allowed(std::floor(full)), 1000);
}

// A hand-worked week: 5 good days, a bad one, and a month of silence.
TEST(RateLimit, ABadDayAndALongSilenceBeginAnew) {
    const RateLimit rule(params());
    std::array<double, 7> key{};
    const auto day = [&](double good, double bad) { rule.observe({good, bad}, sim::kDay, key); };
    for (int d = 0; d < 5; ++d) day(100, 1);
    EXPECT_EQ(key[2], 5);
    day(0, 0);
    EXPECT_EQ(key[2], 5) << "a day without mail tells nothing";
    day(98, 2);
    EXPECT_EQ(key[2], 0);
    day(100, 0);
    EXPECT_EQ(key[2], 1);
    rule.observe({}, sim::kDay * 29, key);
    EXPECT_EQ(key[2], 1);
    rule.observe({}, sim::kDay, key);
    EXPECT_EQ(key[2], 0);
}

TEST(RateLimit, DefersWhatIsMore) {
    const RateLimit rule(params());
    std::array<double, 7> key{};
    rule.observe({40, 0}, sim::kHour, key);
    EXPECT_NEAR(rule.propose(key, testing::nobody()).defer, 0.75, 1e-12);
    rule.observe({10, 0}, sim::kHour, key);  // a quarter of 40 tries was taken: as many as before
    EXPECT_NEAR(rule.propose(key, testing::nobody()).defer, 0.75, 1e-12);
    rule.observe({5, 0}, sim::kHour * 4, key);  // of 20 tries in four hours, 5 an hour: half of 40 and of 5
    EXPECT_NEAR(rule.propose(key, testing::nobody()).defer, 1 - 10 / 22.5, 1e-12);
    rule.observe({0, 0}, sim::kDay, key);
    EXPECT_EQ(rule.propose(key, testing::nobody()).defer, 0);
}

/// What comes of alpha at big in the last of these hours.
double taken_in_last_hour(const std::string& policy, int hours, const std::string& world) {
    const Which which{"alpha", "big", MailClass::kWanted};
    const auto taken = [&](int h) {
        return messages(testing::run(with_policy(policy, "", std::to_string(h) + " h"), world), which, Outcome::kInbox);
    };
    return taken(hours) - taken(hours - 1);
}

// alpha's queue gives up after half an hour, so every slice has the same tries in the end.
TEST(RateLimit, TakesTheLimitInTheLongRun) {
    const std::string id = R"({"id": "alpha", )";
    const std::string world = testing::replaced(testing::hand_world(), id, id + R"("retry": "aol", )");
    const std::string grows =
        R"({"id": "rate", "kind": "rate_limit", "receiver": "big", "limit": 40, "first": 20, "growth": 1.25, "false_positive": 0})";
    const std::string fixed = R"({"id": "rate", "kind": "rate_limit", "receiver": "big", "limit": 40})";
    EXPECT_GT(taken_in_last_hour(R"({"id": "rate", "kind": "rate_limit", "receiver": "big", "limit": 1e9})", 2, world), 80)
        << "it writes more";
    EXPECT_NEAR(taken_in_last_hour(fixed, 120, world), 40, 1e-4);
    for (const int days : {0, 1, 2, 3, 4}) {
        const double limit = std::min(40.0, 20 * std::pow(1.25, days));
        EXPECT_NEAR(taken_in_last_hour(grows, 24 * days + 20, world), limit, 0.06 * limit) << days << ": of what came of late";
    }
}

// One an hour of some two hundred tries: what is taken by chance in one slice must not say that nobody comes.
TEST(RateLimit, HoldsAFewWholeMessagesToo) {
    const std::string id = R"({"id": "alpha", )";
    const std::string world = testing::replaced(testing::hand_world(), id, id + R"("retry": "aol", )");
    const std::string policy = R"({"id": "rate", "kind": "rate_limit", "receiver": "big", "limit": 1})";
    const Which which{"alpha", "big", MailClass::kWanted};
    double taken = 0;
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
        const auto at = [&](const char* horizon) {
            return messages(testing::run(with_policy(policy, "", horizon), world, seed, Traffic::kFlow), which, Outcome::kInbox);
        };
        taken += (at("8 d") - at("2 d")) / (6 * 24) / 4;
    }
    EXPECT_GT(taken, 0.7);
    EXPECT_LT(taken, 2);
}

}  // namespace
}  // namespace mailrift
