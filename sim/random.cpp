// Counter-based random numbers: Philox4x32-10 and its keys.
#include "sim/random.h"

#include <bit>
#include <cassert>

#include "sim/hash.h"

namespace sim {
namespace {

constexpr std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); }

/// Four words of two numbers. Where memory has them in that order they are written two at a time, as they are read: else the processor would wait.
PhiloxCounter words_of(std::uint64_t first, std::uint64_t second) {
    if constexpr (std::endian::native == std::endian::little) return std::bit_cast<PhiloxCounter>(std::array{first, second});
    return {low(first), high(first), low(second), high(second)};
}

}  // namespace

// The keys of a round are in counter[1] and counter[3] before it begins, so that no product waits for them.
PhiloxCounter philox4x32_10(PhiloxCounter counter, PhiloxKey key) noexcept {
    counter[1] ^= key[0];
    counter[3] ^= key[1];
    for (std::size_t round = 0; round < kPhiloxRounds; ++round) {
        const std::uint64_t a = std::uint64_t{kPhiloxMultiplier[0]} * counter[0];
        const std::uint64_t b = std::uint64_t{kPhiloxMultiplier[1]} * counter[2];
        key[0] += kPhiloxWeyl[0];
        key[1] += kPhiloxWeyl[1];
        counter = {high(b) ^ counter[1], low(b) ^ key[0], high(a) ^ counter[3], low(a) ^ key[1]};
    }
    counter[1] ^= key[0];
    counter[3] ^= key[1];
    return counter;
}

Draws::Draws(std::uint64_t seed, std::uint64_t stream, std::uint64_t entity, std::uint32_t tick) noexcept {
    key_ = key(seed, stream);
    counter_ = words_of(entity, tick);
}

PhiloxKey Draws::key(std::uint64_t seed, std::uint64_t stream) noexcept {
    // A bijection of the seed for each stream, so that no two seeds share one, and of the stream for each seed.
    const std::uint64_t key = mix64(seed + mix64(stream));
    return {low(key), high(key)};
}

std::uint64_t Draws::next_u64() noexcept {
    if (has_spare_) {
        has_spare_ = false;
        return spare_;
    }
    const PhiloxCounter block = philox4x32_10(counter_, key_);
    ++counter_[3];
    assert(counter_[3] != 0);
    spare_ = (static_cast<std::uint64_t>(block[3]) << 32U) | block[2];
    has_spare_ = true;
    return (static_cast<std::uint64_t>(block[1]) << 32U) | block[0];
}

}  // namespace sim
