// Small parts that the files of Courier share.
#pragma once

#include <cstdint>

#include "sim/hash.h"

namespace mailrift {

inline constexpr double kMoments = 0x1p32;  ///< of a slice

inline void prefetch(const void* address) noexcept {
#if defined(__GNUC__)
    __builtin_prefetch(address);
#else
    static_cast<void>(address);
#endif
}

/// Key of one message of a conversation.
inline std::uint64_t message_id(std::uint64_t conversation, std::uint32_t generation) noexcept {
    return generation == 0 ? conversation : sim::mix64(conversation + generation * 0x9E3779B97F4A7C15U);
}

}  // namespace mailrift
