// Reachability against the closed forms of the field: shares on compelled operators, unions of layers, partial compliance.
#include <cmath>

#include <gtest/gtest.h>

#include "models/control/ensemble.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::order_text;
using testing::reach_at_end;
using testing::run;
using testing::scenario_text;

constexpr double kExact = 1e-12;

std::string with_order(const std::string& order) { return scenario_text("\"traffic\": \"none\", \"orders\": [" + order + "]"); }

/// The court has moved outside: only its mail is refused, by receivers with share s. O1: 1 - s.
std::string court_outside() {
    return testing::replaced(testing::hand_world(), R"("domain": "court-domain", "routes": [{"provider": "big")",
                             R"("domain": "court-domain", "routes": [{"provider": "alpha")");
}

TEST(ClosedForm, SenderOutsideTheBlockersReachesOneMinusTheirShare) {
    const auto blocked = run(with_order(order_text(R"(["block_senders"])", R"("direction": "from")")), court_outside());
    EXPECT_NEAR(reach_at_end(blocked, "court", "AA"), 1 - 0.6, kExact);
    EXPECT_NEAR(reach_at_end(blocked, "court", "BB"), 1 - 0.2, kExact);
    EXPECT_NEAR(reach_at_end(blocked, "court", "CC"), 1 - 0.3, kExact);
    EXPECT_NEAR(reach_at_end(blocked, "AA", "court"), 1, kExact) << "direction `from` leaves mail to the court alone";
}

TEST(ClosedForm, SelectionsAverageOverPairsOfPeople) {
    const auto blocked = run(with_order(order_text(R"(["block_senders"])")), court_outside());
    EXPECT_NEAR(reach_at_end(blocked, "court", "AB"), (1000 * 0.4 + 3000 * 0.8) / 4000, kExact);
}

TEST(ClosedForm, LayersAddUpToTheirUnionNotTheirSum) {
    // CC: big 0.3 by its operator, gate 0.2 by the gateway in front of beta; no route has both, so the union is 0.5.
    const std::string gateways = order_text(R"(["block_senders"])", R"("layers": ["gateway"])");
    EXPECT_NEAR(reach_at_end(run(with_order(gateways), court_outside()), "court", "CC"), 1 - 0.5, kExact);
    // Put the gateway in front of big as well: the union stays 0.5 while the sum of both layers' shares is 0.8.
    const std::string world = testing::replaced(court_outside(), R"({"provider": "big", "share": 0.3})",
                                                R"({"provider": "big", "gateway": "gate", "share": 0.3})");
    EXPECT_NEAR(reach_at_end(run(with_order(gateways), world), "court", "CC"), 1 - 0.5, kExact);
    EXPECT_NEAR(reach_at_end(run(with_order(order_text(R"(["block_senders"])")), world), "court", "CC"), 1 - 0.3, kExact);
}

/// FACTS 8, O2: country c with share b_c on compelled operators, the others with share b. SE and the world of 2026: .93 and .39.
std::string two_countries(double own, double other) {
    const auto market = [](double share) {
        return R"({"routes": {"big": )" + std::to_string(share) + R"(, "small": )" + std::to_string(1 - share) + "}}";
    };
    return R"({"schema": 1, "name": "hand", "unit": "users",
 "jurisdictions": [{"code": "US", "name": "Issuer", "mail_users": 0}, {"code": "SE", "name": "Target", "mail_users": 10}, {"code": "WW", "name": "World", "mail_users": 1000}],
 "providers": [{"id": "big", "kind": "global", "control": [{"jurisdiction": "US", "via": "operator"}]}, {"id": "small", "kind": "national"}],
 "markets": {"SE": )" +
           market(own) + R"(, "WW": )" + market(other) + R"(}, "mixing": {"home": 0, "bloc": 0}})";
}

std::string country_order(const std::string& measures) {
    return R"({"id": "eo", "issuer": "US", "at": "1 d", "target": {"jurisdictions": ["SE"]}, "measures": )" + measures +
           R"(, "compliance": {"probability": 1}, "direction": "from"})";
}

TEST(ClosedForm, AccountClosureLeavesThoseOffTheCompelledOperators) {
    const auto closed = run(with_order(country_order(R"(["close_accounts"])")), two_countries(0.93, 0.39));
    EXPECT_NEAR(reach_at_end(closed, "SE", "WW"), 0.0700, kExact);
    EXPECT_NEAR(reach_at_end(closed, "WW", "SE"), 0.0700, kExact);
}

TEST(ClosedForm, ClosureAndBlockMultiply) {
    const auto both = run(with_order(country_order(R"(["close_accounts", "block_senders"])")), two_countries(0.93, 0.39));
    EXPECT_NEAR(reach_at_end(both, "SE", "WW"), (1 - 0.93) * (1 - 0.39), kExact);  // 0.0427
}

