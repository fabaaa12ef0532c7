// The steps of Poisson counts against the functions that they stand for: exactly, or within the error that they state.
#include "sim/counts_parts.h"

#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>

#include "sim/counts.h"
#include "sim/distributions.h"
#include "sim/hash.h"
#include "sim/math.h"

namespace sim {
namespace {

Draws draws_for(std::uint64_t seed) { return {seed, hash64("counts_parts_test"), 0, 0}; }

TEST(CountsParts, AUnitNumberHasTheBitsOfUniform01) {
    Draws bits = draws_for(1);
    Draws units = draws_for(1);
    for (int i = 0; i < 100'000; ++i) ASSERT_EQ(unit_from_bits(bits.next_u64()), uniform01(units));
    EXPECT_EQ(unit_from_bits(0), 0);
    EXPECT_EQ(unit_from_bits(0x7FF), 0);
    EXPECT_EQ(unit_from_bits(0x800), 0x1p-53);
    EXPECT_EQ(unit_from_bits(~std::uint64_t{0}), 1 - 0x1p-53);
}

TEST(CountsParts, FloorIsThatOfTheLibrary) {
    Draws draws = draws_for(2);
    for (int i = 0; i < 100'000; ++i) {
        const double x = std::ldexp(uniform01(draws), static_cast<int>(uniform_below(53, draws)));
        ASSERT_EQ(static_cast<double>(floor_of(x)), std::floor(x)) << x;
        ASSERT_EQ(whole(floor_of(x)), std::floor(x)) << x;
    }
    for (const double x : {0.0, 0.5, std::nextafter(1.0, 0.0), 1.0, 1.5, 2.5, 0x1p51 + 0.5, 0x1p52 - 1.5, 0x1p52 - 1}) {
        EXPECT_EQ(static_cast<double>(floor_of(x)), std::floor(x)) << x;
    }
}

TEST(CountsParts, LessIsLess) {
    EXPECT_EQ(is_less(1, 2), 1u);
    EXPECT_EQ(is_less(2, 2), 0u);
    EXPECT_EQ(is_less(2, 1), 0u);
    EXPECT_EQ(is_less(0, 5e-324), 1u);
    EXPECT_EQ(is_less(1 - 0x1p-53, 1), 1u);
    EXPECT_EQ(is_less(-1, 0), 1u);
}

TEST(CountsParts, TheExponentialHasTheBitsOfExp) {
    Draws draws = draws_for(3);
    for (int i = 0; i < 300'000; ++i) {
        const double mean = i % 2 == 0 ? kLeastRejectionMean * uniform01_open(draws) : std::exp(-30 * uniform01(draws));
        ASSERT_EQ(exp_of_minus(mean), exp(-mean)) << mean;
    }
}

TEST(CountsParts, TheRoughLogIsWithinItsError) {
    Draws draws = draws_for(4);
    for (int i = 0; i < 300'000; ++i) {
        const double x = std::exp(uniform(-90, 90, draws));
        ASSERT_NEAR(rough_log(x), log(x), 1e-11) << x;
    }
}

// excess = log(v inverse_alpha / (a / us^2 + b)) - log_poisson_pmf(k): a thousandth of the margin is enough, so that no decision differs.
TEST(CountsParts, TheRoughTestIsFarWithinItsMargin) {
    Draws draws = draws_for(5);
    std::uint64_t valid = 0;
    constexpr int kTests = 300'000;
    for (int i = 0; i < kTests; ++i) {
        const double mean = 10 * std::exp(uniform(0, 34, draws));
        const PtrsConstants c = ptrs_constants(mean);
        const double us = 0.5 * std::exp(uniform(-8, 0, draws));
        const double u = (i % 2 == 0 ? 1 : -1) * (0.5 - us);
        const double v = uniform01_open(draws);
        const double x = ptrs_candidate(c, u, us, mean);
        if (x < 0 || x > 0x1p51) continue;
        const std::uint64_t k = floor_of(x);
        const RoughTest test = rough_test(c, us, v, static_cast<double>(k), mean);
        if (test.is_valid == 0) continue;
        ++valid;
        const double exact = log(v * ptrs_inverse_alpha(c.b) / (c.a / (us * us) + c.b)) - log_poisson_pmf(k, mean);
        ASSERT_NEAR(test.excess, exact, 1e-3 * test.margin * (1 + std::fabs(exact))) << mean << " " << us << " " << v;
    }
    EXPECT_GT(valid, static_cast<std::uint64_t>(kTests) * 3 / 4);
}

}  // namespace
}  // namespace sim
