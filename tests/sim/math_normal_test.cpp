// The normal distribution function and its inverse against long double libm, and against each other.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/hash.h"
#include "sim/math.h"
#include "sim/random.h"
#include "tests/sim/ulp_tools.h"

namespace sim {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr long double kPi = 3.14159265358979323846264338327950288L;
constexpr int kPoints = 200'000;

long double exact_cdf(long double x) { return std::erfc(-x / std::sqrt(2.0L)) / 2; }
long double density(long double x) { return std::exp(-x * x / 2) / std::sqrt(2 * kPi); }

// Abramowitz and Stegun, table 26.1.
TEST(NormalCdf, HasTabledValues) {
    EXPECT_EQ(normal_cdf(0), 0.5);
    EXPECT_NEAR(normal_cdf(1), 0.84134474606854293, 1e-15);
    EXPECT_NEAR(normal_cdf(-1), 0.15865525393145707, 1e-15);
    EXPECT_NEAR(normal_cdf(1.96), 0.97500210485177952, 1e-15);
    EXPECT_NEAR(normal_cdf(-3), 1.3498980316300945e-3, 1e-17);
    EXPECT_NEAR(normal_cdf(-10) / 7.6198530241605261e-24, 1, 1e-15);
}

TEST(NormalCdf, IsWithinItsErrors) {
    Draws draws(1, hash64("math_normal_test"), 0, 0);
    long double absolute = 0;
    test::Worst lower;
    for (int i = 0; i < kPoints; ++i) {
        const double x = uniform(-9, 9, draws);
        absolute = std::max(absolute, std::fabs(static_cast<long double>(normal_cdf(x)) - exact_cdf(x)));
        const double tail = uniform(-37.5, 0, draws);
        lower.look(tail, normal_cdf(tail), exact_cdf(tail));
        if (x < 0) lower.look(x, normal_cdf(x), exact_cdf(x));
    }
    EXPECT_LE(absolute, 4e-16L);
    EXPECT_LE(lower.ulps, 7) << "at " << lower.at;
}

TEST(NormalCdf, EndsAtZeroAndOne) {
    EXPECT_EQ(normal_cdf(-kInfinity), 0);
    EXPECT_EQ(normal_cdf(-39), 0);
    EXPECT_GT(normal_cdf(-38.4), 0);
    EXPECT_EQ(normal_cdf(9), 1);
    EXPECT_EQ(normal_cdf(kInfinity), 1);
    EXPECT_TRUE(std::isnan(normal_cdf(std::numeric_limits<double>::quiet_NaN())));
}

TEST(NormalCdf, IsSymmetric) {
    Draws draws(2, hash64("math_normal_test"), 0, 0);
    for (int i = 0; i < 1'000; ++i) {
        const double x = uniform(0, 10, draws);
        EXPECT_EQ(normal_cdf(x), 1 - normal_cdf(-x));
    }
}

/// The error of x as the quantile of p, in ulp: one Newton step in long double. Around 1/2 the equation is Phi(x) - 1/2 = p - 1/2 by
/// erf, above by the upper tail, so that nothing cancels.
double quantile_error(double p, double x) {
    const long double wide = x;
    long double excess = 0;
    if (std::fabs(x) < 1.3) {
        excess = std::erf(wide / std::sqrt(2.0L)) / 2 - (static_cast<long double>(p) - 0.5L);
    } else if (x < 0) {
        excess = exact_cdf(wide) - p;
    } else {
        excess = (1 - static_cast<long double>(p)) - exact_cdf(-wide);
    }
    return static_cast<double>(std::fabs(excess) / density(wide) / test::ulp(wide));
}

// Abramowitz and Stegun, table 26.5 and 26.6.
TEST(NormalQuantile, HasTabledValues) {
    EXPECT_EQ(normal_quantile(0.5), 0);
    EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-15);
    EXPECT_NEAR(normal_quantile(0.025), -1.959963984540054, 1e-15);
    EXPECT_NEAR(normal_quantile(1e-3), -3.090232306167813, 1e-15);
    EXPECT_NEAR(normal_quantile(1e-20), -9.262340089798408, 4e-15);
}

TEST(NormalQuantile, IsWithinItsError) {
    Draws draws(3, hash64("math_normal_test"), 0, 0);
    double most = 0;
    for (int i = 0; i < kPoints; ++i) {
        const double distance = std::exp2(uniform(-50, -1.001, draws));
        for (const double p : {uniform01_open(draws), std::exp2(uniform(-1070, -1, draws)), 0.5 + distance, 0.5 - distance,
                               1 - std::exp2(uniform(-53, -1, draws))}) {
            if (p != 0.5 && p != 1) most = std::max(most, quantile_error(p, normal_quantile(p)));
        }
    }
    EXPECT_LE(most, 2);
}

TEST(NormalQuantile, HasItsSpecialValues) {
    EXPECT_EQ(normal_quantile(0), -kInfinity);
    EXPECT_EQ(normal_quantile(1), kInfinity);
    EXPECT_TRUE(std::isnan(normal_quantile(-1e-300)));
    EXPECT_TRUE(std::isnan(normal_quantile(1.0000001)));
    EXPECT_TRUE(std::isnan(normal_quantile(std::numeric_limits<double>::quiet_NaN())));
    EXPECT_LE(quantile_error(std::numeric_limits<double>::denorm_min(), normal_quantile(std::numeric_limits<double>::denorm_min())), 2);
}

TEST(NormalQuantile, IsAntisymmetric) {
    Draws draws(4, hash64("math_normal_test"), 0, 0);
    for (int i = 0; i < 1'000; ++i) {
        const double p = uniform01_open(draws);  // a multiple of 2^-53, so 1 - p is exact
        EXPECT_EQ(normal_quantile(p), -normal_quantile(1 - p));
    }
}

// The pieces join without a step: across each border the quantile grows, and by no more than its slope times the distance allows.
TEST(NormalQuantile, GrowsAcrossItsPieces) {
    const double far_border = std::exp(-3.25 * 3.25 / 2);
    for (const double border : {0.125, 0.875, 0.5, far_border, 1 - far_border}) {
        for (int i = -1'000; i < 1'000; ++i) {
            const double p = border * (1 + i * 1e-12);
            const double next = border * (1 + (i + 1) * 1e-12);
            const double step = normal_quantile(next) - normal_quantile(p);
            const auto slope = static_cast<double>(1 / density(normal_quantile(border)));
            EXPECT_GE(step, 0) << "at " << p;
            EXPECT_NEAR(step, slope * (next - p), 4e-15) << "at " << p;
        }
    }
}

TEST(NormalQuantile, UndoesTheDistributionFunction) {
    Draws draws(5, hash64("math_normal_test"), 0, 0);
    for (int i = 0; i < 10'000; ++i) {
        const double p = std::exp2(uniform(-1000, -1, draws));
        // An error of 2 ulp in x is one of x^2 times that in the tail's probability.
        EXPECT_NEAR(normal_cdf(normal_quantile(p)) / p, 1, 1e-12) << p;
    }
}

}  // namespace
}  // namespace sim
