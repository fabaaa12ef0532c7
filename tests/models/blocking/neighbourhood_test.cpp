// Blocking by hosting supplier: who stands beside a spammer is blocked with it.
#include "models/blocking/neighbourhood.h"

#include <gtest/gtest.h>

#include "tests/models/blocking/facts.h"
#include "tests/models/blocking/shares.h"

namespace mailrift {
namespace {

using testing::share;
using testing::with_policy;

/// alpha, which sends spam, and beta stand at one hosting supplier, search at another one.
std::string hosted_world() {
    std::string world = testing::replaced(testing::hand_world(), R"("suppliers": [)",
                                          R"("suppliers": [{"id": "vps", "layer": "hosting"}, {"id": "cloud", "layer": "hosting"}, )");
    const auto at = [&](const std::string& provider, const std::string& supplier, const std::string& more = "") {
        const std::string id = R"({"id": ")" + provider + R"(", )";
        world = testing::replaced(world, id, id + R"("depends_on": [{"layer": "hosting", "suppliers": [")" + supplier + R"("]}], )" + more);
    };
    at("alpha", "vps", R"("outbound_spam": 0.5, )");
    at("beta", "vps");
    at("search", "cloud");
    return world;
}

TEST(Neighbourhood, BlocksAtTheCutOff) {
    const Neighbourhood rule({0.1, 100, false, sim::kDay, sim::kDay, {}});
    std::array<double, 2> key{90, 10};
    KeyFacts facts = testing::nobody();
    EXPECT_EQ(rule.propose(key, facts), Proposal{}) << "stands nowhere";
    facts.hosted = true;
    EXPECT_EQ(rule.propose(key, facts).reject, 1);
    key = {91, 9};
    EXPECT_EQ(rule.propose(key, facts).reject, 0);
    key = {0, 99};
    EXPECT_EQ(rule.propose(key, facts).reject, 0) << "too few";
}

// beta sends no spam at all; of what comes from the supplier 27 % is: alpha's members write 0.4 of 1,000 people's mail and 0.1 of 3,000's, beta's the rest of
// 3,000's 0.7 and 6,000's 0.7.
TEST(Neighbourhood, BlocksTheInnocentBesideTheGuilty) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        for (const double cut_off : {0.05, 0.5}) {
            const std::string policy = R"({"id": "range", "kind": "neighbourhood", "receiver": "big", "bad_share": )" +
                                       sim::format_number(cut_off) + R"(, "true_positive": 1, "false_positive": 0, "min_volume": 10})";
            const auto run = testing::run(with_policy(policy), hosted_world(), 1, traffic);
            for (const char* source : {"alpha", "beta"}) {
                const double refused = share(run, {source, "big", MailClass::kWanted}, Outcome::kRejected);
                EXPECT_NEAR(refused, cut_off < 0.1 ? 0.5 : 0, traffic == Traffic::kFluid ? 1e-12 : 0.02)
                    << source << ": the second of two days";
            }
            EXPECT_EQ(share(run, {"search", "big", MailClass::kWanted}, Outcome::kInbox), 1) << "another supplier";
            EXPECT_EQ(share(run, {"big", "big", MailClass::kWanted}, Outcome::kInbox), 1) << "at none";
        }
    }
}

// A reputation that judges by hosting supplier says the same of sources at one, and judges those at none by themselves.
TEST(Neighbourhood, IsAReputationWithKeyHosting) {
    const std::string rest = R"(, "receiver": "big", "true_positive": 1, "false_positive": 0, "min_volume": 10})";
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        const auto range =
            testing::run(with_policy(R"({"id": "rule", "kind": "neighbourhood", "bad_share": 0.05)" + rest), hosted_world(), 1, traffic);
        const auto ratio = testing::run(with_policy(R"({"id": "rule", "kind": "reputation", "key": "hosting", "reject": 0.05)" + rest),
                                        hosted_world(), 1, traffic);
        EXPECT_EQ(range.trajectory_fingerprint, ratio.trajectory_fingerprint);
        const auto alone =
            testing::run(with_policy(R"({"id": "rule", "kind": "reputation", "reject": 0.05)" + rest), hosted_world(), 1, traffic);
        EXPECT_EQ(share(alone, {"beta", "big", MailClass::kWanted}, Outcome::kInbox), 1) << "by its own addresses it is innocent";
    }
}

}  // namespace
}  // namespace mailrift