TEST(ClosedForm, BlockAloneHitsAllAddressesOfTheTarget) {
    // Mailrift's `block_senders` refuses every address of the target, those at the compelled operator included: 1 - b for all. O2's 0.9727 is
    // the case in which only the domains of users off the compelled operators are refused: b_c + (1 - b_c)(1 - b).
    const auto all = run(with_order(country_order(R"(["block_senders"])")), two_countries(0.93, 0.39));
    EXPECT_NEAR(reach_at_end(all, "SE", "WW"), 1 - 0.39, kExact);
}

/// `n` equal providers commanded by US, one more that nobody commands; the court is outside.
std::string equal_providers(int n) {
    std::string providers = R"({"id": "free", "kind": "national"})";
    std::string routes;
    for (int i = 0; i < n; ++i) {
        const std::string id = "p" + std::to_string(i);
        const std::string control = i < 4 ? R"(, "control": [{"jurisdiction": "US", "via": "operator"}])" : "";
        providers += R"(, {"id": ")" + id + R"(", "kind": "national")" + control + "}";
        routes += (i > 0 ? ", \"" : "\"") + id + "\": " + std::to_string(1.0 / n);
    }
    return R"({"schema": 1, "name": "hand", "unit": "users",
 "jurisdictions": [{"code": "US", "name": "Issuer", "mail_users": 0}, {"code": "AA", "name": "All", "mail_users": 1000}, {"code": "XC", "name": "Court", "mail_users": 1}],
 "providers": [)" +
           providers + R"(], "markets": {"AA": {"routes": {)" + routes + R"(}}},
 "groups": [{"id": "court", "jurisdiction": "XC", "users": 1, "routes": [{"provider": "free", "share": 1}]}], "mixing": {"home": 0.5, "bloc": 0}})";
}

TEST(ClosedForm, PartialComplianceHasTheBinomialMean) {
    // FACTS 8, O10: k = 4 of N = 10 equal providers obey with probability a = 0.6 each: mean loss k a / N = 0.24, variance of the loss
    // k a (1 - a) / N^2. 2,000 seeds: the standard error is 0.0022, so a bias of 0.009 (4 standard errors) would be caught.
    constexpr int kSeeds = 2000;
    const Scenario scenario = testing::read(with_order(order_text(R"(["block_senders"])", "", 0.6)), equal_providers(10));
    std::vector<std::uint64_t> seeds;
    for (int seed = 0; seed < kSeeds; ++seed) seeds.push_back(static_cast<std::uint64_t>(seed));
    const sim::StopFlag stop;
    const auto values = ensemble(scenario, {&reachability, "court", {"AA"}, {48}, Weights::kPopulation}, seeds, 2, stop, {});
    double sum = 0;
    double squares = 0;
    for (const double value : values) {
        sum += 1 - value;
        squares += (1 - value) * (1 - value);
    }
    const double mean = sum / kSeeds;
    const double sd = std::sqrt(squares / kSeeds - mean * mean);
    const double theory_sd = std::sqrt(4 * 0.6 * 0.4) / 10;
    EXPECT_NEAR(mean, 0.24, 4 * theory_sd / std::sqrt(kSeeds));
    EXPECT_NEAR(sd, theory_sd, 0.05 * theory_sd);
}

TEST(ClosedForm, LegalReachIsFullCompliance) {
    const Scenario scenario = testing::read(with_order(order_text(R"(["block_senders"])", "", 0.01)), equal_providers(10));
    RunOptions options;
    options.compliance = Compliance::kLegal;
    EXPECT_NEAR(reach_at_end(run_scenario(scenario, options), "court", "AA"), 1 - 0.4, kExact);
}

TEST(ClosedForm, UnknownSharesBoundTheAnswer) {
    const std::string world = testing::replaced(court_outside(), R"("BB": {"routes": {"big": 0.2, "alpha": 0.1, "beta": 0.7}})",
                                                R"("BB": {"unknown": 0.2, "routes": {"big": 0.2, "alpha": 0.1, "beta": 0.5}})");
    const auto reached = [&](const std::string& missing) {
        return reach_at_end(run(scenario_text("\"traffic\": \"none\", \"missing\": \"" + missing + "\", \"orders\": [" +
                                              order_text(R"(["block_senders"])") + "]"),
                                world),
                            "court", "BB");
    };
    EXPECT_NEAR(reached("worst"), 1 - 0.4, kExact);
    EXPECT_NEAR(reached("proportional"), 1 - 0.2 / 0.8, kExact);
    EXPECT_NEAR(reached("best"), 1 - 0.2, kExact);
}

TEST(ClosedForm, MutualReachabilityIsNotTheProduct) {
    // Closing accounts hits both directions at once: of AA's pairs with SE, 0.07 work each way, and the same ones do.
    const auto closed = run(with_order(country_order(R"(["close_accounts"])")), two_countries(0.93, 0.39));
    EXPECT_NEAR(reach_at_end(closed, "SE", "WW", &mutual_reachability), 0.07, kExact);
}

}  // namespace
}  // namespace mailrift
