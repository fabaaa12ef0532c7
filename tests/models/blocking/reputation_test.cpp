// The reputation rule against its formula and the closed forms of FACTS O7: binomial tails, exact and with Poisson volumes.
#include <cmath>

#include <gtest/gtest.h>

#include "models/blocking/reputation.h"
#include "sim/counts.h"
#include "sim/math.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::run;
using testing::scenario_text;

ReputationParams tumbling(double theta, double min_volume = 0) {
    ReputationParams params;
    params.reject = theta;
    params.min_volume = min_volume;
    params.window = Window::kTumbling;
    params.period = sim::kDay;
    params.half_life = sim::kDay;
    return params;
}

/// Whether a source with these counts in one window is rejected.
bool rejected(const ReputationParams& params, double good, double bad) {
    const Reputation rule(params);
    std::array<double, 2> key{};
    rule.observe({good, bad}, sim::kHour, key);
    return rule.propose(key).reject == 1;
}

TEST(Reputation, IsPastACutOffFromTheRatioOn) {
    EXPECT_TRUE(rejected(tumbling(0.003), 997, 3));
    EXPECT_FALSE(rejected(tumbling(0.003), 998, 2));
    EXPECT_TRUE(rejected(tumbling(0.1), 9, 1)) << "at theta itself, whatever the rounding of 0.1";
    EXPECT_FALSE(rejected(tumbling(0), 0, 0)) << "a source that was silent is forgiven";
}

TEST(Reputation, AcceptsBelowItsVolume) {
    EXPECT_FALSE(rejected(tumbling(0.1, 100), 49, 50));
    EXPECT_TRUE(rejected(tumbling(0.1, 100), 50, 50));
}

TEST(Reputation, APriorIsMailThatWasSeenBefore) {
    ReputationParams params = tumbling(0.1);
    params.prior_good = 90;
    EXPECT_FALSE(rejected(params, 1, 9)) << "9 of 100";
    EXPECT_TRUE(rejected(params, 0, 10)) << "10 of 100";
}

TEST(Reputation, MarksBetweenItsCutOffsAndRejectsAboveThem) {
    ReputationParams params = tumbling(0.5);
    params.junk = 0.2;
    const Reputation rule(params);
    for (const auto& [bad, junk, reject] : {std::tuple{1, 0, 0}, {2, 1, 0}, {4, 1, 0}, {5, 0, 1}}) {
        std::array<double, 2> key{10.0 - bad, static_cast<double>(bad)};
        EXPECT_EQ(rule.propose(key), (Proposal{static_cast<double>(junk), static_cast<double>(reject)})) << bad << " of 10";
    }
}

TEST(Reputation, HalvesWhatItRemembersEachHalfLife) {
    ReputationParams params = tumbling(0.5);
    params.window = Window::kExponential;
    params.half_life = sim::kDay * 7;
    const Reputation rule(params);
    std::array<double, 2> key{};
    rule.observe({64, 32}, sim::kHour, key);
    for (int hour = 0; hour < 7 * 24 * 3; ++hour) rule.observe({}, sim::kHour, key);
    EXPECT_NEAR(key[0], 8, 1e-11);
    EXPECT_NEAR(key[1], 4, 1e-11);
    (void)rule.propose(key);
    EXPECT_NEAR(key[1], 4, 1e-11) << "no new window begins";
}

/// Probability that a sender of n messages, each judged bad with probability p, is rejected: Pr(Bin(n, p) >= theta n).
double block_probability(const ReputationParams& params, std::uint64_t n, double p) {
    double sum = 0;
    for (std::uint64_t bad = 0; bad <= n; ++bad) {
        if (rejected(params, static_cast<double>(n - bad), static_cast<double>(bad))) sum += sim::exp(sim::log_binomial_pmf(bad, n, p));
    }
    return sum;
}

/// A cell of the table of FACTS O7 and O7b, to its three digits.
struct Cell {
    double theta;
    double p;
    std::uint64_t n;
    double probability;
};

constexpr Cell kTable[] = {
    {0.003, 0.0005, 10, .005},   {0.003, 0.0005, 30, .015},   {0.003, 0.0005, 100, .049},   {0.003, 0.0005, 300, .139},
    {0.003, 0.0005, 1000, .014}, {0.003, 0.0005, 3000, .000}, {0.003, 0.0005, 10000, .000}, {0.003, 0.001, 10, .010},
    {0.003, 0.001, 30, .030},    {0.003, 0.001, 100, .095},   {0.003, 0.001, 300, .259},    {0.003, 0.001, 1000, .080},
    {0.003, 0.001, 3000, .004},  {0.003, 0.001, 10000, .000}, {0.003, 0.002, 10, .020},     {0.003, 0.002, 30, .058},
    {0.003, 0.002, 100, .181},   {0.003, 0.002, 300, .452},   {0.003, 0.002, 1000, .323},   {0.003, 0.002, 3000, .153},
    {0.003, 0.002, 10000, .022}, {0.1, 0.02, 5, .096},        {0.1, 0.02, 10, .183},        {0.1, 0.02, 20, .060},
    {0.1, 0.02, 50, .003},       {0.1, 0.05, 5, .226},        {0.1, 0.05, 10, .401},        {0.1, 0.05, 20, .264},
    {0.1, 0.05, 50, .104},       {0.1, 0.05, 100, .028},
};

