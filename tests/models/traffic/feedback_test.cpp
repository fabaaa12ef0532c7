// Policies that act back on the mail they learn from: `flow` and `message` have the same distribution, and both become `fluid` as volumes grow.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/models/fast.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::read;
using testing::scenario_text;

constexpr std::size_t kReplications = 96;
constexpr double kAlpha = 1e-4;  // that a test of equal distributions fails by chance

/// Wanted mail is judged bad with 3 %, and blocked from 5 % on: by its ratio nobody is blocked, by chance whoever sends little.
std::string judged(double messages_per_day) {
    return scenario_text(R"("warm_up": "0 d", "mail": {"messages_per_day": )" + std::to_string(messages_per_day) + R"(},
        "blocking": [{"id": "ratio", "kind": "reputation", "reject": 0.05, "min_volume": 5, "half_life": "1 d", "period": "6 h",
                      "false_positive": 0.03}])",
                         "5 d");
}

/// What a replication came to.
struct Outcomes {
    double rejected = 0;  ///< share of all that was written
    double small = 0;     ///< share of what the smallest provider wrote that was rejected
    double written = 0;   ///< all that was written: fewer are answered where more is rejected
};

Outcomes outcomes_of(const Run& run) {
    Outcomes found;
    double small = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        const bool by_small = run.model.world.entities[index(row.key.source)].id == "search";
        if (by_small) small += row.messages;
        if (row.outcome != Outcome::kRejected) continue;
        found.rejected += row.messages;
        if (by_small) found.small += row.messages;
    }
    found.rejected /= run.ledger.written();
    found.small /= small;
    found.written = run.ledger.written();
    return found;
}

std::vector<Outcomes> replications(double messages_per_day, Traffic traffic, std::size_t number, std::uint64_t first_seed) {
    const Scenario scenario = read(judged(messages_per_day));
    std::vector<Outcomes> all;
    for (std::size_t r = 0; r < number; ++r) {
        RunOptions options;
        options.traffic = traffic;
        options.seed = first_seed + r;
        all.push_back(outcomes_of(run_scenario(scenario, options)));
    }
    return all;
}

/// Greatest difference of two empirical distribution functions (Kolmogorov-Smirnov).
double distance(std::vector<double> a, std::vector<double> b) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    double greatest = 0;
    for (const std::vector<double>* const values : {&a, &b}) {
        for (const double x : *values) {
            const auto below = [x](const std::vector<double>& v) {
                return static_cast<double>(std::upper_bound(v.begin(), v.end(), x) - v.begin()) / static_cast<double>(v.size());
            };
            greatest = std::max(greatest, std::fabs(below(a) - below(b)));
        }
    }
    return greatest;
}

std::vector<double> each(const std::vector<Outcomes>& all, double Outcomes::*value) {
    std::vector<double> values;
    for (const Outcomes& one : all) values.push_back(one.*value);
    return values;
}

double mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

double spread(const std::vector<double>& values) {
    double squares = 0;
    for (const double value : values) squares += (value - mean(values)) * (value - mean(values));
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

TEST(Feedback, FlowAndMessageHaveTheSameDistribution) {
    if (!testing::kFast) GTEST_SKIP() << "single messages take minutes here";
    // P(D > d) <= 2 exp(-2 d^2 n/2) for two samples of n.
    const double most = std::sqrt(-std::log(kAlpha / 2) / static_cast<double>(kReplications));
    for (const double messages_per_day : {0.5, 5.0}) {
        const auto flow = replications(messages_per_day, Traffic::kFlow, kReplications, 1);
        const auto message = replications(messages_per_day, Traffic::kMessage, kReplications, 10'001);
        for (const auto value : {&Outcomes::rejected, &Outcomes::small, &Outcomes::written}) {
            const auto a = each(flow, value);
            const auto b = each(message, value);
            EXPECT_GT(spread(a), 0) << "nothing to compare";
            EXPECT_LE(distance(a, b), most) << messages_per_day << " messages a day: means " << mean(a) << " and " << mean(b);
            // A shift of a normal by s spreads moves its distribution function by at most s / sqrt(2 pi).
            std::cout << messages_per_day << " messages a day: means " << mean(a) << " and " << mean(b) << ", distance " << distance(a, b)
                      << " of at most " << most << ", finds a shift of " << most * std::sqrt(2 * 3.14159265358979) << " spreads\n";
        }
    }
}

// As volumes grow 1, 10, 100 times, chance goes, and what is left is fluid, which blocks nobody here.
TEST(Feedback, GrowingVolumesLeadToFluid) {
    EXPECT_EQ(outcomes_of(run_scenario(read(judged(5)), {})).rejected, 0);
    for (const Traffic traffic : {Traffic::kFlow, Traffic::kMessage}) {
        if (traffic == Traffic::kMessage && !testing::kFast) continue;
        std::vector<double> rejected;
        for (const double factor : {1, 10, 100}) {
            const auto all = replications(0.5 * factor, traffic, 16, 1);
            rejected.push_back(mean(each(all, &Outcomes::rejected)));
        }
        std::cout << "rejected at volumes 1, 10, 100: " << rejected[0] << ", " << rejected[1] << ", " << rejected[2] << "\n";
        EXPECT_GT(rejected[0], 5 * rejected[1]);
        EXPECT_GT(rejected[1], 5 * rejected[2]);
        EXPECT_LT(rejected[2], 1e-3);
    }
}

}  // namespace
}  // namespace mailrift
