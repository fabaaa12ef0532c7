// Philox against the published vectors, and draws as pure functions of their key.
#include "sim/random.h"

#include <array>
#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "sim/hash.h"
#include "tests/sim/law_tools.h"

namespace sim {
namespace {

using Counter = std::array<std::uint32_t, 4>;

// Known-answer vectors of Random123 1.09, tests/kat_vectors, "philox4x32 10".
TEST(Philox, GivesThePublishedVectors) {
    constexpr std::uint32_t kOnes = 0xFFFFFFFFU;
    EXPECT_EQ(philox4x32_10({0, 0, 0, 0}, {0, 0}), (Counter{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}));
    EXPECT_EQ(philox4x32_10({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}), (Counter{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}));
    EXPECT_EQ(philox4x32_10({0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}, {0xA4093822, 0x299F31D0}),
              (Counter{0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}));
}

TEST(Draws, AreTheBlocksOfTheirKeyInOrder) {
    const std::uint64_t key = mix64(7U + mix64(0x1122334455667788U));
    const std::array<std::uint32_t, 2> halves{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)};
    Draws draws(7, 0x1122334455667788U, 0xAABBCCDD00112233U, 42);
    for (std::uint32_t block = 0; block < 5; ++block) {
        const Counter words = philox4x32_10({0x00112233U, 0xAABBCCDDU, 42, block}, halves);
        EXPECT_EQ(draws.next_u64(), (std::uint64_t{words[1]} << 32U) | words[0]);
        EXPECT_EQ(draws.next_u64(), (std::uint64_t{words[3]} << 32U) | words[2]);
    }
}

// Golden: a change here changes every result.
TEST(Draws, NeverChange) {
    Draws draws(1, hash64("stream"), hash64("entity"), 3);
    const std::array<std::uint64_t, 4> golden{0xDF5E2F4ECCBFB94CU, 0x6C10BD6E31460766U, 0x3EC0FC770109514AU, 0xEA839A37D3244127U};
    for (const std::uint64_t value : golden) EXPECT_EQ(draws.next_u64(), value);
}

TEST(Draws, ACopyGoesOnByItself) {
    Draws first(1, 2, 3, 4);
    first.next_u64();
    Draws second = first;
    std::vector<std::uint64_t> a;
    std::vector<std::uint64_t> b;
    for (int i = 0; i < 9; ++i) a.push_back(first.next_u64());
    for (int i = 0; i < 9; ++i) b.push_back(second.next_u64());
    EXPECT_EQ(a, b);
}

// Each argument alone, and neighbours of all of them: 4 x 1000 first draws, no two equal (chance: 4e-13).
TEST(Draws, DifferInEveryArgument) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        seen.insert(Draws(i, 0, 0, 0).next_u64());
        seen.insert(Draws(0, i + 1, 0, 0).next_u64());
        seen.insert(Draws(0, 0, i + 1, 0).next_u64());
        seen.insert(Draws(0, 0, 0, static_cast<std::uint32_t>(i + 1)).next_u64());
    }
    EXPECT_EQ(seen.size(), 4'000U);
}

TEST(Draws, UseBothHalvesOfAnEntity) {
    EXPECT_NE(Draws(0, 0, 1, 0).next_u64(), Draws(0, 0, std::uint64_t{1} << 32U, 0).next_u64());
    EXPECT_NE(Draws(0, 0, std::uint64_t{1} << 32U, 0).next_u64(), Draws(0, 0, 0, 1).next_u64());
}

// Streams of neighbouring seeds, entities and ticks are independent: the correlation of 1e5 pairs has standard deviation 0.0032, so
// one of 0.016 is found.
TEST(Draws, OfNeighboursAreUncorrelated) {
    constexpr int kPairs = 100'000;
    const auto uniform = [](Draws draws) { return static_cast<double>(draws.next_u64()) * 0x1p-64 - 0.5; };
    double seeds = 0;
    double entities = 0;
    double ticks = 0;
    for (std::uint32_t i = 0; i < kPairs; ++i) {
        const double own = uniform(Draws(i, 5, i, i));
        seeds += own * uniform(Draws(i + 1, 5, i, i));
        entities += own * uniform(Draws(i, 5, i + 1, i));
        ticks += own * uniform(Draws(i, 5, i, i + 1));
    }
    for (const double sum : {seeds, entities, ticks}) EXPECT_LE(std::fabs(sum * 12 / std::sqrt(kPairs)), 5);
}

// Bytes of 1e6 draws: 8 positions, 256 values; a byte of a share off by 1.5 % relative in all values is found.
TEST(Draws, HaveEvenBytes) {
    Draws draws(11, hash64("bytes"), 0, 0);
    std::vector<std::vector<std::size_t>> counts(8, std::vector<std::size_t>(256));
    for (int i = 0; i < 1'000'000; ++i) {
        const std::uint64_t word = draws.next_u64();
        for (unsigned byte = 0; byte < 8; ++byte) ++counts[byte][(word >> (8 * byte)) & 0xFFU];
    }
    for (const auto& byte : counts) EXPECT_LE(std::fabs(test::chi_square_z(byte, std::vector<double>(256, 1.0 / 256))), 5);
}

}  // namespace
}  // namespace sim
