// The reputation rule against its formula and the closed forms of FACTS O7: binomial tails, exact and with Poisson volumes.
#include <cmath>
#include <iostream>

#include <gtest/gtest.h>

#include "models/blocking/reputation.h"
#include "sim/counts.h"
#include "sim/math.h"
#include "tests/models/blocking/facts.h"
#include "tests/models/blocking/small_senders.h"
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
    return rule.propose(key, testing::nobody()).reject == 1;
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
        EXPECT_EQ(rule.propose(key, testing::nobody()), (Proposal{static_cast<double>(junk), static_cast<double>(reject)}))
            << bad << " of 10";
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
    (void)rule.propose(key, testing::nobody());
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

TEST(Reputation, BlocksSmallSendersAsTheBinomialLawSays) {
    for (const testing::SmallSender& cell : testing::kSmallSenders) {
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

/// The hand world without a gateway: all mail to beta is judged by beta.
std::string open_world() {
    return testing::replaced(testing::hand_world(),
                             R"({"provider": "beta", "gateway": "gate", "share": 0.2}, {"provider": "beta", "share": 0.5})",
                             R"({"provider": "beta", "share": 0.7})");
}

/// Messages from alpha to beta.
double written_by_alpha(const Run& found) {
    const auto& entities = found.model.world.entities;
    double n = 0;
    for (const LedgerRow& row : found.ledger.rows()) {
        if (entities[index(row.key.source)].id == "alpha" && entities[index(row.key.receiver)].id == "beta") n += row.messages;
    }
    return n;
}

/// Mail of alpha alone, in windows of 1 d, to beta, who rejects at `theta` and judges good mail bad with probability `p`.
struct Windows {
    double theta;
    double p;
    double messages_per_day;
    std::string world;
    int seeds;
    int days;

    [[nodiscard]] std::string scenario(bool judged, int horizon) const {
        std::string text =
            R"("slice": "1 d", "warm_up": "0 d", "mail": {"reply": 0, "messages_per_day": )" + std::to_string(messages_per_day) + "}";
        if (judged) {
            text += R"(, "blocking": [{"id": "ratio", "receiver": "beta", "kind": "reputation", "min_volume": 0, "window": "tumbling", )"
                    R"("period": "1 d", "true_positive": 1, "reject": )" +
                    std::to_string(theta) + ", \"false_positive\": " + std::to_string(p) + "}]";
        }
        return scenario_text(text, std::to_string(horizon) + " d");
    }

    /// Expected messages in a window, of all operators together.
    [[nodiscard]] double volume() const { return written_by_alpha(run(scenario(false, 1), world)); }

    /// Pr(blocked after a window of Poisson(n) messages) = sum_k Poisson(k; n) Pr(Bin(k, p) >= theta k), k >= 1.
    [[nodiscard]] double block_probability_of(double n) const {
        double q = 0;
        for (std::uint64_t k = 1; static_cast<double>(k) < 2 * n + 50; ++k) {
            q += sim::exp(sim::log_poisson_pmf(k, n)) * block_probability(tumbling(theta), k, p);
        }
        return q;
    }

    /// What runs in `flow` find.
    struct Found {
        double blocked = 0;     ///< share of mail and windows that is rejected
        bool in_parts = true;   ///< whether each verdict is a whole number of `keys`-ths
        std::size_t mixed = 0;  ///< verdicts that reject some, but not all
    };
    [[nodiscard]] Found runs(double keys) const {
        Found found;
        for (int seed = 0; seed < seeds; ++seed) {
            const auto one = run(scenario(true, days), world, static_cast<std::uint64_t>(seed), Traffic::kFlow);
            EXPECT_EQ(one.ledger.imbalance(), 0);
            double now = 0;
            sim::Tick since = 0;
            for (const TimedChange& timed : one.history) {
                const auto& entities = one.model.world.entities;
                if (timed.change.kind != ChangeKind::kJudge || entities[index(timed.change.source)].id != "alpha") continue;
                found.blocked += now * static_cast<double>(timed.tick - since);
                now = 1 - timed.change.verdicts.wanted.accept;
                since = timed.tick;
                found.in_parts = found.in_parts && std::abs(now * keys - std::round(now * keys)) < 1e-9;
                found.mixed += now > 0 && now < 1 ? 1 : 0;
            }
            found.blocked += now * static_cast<double>(one.model.slices - since);
        }
        found.blocked /= static_cast<double>(seeds) * days;
        return found;
    }

    /// Share of the windows of a run in which alpha is rejected.
    [[nodiscard]] static double blocked_in(const Run& one) {
        double blocked = 0;
        double now = 0;
        sim::Tick since = 0;
        for (const TimedChange& timed : one.history) {
            const auto& entities = one.model.world.entities;
            if (timed.change.kind != ChangeKind::kJudge || entities[index(timed.change.source)].id != "alpha") continue;
            blocked += now * static_cast<double>(timed.tick - since);
            now = 1 - timed.change.verdicts.wanted.accept;
            since = timed.tick;
        }
        return (blocked + now * static_cast<double>(one.model.slices - since)) / static_cast<double>(one.model.slices);
    }

    /// 5 standard errors of `keys` independent operators, and the first window of each run, which is free. Blocked windows alternate with free ones,
    /// so they vary less than independent ones would.
    [[nodiscard]] double tolerance(double share, double keys) const {
        return 5 * std::sqrt(share * (1 - share) / (static_cast<double>(seeds) * days * keys)) + share / days;
    }
};

// The whole model: an honest provider whose mail is judged bad with probability p writes a Poisson number of messages a window to a receiver, who
// blocks it in the next window with probability q. While it is blocked nothing of it is seen, and it is forgiven: so a window is blocked with
// probability q / (1 + q). At theta 0.3 %, p 0.1 % and 1,000 messages q is .049, where the binomial tail of just 1,000 would be .080: beyond 1,000
// messages four bad ones are needed instead of three.
TEST(Reputation, BlocksInFlowAsOftenAsThePoissonFormSays) {
    Windows windows{0.003, 0.001, 1, open_world(), 40, 400};
    windows.messages_per_day = 1000 / windows.volume();
    const double n = windows.volume();
    ASSERT_NEAR(n, 1000, 0.01);
    const double q = windows.block_probability_of(n);
    const double fixed = block_probability(tumbling(windows.theta), 1000, windows.p);
    EXPECT_NEAR(q, 0.049, 0.0005);
    EXPECT_NEAR(fixed, 0.080, 0.0005);
    const double share = q / (1 + q);
    ASSERT_LT(windows.tolerance(share, 1), (fixed / (1 + fixed) - share) / 2) << "too wide to tell the two apart";
    EXPECT_NEAR(windows.runs(1).blocked, share, windows.tolerance(share, 1));
}

// The same with single messages, of people some of whom write much more than others: who they are changes with the seed, and with it the number n
// of messages in a window, which each run tells.
TEST(Reputation, BlocksSingleMessagesAsOftenAsThePoissonFormSays) {
    Windows windows{0.03, 0.01, 1, open_world(), 24, 150};
    windows.messages_per_day = 100 / windows.volume();
    double expected = 0;
    double found = 0;
    for (int seed = 0; seed < windows.seeds; ++seed) {
        const auto one = run(windows.scenario(true, windows.days), windows.world, static_cast<std::uint64_t>(seed), Traffic::kMessage);
        const double q = windows.block_probability_of(written_by_alpha(one) / windows.days);
        expected += q / (1 + q) / windows.seeds;
        found += Windows::blocked_in(one) / windows.seeds;
    }
    const double fixed = block_probability(tumbling(windows.theta), 100, windows.p);
    std::cout << "blocked in message: " << found << ", Poisson form " << expected << ", just 100 messages " << fixed / (1 + fixed) << "\n";
    EXPECT_NEAR(found, expected, windows.tolerance(expected, 1));
}

/// The same world with alpha and beta standing for many operators each, of which 20 are remembered.
std::string counted(int alphas, int betas) {
    std::string world = open_world();
    for (const auto& [id, count] : {std::pair{"alpha", alphas}, {"beta", betas}}) {
        const std::string open = R"({"id": ")" + std::string(id) + R"(", "kind": "national",)";
        world = testing::replaced(world, open, open + R"("count": )" + std::to_string(count) + R"(, "representatives": 20,)");
    }
    return world;
}

// Each of S sending operators writes to each of R receiving ones a Poisson number of n / (S R) messages a window, and is judged by that alone: the
// verdict on the entry is the mean over the 20 remembered pairs, each blocked as the closed form says.
TEST(Reputation, JudgesPairsOfOperatorsOfCountedProvidersEachByItsOwnMail) {
    for (const auto& [alphas, betas] : {std::pair{1000, 1}, {1, 1000}, {40, 25}}) {
        SCOPED_TRACE(std::to_string(alphas) + " to " + std::to_string(betas));
        Windows windows{0.1, 0.05, 1, counted(alphas, betas), 10, 200};
        windows.messages_per_day = 5 * 1000 / windows.volume();
        const double n = windows.volume() / 1000;
        ASSERT_NEAR(n, 5, 1e-4);
        const double q = windows.block_probability_of(n);
        EXPECT_NEAR(q, 0.2166, 0.0001);
        const double share = q / (1 + q);
        const Windows::Found found = windows.runs(20);
        EXPECT_NEAR(found.blocked, share, windows.tolerance(share, 20));
        EXPECT_TRUE(found.in_parts);
        EXPECT_GT(found.mixed, 0U);
    }
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

}  // namespace
}  // namespace mailrift
