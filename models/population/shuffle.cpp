// A Feistel network whose halves add, so that each step can be undone.
#include "models/population/shuffle.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>

#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15U;
constexpr std::size_t kRoundsOfLarge = 2;

/// What one half adds to the other: the best bits of a product.
constexpr std::uint64_t scramble(std::uint64_t half, std::uint64_t key) {
    const std::uint64_t product = (half ^ key) * 0xD6E8FEB86659FD93U;
    return (product ^ product >> 32U) * 0xBF58476D1CE4E5B9U >> 32U;
}

}  // namespace

Shuffle::Shuffle(std::uint64_t n, std::uint64_t key) noexcept : n_(n) {
    assert(n >= 1 && n <= std::uint64_t{1} << 63U);
    const auto bits = static_cast<unsigned>(std::max(2, static_cast<int>(std::bit_width(n - 1))));
    low_bits_ = bits / 2;
    low_ = (std::uint64_t{1} << low_bits_) - 1;
    high_ = (std::uint64_t{1} << (bits - low_bits_)) - 1;
    rounds_ = n > kSmall ? kRoundsOfLarge : kRounds;
    for (auto& add : key_) add = sim::mix64(key += kGolden);
    offset_ = sim::mix64(key + kGolden) % n;
}

std::uint64_t Shuffle::place(std::uint64_t k) const noexcept {
    assert(k < n_);
    std::uint64_t x = k < n_ - offset_ ? k + offset_ : k - (n_ - offset_);
    do {
        std::uint64_t low = x & low_;
        std::uint64_t high = x >> low_bits_;
        for (std::size_t round = 0; round < rounds_; ++round) {
            low = (low + scramble(high, key_[2 * round])) & low_;
            high = (high + scramble(low, key_[2 * round + 1])) & high_;
        }
        x = high << low_bits_ | low;
    } while (x >= n_);
    return x;
}

std::uint64_t Shuffle::origin(std::uint64_t place) const noexcept {
    assert(place < n_);
    std::uint64_t x = place;
    do {
        std::uint64_t low = x & low_;
        std::uint64_t high = x >> low_bits_;
        for (std::size_t round = rounds_; round > 0; --round) {
            high = (high - scramble(low, key_[2 * round - 1])) & high_;
            low = (low - scramble(high, key_[2 * round - 2])) & low_;
        }
        x = high << low_bits_ | low;
    } while (x >= n_);
    return x >= offset_ ? x - offset_ : x + (n_ - offset_);
}

}  // namespace mailrift
