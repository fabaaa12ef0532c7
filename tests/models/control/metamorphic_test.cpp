// What must not change: relabelled, reordered, split and doubled worlds, orders that nobody obeys, providers that nobody uses.
#include <array>

#include <gtest/gtest.h>

#include "models/delivery/outcome.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::hand_world;
using testing::order_text;
using testing::reach_at_end;
using testing::replaced;
using testing::run;
using testing::scenario_text;

constexpr double kExact = 1e-12;
constexpr std::array kTraffics{Traffic::kFluid, Traffic::kFlow};

const char* const kMove = R"("responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court", "guests"]}, "to": {"alpha": 1},
  "plan": {"at": "4 d", "takes": "3 d"}, "informed": 0.5, "inform_delay": "12 h"}])";

std::string full_scenario(double probability = 0.5) {
    return scenario_text(
        "\"orders\": [" +
        order_text(R"(["close_accounts", "block_senders"])", R"("follow": {"probability": 1, "delay": "2 d"})", probability) + "], " +
        kMove + R"(, "observe": [{"measure": "reachability", "from": "court", "to": "*"}])");
}

/// Shares of all outcomes and some reachabilities: what must be equal to rounding.
std::vector<double> shares_of(const Run& run) {
    std::vector<double> shares;
    for (std::size_t o = 0; o < kOutcomes; ++o) shares.push_back(run.ledger.total(static_cast<Outcome>(o)) / run.ledger.written());
    for (const char* to : {"AA", "BB", "CC", "AB"}) {
        for (const char* from : {"court", "guests"}) {
            shares.push_back(reach_at_end(run, from, to));
            shares.push_back(reach_at_end(run, to, from));
        }
    }
    return shares;
}

void expect_equal_shares(const Run& a, const Run& b, double tolerance = kExact) {
    const auto x = shares_of(a);
    const auto y = shares_of(b);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], tolerance) << "share " << i;
}

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
    return text;
}

TEST(Metamorphic, RelabellingProvidersChangesNoShare) {
    // Everybody obeys: a new name is a new key of the draws.
    const std::string world = replace_all(replace_all(hand_world(), "\"big\"", "\"zzz\""), "\"beta\"", "\"a-first\"");
    expect_equal_shares(run(full_scenario(1)), run(full_scenario(1), world));
}

TEST(Metamorphic, ReorderingTheDocumentChangesNoByte) {
    std::string world =
        replaced(hand_world(), R"(  {"id": "alpha", "kind": "national", "control": [{"jurisdiction": "AA", "via": "operator"}]},
  {"id": "beta", "kind": "national", "control": [{"jurisdiction": "BB", "via": "operator"}]}],)",
                 R"(  {"id": "beta", "kind": "national", "control": [{"jurisdiction": "BB", "via": "operator"}]},
  {"id": "alpha", "kind": "national", "control": [{"jurisdiction": "AA", "via": "operator"}]}],)");
    world = replaced(world, R"("big": 0.5, "search": 0.1, "alpha": 0.4)", R"("alpha": 0.4, "search": 0.1, "big": 0.5)");
    world = replaced(world, R"(  {"code": "AA", "name": "First", "mail_users": 1000, "utc_offset": "1 h"},
  {"code": "BB", "name": "Second", "mail_users": 3000, "utc_offset": "1 h"},)",
                     R"(  {"code": "BB", "name": "Second", "mail_users": 3000, "utc_offset": "1 h"},
  {"code": "AA", "name": "First", "mail_users": 1000, "utc_offset": "1 h"},)");
    for (const Traffic traffic : kTraffics) {
        const auto a = run(full_scenario(), hand_world(), 1, traffic);
        const auto b = run(full_scenario(), world, 1, traffic);
        EXPECT_EQ(a.trajectory_fingerprint, b.trajectory_fingerprint);
        EXPECT_EQ(a.results_fingerprint, b.results_fingerprint);
    }
}

TEST(Metamorphic, AProviderWithoutMailboxesChangesNoByte) {
    const std::string world =
        replaced(hand_world(), R"("providers": [)",
                 R"("providers": [{"id": "aaa-unused", "kind": "isp", "control": [{"jurisdiction": "BB", "via": "operator"}]},)");
    for (const Traffic traffic : kTraffics) {
        EXPECT_EQ(run(full_scenario(), hand_world(), 1, traffic).trajectory_fingerprint,
                  run(full_scenario(), world, 1, traffic).trajectory_fingerprint);
    }
}

TEST(Metamorphic, AnOrderThatNobodyObeysChangesNoByte) {
    const std::string idle =
        R"(, {"id": "idle", "issuer": "BB", "at": "2 d", "target": {"jurisdictions": ["CC"]}, "measures": ["block_senders"], "compliance": {"probability": 0}}])";
    const std::string scenario = full_scenario();
    const std::string with_idle = replaced(scenario, "}], \"responses\"", "}" + idle + ", \"responses\"");
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        for (const Traffic traffic : kTraffics) {
            EXPECT_EQ(run(scenario, hand_world(), seed, traffic).trajectory_fingerprint,
                      run(with_idle, hand_world(), seed, traffic).trajectory_fingerprint)
                << "seed " << seed;
        }
    }
}

