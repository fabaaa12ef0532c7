// Stable hashes: golden values, mixing, no collisions of the kind of names that documents hold.
#include "sim/hash.h"

#include <bit>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sim {
namespace {

constexpr std::uint64_t undo_shift(std::uint64_t word, unsigned shift) {
    std::uint64_t result = word;
    for (unsigned known = shift; known < 64; known += shift) result = word ^ (result >> shift);
    return result;
}

/// The inverse of an odd number modulo 2^64, by Newton's method: each step doubles the digits.
constexpr std::uint64_t inverse(std::uint64_t odd) {
    std::uint64_t result = odd;
    for (int step = 0; step < 6; ++step) result *= 2 - odd * result;
    return result;
}

constexpr std::uint64_t unmix64(std::uint64_t word) {
    word = undo_shift(word, 31) * inverse(0x94D049BB133111EBU);
    word = undo_shift(word, 27) * inverse(0xBF58476D1CE4E5B9U);
    return undo_shift(word, 30);
}

// SplitMix64 with seed 1234567 gives 6457827717110365317 first (Vigna's reference code; the state is advanced before it is mixed).
TEST(Mix64, IsTheFinaliserOfSplitMix64) {
    static_assert(mix64(0) == 0);
    EXPECT_EQ(mix64(1234567U + 0x9E3779B97F4A7C15U), 6457827717110365317U);
    EXPECT_EQ(mix64(1234567U + 2 * 0x9E3779B97F4A7C15U), 3203168211198807973U);
}

TEST(Mix64, CanBeUndone) {
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        const std::uint64_t word = i * 0x9E3779B97F4A7C15U;
        EXPECT_EQ(unmix64(mix64(word)), word);
    }
}

// 1e4 words x 64 x 64 flips: each share has a standard deviation of 0.005, so 6 of them find a share off by 0.03.
TEST(Mix64, EachInputBitFlipsEachOutputBitHalfOfTheTime) {
    constexpr std::size_t kWords = 10'000;
    std::vector<std::size_t> flips(64 * 64);
    for (std::uint64_t i = 0; i < kWords; ++i) {
        for (unsigned in = 0; in < 64; ++in) {
            std::uint64_t changed = mix64(i) ^ mix64(i ^ (std::uint64_t{1} << in));
            for (; changed != 0; changed &= changed - 1) ++flips[in * 64 + static_cast<unsigned>(std::countr_zero(changed))];
        }
    }
    for (std::size_t pair = 0; pair < flips.size(); ++pair) {
        EXPECT_NEAR(static_cast<double>(flips[pair]) / kWords, 0.5, 0.03) << "input bit " << pair / 64 << ", output bit " << pair % 64;
    }
}

// FNV-1a of "" and "a" are the published CBF29CE484222325 and AF63DC4C8601EC8C.
TEST(Hash64, IsFnv1aMixed) {
    static_assert(hash64("") == mix64(0xCBF29CE484222325U));
    static_assert(hash64("a") == mix64(0xAF63DC4C8601EC8CU));
    static_assert(hash64("foobar") == mix64(0x85944171F73967E8U));
}

TEST(Hash64, CountsEveryByte) {
    EXPECT_NE(hash64("ab"), hash64("ba"));
    EXPECT_NE(hash64(std::string_view("a\0", 2)), hash64("a"));
    EXPECT_NE(hash64("\xC3\xA9"), hash64("\xC3\xA8"));
    EXPECT_NE(hash64("a"), hash64("A"));
}

// A million names have 5e11 pairs: a good hash has a collision with probability 3e-8.
TEST(Hash64, TellsAMillionNamesApart) {
    std::set<std::uint64_t> seen;
    std::vector<std::size_t> top(256);
    for (int i = 0; i < 1'000'000; ++i) {
        const std::uint64_t hash = hash64("supplier-" + std::to_string(i));
        seen.insert(hash);
        ++top[static_cast<std::size_t>(hash >> 56U)];
    }
    EXPECT_EQ(seen.size(), 1'000'000U);
    // Names differ at their ends, which FNV leaves in the low bits; a byte's count has a standard deviation of 62.
    for (const std::size_t count : top) EXPECT_NEAR(static_cast<double>(count), 3906.25, 5 * 62.5);
}

}  // namespace
}  // namespace sim
