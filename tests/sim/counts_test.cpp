// Counts against their laws: chi-square over every value or over bins, moments, tails, and probabilities against long sums.
#include "sim/counts.h"

#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/fingerprint.h"
#include "sim/hash.h"
#include "sim/math.h"
#include "tests/sim/law_tools.h"

namespace sim {
namespace {

constexpr std::size_t kDraws = 400'000;

Draws draws_for(std::uint64_t seed) { return {seed, hash64("counts_test"), 0, 0}; }

/// Chi-square over the values around the mean that have 20 draws or more each, all the others in one bin.
template <class Sampler, class LogPmf>
void expect_law(const Sampler& sampler, const LogPmf& log_pmf, std::uint64_t low, std::uint64_t high, std::uint64_t seed) {
    std::vector<double> probabilities;
    std::vector<std::size_t> bin_of(high - low + 1, 0);
    double inside = 0;
    for (std::uint64_t k = low; k <= high; ++k) {
        const double p = std::exp(log_pmf(k));
        if (p * static_cast<double>(kDraws) < 20) continue;
        probabilities.push_back(p);
        bin_of[k - low] = probabilities.size();
        inside += p;
    }
    const bool has_rest = (1 - inside) * static_cast<double>(kDraws) >= 5;
    std::vector<std::size_t> counts(probabilities.size() + 1);
    Draws draws = draws_for(seed);
    for (std::size_t i = 0; i < kDraws; ++i) {
        const std::uint64_t k = sampler(draws);
        ++counts[k >= low && k <= high ? bin_of[k - low] : 0];
    }
    if (!has_rest) {
        EXPECT_LE(counts[0], 40u);
        counts.erase(counts.begin());
    } else {
        probabilities.insert(probabilities.begin(), 1 - inside);
    }
    EXPECT_LE(std::fabs(test::chi_square_z(counts, probabilities)), 5);
}

/// P(X <= k) for large mean: normal with the first two Edgeworth terms; error below 1e-5 at a variance of 1e6.
double edgeworth(double k, double mean, double deviation, double skewness, double excess) {
    const double z = (k + 0.5 - mean) / deviation;
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * 3.14159265358979323846);
    const double z2 = z * z;
    return normal_cdf(z) -
           density * (skewness / 6 * (z2 - 1) + excess / 24 * z * (z2 - 3) + skewness * skewness / 72 * z * (z2 * z2 - 10 * z2 + 15));
}

TEST(Poisson, HasItsLaw) {
    for (const double mean : {0.01, 0.5, 1.0, 3.0, 9.9, 10.0, 10.5, 14.0, 30.0, 99.5, 1000.0}) {
        const double deviation = std::sqrt(mean);
        const auto low = static_cast<std::uint64_t>(std::max(0.0, mean - 10 * deviation));
        const auto high = static_cast<std::uint64_t>(mean + 10 * deviation + 20);
        SCOPED_TRACE(mean);
        expect_law([mean](Draws& draws) { return poisson(mean, draws); }, [mean](std::uint64_t k) { return log_poisson_pmf(k, mean); }, low,
                   high, 1);
    }
}

TEST(Poisson, HasItsLawAtLargeMeans) {
    for (const double mean : {1e6, 12345678.9, 1e9, 1e12, 0x1p52}) {
        Draws draws = draws_for(2);
        const double deviation = std::sqrt(mean);
        std::vector<double> values(kDraws);
        for (double& value : values) value = static_cast<double>(poisson(mean, draws));
        SCOPED_TRACE(mean);
        EXPECT_LE(std::fabs(test::equal_bins_z(values, [&](double k) { return edgeworth(k, mean, deviation, 1 / deviation, 1 / mean); })),
                  5);
    }
}

// PTRS as Hoermann (1993) has it, every test in full: what is decided quickly must be decided alike.
std::uint64_t poisson_in_full(double mean, Draws& draws) {
    const double b = 0.931 + 2.53 * std::sqrt(mean);
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    for (;;) {
        const double u = uniform01(draws) - 0.5;
        const double v = uniform01_open(draws);
        const double us = 0.5 - std::fabs(u);
        const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
        if (us <= 0 || k < 0) continue;
        if (us >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return static_cast<std::uint64_t>(k);
        const auto count = static_cast<std::uint64_t>(k);
        if (log(v * inverse_alpha / (a / (us * us) + b)) <= log_poisson_pmf(count, mean)) return count;
    }
}

TEST(Poisson, DecidesAsTheTestInFull) {
    Draws draws = draws_for(9);
    Draws in_full = draws_for(9);
    for (int i = 0; i < 300'000; ++i) {
        const double mean = 10 * std::pow(10.0, (i % 3000) * 0.0048);
        ASSERT_EQ(poisson(mean, draws), poisson_in_full(mean, in_full)) << mean << " " << i;
    }
}

TEST(Poisson, OfNothingIsNothing) {
    Draws draws = draws_for(3);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(poisson(0, draws), 0u);
}

TEST(Poisson, ProbabilitiesMeetTheDefinition) {
    for (const double mean : {0.1, 1.0, 7.5, 40.0}) {
        long double p = std::exp(-static_cast<long double>(mean));
        long double sum = 0;
        for (std::uint64_t k = 0; k < 400 && p > 1e-300L; ++k) {
            EXPECT_NEAR(log_poisson_pmf(k, mean), static_cast<double>(std::log(p)), 1e-13 * (1 + std::fabs(log_poisson_pmf(k, mean)))) << k;
            sum += p;
            p *= static_cast<long double>(mean) / static_cast<long double>(k + 1);
        }
        EXPECT_NEAR(static_cast<double>(sum), 1, 1e-14);
    }
    // Near a large mean the terms of the plain form are 1e17; the result is -log(sqrt(2 pi m)) and Stirling's 1 / (12 m) there.
    EXPECT_NEAR(log_poisson_pmf(std::uint64_t{1} << 52U, 0x1p52), -0.5 * std::log(2 * 3.14159265358979323846 * 0x1p52), 1e-13);
}

TEST(Binomial, HasItsLaw) {
    struct Case {
        std::uint64_t n;
        double p;
    };
    for (const auto [n, p] : {Case{1, 0.3}, Case{5, 0.5}, Case{20, 0.05}, Case{20, 0.5}, Case{25, 0.41}, Case{40, 0.9}, Case{100, 0.1},
                              Case{1000, 0.0099}, Case{1000, 0.011}, Case{1000, 0.37}, Case{100'000, 0.999}, Case{10'000'000, 1e-7}}) {
        const double mean = static_cast<double>(n) * p;
        const double deviation = std::sqrt(mean * (1 - p));
        const auto low = static_cast<std::uint64_t>(std::max(0.0, mean - 10 * deviation - 20));
        const auto high = std::min(n, static_cast<std::uint64_t>(mean + 10 * deviation + 20));
        SCOPED_TRACE(testing::Message() << n << " " << p);
        expect_law([n = n, p = p](Draws& draws) { return binomial(n, p, draws); },
                   [n = n, p = p](std::uint64_t k) { return log_binomial_pmf(k, n, p); }, low, high, 4);
    }
}

TEST(Binomial, HasItsLawAtLargeNumbers) {
    struct Case {
        std::uint64_t n;
        double p;
    };
    for (const auto [n, p] :
         {Case{1'000'000'000, 0.3}, Case{1'000'000'000'000, 0.001}, Case{std::uint64_t{1} << 52U, 0.5}, Case{100'000'000, 0.97}}) {
        const double mean = static_cast<double>(n) * p;
        const double variance = mean * (1 - p);
        const double deviation = std::sqrt(variance);
        Draws draws = draws_for(5);
        std::vector<double> values(kDraws);
        for (double& value : values) value = static_cast<double>(binomial(n, p, draws));
        SCOPED_TRACE(testing::Message() << n << " " << p);
        const auto cdf = [&, p = p](double k) {
            return edgeworth(k, mean, deviation, (1 - 2 * p) / deviation, (1 - 6 * p * (1 - p)) / variance);
        };
        EXPECT_LE(std::fabs(test::equal_bins_z(values, cdf)), 5);
    }
}

// BTRS as Hoermann (1993) has it, every test in full.
std::uint64_t binomial_in_full(std::uint64_t n, double p, Draws& draws) {
    const auto trials = static_cast<double>(n);
    const double deviation = std::sqrt(trials * p * (1 - p));
    const double b = 1.15 + 2.53 * deviation;
    const double a = -0.0873 + 0.0248 * b + 0.01 * p;
    const double at_mode = log_binomial_pmf(static_cast<std::uint64_t>((trials + 1) * p), n, p);
    for (;;) {
        const double u = uniform01(draws) - 0.5;
        const double v = uniform01_open(draws);
        const double us = 0.5 - std::fabs(u);
        const double k = std::floor((2 * a / us + b) * u + (trials * p + 0.5));
        if (us <= 0 || k < 0 || k > trials) continue;
        const auto count = static_cast<std::uint64_t>(k);
        if (us >= 0.07 && v <= 0.92 - 4.2 / b) return count;
        const double scale = (2.83 + 5.1 / b) * deviation / (a / (us * us) + b);
        if (log(v * scale) <= log_binomial_pmf(count, n, p) - at_mode) return count;
    }
}

TEST(Binomial, DecidesAsTheTestInFull) {
    Draws draws = draws_for(10);
    Draws in_full = draws_for(10);
    for (int i = 0; i < 300'000; ++i) {
        const double p = 0.5 * std::pow(10.0, (i % 1000) * -0.004);
        const auto n = static_cast<std::uint64_t>(10 / p * std::pow(10.0, (i % 37) * 0.25)) + 1;
        ASSERT_EQ(binomial(n, p, draws), binomial_in_full(n, p, in_full)) << n << " " << p << " " << i;
    }
}

TEST(Binomial, AtTheEnds) {
    Draws draws = draws_for(6);
    for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1'000'000}}) {
        EXPECT_EQ(binomial(n, 0, draws), 0u);
        EXPECT_EQ(binomial(n, 1, draws), n);
    }
    EXPECT_LE(binomial(3, 0.999999, draws), 3u);
}

TEST(Binomial, ProbabilitiesMeetTheDefinition) {
    for (const double p : {0.02, 0.5, 0.93}) {
        constexpr std::uint64_t n = 300;
        long double probability = std::pow(1 - static_cast<long double>(p), static_cast<long double>(n));
        for (std::uint64_t k = 0; k <= n; ++k) {
            const auto expected = static_cast<double>(std::log(probability));
            EXPECT_NEAR(log_binomial_pmf(k, n, p), expected, 1e-13 * (1 + std::fabs(expected))) << k;
            probability *= static_cast<long double>(n - k) / static_cast<long double>(k + 1) * p / (1 - static_cast<long double>(p));
        }
    }
}

TEST(Multinomial, SumsToTheWholeAndHasBinomialParts) {
    const std::vector<double> weights{0, 3, 0.5, 0, 6, 1e-6, 0.5};
    const double whole = std::accumulate(weights.begin(), weights.end(), 0.0);
    constexpr std::uint64_t n = 1000;
    constexpr std::size_t kRounds = 100'000;
    std::vector<double> sums(weights.size());
    double together = 0;
    Draws draws = draws_for(7);
    std::vector<std::uint64_t> counts(weights.size());
    for (std::size_t round = 0; round < kRounds; ++round) {
        multinomial(n, weights, counts, draws);
        ASSERT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), n);
        ASSERT_EQ(counts[0] + counts[3], 0u);
        for (std::size_t i = 0; i < counts.size(); ++i) sums[i] += static_cast<double>(counts[i]);
        together += static_cast<double>(counts[1]) * static_cast<double>(counts[4]);
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (weights[i] == 0) continue;
        EXPECT_LE(std::fabs(test::binomial_z(static_cast<std::size_t>(sums[i]), n * kRounds, weights[i] / whole)), 5) << i;
    }
    // E[XY] = n (n - 1) p q: a covariance of the wrong sign or size is far outside of 5 standard errors.
    const double p = 0.3;
    const double q = 0.6;
    const double scale = static_cast<double>(n) * (static_cast<double>(n) - 1) * p * q;
    EXPECT_NEAR(together / static_cast<double>(kRounds) / scale, 1, 5 * 0.05 / std::sqrt(static_cast<double>(kRounds)));
}

TEST(Multinomial, OfOneKindAndOfNothing) {
    Draws draws = draws_for(8);
    std::vector<std::uint64_t> counts(3, 7);
    multinomial(5, std::vector<double>{0, 2, 0}, counts, draws);
    EXPECT_EQ(counts, (std::vector<std::uint64_t>{0, 5, 0}));
    multinomial(0, std::vector<double>{0, 0, 0}, counts, draws);
    EXPECT_EQ(counts, (std::vector<std::uint64_t>{0, 0, 0}));
}

// Golden: a change here changes results.
TEST(Counts, HaveGoldenDraws) {
    Draws draws(1, hash64("golden"), hash64("counts"), 1);
    Fingerprint fingerprint;
    for (const double mean : {0.5, 5.0, 10.0, 50.0, 1e4, 1e9, 1e15}) {
        for (int i = 0; i < 200; ++i) fingerprint.add(static_cast<double>(poisson(mean, draws)));
    }
    for (const double p : {0.001, 0.1, 0.5, 0.99}) {
        for (const std::uint64_t n : {10U, 1000U, 1'000'000'000U}) {
            for (int i = 0; i < 100; ++i) fingerprint.add(static_cast<double>(binomial(n, p, draws)));
        }
    }
    EXPECT_EQ(fingerprint.value(), 5347579975297697750U);
}

}  // namespace
}  // namespace sim
