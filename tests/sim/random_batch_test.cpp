// Draws by the block: for every instruction set the bits of sim::Draws.
#include "sim/random_batch.h"

#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "sim/hash.h"
#include "sim/random.h"

namespace sim {
namespace {

constexpr std::uint64_t kSeed = 11;
constexpr std::uint64_t kStream = hash64("random_batch_test");

class EveryVectors : public testing::TestWithParam<Vectors> {
protected:
    void SetUp() override {
        if (!has_vectors(GetParam())) GTEST_SKIP() << "this processor lacks them";
    }
};

INSTANTIATE_TEST_SUITE_P(DrawBlocks, EveryVectors, testing::Values(Vectors::kNone, Vectors::kSse2, Vectors::kAvx2));

std::vector<std::uint64_t> some_entities(std::size_t n) {
    std::vector<std::uint64_t> entities(n);
    for (std::size_t i = 0; i < n; ++i) entities[i] = mix64(i);
    if (n > 1) entities[1] = ~std::uint64_t{0};
    return entities;
}

Draws after(std::uint32_t block, Draws draws) {
    for (std::uint32_t i = 0; i < 2 * block; ++i) draws.next_u64();
    return draws;
}

// All sizes up to 40: every remainder behind the full vectors.
TEST_P(EveryVectors, GiveTheBitsOfDraws) {
    for (std::size_t n = 0; n <= 40; ++n) {
        const auto entities = some_entities(n);
        for (const std::uint32_t tick : {0U, 1U, 0xFFFFFFFFU}) {
            for (const std::uint32_t block : {0U, 1U, 5U}) {
                std::vector<std::uint64_t> first(n, 1);
                std::vector<std::uint64_t> second(n, 1);
                draw_blocks(kSeed, kStream, entities, tick, block, first, second, GetParam());
                for (std::size_t i = 0; i < n; ++i) {
                    Draws draws = after(block, Draws(kSeed, kStream, entities[i], tick));
                    ASSERT_EQ(first[i], draws.next_u64()) << n << " " << i;
                    ASSERT_EQ(second[i], draws.next_u64()) << n << " " << i;
                }
            }
        }
    }
}

TEST_P(EveryVectors, GiveTheBitsOfDrawsForATickEach) {
    constexpr std::size_t kMany = 100'003;
    const auto entities = some_entities(kMany);
    std::vector<std::uint32_t> ticks(kMany);
    for (std::size_t i = 0; i < kMany; ++i) ticks[i] = static_cast<std::uint32_t>(mix64(i + kMany));
    std::vector<std::uint64_t> first(kMany);
    std::vector<std::uint64_t> second(kMany);
    draw_blocks(kSeed, kStream, entities, ticks, 0, first, second, GetParam());
    for (std::size_t i = 0; i < kMany; ++i) {
        Draws draws(kSeed, kStream, entities[i], ticks[i]);
        ASSERT_EQ(first[i], draws.next_u64()) << i;
        ASSERT_EQ(second[i], draws.next_u64()) << i;
    }
}

// Blocks far beyond those that are drawn in practice, against Philox itself.
TEST_P(EveryVectors, ReachTheLastBlock) {
    constexpr std::uint32_t kLast = 0xFFFFFFFEU;
    const auto entities = some_entities(9);
    std::vector<std::uint64_t> first(9);
    std::vector<std::uint64_t> second(9);
    draw_blocks(kSeed, kStream, entities, 7, kLast, first, second, GetParam());
    for (std::size_t i = 0; i < 9; ++i) {
        const auto low = static_cast<std::uint32_t>(entities[i]);
        const auto words = philox4x32_10({low, static_cast<std::uint32_t>(entities[i] >> 32U), 7, kLast}, Draws::key(kSeed, kStream));
        EXPECT_EQ(first[i], (std::uint64_t{words[1]} << 32U) | words[0]);
        EXPECT_EQ(second[i], (std::uint64_t{words[3]} << 32U) | words[2]);
    }
}

TEST(Vectors, TheWidestIsThere) {
    EXPECT_TRUE(has_vectors(Vectors::kNone));
    EXPECT_TRUE(has_vectors(widest_vectors()));
}

}  // namespace
}  // namespace sim
