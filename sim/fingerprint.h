// Fingerprints: one 64-bit number that changes when any value added, or their order, changes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sim {

/// Hashes values in the order in which they are added. Not cryptographic: it finds differences, not forgeries.
class Fingerprint {
public:
    void add(std::uint64_t value) noexcept;
    void add(std::int64_t value) noexcept { add(static_cast<std::uint64_t>(value)); }
    void add(double value) noexcept;           ///< by its bits, -0.0 as 0.0. Precondition: finite
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
