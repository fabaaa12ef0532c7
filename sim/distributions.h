// Random numbers by law. Own samplers: those of the standard libraries differ between libraries, and these have golden bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/random.h"

namespace sim {

/// k / 2^53 with k uniform in 0..2^53 - 1: in [0, 1).
[[nodiscard]] double uniform01(Draws& draws) noexcept;

/// k / 2^53 with k uniform in 1..2^53 - 1: in (0, 1), symmetric about 1/2.
[[nodiscard]] double uniform01_open(Draws& draws) noexcept;

/// Uniform from `low` to `high`; `high` itself only by rounding. Precondition: low <= high, both finite.
[[nodiscard]] double uniform(double low, double high, Draws& draws) noexcept;

/// Uniform in 0..n-1, exactly. Precondition: n > 0.
[[nodiscard]] std::uint64_t uniform_below(std::uint64_t n, Draws& draws) noexcept;

/// Exponential with the given mean, by inversion, so that draws grow with the mean; at most 36.8 means. Precondition: mean >= 0.
[[nodiscard]] double exponential(double mean, Draws& draws) noexcept;

/// Normal, by inversion: one draw, within 8.3 standard deviations. Precondition: sd >= 0.
[[nodiscard]] double normal(double mean, double sd, Draws& draws) noexcept;

/// exp of a normal with mean log(median) and standard deviation sigma. Precondition: median >= 0, sigma >= 0.
[[nodiscard]] double lognormal(double median, double sigma, Draws& draws) noexcept;

/// True with probability p, exactly for every double: p = 0 never, p = 1 always. Takes one draw, or with probability 2^-64 more;
/// with equal draws it is true for p' > p wherever it is for p. Precondition: 0 <= p <= 1.
[[nodiscard]] bool bernoulli(double p, Draws& draws) noexcept;

/// Index i with probability weights[i] / sum, to 53 bits; never one of weight 0. Takes one draw, O(n).
/// Precondition: weights finite and not negative, their sum positive and finite.
[[nodiscard]] std::size_t categorical(std::span<const double> weights, Draws& draws) noexcept;

enum class DistributionKind : std::uint8_t { kConstant, kUniform, kExponential, kLognormal };

/// A law for a quantity that is not negative, as plain data; times are in seconds.
struct Distribution {
    DistributionKind kind = DistributionKind::kConstant;
    double a = 0;  ///< value, low, mean, or median
    double b = 0;  ///< high or sigma; else unused

    bool operator==(const Distribution&) const = default;
};

[[nodiscard]] constexpr Distribution make_constant(double value) noexcept { return {DistributionKind::kConstant, value, 0}; }
[[nodiscard]] constexpr Distribution make_uniform(double low, double high) noexcept { return {DistributionKind::kUniform, low, high}; }
[[nodiscard]] constexpr Distribution make_exponential(double mean) noexcept { return {DistributionKind::kExponential, mean, 0}; }
[[nodiscard]] constexpr Distribution make_lognormal(double median, double sigma) noexcept {
    return {DistributionKind::kLognormal, median, sigma};
}

/// One number by this law. Every kind, a constant too, takes one draw, so that what is drawn after it does not depend on the law.
[[nodiscard]] double sample(const Distribution& distribution, Draws& draws) noexcept;

/// The same of one given draw. It is what sample() gives for that draw, but for the 2^-53 of them that stand for 0 and are drawn anew there:
/// here they stand for 2^-54.
[[nodiscard]] double sample_of(const Distribution& distribution, std::uint64_t draw) noexcept;

/// Probability of a value of at most x.
[[nodiscard]] double cdf(const Distribution& distribution, double x) noexcept;

[[nodiscard]] double mean(const Distribution& distribution) noexcept;

}  // namespace sim
