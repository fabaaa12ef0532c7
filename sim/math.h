// Elementary functions from + - * / and sqrt alone: libm picks code by CPU, so its bits are not the same everywhere; these are.
#pragma once

#include <cstdint>

namespace sim {

/// Natural logarithm. -inf at 0, NaN below.
[[nodiscard]] double log(double x) noexcept;

/// log(1 + x), exact for small x too. -inf at -1, NaN below.
[[nodiscard]] double log1p(double x) noexcept;

/// e^x. inf above 709.78, 0 below -745.13.
[[nodiscard]] double exp(double x) noexcept;

/// e^x - 1, exact for small x too.
[[nodiscard]] double expm1(double x) noexcept;

struct SinCos {
    double sin = 0;
    double cos = 1;
};

/// Sine and cosine of an angle in *turns* (1 = 2 pi), which loses nothing to the reduction of large angles. Precondition: finite.
[[nodiscard]] SinCos sincos(double turns) noexcept;

/// log(n!).
[[nodiscard]] double log_factorial(std::uint64_t n) noexcept;

/// Probability that a standard normal variable is at most x.
[[nodiscard]] double normal_cdf(double x) noexcept;

/// The x with normal_cdf(x) = p: -inf at 0, inf at 1, NaN outside [0, 1].
[[nodiscard]] double normal_quantile(double p) noexcept;

}  // namespace sim
