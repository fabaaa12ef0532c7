// The traffic models agree: random counts have the expectation of `fluid`, where verdicts do not depend on them (DESIGN sections 2 and 11).
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "tests/models/documents.h"
#include "tests/models/fast.h"

namespace mailrift {
namespace {

constexpr std::size_t kReplications = 32;
constexpr std::size_t kMostQuantities = 50;
constexpr double kLeastCount = 100;  // expected in a replication
constexpr double kMostZ = 5;

/// What became of mail between two entities: class and outcome, and by which order or policy. Compared is its share of all that was written: the
/// total varies in all quantities at once.
using Quantity = std::tuple<std::string, std::string, std::string, std::string>;

const Quantity kWritten{"*", "*", "written", ""};

/// Messages by quantity, and all written.
std::map<Quantity, double> quantities_of(const Run& run) {
    std::map<Quantity, double> found{{kWritten, run.ledger.written()}};
    const World& world = run.model.world;
    for (const LedgerRow& row : run.ledger.rows()) {
        const std::string outcome = std::string(name_of(row.key.mail_class)) + " " + std::string(name_of(row.outcome));
        const std::string order = row.cause.order    ? run.model.orders[index(*row.cause.order)].id
                                  : row.cause.policy ? run.model.policies[index(*row.cause.policy)].id
                                                     : "";
        found[{world.entities[index(row.key.source)].id, world.entities[index(row.key.receiver)].id, outcome, order}] += row.messages;
        found[{"*", "*", outcome, order}] += row.messages;
    }
    return found;
}

Run run_as(const Scenario& scenario, Traffic traffic, std::uint64_t seed) {
    RunOptions options;
    options.seed = seed;
    options.traffic = traffic;
    return run_scenario(scenario, options);
}

/// The differences of one quantity, replication by replication: each with the control plane's draws of its seed.
struct Differences {
    double expected = 0;  ///< messages, mean over the replications
    double share = 0;     ///< the same as a share of all that was written
    std::vector<double> values;
};

/// Those to be tested: the greatest, at most kMostQuantities, each with enough messages.
std::map<Quantity, Differences> compare(const Scenario& scenario, Traffic traffic, std::size_t replications) {
    std::map<Quantity, Differences> all;
    for (std::size_t r = 0; r < replications; ++r) {
        const auto expected = quantities_of(run_as(scenario, Traffic::kFluid, r));
        const auto found = quantities_of(run_as(scenario, traffic, r));
        const double all_expected = expected.at(kWritten);
        const double all_found = found.at(kWritten);
        for (const auto& [quantity, messages] : expected) {
            Differences& differences = all[quantity];
            differences.values.resize(replications);
            differences.expected += messages / static_cast<double>(replications);
            differences.share += messages / all_expected / static_cast<double>(replications);
            differences.values[r] -= messages / all_expected;
        }
        for (const auto& [quantity, messages] : found) {
            all[quantity].values.resize(replications);
            all[quantity].values[r] += messages / (quantity == kWritten ? all_expected : all_found);
        }
    }
    std::vector<std::pair<double, Quantity>> by_size;
    for (const auto& [quantity, differences] : all) {
        if (differences.expected >= kLeastCount) by_size.emplace_back(-differences.expected, quantity);
    }
    std::sort(by_size.begin(), by_size.end());
    std::map<Quantity, Differences> chosen;
    for (std::size_t i = 0; i < std::min(by_size.size(), kMostQuantities); ++i) chosen.insert(all.extract(by_size[i].second));
    return chosen;
}

/// Mean over its standard error, which the replications tell.
struct Distance {
    double z = 0;
    double error = 0;  ///< standard error of the mean
};

Distance distance_of(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    double sum = 0;
    double squares = 0;
    for (const double value : values) sum += value;
    for (const double value : values) squares += (value - sum / n) * (value - sum / n);
    const double error = std::sqrt(squares / (n - 1) / n);
    return {error > 0 ? sum / n / error : (sum == 0 ? 0 : HUGE_VAL), error};
}

/// `more_spread`: whether a model has more in common between its quantities than counts of mail have.
void expect_agreement(const std::string& name, Traffic traffic, std::size_t replications, bool more_spread);

class Agree : public ::testing::TestWithParam<std::string> {};

void expect_agreement(const std::string& name, Traffic traffic, std::size_t replications, bool more_spread) {
    const Scenario scenario = testing::read_document("agree/" + name + ".json");
    const auto quantities = compare(scenario, traffic, replications);
    ASSERT_FALSE(quantities.empty());
    double squares = 0;
    double least_error = HUGE_VAL;
    double most_error = 0;
    for (const auto& [quantity, differences] : quantities) {
        const auto& [source, receiver, outcome, order] = quantity;
        const Distance distance = distance_of(differences.values);
        EXPECT_LE(std::fabs(distance.z), kMostZ)
            << source << " to " << receiver << ", " << outcome << " " << order << ": expected " << differences.expected;
        squares += distance.z * distance.z;
        if (distance.error > 0) least_error = std::min(least_error, kMostZ * distance.error / differences.share);
        most_error = std::max(most_error, kMostZ * distance.error / differences.share);
    }
    const double mean_square = squares / static_cast<double>(quantities.size());
    std::cout << name << ": " << quantities.size() << " quantities, mean z^2 " << mean_square << ", finds an error of " << 100 * least_error
              << " % (best known quantity) to " << 100 * most_error << " %\n";
    // Of t with 31 degrees of freedom the mean square is 31/29; a few quantities may be further from it, and so may those that all depend on the
    // one number of members that moved.
    if (!more_spread && quantities.size() >= 20 && scenario.document.find("responses") == nullptr) {
        EXPECT_GE(mean_square, 0.5);
        EXPECT_LE(mean_square, 1.6);
    }
}

TEST_P(Agree, FlowHasTheExpectationOfFluid) { expect_agreement(GetParam(), Traffic::kFlow, kReplications, false); }

// Few persons write most of a small world's mail, and who they are changes with the seed: so all of a provider's quantities move together.
TEST_P(Agree, MessageHasTheExpectationOfFluid) {
    if (!testing::kFast) GTEST_SKIP() << "the same bits, in minutes (golden fingerprints say so)";
    expect_agreement(GetParam(), Traffic::kMessage, kReplications, true);
}

TEST_P(Agree, ReachabilityIsThatOfFluidWhereMembersDoNotMove) {
    const Scenario scenario = testing::read_document("agree/" + GetParam() + ".json");
    const auto fluid = run_as(scenario, Traffic::kFluid, 1);
    const auto flow = run_as(scenario, Traffic::kFlow, 1);
    if (!fluid.model.responses.empty()) GTEST_SKIP() << "members move by whole numbers in flow, by shares in fluid";
    for (const char* from : {"court", "guests", "AA", "*"}) {
        for (const char* to : {"court", "BB", "CC", "*"}) {
            const std::vector<sim::Tick> ticks{0, fluid.model.slices / 2, fluid.model.slices};
            const auto expected = measure_over_time(fluid, reachability, from, to, ticks, Weights::kPopulation);
            const auto found = measure_over_time(flow, reachability, from, to, ticks, Weights::kPopulation);
            for (std::size_t i = 0; i < ticks.size(); ++i) EXPECT_NEAR(expected[i], found[i], 1e-12) << from << " to " << to;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Agree, ::testing::ValuesIn(testing::documents_in("agree")), [](const auto& instance) {
    std::string name = instance.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

}  // namespace
}  // namespace mailrift
