// Numbers by series in few bytes against a plain map.
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "models/traffic/count_row.h"
#include "sim/distributions.h"

namespace mailrift {
namespace {

using Counts = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

TEST(CountRow, AddsUpWhatOneSeriesGets) {
    CountRow row(1000);
    row.add(7, 2);
    row.add(3, 1);
    row.add(7, 5);
    EXPECT_EQ(row.counts(), (Counts{{3, 1}, {7, 7}}));
    std::vector<std::uint64_t> sums(1000, 1);
    row.add_to(sums.data());
    EXPECT_EQ(sums[7], 8U);
    EXPECT_EQ(sums[0], 1U);
}

// 100 series: a list up to 12 additions, then bytes, and wider where a number needs it.
TEST(CountRow, IsAsWideAsItsLargestNumber) {
    CountRow row(100);
    EXPECT_EQ(row.memory_bytes(), 0U);
    for (std::uint32_t i = 0; i < 12; ++i) row.add(5, 1);
    EXPECT_LE(row.memory_bytes(), 100U);
    row.add(5, 243);
    EXPECT_EQ(row.memory_bytes(), 100U);
    EXPECT_EQ(row.counts(), (Counts{{5, 255}}));
    row.add(5, 1);
    EXPECT_EQ(row.memory_bytes(), 200U);
    row.add(6, 1U << 16U);
    EXPECT_EQ(row.memory_bytes(), 400U);
    row.add(99, 1ULL << 32U);
    EXPECT_EQ(row.memory_bytes(), 800U);
    EXPECT_EQ(row.counts(), (Counts{{5, 256}, {6, 1U << 16U}, {99, 1ULL << 32U}}));
}

TEST(CountRow, KeepsANumberThatAListCannot) {
    CountRow row(1'000'000);
    row.add(1, 0xFFFFFFFFU);
    EXPECT_LE(row.memory_bytes(), 100U);
    row.add(1, 0xFFFFFFFFFFFFU);
    EXPECT_EQ(row.counts(), (Counts{{1, 0xFFFFFFFFU + 0xFFFFFFFFFFFFULL}}));
}

// Numbers of all sizes, 200 seeds, few and many series.
TEST(CountRow, HoldsWhatAMapHolds) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        sim::Draws draws(seed, 1, 2, 3);
        const auto series = static_cast<std::uint32_t>(1 + sim::uniform_below(300, draws));
        CountRow row(series);
        std::map<std::uint32_t, std::uint64_t> all;
        for (std::uint64_t i = 0, additions = sim::uniform_below(200, draws); i < additions; ++i) {
            const auto which = static_cast<std::uint32_t>(sim::uniform_below(series, draws));
            const std::uint64_t count = 1 + (draws.next_u64() >> (30 + sim::uniform_below(34, draws)));
            row.add(which, count);
            all[which] += count;
        }
        EXPECT_EQ(row.counts(), Counts(all.begin(), all.end())) << "seed " << seed;
        EXPECT_LE(row.memory_bytes(), std::size_t{8} * series) << "seed " << seed;
        std::vector<std::uint64_t> sums(series);
        row.add_to(sums.data());
        for (std::uint32_t s = 0; s < series; ++s) EXPECT_EQ(sums[s], all[s]) << "seed " << seed;
    }
}

}  // namespace
}  // namespace mailrift
