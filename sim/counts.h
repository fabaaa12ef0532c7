// Random whole numbers: how many of many independent things happened. Exact for every mean, and the same bits everywhere.
#pragma once

#include <cstdint>
#include <span>

#include "sim/random.h"

namespace sim {

/// Greatest mean, and greatest number of trials: beyond it a double cannot hold every count.
inline constexpr double kMostCount = 0x1p52;

/// Poisson with this mean: e^-m m^k / k!. Below a mean of 10 by inversion (one draw), above by transformed rejection (Hoermann 1993:
/// PTRS; about 2.3 draws). Probabilities are those of the law to about 1e-14 of themselves; by inversion, outcomes whose whole tail is
/// below 2^-53 are never drawn, since a draw has 53 bits. Precondition: 0 <= mean <= kMostCount.
[[nodiscard]] std::uint64_t poisson(double mean, Draws& draws) noexcept;

/// Binomial: successes among n trials of probability p. Where the rarer outcome has a mean below 10 by inversion (one draw), else by
/// transformed rejection (Hoermann 1993: BTRS); the tails as for `poisson`. Precondition: n <= kMostCount, 0 <= p <= 1.
[[nodiscard]] std::uint64_t binomial(std::uint64_t n, double p, Draws& draws) noexcept;

/// Multinomial: n things over the kinds i with probabilities weights[i] / sum, as binomials one after the other; counts[i] of kind i,
/// their sum n. A weight of 0 gets none. Precondition: equal sizes, weights finite and not negative, their sum positive if n > 0.
void multinomial(std::uint64_t n, std::span<const double> weights, std::span<std::uint64_t> counts, Draws& draws);

/// Logarithm of the Poisson probability of k, to about 1e-15 of its greatest term, also where k and mean are large and near each
/// other (the saddle-point form of Loader 2000). Precondition: mean > 0, k <= kMostCount.
[[nodiscard]] double log_poisson_pmf(std::uint64_t k, double mean) noexcept;

/// Logarithm of the binomial probability of k. Precondition: k <= n <= kMostCount, 0 < p < 1.
[[nodiscard]] double log_binomial_pmf(std::uint64_t k, std::uint64_t n, double p) noexcept;

}  // namespace sim
