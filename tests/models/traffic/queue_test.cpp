// Queues by class in `fluid` and `flow`: the same mail waits as in `message`, whose every try is its own.
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/traffic/retry_plans.h"
#include "tests/models/fast.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::hand_world;
using testing::read;
using testing::scenario_text;

constexpr std::size_t kReplications = 16;
constexpr double kMostZ = 4.5;

std::string world_with(const std::string& schedule) {
    return testing::replaced(testing::replaced(hand_world(), R"("id": "big", )", R"("id": "big", "retry": ")" + schedule + R"(", )"),
                             R"("id": "alpha", )", R"("id": "alpha", "retry": ")" + schedule + R"(", )");
}

Run run_as(const std::string& scenario, const std::string& world, Traffic traffic, std::uint64_t seed) {
    RunOptions options;
    options.seed = seed;
    options.traffic = traffic;
    return run_scenario(read(scenario, world), options);
}

using Shares = std::map<std::pair<std::string, std::string>, double>;  // by source, or "*", and outcome

Shares shares_of(const Run& run) {
    Shares shares;
    for (const LedgerRow& row : run.ledger.rows()) {
        for (const std::string& source : {run.model.world.entities[index(row.key.source)].id, std::string("*")}) {
            shares[{source, std::string(name_of(row.outcome))}] += row.messages / run.ledger.written();
        }
    }
    return shares;
}

void expect_agreement(const std::string& scenario, const std::string& world, Traffic traffic, double slack = 0) {
    if (traffic == Traffic::kMessage && !testing::kFast) return;
    std::map<std::pair<std::string, std::string>, std::vector<double>> differences;
    Shares expected;
    for (std::size_t r = 0; r < kReplications; ++r) {
        expected = shares_of(run_as(scenario, world, Traffic::kFluid, r));
        Shares found = shares_of(run_as(scenario, world, traffic, r));
        for (const auto& [key, share] : expected) differences[key].push_back(found[key] - share);
        for (const auto& [key, share] : found) EXPECT_TRUE(share == 0 || expected.contains(key)) << key.first << " " << key.second;
    }
    for (const auto& [key, values] : differences) {
        double sum = 0;
        double squares = 0;
        for (const double value : values) sum += value;
        const double mean = sum / kReplications;
        for (const double value : values) squares += (value - mean) * (value - mean);
        const double error = std::sqrt(squares / (kReplications - 1) / kReplications);
        EXPECT_LE(std::fabs(mean), kMostZ * error + slack * expected[key]) << key.first << " " << key.second << ", share " << expected[key];
    }
}

/// Hardly anybody is known to the greylist: nobody's mail is remembered, and two people seldom write to each other within `window`, nor answer. That other mail
/// of the two takes a message past, `message` alone can see.
std::string grey(const std::string& rule, const std::string& mail = R"("messages_per_day": 1, "reply": 0)", const std::string& more = "") {
    return scenario_text(R"("mail": {)" + mail + R"(, "contacts": {"mean_contacts": 60, "max_contacts": 1000, "clustering": 0.05}},
                          "blocking": [{"id": "grey", "kind": "greylist", "memory": "1 s", )" +
                             rule + "}]" + more,
                         "3 d");
}

TEST(Queue, HoldsAtAGreylistWhatSingleMessagesWait) {
    for (const std::string schedule : {"postfix", "exim", "gmail", "exchange_online"}) {
        SCOPED_TRACE(schedule);
        const std::string scenario = grey(R"("delay": "50 min", "window": "3 h")");
        expect_agreement(scenario, world_with(schedule), Traffic::kFlow);
        expect_agreement(scenario, world_with(schedule), Traffic::kMessage);
    }
}

TEST(Queue, LosesWhatNoTryTakesPast) {
    const std::string scenario = grey(R"("delay": "3 h", "window": "3 h", "receiver": "alpha")");
    for (const std::string schedule : {"exchange_online", "gmx"}) {
        SCOPED_TRACE(schedule);
        expect_agreement(scenario, world_with(schedule), Traffic::kFlow);
        expect_agreement(scenario, world_with(schedule), Traffic::kMessage);
    }
}

TEST(Queue, FollowsOrdersAndMovesMeanwhile) {
    const std::string orders =
        R"(, "orders": [)" + testing::order_text(R"(["close_accounts", "block_senders"])") +
        R"(], "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court", "guests"]}, "to": {"alpha": 1},
                                   "plan": {"at": "36 h", "takes": "1 d"}}])";
    const std::string scenario = grey(R"("delay": "3 h", "window": "5 h")", R"("messages_per_day": 4)", orders);
    expect_agreement(scenario, world_with("postfix"), Traffic::kFlow);
    // Single messages ask anew at each try by which address they go; those of a class keep theirs.
    expect_agreement(scenario, world_with("postfix"), Traffic::kMessage, 0.01);
}

// Of mail between people who always wrote to each other the greylist holds the share that unknown_share() says: within a tenth, which is what the
// spread of numbers of contacts in the graph leaves.
TEST(Queue, HoldsTheUnknownShare) {
    const std::string scenario = scenario_text(
        R"("mail": {"messages_per_day": 8}, "blocking": [{"id": "grey", "kind": "greylist", "delay": "1 h", "window": "2 h", "memory": "4 d"}])",
        "2 d");
    const double held = shares_of(run_as(scenario, hand_world(), Traffic::kFluid, 1))[{"*", "queued"}];
    double single = 0;
    for (std::uint64_t seed = 0; seed < 4; ++seed)
        single += shares_of(run_as(scenario, hand_world(), Traffic::kMessage, seed))[{"*", "queued"}] / 4;
    EXPECT_GT(held, 0.004);
    EXPECT_NEAR(held, single, 0.1 * single);
    MailParams mail;
    mail.reply = 0;
    mail.senders.rate_sigma = 0;
    mail.messages_per_day = 24.8;  // one a day to each contact
    EXPECT_NEAR(unknown_share(mail, sim::kDay * 2), std::exp(-2.0), 1e-12);
}

TEST(Queue, CountsWholeMessages) {
    const auto run = run_as(grey(R"("delay": "2 h", "window": "2 d")"), hand_world(), Traffic::kFlow, 5);
    EXPECT_EQ(run.ledger.imbalance(), 0);
    for (const LedgerRow& row : run.ledger.rows()) EXPECT_EQ(row.messages, std::floor(row.messages));
    EXPECT_NE(run_as(grey(R"("delay": "2 h", "window": "2 d")"), hand_world(), Traffic::kFlow, 6).trajectory_fingerprint,
              run.trajectory_fingerprint);
}

}  // namespace
}  // namespace mailrift
