// When a source that changes its addresses takes a fresh one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/time.h"

namespace mailrift {

/// How many fresh addresses operator k of K took up to `tick`: it takes one at (n + (2 k + 1) / (2 K)) T, T the time for which each is
/// used, rounded up to a tick. T = 0: none.
[[nodiscard]] constexpr std::int64_t fresh_addresses(sim::Duration rotation, std::size_t key, std::size_t keys, sim::Tick tick,
                                                     sim::Duration slice) {
    if (rotation.us == 0) return 0;
    const std::int64_t phase = rotation.us / static_cast<std::int64_t>(2 * keys) * static_cast<std::int64_t>(2 * key + 1);
    const std::int64_t age = tick * slice.us - phase;
    return age / rotation.us + (age % rotation.us < 0 ? 0 : 1);
}

/// Whether it begins to use one at `tick`.
[[nodiscard]] constexpr bool takes_fresh_address(sim::Duration rotation, std::size_t key, std::size_t keys, sim::Tick tick,
                                                 sim::Duration slice) {
    return fresh_addresses(rotation, key, keys, tick, slice) != fresh_addresses(rotation, key, keys, tick - 1, slice);
}

}  // namespace mailrift