TEST(Reputation, BlocksSmallSendersAsTheBinomialLawSays) {
    for (const Cell& cell : kTable) {
        EXPECT_NEAR(block_probability(tumbling(cell.theta), cell.n, cell.p), cell.probability, 0.0005 + 1e-9)
            << "theta " << cell.theta << ", p " << cell.p << ", n " << cell.n;
    }
}

TEST(Reputation, AVolumeOrAPriorSparesThem) {
    EXPECT_EQ(block_probability(tumbling(0.003, 301), 300, 0.001), 0);
    ReputationParams params = tumbling(0.003);
    params.prior_good = 10'000;
    EXPECT_LT(block_probability(params, 300, 0.001), 1e-12) << "31 of 300 would have to be bad";
}

// The whole model: an honest provider whose mail is judged bad with probability p writes a Poisson number of messages a window to a receiver, who
// blocks it in the next window with probability sum_k Poisson(k; n) Pr(Bin(k, p) >= ceil(theta k)), k >= 1. While it is blocked nothing of it is
// seen, and it is forgiven: so a window is blocked with probability q / (1 + q).
TEST(Reputation, BlocksInFlowAsOftenAsThePoissonFormSays) {
    const double theta = 0.1;
    const double p = 0.05;
    const std::string mail = R"("mail": {"reply": 0, "messages_per_day": 0.1}, "slice": "1 d", )";
    const std::string blocking =
        R"("blocking": [{"id": "ratio", "receiver": "beta", "kind": "reputation", "reject": 0.1, "min_volume": 0, "window": "tumbling", "period": "1 d", "true_positive": 1, "false_positive": 0.05}])";
    const auto expected = run(scenario_text(mail + "\"orders\": []", "1 d"));
    double n = 0;  // of alpha to beta in a day
    for (const LedgerRow& row : expected.ledger.rows()) {
        const auto& entities = expected.model.world.entities;
        if (entities[index(row.key.source)].id == "alpha" && entities[index(row.key.receiver)].id == "beta") n += row.messages;
    }
    double q = 0;
    for (std::uint64_t k = 1; k < 400; ++k) q += sim::exp(sim::log_poisson_pmf(k, n)) * block_probability(tumbling(theta), k, p);
    ASSERT_GT(q, 0.05);
    ASSERT_LT(q, 0.5);
    constexpr int kSeeds = 40;
    constexpr int kDays = 400;
    double blocked = 0;
    for (int seed = 0; seed < kSeeds; ++seed) {
        const auto found = run(scenario_text(mail + blocking, std::to_string(kDays) + " d"), testing::hand_world(),
                               static_cast<std::uint64_t>(seed), Traffic::kFlow);
        EXPECT_EQ(found.ledger.imbalance(), 0);
        bool now = false;
        sim::Tick since = 0;
        for (const TimedChange& timed : found.history) {
            const auto& entities = found.model.world.entities;
            if (timed.change.kind != ChangeKind::kJudge || entities[index(timed.change.source)].id != "alpha") continue;
            if (now) blocked += static_cast<double>(timed.tick - since);
            now = timed.change.verdict.accept == 0;
            since = timed.tick;
        }
        if (now) blocked += static_cast<double>(found.model.slices - since);
    }
    const double share = q / (1 + q);
    const double windows = static_cast<double>(kSeeds) * kDays;
    // Blocked windows alternate with free ones, so they vary less than independent ones would; a window lies at the edge of each run.
    EXPECT_NEAR(blocked / windows, share, 5 * std::sqrt(share * (1 - share) / windows) + 1.0 / kDays);
}

// A source whose mail is all good is never blocked, and then the policy changes no byte of flow: common random numbers.
TEST(Reputation, APolicyThatNeverFiresChangesNoByteOfFlow) {
    const std::string order = "\"orders\": [" + testing::order_text(R"(["close_accounts"])") + "]";
    const std::string idle = R"(, "blocking": [{"id": "ratio", "kind": "reputation", "reject": 1, "false_positive": 0}])";
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const auto without = run(scenario_text(order), testing::hand_world(), seed, Traffic::kFlow);
        const auto with = run(scenario_text(order + idle), testing::hand_world(), seed, Traffic::kFlow);
        EXPECT_EQ(without.trajectory_fingerprint, with.trajectory_fingerprint);
        ASSERT_EQ(without.ledger.rows().size(), with.ledger.rows().size());
        EXPECT_EQ(without.ledger.written(), with.ledger.written());
    }
}

