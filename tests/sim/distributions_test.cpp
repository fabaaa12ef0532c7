// Samplers against their laws: 1e6 draws each, pinned seeds, |z| <= 5 (tests/sim/law_tools.h says what that finds).
#include "sim/distributions.h"

#include <cmath>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "sim/hash.h"
#include "sim/math.h"
#include "tests/sim/law_tools.h"

namespace sim {
namespace {

constexpr std::size_t kDraws = 1'000'000;

Draws draws_for(std::uint64_t seed, std::uint64_t entity = 0) { return {seed, hash64("distributions_test"), entity, 0}; }

template <class Sampler>
std::vector<double> many(std::uint64_t seed, const Sampler& sampler) {
    Draws draws = draws_for(seed);
    std::vector<double> values(kDraws);
    for (double& value : values) value = sampler(draws);
    return values;
}

/// Kolmogorov-Smirnov, chi-square over 50 bins, and both tails: the share beyond the quantiles 1e-4 and 1 - 1e-4, 100 of 1e6 draws each,
/// so that a tail half as heavy again is found.
void expect_law(const std::vector<double>& values, const std::function<double(double)>& cdf) {
    EXPECT_LE(test::ks_statistic(values, cdf), test::kMostKs);
    EXPECT_LE(std::fabs(test::equal_bins_z(values, cdf)), 5);
    std::size_t low = 0;
    std::size_t high = 0;
    for (const double value : values) {
        low += cdf(value) < 1e-4 ? 1U : 0U;
        high += cdf(value) > 1 - 1e-4 ? 1U : 0U;
    }
    EXPECT_LE(std::fabs(test::binomial_z(low, values.size(), 1e-4)), 5);
    EXPECT_LE(std::fabs(test::binomial_z(high, values.size(), 1e-4)), 5);
}

TEST(Uniform, HasItsLaw) {
    const auto values = many(1, [](Draws& draws) { return uniform01(draws); });
    expect_law(values, [](double x) { return x; });
    for (const double value : values) ASSERT_TRUE(value >= 0 && value < 1);
}

TEST(Uniform, OpenOneHasItsLaw) {
    const auto values = many(2, [](Draws& draws) { return uniform01_open(draws); });
    expect_law(values, [](double x) { return x; });
    for (const double value : values) ASSERT_TRUE(value > 0 && value < 1);
}

TEST(Uniform, UsesFiftyThreeBits) {
    Draws draws = draws_for(3);
    std::size_t odd = 0;
    for (std::size_t i = 0; i < 10'000; ++i) {
        const double scaled = uniform01(draws) * 0x1p53;
        ASSERT_EQ(scaled, std::floor(scaled));
        odd += static_cast<std::uint64_t>(scaled) % 2;
    }
    EXPECT_LE(std::fabs(test::binomial_z(odd, 10'000, 0.5)), 5);  // finds a last bit that is 1 in less than 47.5 %
}

TEST(Uniform, BetweenTwoNumbers) {
    expect_law(many(4, [](Draws& draws) { return uniform(-3, 5, draws); }), [](double x) { return (x + 3) / 8; });
    Draws draws = draws_for(4);
    EXPECT_EQ(uniform(2, 2, draws), 2);
}

TEST(UniformBelow, HasItsLaw) {
    for (const std::uint64_t n : {2U, 3U, 6U, 100U}) {
        Draws draws = draws_for(5, n);
        std::vector<std::size_t> counts(n);
        for (std::size_t i = 0; i < kDraws; ++i) ++counts[uniform_below(n, draws)];
        EXPECT_LE(std::fabs(test::chi_square_z(counts, std::vector<double>(n, 1 / static_cast<double>(n)))), 5) << n;
    }
}

// Without rejection the thirds of 0..3 2^62 - 1 would get 1/4, 1/2, 1/4 of the draws or the like.
TEST(UniformBelow, IsUnbiasedForLargeNumbers) {
    constexpr std::uint64_t kThird = std::uint64_t{1} << 62U;
    Draws draws = draws_for(6);
    std::vector<std::size_t> counts(3);
    std::size_t odd = 0;
    for (std::size_t i = 0; i < kDraws; ++i) {
        const std::uint64_t value = uniform_below(3 * kThird, draws);
        ++counts[value / kThird];
        odd += value % 2;
    }
    EXPECT_LE(std::fabs(test::chi_square_z(counts, std::vector<double>(3, 1.0 / 3))), 5);
    EXPECT_LE(std::fabs(test::binomial_z(odd, kDraws, 0.5)), 5);
}

TEST(UniformBelow, IsTheHighBitsForPowersOfTwo) {
    for (unsigned bits = 0; bits < 64; ++bits) {
        Draws draws = draws_for(7, bits);
        Draws raw = draws;
        for (int i = 0; i < 10; ++i) {
            const std::uint64_t expected = bits == 0 ? (raw.next_u64(), 0) : raw.next_u64() >> (64 - bits);
            EXPECT_EQ(uniform_below(std::uint64_t{1} << bits, draws), expected) << bits;
        }
    }
}

TEST(Exponential, HasItsLaw) {
    expect_law(many(8, [](Draws& draws) { return exponential(2.5, draws); }), [](double x) { return -expm1(-x / 2.5); });
    Draws draws = draws_for(8);
    EXPECT_EQ(exponential(0, draws), 0);
}

TEST(Normal, HasItsLaw) {
    expect_law(many(9, [](Draws& draws) { return normal(1, 3, draws); }), [](double x) { return normal_cdf((x - 1) / 3); });
    Draws draws = draws_for(9);
    EXPECT_EQ(normal(4, 0, draws), 4);
}

TEST(Lognormal, HasItsLaw) {
    expect_law(many(10, [](Draws& draws) { return lognormal(4, 1.5, draws); }), [](double x) { return normal_cdf(log(x / 4) / 1.5); });
    Draws draws = draws_for(10);
    EXPECT_EQ(lognormal(4, 0, draws), 4);
    EXPECT_EQ(lognormal(0, 1, draws), 0);
}

// 1e6 draws of probability p have a standard deviation of sqrt(p (1 - p)) 1e-3: p = 0.3 is found wrong by 0.0023.
TEST(Bernoulli, HasItsLaw) {
    for (const double p : {0.5, 0.3, 0.001, 0.999}) {
        Draws draws = draws_for(11);
        std::size_t hits = 0;
        for (std::size_t i = 0; i < kDraws; ++i) hits += bernoulli(p, draws) ? 1U : 0U;
        EXPECT_LE(std::fabs(test::binomial_z(hits, kDraws, p)), 5) << p;
    }
}

TEST(Bernoulli, IsExactAtTheEnds) {
    Draws draws = draws_for(12);
    for (int i = 0; i < 10'000; ++i) {
        EXPECT_FALSE(bernoulli(0, draws));
        EXPECT_TRUE(bernoulli(1, draws));
    }
}

TEST(Bernoulli, ComparesAllDigits) {
    int met = 0;
    for (std::uint64_t entity = 0; entity < 40'000; ++entity) {
        const std::uint64_t draw = draws_for(13, entity).next_u64();
        if (draw % 2048 != 0) continue;  // only these 64 digits fit into the 53 of a double
        const double p = static_cast<double>(draw) * 0x1p-64;
        Draws below = draws_for(13, entity);
        Draws above = draws_for(13, entity);
        EXPECT_FALSE(bernoulli(p, below));
        EXPECT_TRUE(bernoulli(std::nextafter(p, 1.0), above));
        ++met;
    }
    EXPECT_GT(met, 5);
}

// Common random numbers: who obeys at p obeys at every greater p.
TEST(Bernoulli, IsMonotoneInItsProbability) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        bool before = false;
        for (const double p : {0.0, 1e-300, 0.01, 0.2, 0.5, 0.7, 0.99, 1.0}) {
            Draws draws = draws_for(seed, 14);
            const bool now = bernoulli(p, draws);
            EXPECT_TRUE(now || !before) << "seed " << seed << ", p " << p;
            before = now;
        }
    }
}

// 1e6 draws in 4 bins: a weight of 0.1 is found wrong by 1.6 %.
TEST(Categorical, HasItsLaw) {
    const std::vector<double> weights{2, 0, 1, 4, 3, 0};
    Draws draws = draws_for(15);
    std::vector<std::size_t> counts(weights.size());
    for (std::size_t i = 0; i < kDraws; ++i) ++counts[categorical(weights, draws)];
    EXPECT_EQ(counts[1] + counts[5], 0U);
    EXPECT_LE(std::fabs(test::chi_square_z({counts[0], counts[2], counts[3], counts[4]}, {0.2, 0.1, 0.4, 0.3})), 5);
}

TEST(Categorical, DoesNotDependOnTheScale) {
    const std::vector<double> weights{0.25, 0.5, 3, 0.125};
    std::vector<double> scaled;
    for (const double weight : weights) scaled.push_back(weight * 1024);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Draws a = draws_for(seed, 16);
        Draws b = draws_for(seed, 16);
        EXPECT_EQ(categorical(weights, a), categorical(scaled, b)) << "seed " << seed;
    }
}

TEST(Categorical, TakesTheOnlyChoice) {
    Draws draws = draws_for(17);
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_EQ(categorical(std::vector<double>{0, 0, 1e-300}, draws), 2U);
        EXPECT_EQ(categorical(std::vector<double>{5}, draws), 0U);
    }
}

// With weights far apart, sums round: the last positive weight is the fallback, never one of weight 0.
TEST(Categorical, NeverRunsOffTheEnd) {
    const std::vector<double> weights{1e16, 1, 1, 1, 0};
    Draws draws = draws_for(18);
    for (int i = 0; i < 100'000; ++i) EXPECT_LT(categorical(weights, draws), 4U);
}

}  // namespace
}  // namespace sim
