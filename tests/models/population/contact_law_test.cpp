// The law of the number of contacts against its closed form, and the systematic sampling of cohorts.
#include "models/population/contact_law.h"

#include <cmath>

#include <gtest/gtest.h>

#include "models/population/graph_measures.h"
#include "sim/error.h"
#include "sim/hash.h"
#include "tests/models/population/graph_tools.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kStream = sim::hash64("contact law test");

TEST(DegreeLaw, LowestSolvesTheMean) {
    // Exponent 2: mean = lowest x log(most / lowest) / (1 - lowest / most).
    const DegreeLaw two(24.8, 2, 333);
    EXPECT_NEAR(two.lowest() * std::log(333 / two.lowest()) / (1 - two.lowest() / 333), 24.8, 1e-12);
    // Exponent 2.5: (3/2) / (1/2) x (l^-1/2 - m^-1/2) / (l^-3/2 - m^-3/2).
    const DegreeLaw steep(24.8, 2.5, 333);
    const double l = steep.lowest();
    EXPECT_NEAR(3 * (1 / std::sqrt(l) - 1 / std::sqrt(333)) / (std::pow(l, -1.5) - std::pow(333, -1.5)), 24.8, 1e-12);
    EXPECT_NEAR(DegreeLaw(5, 2, 5).lowest(), 5, 1e-9) << "everybody has five";
}

TEST(DegreeLaw, ADrawHasTheMeanTheTailAndTheEnds) {
    constexpr int kDraws = 200000;
    for (const double exponent : {1.8, 2.0, 2.5}) {
        const DegreeLaw law(24.8, exponent, 333);
        std::vector<std::uint32_t> drawn;
        double sum = 0;
        double squares = 0;
        for (std::uint64_t i = 0; i < kDraws; ++i) {
            sim::Draws draws(1, kStream, i, 0);
            drawn.push_back(law.draw(draws));
            sum += drawn.back();
            squares += static_cast<double>(drawn.back()) * drawn.back();
            ASSERT_GE(drawn.back(), static_cast<std::uint32_t>(law.lowest()));
            ASSERT_LE(drawn.back(), 333u);
        }
        const double mean = sum / kDraws;
        const double sd = std::sqrt((squares / kDraws - mean * mean) / kDraws);
        EXPECT_LT(std::fabs(mean - 24.8), 4.5 * sd) << exponent;
        EXPECT_LT(4.5 * sd, 0.5) << "an error of 2 % of the mean is caught";
        // The cut at 333 makes the estimate read steeper, by 0.03 to 0.1 at these exponents.
        const TailFit fit = fit_tail(drawn, 12);
        EXPECT_GT(fit.exponent, exponent) << exponent;
        EXPECT_LT(fit.exponent, exponent + 0.2) << exponent;
    }
}

TEST(DegreeLaw, RefusesAMeanOutOfReach) {
    try {
        (void)DegreeLaw(400, 2, 333);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_EQ(error.code(), sim::Code::kInconsistent);
        EXPECT_EQ(error.got(), "400");
    }
}

TEST(CohortMix, RowsAreSumsAndOneAloneWritesToOthers) {
    const testing::Setting made = testing::four_cohorts();
    const CohortMix mix(made.persons, made.population, made.mixing);
    EXPECT_DOUBLE_EQ(mix.sums(0)[0], 0.8);
    EXPECT_DOUBLE_EQ(mix.sums(0)[1], 0.95);
    EXPECT_EQ(mix.sums(0)[3], 1);
    EXPECT_NEAR(mix.share(1, 3), 0.1, 1e-15);
    EXPECT_EQ(mix.share(1, 2), 0);
    EXPECT_DOUBLE_EQ(mix.share(2, 0), 0.5 / 0.85);
    EXPECT_NEAR(mix.share(2, 2), 0, 1e-15);
}

TEST(SlotRuns, ByHand) {
    const std::vector<double> sums{0.25, 0.25, 0.6, 1};
    // d = 5, u = 0.5: the points 0.1, 0.3, 0.5, 0.7, 0.9.
    const SlotRun first = run_from(sums, 0, 5, 0.5);
    EXPECT_EQ(first.cohort, 0u);
    EXPECT_EQ(first.end, 1u);
    const SlotRun second = run_from(sums, 1, 5, 0.5);
    EXPECT_EQ(second.cohort, 2u) << "no contact in a cohort of share 0";
    EXPECT_EQ(second.end, 3u);
    const SlotRun third = run_from(sums, 3, 5, 0.5);
    EXPECT_EQ(third.cohort, 3u);
    EXPECT_EQ(third.end, 5u);
}

// The mean of the number of contacts in each cohort over u = 0, 1/1000, ... is d x share to 1/1000, for every d: the expectation is exact.
TEST(SlotRuns, ExpectDTimesTheShare) {
    const std::vector<double> shares{0.613, 0.004, 0.25, 0, 0.133};
    std::vector<double> sums{0.613, 0.617, 0.867, 0.867, 1};
    for (std::uint32_t d = 1; d < 60; ++d) {
        std::vector<double> counts(5);
        for (int step = 0; step < 1000; ++step) {
            const double u = (step + 0.5) / 1000;
            for (std::uint32_t k = 0; k < d;) {
                const SlotRun run = run_from(sums, k, d, u);
                ASSERT_GT(run.end, k);
                counts[run.cohort] += run.end - k;
                k = run.end;
            }
        }
        for (std::size_t b = 0; b < 5; ++b) EXPECT_NEAR(counts[b] / 1000, d * shares[b], 0.0011) << d << ", " << b;
    }
}

}  // namespace
}  // namespace mailrift