// With cells apart, expected counts are the same to rounding.
TEST(Reputation, APolicyThatNeverFiresChangesNoCountOfFluid) {
    const std::string order =
        "\"orders\": [" + testing::order_text(R"(["close_accounts", "block_senders"])") + "]" +
        R"(, "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court", "guests"]}, "to": {"alpha": 1}, "plan": {"at": "4 d", "takes": "3 d"}}])";
    const std::string idle = R"(, "blocking": [{"id": "ratio", "kind": "reputation", "reject": 1, "false_positive": 0}])";
    const auto without = run(scenario_text(order)).ledger.rows();
    const auto with = run(scenario_text(order + idle)).ledger.rows();
    ASSERT_EQ(without.size(), with.size());
    for (std::size_t i = 0; i < with.size(); ++i) {
        EXPECT_EQ(without[i].key, with[i].key);
        EXPECT_NEAR(without[i].messages, with[i].messages, 1e-9 * (1 + without[i].messages));
    }
}

/// The hand world with spam from beta.
std::string spamming(const std::string& share) {
    return testing::replaced(testing::hand_world(), R"({"id": "beta", "kind": "national",)",
                             R"({"id": "beta", "kind": "national", "outbound_spam": )" + share + ",");
}

double spam_of(const Run& run, std::string_view source, std::optional<Outcome> outcome = {}) {
    double messages = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        if (row.key.mail_class == MailClass::kSpam && run.model.world.entities[index(row.key.source)].id == source &&
            (!outcome || row.outcome == *outcome))
            messages += row.messages;
    }
    return messages;
}

TEST(Spam, IsAShareOfWhatLeavesAProvider) {
    const auto found = run(scenario_text(R"("mail": {"reply": 0})"), spamming("0.2"));
    double wanted = 0;
    for (const LedgerRow& row : found.ledger.rows()) {
        if (row.key.mail_class == MailClass::kWanted && found.model.world.entities[index(row.key.source)].id == "beta")
            wanted += row.messages;
    }
    EXPECT_NEAR(spam_of(found, "beta") / (spam_of(found, "beta") + wanted), 0.2, 1e-12);
    EXPECT_LE(found.ledger.imbalance(), 1e-12);
}

TEST(Spam, ABackgroundBotnetSendsWhatIsMissing) {
    const auto found = run(scenario_text(R"("mail": {"reply": 0, "spam_share": 0.45})"), spamming("0.2"));
    double spam = 0;
    for (const LedgerRow& row : found.ledger.rows()) spam += row.key.mail_class == MailClass::kSpam ? row.messages : 0;
    EXPECT_NEAR(spam / found.ledger.written(), 0.45, 1e-12);
    EXPECT_GT(spam_of(found, "~botnet"), spam_of(found, "beta"));
}

TEST(Spam, MoreThanTheShareSaysIsRefused) {
    try {
        (void)run(scenario_text(R"("mail": {"spam_share": 0.05})"), spamming("0.5"));
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_EQ(error.code(), sim::Code::kInconsistent);
    }
}

// A provider with much spam is blocked by all, with its wanted mail; in fluid and in flow alike, since no count is near the cut-off. Blocked, it is not
// seen any more, and forgiven when its counts have decayed to the volume.
TEST(Spam, ASpammingProviderIsBlockedWithItsWantedMail) {
    const std::string scenario = scenario_text(
        R"("mail": {"reply": 0}, "blocking": [{"id": "ratio", "kind": "reputation", "reject": 0.3, "min_volume": 1000, "half_life": "2 d"}])");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        const auto found = run(scenario, spamming("0.6"), 1, traffic);
        EXPECT_GT(spam_of(found, "beta", Outcome::kRejected), 0);
        EXPECT_GT(spam_of(found, "beta", Outcome::kInbox), 0) << "in the first period, and after it was forgiven";
        double wanted = 0;
        bool by_policy = true;
        for (const LedgerRow& row : found.ledger.rows()) {
            if (row.key.mail_class != MailClass::kWanted || row.outcome != Outcome::kRejected) continue;
            wanted += row.messages;
            by_policy = by_policy && row.cause.policy == PolicyId{0} && found.model.world.entities[index(row.key.source)].id == "beta";
        }
        EXPECT_GT(wanted, 0);
        EXPECT_TRUE(by_policy);
    }
    const auto fluid = run(scenario, spamming("0.6"));
    const auto flow = run(scenario, spamming("0.6"), testing::hand_world().size(), Traffic::kFlow);
    EXPECT_NEAR(spam_of(fluid, "beta", Outcome::kRejected) / spam_of(fluid, "beta"),
                spam_of(flow, "beta", Outcome::kRejected) / spam_of(flow, "beta"), 0.01);
}

// A counted source is many operators: each sends its part, so none reaches a volume that all of them together have.
TEST(Spam, ACountedProviderIsJudgedOperatorByOperator) {
    const std::string scenario =
        scenario_text(R"("mail": {"reply": 0}, "blocking": [{"id": "ratio", "kind": "reputation", "reject": 0.3, "min_volume": 1000}])");
    const std::string many =
        testing::replaced(spamming("0.6"), R"("outbound_spam": 0.6,)", R"("outbound_spam": 0.6, "count": 1000, "representatives": 20,)");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        EXPECT_GT(spam_of(run(scenario, spamming("0.6"), 1, traffic), "beta", Outcome::kRejected), 0);
        EXPECT_EQ(spam_of(run(scenario, many, 1, traffic), "beta", Outcome::kRejected), 0);
    }
}

}  // namespace
}  // namespace mailrift
