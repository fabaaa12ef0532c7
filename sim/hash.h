// Stable 64-bit hashes: of names, to key random streams, and of single words.
#pragma once

#include <cstdint>
#include <string_view>

namespace sim {

/// Spreads every input bit over all output bits; a bijection (the finaliser of SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

/// One hash of two, in their order.
[[nodiscard]] constexpr std::uint64_t join64(std::uint64_t first, std::uint64_t second) noexcept {
    return mix64(first + 3 * mix64(second));
}

/// 64-bit hash of a text: FNV-1a, then mixed, since FNV's high bits are weak for short names. Part of the trajectory: never changes.
[[nodiscard]] constexpr std::uint64_t hash64(std::string_view text) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return mix64(hash);
}

}  // namespace sim
