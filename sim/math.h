// Elementary functions from + - * / and sqrt alone: libm picks code by CPU, so its bits are not the same everywhere; these are.
#pragma once

#include <cstdint>

namespace sim {

// Errors are in units in the last place (ulp) of the result, measured against the 64-bit mantissas of long double in
// tests/sim/math_test.cpp; results below 2.3e-308 (subnormal) are within 1 ulp more.

/// Natural logarithm, within 0.55 ulp. -inf at 0, NaN below.
[[nodiscard]] double log(double x) noexcept;

/// log(1 + x), within 0.6 ulp for small x too. -inf at -1, NaN below.
[[nodiscard]] double log1p(double x) noexcept;

/// e^x, within 0.7 ulp. inf above 709.78, 0 below -745.14.
[[nodiscard]] double exp(double x) noexcept;

/// e^x - 1, within 1.2 ulp for small x too.
[[nodiscard]] double expm1(double x) noexcept;

struct SinCos {
    double sin = 0;
    double cos = 1;
};

/// Sine and cosine, within 0.9 ulp each, of an angle in *turns* (1 = 2 pi): so the reduction of large angles is exact.
/// Precondition: finite.
[[nodiscard]] SinCos sincos(double turns) noexcept;

/// log(n!), within 0.6 ulp (1.2 ulp for n above 2^53, which no double holds).
[[nodiscard]] double log_factorial(std::uint64_t n) noexcept;

/// Probability that a standard normal variable is at most x: within 4e-16, and within 7 ulp for -37.5 < x < 0.
[[nodiscard]] double normal_cdf(double x) noexcept;

/// The x with normal_cdf(x) = p, within 2 ulp: -inf at 0, inf at 1, NaN outside [0, 1].
[[nodiscard]] double normal_quantile(double p) noexcept;

}  // namespace sim
