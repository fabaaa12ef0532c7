// Small parts that the files of Courier share.
#pragma once

#include <cstdint>

#include "models/delivery/outcome.h"
#include "sim/hash.h"
#include "sim/prefetch.h"

namespace mailrift {

inline constexpr std::uint64_t kAcceptStream = sim::hash64("message: how it is accepted");
inline constexpr double kMoments = 0x1p32;  ///< of a slice

using sim::prefetch;

/// A try's part of a slice's digest: linear in tries, with coefficients that their keys make random, so that two slices with other tries differ but
/// for one in 2^64.
inline std::uint64_t digest_of(std::uint64_t id, Outcome outcome) noexcept {
    return (id | 1U) * (2 * static_cast<std::uint64_t>(outcome) + 1);
}

/// Key of one message of a conversation.
inline std::uint64_t message_id(std::uint64_t conversation, std::uint32_t generation) noexcept {
    return generation == 0 ? conversation : sim::mix64(conversation + generation * 0x9E3779B97F4A7C15U);
}

}  // namespace mailrift
