// Counter-based random numbers: every draw is a pure function of (seed, stream, entity, tick, draw).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sim {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

inline constexpr PhiloxKey kPhiloxMultiplier{0xD2511F53U, 0xCD9E8D57U};
inline constexpr PhiloxKey kPhiloxWeyl{0x9E3779B9U, 0xBB67AE85U};  ///< what the key grows by from round to round
inline constexpr std::size_t kPhiloxRounds = 10;

/// Philox4x32 with 10 rounds (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, SC 2011).
[[nodiscard]] PhiloxCounter philox4x32_10(PhiloxCounter counter, PhiloxKey key) noexcept;

/// The draws of one entity in one stream at one tick, in their order. A plain value: a copy goes on by itself, and two objects with
/// equal arguments give equal numbers, whatever was drawn elsewhere. Not thread-safe; make one where it is needed, that costs little.
///
/// Key of Philox: a 64-bit mix of seed and stream. Counter: entity (64 bits), tick (32), block (32); a block holds two 64-bit draws.
class Draws {
public:
    /// \param stream purpose of the numbers, as hash64 of a fixed text
    /// \param entity whose numbers they are, as hash64 of its id in the document
    /// \param tick   slice of time; 0 for what is drawn once
    Draws(std::uint64_t seed, std::uint64_t stream, std::uint64_t entity, std::uint32_t tick) noexcept;

    /// The key of Philox for all draws of a seed and stream.
    [[nodiscard]] static PhiloxKey key(std::uint64_t seed, std::uint64_t stream) noexcept;

    /// The next 64 random bits. Precondition: fewer than 2^33 - 2 taken so far.
    std::uint64_t next_u64() noexcept;

private:
    PhiloxKey key_;
    PhiloxCounter counter_;
    std::uint64_t spare_ = 0;
    bool has_spare_ = false;
};

}  // namespace sim
