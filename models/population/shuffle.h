// A shuffle that needs no memory: a keyed bijection of 0..n-1 that can be asked at any place, in both directions.
#pragma once

#include <array>
#include <cstdint>

namespace mailrift {

/// Bijection of 0..n-1, chosen by `key` among many. For a uniformly random part of the key each place is exactly uniform: place(k) adds
/// a keyed offset modulo n first. Then a Feistel network over the two halves of the bits of n - 1 (Luby and Rackoff 1988): each adds a
/// keyed hash of the other, 4 times, or 12 times for small n, whose halves have few values. A result of n or above goes through it again
/// (cycle walking, Black and Rogaway 2002: fewer than 2 times on average).
class Shuffle {
public:
    /// The bijection of nothing; may only be assigned to.
    Shuffle() = default;

    /// Precondition: 1 <= n <= 2^63.
    Shuffle(std::uint64_t n, std::uint64_t key) noexcept;

    /// Where k goes. Precondition: k < n.
    [[nodiscard]] std::uint64_t place(std::uint64_t k) const noexcept;

    /// Who goes to `place`. Precondition: place < n.
    [[nodiscard]] std::uint64_t origin(std::uint64_t place) const noexcept;

private:
    static constexpr std::size_t kRounds = 6;  ///< of both halves, for small n
    static constexpr std::uint64_t kSmall = 4096;

    std::uint64_t n_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t low_ = 0;   ///< mask of the low half
    std::uint64_t high_ = 0;  ///< mask of the high half, moved down
    unsigned low_bits_ = 1;
    std::size_t rounds_ = 0;
    std::array<std::uint64_t, 2 * kRounds> key_{};
};

}  // namespace mailrift