TEST(Metamorphic, AnObservationChangesNoEvent) {
    const std::string more = replaced(full_scenario(), R"("observe": [)",
                                      R"("observe": [{"measure": "mutual_reachability", "from": "*", "to": "*", "every": "1 h"}, )");
    const auto a = run(full_scenario());
    const auto b = run(more);
    EXPECT_EQ(a.trajectory_fingerprint, b.trajectory_fingerprint);
    EXPECT_NE(a.results_fingerprint, b.results_fingerprint);
}

TEST(Metamorphic, ALongerHorizonKeepsTheCommonPast) {
    const auto shorter = run(full_scenario());
    const auto longer = run(replaced(full_scenario(), "\"10 d\"", "\"20 d\""));
    for (std::size_t i = 0; i < shorter.observed[0].values.size(); ++i)
        EXPECT_EQ(shorter.observed[0].values[i], longer.observed[0].values[i]);
}

TEST(Metamorphic, DoublingAllCountsChangesNoShare) {
    std::string world = hand_world();
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"\"mail_users\": 1000,", "\"mail_users\": 2000,"},
                                                                                   {"\"mail_users\": 3000,", "\"mail_users\": 6000.0,"},
                                                                                   {"\"mail_users\": 6000,", "\"mail_users\": 12000,"},
                                                                                   {"\"mail_users\": 150,", "\"mail_users\": 300,"},
                                                                                   {"\"users\": 100,", "\"users\": 200,"},
                                                                                   {"\"users\": 50,", "\"users\": 100.0,"}}) {
        world = replaced(world, from, to);
    }
    for (std::uint64_t seed = 0; seed < 10; ++seed)
        expect_equal_shares(run(full_scenario(), hand_world(), seed), run(full_scenario(), world, seed));
}

TEST(Metamorphic, SplittingACountryInOneHomePoolChangesNoShare) {
    // CC issues and controls nothing: CC = CA + CB with the same shares, one home pool.
    std::string world = replaced(
        hand_world(), R"({"code": "CC", "name": "Third", "mail_users": 6000, "utc_offset": "8 h"})",
        R"({"code": "CA", "name": "Third a", "mail_users": 2500, "utc_offset": "8 h"}, {"code": "CB", "name": "Third b", "mail_users": 3500, "utc_offset": "8 h"})");
    const std::string market =
        R"({"routes": [{"provider": "big", "share": 0.3}, {"provider": "beta", "gateway": "gate", "share": 0.2}, {"provider": "beta", "share": 0.5}]})";
    world = replaced(world, "\"CC\": " + market, "\"CA\": " + market + ", \"CB\": " + market);
    world = replaced(world, R"("bloc": 0.3)", R"("bloc": 0.3, "home_pools": [["CA", "CB"]])");
    const auto whole = run(full_scenario(1));
    const auto split = run(full_scenario(1), world);
    for (std::size_t o = 0; o < kOutcomes; ++o) {
        const auto outcome = static_cast<Outcome>(o);
        EXPECT_NEAR(whole.ledger.total(outcome) / whole.ledger.written(), split.ledger.total(outcome) / split.ledger.written(), kExact);
    }
    EXPECT_NEAR(reach_at_end(whole, "court", "CC"), reach_at_end(split, "court", "CB"), kExact);
    EXPECT_NEAR(reach_at_end(whole, "court", "*"), reach_at_end(split, "court", "*"), kExact);
}

// One more order never raises a reachability, without responses. 100 seeds, all pairs.
TEST(Metamorphic, OneMoreOrderNeverRaisesAReachability) {
    const std::string one =
        R"({"id": "one", "issuer": "AB", "at": "1 d", "target": {"groups": ["guests"]}, "measures": ["block_senders"], "compliance": {"probability": 0.5}})";
    const std::string two =
        R"({"id": "two", "issuer": "US", "at": "2 d", "target": {"groups": ["court"]}, "measures": ["close_accounts", "block_domains"], "compliance": {"probability": 0.5}})";
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const auto fewer = run(scenario_text("\"orders\": [" + one + "]"), hand_world(), seed, Traffic::kNone);
        const auto more = run(scenario_text("\"orders\": [" + one + "," + two + "]"), hand_world(), seed, Traffic::kNone);
        for (const char* from : {"AA", "BB", "CC", "court", "guests"}) {
            for (const char* to : {"AA", "BB", "CC", "court", "guests"}) {
                EXPECT_LE(reach_at_end(more, from, to), reach_at_end(fewer, from, to)) << from << " to " << to << ", seed " << seed;
            }
        }
    }
}

TEST(Metamorphic, EqualSeedsAreEqualAndOthersDiffer) {
    EXPECT_EQ(run(full_scenario(), hand_world(), 5).trajectory_fingerprint, run(full_scenario(), hand_world(), 5).trajectory_fingerprint);
    bool differ = false;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        differ = differ || run(full_scenario(), hand_world(), seed).trajectory_fingerprint !=
                               run(full_scenario(), hand_world(), 5).trajectory_fingerprint;
    }
    EXPECT_TRUE(differ);
}

}  // namespace
}  // namespace mailrift
