// Poisson counts of many entities at once: the numbers of sim::poisson, at a fraction of its time.
#pragma once

#include <cstdint>
#include <span>

#include "sim/random_batch.h"

namespace sim {

/// counts[i] = poisson(means[i], Draws(seed, stream, entities[i], tick)), bit for bit: so a count depends on nothing but its own mean
/// and key. Works in steps over a few hundred entities, of which all but the rarest have no branch; uses no memory but the stack.
/// Preconditions: equal sizes; 0 <= means[i] <= kMostCount; has_vectors(vectors). `counts` overlaps neither `means` nor `entities`.
void poisson_many(std::span<const double> means, std::uint64_t seed, std::uint64_t stream, std::span<const std::uint64_t> entities,
                  std::uint32_t tick, std::span<std::uint64_t> counts, Vectors vectors = widest_vectors()) noexcept;

}  // namespace sim
