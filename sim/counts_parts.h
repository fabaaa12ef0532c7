// Transformed rejection for random counts, as steps without a branch: one candidate by itself, or many side by side.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "sim/math_parts.h"

namespace sim {

/// Mean below which inversion is quicker, and above which the constants of PTRS hold.
inline constexpr double kLeastRejectionMean = 10;

/// Greatest count by inversion; its probability is below 1e-180 at a mean of 10.
inline constexpr int kMostInverted = 200;

/// The count that `poisson` makes of its first uniform number. Precondition: 0 <= mean < kLeastRejectionMean, 0 <= u < 1.
[[nodiscard]] std::uint64_t poisson_by_inversion(double mean, double u) noexcept;

/// True if `binomial` inverts: if the rarer outcome has a mean below kLeastRejectionMean.
[[nodiscard]] bool is_inverted(std::uint64_t n, double p) noexcept;

/// The count that `binomial` then makes of its first uniform number. Precondition: is_inverted(n, p), 0 <= u < 1.
[[nodiscard]] std::uint64_t binomial_by_inversion(std::uint64_t n, double p, double u) noexcept;

/// The constants of PTRS for one mean (Hoermann 1993). Precondition: mean >= kLeastRejectionMean.
struct PtrsConstants {
    double a;
    double b;
};

[[nodiscard, gnu::always_inline]] inline PtrsConstants ptrs_constants(double mean) noexcept {
    const double b = 0.931 + 2.53 * std::sqrt(mean);
    return {-0.059 + 0.02483 * b, b};
}

/// A candidate needs no test where us >= kLeastInsideUs and v <= ptrs_inside.
inline constexpr double kLeastInsideUs = 0.07;

[[nodiscard, gnu::always_inline]] inline double ptrs_inside(const PtrsConstants& c) noexcept { return 0.9277 - 3.6224 / (c.b - 2); }

/// 1 / alpha of PTRS.
[[nodiscard, gnu::always_inline]] inline double ptrs_inverse_alpha(double b) noexcept { return 1.1239 + 1.1328 / (b - 3.4); }

/// The candidate before rounding down, from u in [-1/2, 1/2) and us = 1/2 - |u| > 0.
[[nodiscard, gnu::always_inline]] inline double ptrs_candidate(const PtrsConstants& c, double u, double us, double mean) noexcept {
    return (2 * c.a / us + c.b) * u + mean + 0.43;
}

// What vector units lack, by the layout of doubles.

/// As uniform01() takes it from the same 64 bits, without a conversion of 64-bit integers.
[[nodiscard, gnu::always_inline]] inline double unit_from_bits(std::uint64_t bits) noexcept {
    const std::uint64_t top = bits >> 11U;
    const auto upper = std::bit_cast<double>((top >> 32U) | std::bit_cast<std::uint64_t>(0x1p84));  // 2^84 + 2^32 of the upper bits
    const auto lower = std::bit_cast<double>((top & 0xFFFFFFFFU) | std::bit_cast<std::uint64_t>(0x1p52));
    return ((upper - (0x1p84 + 0x1p52)) + lower) * 0x1p-53;
}

/// 1 if a < b, else 0. Precondition: neither infinite nor not a number (else either).
[[nodiscard, gnu::always_inline]] inline std::uint64_t is_less(double a, double b) noexcept {
    return std::bit_cast<std::uint64_t>(a - b) >> 63U;
}

/// 1 if v > ptrs_inside, or below it by less than 2e-5; a product, since a vector unit divides slowly. Precondition as above.
[[nodiscard, gnu::always_inline]] inline std::uint64_t is_hardly_inside(const PtrsConstants& c, double v) noexcept {
    return is_less((0.9277 - 1e-9 - v) * (c.b - 2), 3.6225);
}

/// The greatest whole number up to x. Precondition: 0 <= x <= 2^52 - 1 (else any number).
[[nodiscard, gnu::always_inline]] inline std::uint64_t floor_of(double x) noexcept {
    const double shifted = x + 0x1p52;
    return (std::bit_cast<std::uint64_t>(shifted) & 0xFFFFFFFFFFFFFU) - is_less(x, shifted - 0x1p52);
}

/// log(x) within 1e-11. Precondition: x positive, normal and finite (else any number).
[[nodiscard, gnu::always_inline]] inline double rough_log(double x) noexcept {
    constexpr std::uint64_t kOne = std::bit_cast<std::uint64_t>(1.0);
    constexpr std::uint64_t kLeast = std::bit_cast<std::uint64_t>(0x1.6a09e667f3bcdp-1);  // sqrt(1/2)
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t exponent = (bits - kLeast + kOne) >> 52U;  // with its bias of 1023
    const auto m = std::bit_cast<double>(bits - (exponent << 52U) + kOne);
    const double k = std::bit_cast<double>(exponent | std::bit_cast<std::uint64_t>(0x1p52)) - (0x1p52 + 1023);
    const double s = (m - 1) / (m + 1);
    const double t = s * s;
    const double t2 = t * t;
    const double series = (1.0 / 3 + t * (1.0 / 5)) + t2 * ((1.0 / 7 + t * (1.0 / 9)) + t2 * (1.0 / 11 + t * (1.0 / 13)));
    return k * 0x1.62e42fefa39efp-1 + 2 * (s + s * t * series);
}

/// A whole number below 2^52 as a double.
[[nodiscard, gnu::always_inline]] inline double whole(std::uint64_t k) noexcept {
    return std::bit_cast<double>(k | std::bit_cast<std::uint64_t>(0x1p52)) - 0x1p52;
}

/// exp(-mean), bit for bit. Precondition: 0 < mean < kLeastRejectionMean (else any number).
[[nodiscard, gnu::always_inline]] inline double exp_of_minus(double mean) noexcept {
    const std::uint64_t k = floor_of(mean * kInverseLog2 + 0.5);
    return one_and(exponent_of(-mean, -whole(k))) * std::bit_cast<double>((1023 - k) << 52U);
}

/// stirling_error(k) + deviance(k, mean) of counts.cpp, within 1e-8 of 1 + itself.
/// Precondition: k >= 4, |k - mean| <= 0.4 (k + mean) (else any number).
[[nodiscard, gnu::always_inline]] inline double rough_rest(double k, double distance, double total) noexcept {
    const double quotient = 1 / (k * total);
    const double inverse = quotient * total;
    const double r = inverse * inverse;
    const double stirling = inverse * (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188)))));
    const double v = distance * k * quotient;
    const double t = v * v;
    const double t2 = t * t;
    const double t4 = t2 * t2;
    const double lower = ((1.0 / 3 + t * (1.0 / 5)) + t2 * (1.0 / 7 + t * (1.0 / 9)));
    const double middle = ((1.0 / 11 + t * (1.0 / 13)) + t2 * (1.0 / 15 + t * (1.0 / 17)));
    const double upper = ((1.0 / 19 + t * (1.0 / 21)) + t2 * (1.0 / 23));
    return stirling + (distance * v + 2 * k * v * t * (lower + t4 * (middle + t4 * upper)));
}

