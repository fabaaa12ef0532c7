// Random counts of whole messages: their laws, their ledger, and members that move one by one.
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::hand_world;
using testing::order_text;
using testing::run;
using testing::scenario_text;

double messages_between(const Run& run, std::string_view source, std::string_view receiver) {
    double messages = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        if (run.model.world.entities[index(row.key.source)].id == source &&
            run.model.world.entities[index(row.key.receiver)].id == receiver)
            messages += row.messages;
    }
    return messages;
}

// Without answers, mail from a source to a receiver in a day is Poisson: mean and variance are those of `fluid`'s count. 600 seeds find an error of
// 29 % in the variance, and a mean that is off by 5 / sqrt(600 x mean).
TEST(Flow, ConversationsArePoisson) {
    const std::string scenario = scenario_text(R"("mail": {"reply": 0, "messages_per_day": 0.5})", "1 d");
    const double expected = messages_between(run(scenario), "alpha", "beta");
    constexpr int kSeeds = 600;
    double sum = 0;
    double squares = 0;
    for (int seed = 0; seed < kSeeds; ++seed) {
        const double found =
            messages_between(run(scenario, hand_world(), static_cast<std::uint64_t>(seed), Traffic::kFlow), "alpha", "beta");
        sum += found;
        squares += (found - expected) * (found - expected);
    }
    EXPECT_GE(expected, 20);
    EXPECT_LE(std::fabs(sum / kSeeds - expected), 5 * std::sqrt(expected / kSeeds));
    EXPECT_NEAR(squares / kSeeds / expected, 1, 5 * std::sqrt((2 + 1 / expected) / kSeeds));
}

// With answers each conversation is a cluster: the number of its messages is geometric with mean 1/(1 - r) when all are delivered at once, so the
// variance of all messages is the mean times (1 + r)/(1 - r).
TEST(Flow, ConversationsWithAnswersAreClusters) {
    const double r = 0.5;
    const std::string scenario = scenario_text(R"("mail": {"reply": 0.5, "messages_per_day": 1, "reply_delay": "1 s"})", "1 d");
    const double expected = run(scenario).ledger.written();
    constexpr int kSeeds = 500;
    double squares = 0;
    for (int seed = 0; seed < kSeeds; ++seed) {
        const double found = run(scenario, hand_world(), static_cast<std::uint64_t>(seed), Traffic::kFlow).ledger.written();
        squares += (found - expected) * (found - expected);
    }
    EXPECT_NEAR(squares / kSeeds / expected / ((1 + r) / (1 - r)), 1, 5 * std::sqrt(2.0 / kSeeds));
}

TEST(Flow, CountsAreWholeAndTheLedgerBalancesToZero) {
    const std::string scenario = scenario_text(
        "\"orders\": [" + order_text(R"(["close_accounts", "block_senders"])", R"("follow": {"probability": 1, "delay": "1 d"})", 0.7) +
        R"(], "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court", "guests"], "jurisdictions": ["AA"]}, "to": {"alpha": 0.6, "beta": 0.4},
                                                  "hazard": {"base": 0.1, "gain": 0.5}, "informed": 0.5}])");
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto found = run(scenario, hand_world(), seed, Traffic::kFlow);
        EXPECT_EQ(found.ledger.imbalance(), 0) << "seed " << seed;
        for (const LedgerRow& row : found.ledger.rows()) EXPECT_EQ(row.messages, std::floor(row.messages));
        EXPECT_GT(found.ledger.written(), 0);
    }
}

// Each member moves by itself: after one day of hazard h the share that moved is binomial with mean 1 - exp(-h), on whole members.
TEST(Flow, MembersMoveOneByOne) {
    const std::string scenario = scenario_text(
        R"("mail": {"messages_per_day": 0.001}, "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court"]}, "to": {"alpha": 1}, "hazard": {"base": 0.5}}])",
        "1 d");
    constexpr int kSeeds = 300;
    constexpr double kMembers = 100;
    const double p = 1 - std::exp(-0.5);
    double sum = 0;
    double squares = 0;
    for (int seed = 0; seed < kSeeds; ++seed) {
        const auto found = run(scenario, hand_world(), static_cast<std::uint64_t>(seed), Traffic::kFlow);
        double moved = 0;
        for (const LoggedEvent& event : found.events) moved += event.kind == "migrate" ? event.value * kMembers : 0;
        EXPECT_NEAR(moved, std::round(moved), 1e-9);
        sum += moved;
        squares += (moved - kMembers * p) * (moved - kMembers * p);
    }
    const double variance = kMembers * p * (1 - p);
    EXPECT_LE(std::fabs(sum / kSeeds - kMembers * p), 5 * std::sqrt(variance / kSeeds));
    EXPECT_NEAR(squares / kSeeds / variance, 1, 5 * std::sqrt(2.0 / kSeeds));
}

// Common random numbers: an order that hits the court alone changes no message between those whom it does not concern.
TEST(Flow, AnOrderChangesNoMailOfOthers) {
    const auto calm = run(scenario_text(), hand_world(), 3, Traffic::kFlow);
    const auto struck = run(scenario_text("\"orders\": [" + order_text(R"(["close_accounts"])") + "]"), hand_world(), 3, Traffic::kFlow);
    for (const char* source : {"search", "beta"})
        EXPECT_EQ(messages_between(calm, source, "search"), messages_between(struck, source, "search"));
    EXPECT_NE(messages_between(calm, "beta", "big"), messages_between(struck, "beta", "big"));
}

TEST(Flow, TheSharesOfALargeVolumeAreThoseOfFluid) {
    const std::string order = "\"orders\": [" + order_text(R"(["close_accounts", "block_senders"])") + "]";
    double last = 1;
    for (const int scale : {1, 100, 10'000}) {
        const std::string scenario = scenario_text(order + R"(, "mail": {"messages_per_day": )" + std::to_string(scale) + "}");
        const auto expected = run(scenario);
        const auto found = run(scenario, hand_world(), 1, Traffic::kFlow);
        double worst = 0;
        for (std::size_t o = 0; o < kOutcomes; ++o) {
            const auto outcome = static_cast<Outcome>(o);
            worst = std::max(worst, std::fabs(found.ledger.total(outcome) / found.ledger.written() -
                                              expected.ledger.total(outcome) / expected.ledger.written()));
        }
        // Shares of n messages are off by about 1 / sqrt(n).
        EXPECT_LE(worst, 5 / std::sqrt(expected.ledger.written()));
        EXPECT_LT(worst, last);
        last = worst;
    }
}

TEST(Flow, MoreMailThanCanBeCountedIsRefused) {
    const std::string world = testing::replaced(testing::hand_world(), R"("mail_users": 6000)", R"("mail_users": 100000000000)");
    try {
        (void)testing::run(testing::scenario_text(R"("slice": "1 d", "mail": {"messages_per_day": 10000})"), world, 1, Traffic::kFlow);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_EQ(error.code(), sim::Code::kTooLarge) << error.what();
    }
}

}  // namespace
}  // namespace mailrift
