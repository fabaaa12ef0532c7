// Fingerprints: an order-dependent 64-bit hash over typed values, equal for equal runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sim {

/// Hashes the values added, in their order. Numbers by their bits (-0.0 as 0.0), texts with their length.
class Fingerprint {
public:
    void add(std::uint64_t value) noexcept;
    void add(std::int64_t value) noexcept { add(static_cast<std::uint64_t>(value)); }
    void add(double value) noexcept;  ///< Precondition: finite.
    void add(std::string_view text) noexcept;
    void add(bool) = delete;

    [[nodiscard]] std::uint64_t value() const noexcept;

private:
    std::uint64_t state_ = 0x243F6A8885A308D3U;
    std::uint64_t count_ = 0;
};

/// 16 hexadecimal digits.
[[nodiscard]] std::string hex(std::uint64_t value);

}  // namespace sim