/// The test of PTRS, roughly: a candidate is taken if `excess` <= 0, which is certain if |excess| > margin.
struct RoughTest {
    double excess;
    double margin;
    std::uint64_t is_valid;  ///< else the other two are any numbers
};

[[nodiscard, gnu::always_inline]] inline RoughTest rough_test(const PtrsConstants& c, double us, double v, double k, double mean) noexcept {
    constexpr double kTwoPi = 0x1.921fb54442d18p+2;
    const double distance = k - mean;
    const double total = k + mean;
    const double rest = rough_rest(k, distance, total);
    // log(v inverse_alpha / (a / us^2 + b)) <= -rest - log(2 pi k) / 2, as one logarithm.
    const double square = us * us;
    const double w = v * square * (1.1239 * (c.b - 3.4) + 1.1328) / ((c.a + c.b * square) * (c.b - 3.4));
    const double excess = 0.5 * rough_log(w * w * kTwoPi * k) + rest;
    return {excess, 1e-6 * (1 + std::fabs(rest)), 1U ^ (is_less(k, 4) | is_less(0.4 * total, std::fabs(distance)))};
}

/// The constants of BTRS for n trials of probability p (Hoermann 1993). Preconditions: n p >= kLeastRejectionMean, p <= 1/2.
struct BtrsConstants {
    double a;
    double b;
    double centre;
    double alpha;
};

[[nodiscard, gnu::always_inline]] inline BtrsConstants btrs_constants(double trials, double p) noexcept {
    const double deviation = std::sqrt(trials * p * (1 - p));
    const double b = 1.15 + 2.53 * deviation;
    return {-0.0873 + 0.0248 * b + 0.01 * p, b, trials * p + 0.5, (2.83 + 5.1 / b) * deviation};
}

/// A candidate needs no test where us >= kLeastInsideUs and v <= btrs_inside.
[[nodiscard, gnu::always_inline]] inline double btrs_inside(const BtrsConstants& c) noexcept { return 0.92 - 4.2 / c.b; }

/// The candidate before rounding down.
[[nodiscard, gnu::always_inline]] inline double btrs_candidate(const BtrsConstants& c, double u, double us) noexcept {
    return (2 * c.a / us + c.b) * u + c.centre;
}

/// 1 if `rough_rest` does not hold.
[[nodiscard, gnu::always_inline]] inline std::uint64_t is_beyond_rest(double k, double distance, double total) noexcept {
    return is_less(k, 4) | is_less(0.4 * total, std::fabs(distance));
}

/// The test of BTRS for k of n trials, against the mode of the law; as `rough_test`. Precondition: mode <= trials <= 2^52 - 1.
[[nodiscard, gnu::always_inline]] inline RoughTest rough_binomial_test(const BtrsConstants& c, double us, double v, double k, double mode,
                                                                       double trials, double p) noexcept {
    const double mean = trials * p;
    const double other_mean = trials * (1 - p);
    const double others = trials - k;
    const double other_mode = trials - mode;
    const double rest = rough_rest(k, k - mean, k + mean) + rough_rest(others, others - other_mean, others + other_mean);
    const double at_mode =
        rough_rest(mode, mode - mean, mode + mean) + rough_rest(other_mode, other_mode - other_mean, other_mode + other_mean);
    // log(v alpha / (a / us^2 + b)) <= at_mode - rest + log(mode other_mode / (k others)) / 2, as one logarithm.
    const double square = us * us;
    const double w = v * square * c.alpha / (c.a + c.b * square);
    const double excess = 0.5 * rough_log(w * w * (k / mode) * (others / other_mode)) + rest - at_mode;
    const std::uint64_t is_beyond = is_beyond_rest(k, k - mean, k + mean) |
                                    is_beyond_rest(others, others - other_mean, others + other_mean) | is_less(mode, 4) |
                                    is_less(other_mode, 4);
    return {excess, 1e-6 * (1 + std::fabs(rest)), 1U ^ is_beyond};
}

}  // namespace sim
