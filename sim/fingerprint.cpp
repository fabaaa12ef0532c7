// Fingerprints of trajectories and results.
#include "sim/fingerprint.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "sim/hash.h"

namespace sim {

void Fingerprint::add(std::uint64_t value) noexcept {
    // Only a rotation and a multiplication wait for the value before, so millions of counts are cheap; the value's own mixing runs
    // beside. Each step is a bijection of the state, so no difference is ever lost; the rotation makes order count in every bit; the
    // sum makes a first 0 count.
    state_ = (std::rotl(state_, 29) ^ mix64(value + 0x9E3779B97F4A7C15U)) * 0xD6E8FEB86659FD93U;
}

void Fingerprint::add(double value) noexcept {
    assert(std::isfinite(value));
    add(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value));
}

void Fingerprint::add(std::string_view text) noexcept {
    add(std::uint64_t{text.size()});
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * (i % 8));
        if (i % 8 == 7 || i + 1 == text.size()) {
            add(word);
            word = 0;
        }
    }
}

std::uint64_t Fingerprint::value() const noexcept { return mix64(state_); }

std::string hex(std::uint64_t value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = text.size(); i-- > 0; value >>= 4U) text[i] = kDigits[value & 0xFU];
    return text;
}

}  // namespace sim
