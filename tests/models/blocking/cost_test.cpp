// The rule that weighs spam against wanted mail that would be lost: where its decision flips, by formula and in whole runs; and exemptions by share.
#include "models/blocking/cost.h"

#include <map>

#include <gtest/gtest.h>

#include "tests/models/blocking/facts.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

CostParams params_of(double spam_cost, double loss_cost, double churn_cost) {
    CostParams params;
    params.spam_cost = spam_cost;
    params.loss_cost = loss_cost;
    params.churn_cost = churn_cost;
    params.half_life = sim::kDay;
    params.period = sim::kDay;
    return params;
}

/// x* = (c_s r - c_h) / kappa.
double flip(const CostParams& params, double ratio) { return (params.spam_cost * ratio - params.loss_cost) / params.churn_cost; }

TEST(Cost, FlipsAtTheShareOfTheClosedForm) {
    for (const auto& [spam_cost, loss_cost, churn_cost, ratio] :
         {std::tuple(1.0, 1.0, 20.0, 3.0), {2.0, 0.5, 10.0, 1.0}, {10.0, 0.1, 4.0, 0.1}, {1.0, 0.0, 1.0, 0.25}}) {
        const CostParams params = params_of(spam_cost, loss_cost, churn_cost);
        const double share = flip(params, ratio);
        ASSERT_GT(share, 0);
        ASSERT_LT(share, 1);
        std::array<double, 2> key{1000, 1000 * ratio};
        EXPECT_EQ(Cost(params).propose(key, testing::with_share(share * (1 - 1e-9))).reject, 1);
        EXPECT_EQ(Cost(params).propose(key, testing::with_share(share)).reject, 0) << "only above the cost of losing it";
        EXPECT_EQ(Cost(params).propose(key, testing::with_share(share * (1 + 1e-9))).reject, 0);
    }
}

TEST(Cost, AcceptsBelowItsVolumeAndWhatSendsNothing) {
    CostParams params = params_of(1, 0, 0);
    std::array<double, 2> key{0, 99};
    EXPECT_EQ(Cost(params).propose(key, testing::nobody()).reject, 0);
    key = {0, 100};
    EXPECT_EQ(Cost(params).propose(key, testing::nobody()).reject, 1) << "nothing but spam";
    params.min_volume = 0;
    key = {};
    EXPECT_EQ(Cost(params).propose(key, testing::nobody()), Proposal{});
    params.junk = true;
    key = {0, 10};
    EXPECT_EQ(Cost(params).propose(key, testing::nobody()), (Proposal{1, 0, 0, false}));
}

TEST(Cost, HalvesWhatItRemembersEachHalfLife) {
    const Cost rule(params_of(1, 1, 1));
    std::array<double, 2> key{64, 32};
    rule.observe({10, 5}, sim::kDay * 3, key);
    EXPECT_NEAR(key[0], 8 + 10, 1e-12);
    EXPECT_NEAR(key[1], 4 + 5, 1e-12);
    EXPECT_EQ(rule.wanted(key), key[0]);
}

constexpr int kProviders = 20;

/// Providers with 1, 2, .. 20 parts of 210 of all mailboxes, of whose mail the same share is spam.
double share_of(int provider) { return (provider + 1) / (0.5 * kProviders * (kProviders + 1)); }

std::string world_of(double outbound_spam) {
    std::string providers;
    std::string routes;
    for (int p = 0; p < kProviders; ++p) {
        const std::string comma = p == 0 ? "" : ", ";
        const std::string id = "p" + std::to_string(10 + p);
        providers += comma + R"({"id": ")" + id + R"(", "kind": "isp", "outbound_spam": )" + sim::format_number(outbound_spam) + "}";
        routes += comma + "\"" + id + "\": " + sim::format_number(share_of(p));
    }
    return R"({"schema": 1, "name": "sizes", "unit": "mailboxes", "jurisdictions": [{"code": "XA", "name": "All", "mail_users": 2100000,
              "utc_offset": "0 h"}], "providers": [)" +
           providers + R"(], "markets": {"XA": {"routes": {)" + routes + R"(}}}, "mixing": {"home": 1, "bloc": 0}})";
}

