// Newcomers: for how long their mail is marked or deferred, and what rotation does.
#include "models/blocking/quarantine.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/models/blocking/facts.h"
#include "tests/models/blocking/shares.h"

namespace mailrift {
namespace {

using testing::messages;
using testing::share;
using testing::Which;
using testing::with_policy;

std::string policy(const std::string& age, const std::string& more = "") {
    return R"({"id": "new", "kind": "quarantine", "receiver": "big", "age": ")" + age + "\"" + more + "}";
}

TEST(Quarantine, CountsFromTheEndOfTheFirstSlice) {
    const Quarantine rule(sim::kHour * 2, false);
    std::array<double, 1> key{};
    rule.observe({}, sim::kDay, key);
    EXPECT_EQ(rule.propose(key, testing::nobody()), Proposal{1}) << "nothing came";
    rule.observe({0, 0, 3}, sim::kHour, key);
    EXPECT_EQ(rule.propose(key, testing::nobody()), Proposal{1});
    rule.observe({}, sim::kHour, key);
    EXPECT_EQ(rule.propose(key, testing::nobody()), Proposal{1});
    rule.observe({}, sim::kHour, key);
    EXPECT_EQ(rule.propose(key, testing::nobody()), Proposal{});
    key = {};
    EXPECT_EQ(Quarantine(sim::kHour, true).propose(key, testing::nobody()), (Proposal{0, 0, 1}));
}

// Mail is the same in all hours: all that was written in the first 12 is marked, and nothing after. A bot never comes twice.
TEST(Quarantine, MarksAllMailUntilTheAgeAndNoneAfter) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const Which wanted{"alpha", "big", MailClass::kWanted};
        const auto early = testing::run(with_policy(policy("11 h"), "", "12 h"), testing::hand_world(), 1, traffic);
        const auto whole = testing::run(with_policy(policy("11 h")), testing::hand_world(), 1, traffic);
        EXPECT_EQ(share(early, wanted, Outcome::kJunk), 1);
        EXPECT_EQ(messages(whole, wanted, Outcome::kJunk), messages(early, wanted, Outcome::kJunk)) << "none after";
        const double slack = traffic == Traffic::kFluid ? 1e-12 : 5 * std::sqrt(0.25 * 0.75 / messages(whole, wanted));
        EXPECT_NEAR(share(whole, wanted, Outcome::kJunk), 12 / 48.0, slack);
        EXPECT_EQ(share(whole, {"~botnet", "big", MailClass::kSpam}, Outcome::kJunk), 1);
        EXPECT_EQ(share(whole, {"alpha", "beta", MailClass::kWanted}, Outcome::kJunk), 0) << "another receiver";
    }
}

// What is deferred waits in its queue, and comes by a later try; bots do not try again.
TEST(Quarantine, DefersInsteadOfMarking) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kMessage}) {
        const auto run = testing::run(with_policy(policy("5 h", R"(, "action": "defer")")), testing::hand_world(), 1, traffic);
        const Which wanted{"alpha", "big", MailClass::kWanted};
        EXPECT_NEAR(share(run, wanted, Outcome::kInbox), 1, 1e-12);
        EXPECT_EQ(messages(run, {"~botnet", "big", MailClass::kSpam}, Outcome::kInbox), 0);
        EXPECT_EQ(messages(run, {"", "", MailClass::kWanted}, Outcome::kJunk), 0);
    }
}

TEST(Quarantine, KnowsAfterAWarmUpWhoWroteInIt) {
    const std::string text = testing::replaced(with_policy(policy("36 h")), R"("warm_up": "0 d")", R"("warm_up": "2 d")");
    EXPECT_EQ(share(testing::run(text), {"alpha", "big", MailClass::kWanted}, Outcome::kInbox), 1);
}

/// Hours up to `horizon` in which an address that comes at 0, at `phase` and every `rotation` from then on is a newcomer, each time for `fresh`.
double newcomer_hours(double phase, double rotation, double fresh, double horizon) {
    double sum = std::min(phase, fresh);
    for (double at = phase; at < horizon; at += rotation) sum += std::min({rotation, fresh, horizon - at});
    return sum;
}

// Four addresses, each changed every 8 h, at 1, 3, 5 and 7 h. The longer the age, the less gets through; from 7 h on nothing does.
TEST(Quarantine, StopsWhoRotatesFasterThanItsAge) {
    for (const int age : {0, 1, 2, 5, 6, 7, 20}) {
        const std::string spam =
            R"(, "spam_senders": [{"id": "rented", "kind": "snowshoe", "messages_per_day": 2400, "sources": 4, "rotation": "8 h"}])";
        const auto run = testing::run(with_policy(policy(std::to_string(age) + " h"), spam, "4 d"));
        double hours = 0;
        for (const double phase : {1.0, 3.0, 5.0, 7.0}) hours += newcomer_hours(phase, 8, age + 1, 96);
        EXPECT_NEAR(share(run, {"rented", "big", MailClass::kSpam}, Outcome::kJunk), hours / 4 / 96, 1e-9) << age << " h";
    }
}

}  // namespace
}  // namespace mailrift
