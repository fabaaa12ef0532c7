// Fingerprints: one 64-bit number that changes when any value added, or their order, changes.
#pragma once

#include <bit>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/hash.h"

namespace sim {

/// Hashes values in the order in which they are added. Not cryptographic: it finds differences, not forgeries.
class Fingerprint {
public:
    void add(std::uint64_t value) noexcept {
        // Only a rotation and a multiplication wait for the value before, so millions of counts are cheap; the value's own mixing runs
        // beside. Each step is a bijection of the state, so no difference is ever lost; the rotation makes order count in every bit; the
        // sum makes a first 0 count.
        state_ = (std::rotl(state_, 29) ^ mix64(value + 0x9E3779B97F4A7C15U)) * 0xD6E8FEB86659FD93U;
    }
    void add(std::int64_t value) noexcept { add(static_cast<std::uint64_t>(value)); }
    void add(double value) noexcept {  ///< by its bits, -0.0 as 0.0. Precondition: finite
        assert(std::isfinite(value));
        add(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value));
    }
    void add(std::string_view text) noexcept;  ///< length and bytes
    void add(bool) = delete;                   ///< a pointer or a flag would be hashed as some number

    [[nodiscard]] std::uint64_t value() const noexcept;

    /// What it has come to, to go on from it later.
    template <class Archive>
    friend void serve(Archive& archive, typename Archive::template Ref<Fingerprint> fingerprint) {
        archive(fingerprint.state_);
    }

private:
    std::uint64_t state_ = 0;
};

/// 16 lower-case hexadecimal digits.
[[nodiscard]] std::string hex(std::uint64_t value);

}  // namespace sim
