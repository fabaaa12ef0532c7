// Fingerprints: an order-dependent 64-bit hash over typed values.
#include "sim/fingerprint.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "sim/hash.h"

namespace sim {

void Fingerprint::add(std::uint64_t value) noexcept {
    // A multiply by an odd constant and a rotation make order matter; mix64 at the end spreads what the last value did.
    state_ = (state_ ^ value) * 0x9E3779B97F4A7C15U;
    state_ = std::rotl(state_, 29) ^ (state_ >> 32U);
    ++count_;
}

void Fingerprint::add(double value) noexcept {
    assert(std::isfinite(value));
    add(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value));
}

void Fingerprint::add(std::string_view text) noexcept {
    add(static_cast<std::uint64_t>(text.size()));
    add(hash64(text));
}

std::uint64_t Fingerprint::value() const noexcept { return mix64(state_ + mix64(count_)); }

std::string hex(std::uint64_t value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = kDigits[(value >> (60U - 4U * i)) & 0xFU];
    return text;
}

}  // namespace sim
