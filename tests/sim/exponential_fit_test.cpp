// Least squares and fits of exponentials: worked examples, exact cases, normal equations.
#include "sim/exponential_fit.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/hash.h"
#include "sim/random.h"
#include "tests/sim/delay_tools.h"

namespace sim {
namespace {

// The line through (0, 1), (1, 3), (2, 4) with the least squares is 7/6 + 3/2 x.
TEST(LeastSquares, OfAWorkedExample) {
    const auto x = least_squares({1, 1, 1, 0, 1, 2}, {1, 3, 4}, 2);
    ASSERT_EQ(x.size(), 2U);
    EXPECT_NEAR(x[0], 7.0 / 6, 1e-15);
    EXPECT_NEAR(x[1], 1.5, 1e-15);
}

TEST(LeastSquares, SolvesSquareSystems) {
    const auto x = least_squares({2, 1, 1, 3}, {5, 10}, 2);
    EXPECT_NEAR(x[0], 1, 1e-15);
    EXPECT_NEAR(x[1], 3, 1e-15);
}

TEST(LeastSquares, GivesAnEmptyColumnNoWeight) {
    const auto x = least_squares({1, 1, 1, 0, 0, 0}, {2, 3, 4}, 2);
    EXPECT_NEAR(x[0], 3, 1e-15);
    EXPECT_EQ(x[1], 0);
}

// The rest is orthogonal to every column: what defines the solution. 200 seeds.
TEST(LeastSquares, LeavesARestThatNoColumnSees) {
    constexpr std::size_t kRows = 30;
    constexpr std::size_t kColumns = 6;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Draws draws(seed, hash64("exponential_fit_test"), 0, 0);
        std::vector<double> matrix(kRows * kColumns);
        std::vector<double> right(kRows);
        for (double& value : matrix) value = normal(0, 1, draws);
        for (double& value : right) value = normal(0, 1, draws);
        const auto x = least_squares(matrix, right, kColumns);
        std::vector<double> rest = right;
        for (std::size_t j = 0; j < kColumns; ++j) {
            for (std::size_t i = 0; i < kRows; ++i) rest[i] -= matrix[j * kRows + i] * x[j];
        }
        for (std::size_t j = 0; j < kColumns; ++j) {
            double product = 0;
            for (std::size_t i = 0; i < kRows; ++i) product += matrix[j * kRows + i] * rest[i];
            EXPECT_NEAR(product, 0, 1e-13) << "seed " << seed << ", column " << j;
        }
    }
}

TEST(ExponentialFit, FindsItsOwnTerms) {
    // Rates 1 and 0.01 are the two ends of the two rates that are tried.
    std::vector<double> values(500);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = 3 * std::exp(-1.0 * static_cast<double>(i)) + 0.5 * std::exp(-0.01 * static_cast<double>(i));
    const ExponentialFit fit = fit_exponentials(values, 2, 1, 0.01);
    ASSERT_EQ(fit.terms.size(), 2U);
    EXPECT_NEAR(fit.terms[0].weight, 3, 1e-13);
    EXPECT_NEAR(fit.terms[0].ratio, std::exp(-1), 1e-15);
    EXPECT_NEAR(fit.terms[1].weight, 0.5, 1e-13);
    EXPECT_NEAR(fit.terms[1].ratio, std::exp(-0.01), 1e-15);
    EXPECT_LE(fit.max_error, 1e-13);
    EXPECT_NEAR(fit.amplification, 3 / (1 - std::exp(-1)) + 0.5 / (1 - std::exp(-0.01)), 1e-10);
}

TEST(ExponentialFit, MeasuresItsErrorAtEveryValue) {
    const auto kernel = test::lognormal_kernel(1, 1.5, 1'000);
    const std::vector<double> tail(kernel.begin() + 17, kernel.end());
    for (const std::size_t n : {4U, 8U, 16U, 24U}) {
        const ExponentialFit fit = fit_exponentials(tail, n, 1, 0.002);
        double most = 0;
        double total = 0;
        for (std::size_t i = 0; i < tail.size(); ++i) {
            double sum = 0;
            for (const auto& [weight, ratio] : fit.terms) sum += weight * std::pow(ratio, static_cast<double>(i));
            most = std::max(most, std::fabs(sum - tail[i]));
            total += std::fabs(sum - tail[i]);
        }
        EXPECT_NEAR(fit.max_error, most, 1e-15) << n;
        EXPECT_NEAR(fit.total_error, total, 1e-13) << n;
    }
}

TEST(ExponentialFit, GetsBetterWithTerms) {
    const auto kernel = test::lognormal_kernel(1, 1.5, 2'160);
    const std::vector<double> tail(kernel.begin() + 17, kernel.end());
    double before = 1;
    for (const std::size_t n : {4U, 8U, 12U, 16U, 20U, 24U}) {
        const ExponentialFit fit = fit_exponentials(tail, n, 1, 1e-3);
        EXPECT_LT(fit.max_error, before / 4) << n;
        before = fit.max_error;
    }
    EXPECT_LT(before, 1e-13);
}

// Metamorphic: a power of two times the values gives that times the weights, to the last bit. 200 seeds.
TEST(ExponentialFit, FollowsTheScale) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Draws draws(seed, hash64("exponential_fit_test"), 1, 0);
        std::vector<double> values(60);
        double value = 1;
        for (double& v : values) v = value *= uniform(0.7, 1, draws);
        std::vector<double> scaled;
        for (const double v : values) scaled.push_back(v / 1024);
        const ExponentialFit a = fit_exponentials(values, 8, 1, 0.05);
        const ExponentialFit b = fit_exponentials(scaled, 8, 1, 0.05);
        for (std::size_t j = 0; j < 8; ++j) EXPECT_EQ(a.terms[j].weight, b.terms[j].weight * 1024) << "seed " << seed;
        EXPECT_EQ(a.max_error, b.max_error * 1024) << "seed " << seed;
    }
}

TEST(ExponentialFit, OfNothingNeedsNoTerms) {
    const ExponentialFit fit = fit_exponentials(std::vector<double>(10), 4, 1, 0.1);
    EXPECT_TRUE(fit.terms.empty());
    EXPECT_EQ(fit.max_error, 0);
}

}  // namespace
}  // namespace sim
