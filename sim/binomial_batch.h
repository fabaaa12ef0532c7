// Binomial counts of many entities at once: the numbers of sim::binomial, at a fraction of its time.
#pragma once

#include <cstdint>
#include <span>

#include "sim/random_batch.h"

namespace sim {

/// counts[i] = binomial(trials[i], p[i], Draws(seed, stream, entities[i], tick)), bit for bit, as `poisson_many`; but where the
/// rarer outcome has a mean below 10, mostly one by one.
/// Preconditions: equal sizes; trials[i] <= kMostCount, 0 <= p[i] <= 1; has_vectors(vectors). `counts` overlaps no other.
void binomial_many(std::span<const std::uint64_t> trials, std::span<const double> p, std::uint64_t seed, std::uint64_t stream,
                   std::span<const std::uint64_t> entities, std::uint32_t tick, std::span<std::uint64_t> counts,
                   Vectors vectors = widest_vectors()) noexcept;

}  // namespace sim
