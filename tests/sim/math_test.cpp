// Elementary functions against long double libm: the errors promised in sim/math.h, special values, golden bits.
#include "sim/math.h"

#include <cmath>
#include <functional>
#include <limits>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/fingerprint.h"
#include "sim/hash.h"
#include "sim/random.h"
#include "tests/sim/ulp_tools.h"

namespace sim {
namespace {

using test::Worst;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kSmallest = std::numeric_limits<double>::denorm_min();
constexpr double kLargest = std::numeric_limits<double>::max();
constexpr int kPoints = 200'000;
constexpr long double kPi = 3.14159265358979323846264338327950288L;

/// The greatest error at points of equal density in x from low to high.
Worst over(double low, double high, const std::function<double(double)>& ours, const std::function<long double(long double)>& exact) {
    Draws draws(1, hash64("math_test"), 0, 0);
    Worst worst;
    for (int i = 0; i < kPoints; ++i) {
        const double x = uniform(low, high, draws);
        worst.look(x, ours(x), exact(static_cast<long double>(x)));
    }
    return worst;
}

/// The greatest error at +-2^e with e of equal density from low to high.
Worst over_powers(double low, double high, bool both_signs, const std::function<double(double)>& ours,
                  const std::function<long double(long double)>& exact) {
    Draws draws(2, hash64("math_test"), 0, 0);
    Worst worst;
    for (int i = 0; i < kPoints; ++i) {
        const double magnitude = std::exp2(uniform(low, high, draws));
        const double x = both_signs && i % 2 == 1 ? -magnitude : magnitude;
        worst.look(x, ours(x), exact(static_cast<long double>(x)));
    }
    return worst;
}

#define EXPECT_WITHIN(ulps_allowed, measured)                               \
    do {                                                                    \
        const Worst worst_seen = (measured);                                \
        EXPECT_LE(worst_seen.ulps, ulps_allowed) << "at " << worst_seen.at; \
    } while (false)

const auto kLog = [](double x) { return sim::log(x); };
const auto kLog1p = [](double x) { return sim::log1p(x); };
const auto kExp = [](double x) { return sim::exp(x); };
const auto kExpm1 = [](double x) { return sim::expm1(x); };
const auto kExactLog = [](long double x) { return std::log(x); };
const auto kExactLog1p = [](long double x) { return std::log1p(x); };
const auto kExactExp = [](long double x) { return std::exp(x); };
const auto kExactExpm1 = [](long double x) { return std::expm1(x); };

TEST(Log, IsWithinItsError) {
    EXPECT_WITHIN(0.55, over_powers(-1074, 1023.9, false, kLog, kExactLog));
    EXPECT_WITHIN(0.55, over(0.5, 2, kLog, kExactLog));
    EXPECT_WITHIN(0.55, over(0.999, 1.001, kLog, kExactLog));
}

TEST(Log, HasItsSpecialValues) {
    EXPECT_EQ(sim::log(1), 0);
    EXPECT_EQ(sim::log(0), -kInfinity);
    EXPECT_EQ(sim::log(-0.0), -kInfinity);
    EXPECT_EQ(sim::log(kInfinity), kInfinity);
    EXPECT_TRUE(std::isnan(sim::log(-1)));
    EXPECT_TRUE(std::isnan(sim::log(-kInfinity)));
    EXPECT_TRUE(std::isnan(sim::log(kNaN)));
    EXPECT_EQ(sim::log(kSmallest), -744.4400719213812);
    EXPECT_EQ(sim::log(kLargest), 709.782712893384);
}

TEST(Log1p, IsWithinItsError) {
    EXPECT_WITHIN(0.6, over_powers(-1074, 1023.9, false, kLog1p, kExactLog1p));
    EXPECT_WITHIN(0.6, over(-1, 2, kLog1p, kExactLog1p));
    EXPECT_WITHIN(0.6, over_powers(-60, -1, true, kLog1p, kExactLog1p));
    EXPECT_WITHIN(0.6, over(-1, -0.999, kLog1p, kExactLog1p));
}

TEST(Log1p, HasItsSpecialValues) {
    EXPECT_EQ(sim::log1p(0), 0);
    EXPECT_TRUE(std::signbit(sim::log1p(-0.0)));
    EXPECT_EQ(sim::log1p(-1), -kInfinity);
    EXPECT_EQ(sim::log1p(kInfinity), kInfinity);
    EXPECT_TRUE(std::isnan(sim::log1p(-1.0000001)));
    EXPECT_TRUE(std::isnan(sim::log1p(kNaN)));
    EXPECT_EQ(sim::log1p(1e-300), 1e-300);
    EXPECT_EQ(sim::log1p(kLargest), 709.782712893384);
}

TEST(Exp, IsWithinItsError) {
    EXPECT_WITHIN(0.7, over(-708.3, 709.78, kExp, kExactExp));
    EXPECT_WITHIN(0.7, over(-1, 1, kExp, kExactExp));
    EXPECT_WITHIN(0.7, over_powers(-60, 0, true, kExp, kExactExp));
    EXPECT_WITHIN(1.7, over(-745.1, -708.3, kExp, kExactExp));  // subnormal results are rounded twice
}

TEST(Exp, HasItsSpecialValues) {
    EXPECT_EQ(sim::exp(0), 1);
    EXPECT_EQ(sim::exp(-0.0), 1);
    EXPECT_EQ(sim::exp(kInfinity), kInfinity);
    EXPECT_EQ(sim::exp(-kInfinity), 0);
    EXPECT_TRUE(std::isnan(sim::exp(kNaN)));
    EXPECT_TRUE(std::isfinite(sim::exp(709.782712893384)));
    EXPECT_EQ(sim::exp(709.7827128933841), kInfinity);
    EXPECT_EQ(sim::exp(1e308), kInfinity);
    EXPECT_EQ(sim::exp(-745.13), kSmallest);
    EXPECT_EQ(sim::exp(-745.14), 0);
    EXPECT_EQ(sim::exp(-1e308), 0);
    EXPECT_EQ(sim::exp(1), 2.718281828459045);
    EXPECT_EQ(sim::exp(1e-20), 1);
}

TEST(Expm1, IsWithinItsError) {
    EXPECT_WITHIN(1.2, over(-45, 709.78, kExpm1, kExactExpm1));
    EXPECT_WITHIN(1.2, over(-2, 2, kExpm1, kExactExpm1));
    EXPECT_WITHIN(1.2, over_powers(-1000, 0, true, kExpm1, kExactExpm1));
}

TEST(Expm1, HasItsSpecialValues) {
    EXPECT_EQ(sim::expm1(0), 0);
    EXPECT_TRUE(std::signbit(sim::expm1(-0.0)));
    EXPECT_EQ(sim::expm1(kInfinity), kInfinity);
    EXPECT_EQ(sim::expm1(-kInfinity), -1);
    EXPECT_TRUE(std::isnan(sim::expm1(kNaN)));
    EXPECT_EQ(sim::expm1(-1e-300), -1e-300);
    EXPECT_EQ(sim::expm1(710), kInfinity);
}

/// sin(2 pi x) by reduction to a quarter turn, where the reference loses nothing to its own reduction.
long double exact_sin_of_turns(long double turns) {
    long double rest = turns - std::nearbyint(turns);
    if (rest > 0.25L) rest = 0.5L - rest;
    if (rest < -0.25L) rest = -0.5L - rest;
    return std::fabs(rest) < 0.125L ? std::sin(2 * kPi * rest) : std::copysign(std::cos(2 * kPi * (0.25L - std::fabs(rest))), rest);
}

long double exact_cos_of_turns(long double turns) {
    const long double rest = std::fabs(turns - std::nearbyint(turns));
    return exact_sin_of_turns(0.25L - rest);
}

TEST(SinCos, AreWithinTheirErrors) {
    const auto sine = [](double x) { return sincos(x).sin; };
    const auto cosine = [](double x) { return sincos(x).cos; };
    EXPECT_WITHIN(0.9, over(-3, 3, sine, exact_sin_of_turns));
    EXPECT_WITHIN(0.9, over(-3, 3, cosine, exact_cos_of_turns));
    EXPECT_WITHIN(0.9, over_powers(-900, -3, true, sine, exact_sin_of_turns));
    EXPECT_WITHIN(0.9, over(-1e9, 1e9, sine, exact_sin_of_turns));
}

TEST(SinCos, AreExactAtQuarters) {
    const double far = 0x1p40;  // reduction loses nothing
    for (const double base : {0.0, 1.0, -7.0, far, -far}) {
        EXPECT_EQ(sincos(base).sin, 0);
        EXPECT_EQ(sincos(base).cos, 1);
        EXPECT_EQ(sincos(base + 0.25).sin, 1);
        EXPECT_EQ(sincos(base + 0.25).cos, 0);
        EXPECT_EQ(sincos(base + 0.5).sin, 0);
        EXPECT_EQ(sincos(base + 0.5).cos, -1);
        EXPECT_EQ(sincos(base + 0.75).sin, -1);
        EXPECT_EQ(sincos(base + 0.75).cos, 0);
    }
    EXPECT_NEAR(sincos(1.0 / 8).sin, sincos(1.0 / 8).cos, 1.2e-16);
    EXPECT_EQ(sincos(1e300).sin, 0);  // every double of that size is a whole number
    EXPECT_EQ(sincos(1e300).cos, 1);
}

TEST(SinCos, LieOnTheCircle) {
    Draws draws(3, hash64("math_test"), 0, 0);
    for (int i = 0; i < 10'000; ++i) {
        const SinCos point = sincos(uniform01(draws));
        EXPECT_NEAR(point.sin * point.sin + point.cos * point.cos, 1, 5e-16);
    }
}

TEST(LogFactorial, IsExactForSmallNumbers) {
    EXPECT_EQ(log_factorial(0), 0);
    EXPECT_EQ(log_factorial(1), 0);
    EXPECT_EQ(log_factorial(2), sim::log(2));
    EXPECT_EQ(log_factorial(10), sim::log(3'628'800));
}

TEST(LogFactorial, IsWithinItsError) {
    Worst small;
    Worst large;
    for (std::uint64_t n = 2; n < 20'000; ++n)
        small.look(static_cast<double>(n), log_factorial(n), std::lgamma(static_cast<long double>(n) + 1));
    Draws draws(4, hash64("math_test"), 0, 0);
    for (int i = 0; i < kPoints; ++i) {
        const auto n = static_cast<std::uint64_t>(std::exp2(uniform(14, 63.99, draws)));
        large.look(static_cast<double>(n), log_factorial(n), std::lgamma(static_cast<long double>(n) + 1));
    }
    EXPECT_WITHIN(0.6, small);
    EXPECT_WITHIN(1.2, large);
    EXPECT_TRUE(std::isfinite(log_factorial(std::numeric_limits<std::uint64_t>::max())));
}

// (n + 1)! = (n + 1) n!, across the change from exact factorials to Stirling's series too.
TEST(LogFactorial, GrowsByTheLogarithm) {
    for (std::uint64_t n = 1; n < 200; ++n) {
        EXPECT_NEAR(log_factorial(n + 1) - log_factorial(n), sim::log(static_cast<double>(n + 1)), 4e-16 * log_factorial(n + 1)) << n;
    }
}

// Golden: equal for g++ and clang, at every optimisation. A change here changes results.
TEST(Math, HasGoldenBits) {
    Draws draws(5, hash64("math_test"), 0, 0);
    Fingerprint bits;
    for (int i = 0; i < 10'000; ++i) {
        const double x = uniform01_open(draws);
        const double wide = std::ldexp(x, static_cast<int>(uniform_below(60, draws)) - 30);
        for (const double value :
             {sim::log(wide), sim::log1p(wide), sim::exp(700 * x - 350), sim::expm1(-x), sincos(wide).sin, sincos(wide).cos})
            bits.add(value);
        for (const double value : {log_factorial(static_cast<std::uint64_t>(wide)), normal_cdf(20 * x - 16), normal_quantile(x)})
            bits.add(value);
    }
    EXPECT_EQ(hex(bits.value()), "b16d5ea1019a9571");
    EXPECT_EQ(sim::log(3), 0x1.193ea7aad030bp+0);
    EXPECT_EQ(sim::exp(-2.5), 0x1.50385c094f425p-4);
}

}  // namespace
}  // namespace sim