std::string scenario_of(const std::string& policy) {
    return R"({"schema": 1, "name": "sizes", "world": "sizes", "slice": "6 h", "horizon": "36 h", "warm_up": "0 d", "mail": {"reply": 0, "messages_per_day": 500}, "blocking": [)" +
           policy + "]}";
}

/// Providers whose mail some receiver rejects after the first period, and at how many of the 20.
std::map<std::string, int> rejected(const std::string& policy, double outbound_spam, Traffic traffic) {
    const std::string world = world_of(outbound_spam);
    const Scenario scenario = read_scenario(scenario_of(policy), "sizes.json", [&](std::string_view, std::string_view) { return world; });
    RunOptions options;
    options.traffic = traffic;
    const auto run = run_scenario(scenario, options);
    std::map<std::string, int> found;
    for (const TimedChange& timed : run.history) {
        if (timed.tick != 4 || timed.change.kind != ChangeKind::kJudge) continue;
        found[run.model.world.entities[index(timed.change.source)].id] += timed.change.verdicts.wanted.accept == 0 ? 1 : 0;
    }
    return found;
}

// Equal ratios of spam, r = 1/3: the decision flips with the share alone, between the last provider below x* and the first above it, at every receiver.
TEST(Cost, WhoIsTooBigToBlockInARunIsWhoHasMoreThanTheShareOfTheClosedForm) {
    const double spam = 0.25;
    const double ratio = spam / (1 - spam);
    for (const double churn_cost : {4.5, 6.0, 9.0, 25.0}) {
        const CostParams params = params_of(3, 0.6, churn_cost);
        const double share = flip(params, ratio);
        const std::string policy = R"({"id": "cost", "kind": "cost", "spam_cost": 3, "loss_cost": 0.6, "churn_cost": )" +
                                   sim::format_number(churn_cost) + R"(, "true_positive": 1, "false_positive": 0})";
        for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
            const auto found = rejected(policy, spam, traffic);
            int decided = 0;
            for (int p = 0; p < kProviders; ++p) {
                const double distance = share_of(p) / share - 1;
                if (std::abs(distance) < (traffic == Traffic::kFluid ? 1e-6 : 0.15)) continue;  // there the noise of a day decides
                const auto at = found.find("p" + std::to_string(10 + p));
                EXPECT_EQ(at == found.end() ? 0 : at->second, distance < 0 ? kProviders : 0) << share_of(p) << " and x* " << share;
                decided += distance < 0 ? 1 : 0;
            }
            EXPECT_GT(decided, 0);
            EXPECT_LT(decided, kProviders);
        }
    }
}

TEST(Cost, IsAFunctionOfTheRatioAloneWhereNobodyLeaves) {
    const std::string policy =
        R"({"id": "cost", "kind": "cost", "spam_cost": 3, "loss_cost": 0.6, "churn_cost": 0, "true_positive": 1, "false_positive": 0})";
    EXPECT_EQ(rejected(policy, 0.2, Traffic::kFluid).size(), static_cast<std::size_t>(kProviders));  // 3 x 0.25 > 0.6
    EXPECT_TRUE(rejected(policy, 0.16, Traffic::kFluid).empty());                                    // 3 x 0.19 < 0.6
}

TEST(Exempt, SparesSourcesWithMoreThanTheirShareAlone) {
    const auto policy = [](const std::string& exempt) {
        return R"({"id": "ratio", "kind": "reputation", "reject": 0.1, "true_positive": 1, "false_positive": 0)" + exempt + "}";
    };
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        EXPECT_EQ(rejected(policy(""), 0.25, traffic).size(), static_cast<std::size_t>(kProviders));
        const auto found = rejected(policy(R"(, "exempt": 0.05)"), 0.25, traffic);
        for (int p = 0; p < kProviders; ++p) {
            const auto at = found.find("p" + std::to_string(10 + p));
            EXPECT_EQ(at == found.end() ? 0 : at->second, share_of(p) > 0.05 ? 0 : kProviders) << share_of(p);
        }
    }
}

}  // namespace
}  // namespace mailrift
