// Sums, moments and quantiles: worked examples, and digits that naive formulas lose.
#include "sim/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/hash.h"
#include "sim/random.h"

namespace sim {
namespace {

double sum_of(const std::vector<double>& values) {
    Sum sum;
    for (const double value : values) sum.add(value);
    return sum.value();
}

Moments moments_of(const std::vector<double>& values) {
    Moments moments;
    for (const double value : values) moments.add(value);
    return moments;
}

TEST(Sum, KeepsWhatRoundingDrops) {
    EXPECT_EQ(sum_of({}), 0);
    EXPECT_EQ(sum_of({1, 1e100, 1, -1e100}), 2);  // Neumaier's own example; Kahan's sum gives 0
    EXPECT_EQ(sum_of({1e16, 1, 1, 1, 1, -1e16}), 4);
    EXPECT_EQ(sum_of(std::vector<double>(10, 0.1)), 1);
}

TEST(Sum, OfManyEqualTermsIsTheirProduct) {
    const double term = 1.0 / 3;
    EXPECT_NEAR(sum_of(std::vector<double>(3'000'000, term)), 1e6, 1.2e-10);
}

// A sum and the same terms taken away again, in another order.
TEST(Sum, ReturnsToZero) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Draws draws(seed, hash64("statistics_test"), 0, 0);
        std::vector<double> terms(100);
        for (double& term : terms) term = std::ldexp(uniform(-1, 1, draws), static_cast<int>(uniform_below(80, draws)));
        std::vector<double> all = terms;
        std::sort(terms.begin(), terms.end());
        for (const double term : terms) all.push_back(-term);
        EXPECT_NEAR(sum_of(all), 0, 1e-5) << "seed " << seed;  // of terms up to 6e23, whose last digits are 1e8
    }
}

TEST(Moments, OfAWorkedExample) {
    const Moments moments = moments_of({2, 4, 4, 4, 5, 5, 7, 9});
    EXPECT_EQ(moments.count(), 8);
    EXPECT_EQ(moments.mean(), 5);
    EXPECT_NEAR(moments.variance(), 32.0 / 7, 1e-15);
    EXPECT_NEAR(moments.standard_deviation(), std::sqrt(32.0 / 7), 1e-15);
    EXPECT_NEAR(moments.standard_error(), std::sqrt(32.0 / 56), 1e-15);
}

TEST(Moments, OfFewValues) {
    EXPECT_EQ(moments_of({}).mean(), 0);
    EXPECT_EQ(moments_of({}).variance(), 0);
    EXPECT_EQ(moments_of({}).standard_error(), 0);
    EXPECT_EQ(moments_of({3}).mean(), 3);
    EXPECT_EQ(moments_of({3}).variance(), 0);
    EXPECT_EQ(moments_of({3}).standard_error(), 0);
}

// Variance 1/12 at a distance of 1e9: the mean of squares minus the square of the mean would have no digit left.
TEST(Moments, DoNotCancelFarFromZero) {
    Draws draws(1, hash64("statistics_test"), 1, 0);
    Moments near;
    Moments far;
    for (int i = 0; i < 100'000; ++i) {
        const double value = uniform01(draws);
        near.add(value);
        far.add(1e9 + value);
    }
    EXPECT_NEAR(far.variance() / near.variance(), 1, 1e-6);
    EXPECT_NEAR(far.mean() - 1e9, near.mean(), 1e-4);
}

// Metamorphic: shifts move the mean, factors scale it; the variance does not see the shift and takes the factor squared.
TEST(Moments, FollowShiftAndScale) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Draws draws(seed, hash64("statistics_test"), 2, 0);
        std::vector<double> plain(50);
        std::vector<double> changed(50);
        for (std::size_t i = 0; i < plain.size(); ++i) {
            plain[i] = normal(0, 1, draws);
            changed[i] = 7 - 4 * plain[i];
        }
        const Moments a = moments_of(plain);
        const Moments b = moments_of(changed);
        EXPECT_NEAR(b.mean(), 7 - 4 * a.mean(), 1e-13) << "seed " << seed;
        EXPECT_NEAR(b.variance(), 16 * a.variance(), 1e-12) << "seed " << seed;
        EXPECT_NEAR(b.standard_error(), 4 * a.standard_error(), 1e-13) << "seed " << seed;
    }
}

// numpy.quantile of the same values, and R's default.
TEST(Quantile, InterpolatesBetweenOrderStatistics) {
    const std::vector<double> values{1, 2, 4, 8};
    EXPECT_EQ(quantile(values, 0), 1);
    EXPECT_EQ(quantile(values, 1), 8);
    EXPECT_EQ(quantile(values, 0.5), 3);
    EXPECT_EQ(quantile(values, 0.25), 1.75);
    EXPECT_NEAR(quantile(values, 0.9), 6.8, 1e-14);
    EXPECT_EQ(quantile(std::vector<double>{5}, 0.3), 5);
}

TEST(Quantile, GrowsAndStaysWithin) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Draws draws(seed, hash64("statistics_test"), 3, 0);
        std::vector<double> values(1 + uniform_below(30, draws));
        for (double& value : values) value = exponential(1, draws);
        std::sort(values.begin(), values.end());
        double before = values.front();
        for (int i = 0; i <= 100; ++i) {
            const double now = quantile(values, i / 100.0);
            EXPECT_GE(now, before - 1e-15) << "seed " << seed;
            before = now;
        }
        EXPECT_EQ(before, values.back()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace sim
