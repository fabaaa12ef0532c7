// When a source that changes its addresses takes a fresh one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/time.h"

namespace mailrift {

/// Whether operator k of K begins to use a fresh address at `tick`: it does so at (n + (2 k + 1) / (2 K)) T, T the time for which each is used, rounded up to a
/// tick. T = 0: never.
[[nodiscard]] constexpr bool takes_fresh_address(sim::Duration rotation, std::size_t key, std::size_t keys, sim::Tick tick, sim::Duration slice) {
    if (rotation.us == 0) return false;
    const std::int64_t phase = rotation.us / static_cast<std::int64_t>(2 * keys) * static_cast<std::int64_t>(2 * key + 1);
    const auto number = [&](sim::Tick at) {
        const std::int64_t age = at * slice.us - phase;
        return age / rotation.us - (age % rotation.us < 0 ? 1 : 0);
    };
    return number(tick) != number(tick - 1);
}

}  // namespace mailrift
