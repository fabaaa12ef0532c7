// The shuffle: a bijection in both directions, even in its places and in pairs of them.
#include "models/population/shuffle.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "sim/hash.h"

namespace mailrift {
namespace {

TEST(Shuffle, IsABijectionThatCanBeUndone) {
    for (std::uint64_t n = 1; n < 300; ++n) {
        const Shuffle shuffle(n, sim::mix64(n));
        std::vector<bool> taken(n);
        for (std::uint64_t k = 0; k < n; ++k) {
            const std::uint64_t place = shuffle.place(k);
            ASSERT_LT(place, n);
            EXPECT_FALSE(taken[place]) << n << ", " << k;
            taken[place] = true;
            EXPECT_EQ(shuffle.origin(place), k) << n;
        }
    }
    const Shuffle large((std::uint64_t{1} << 40U) + 12345, 7);
    for (std::uint64_t k = 0; k < 1000; ++k) EXPECT_EQ(large.origin(large.place(k * 1000003)), k * 1000003);
}

/// Chi-square of counts against equal ones.
double chi_square(const std::vector<double>& counts, double expected) {
    double sum = 0;
    for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
    return sum;
}

// Over 200,000 keys each ordered pair of places of (0, 1) must be alike likely; with n (n - 1) - 1 degrees of freedom and a bound at 5
// standard deviations, a bias of one cell by 5 sqrt(2 df) / sqrt(keys / cells), such as 27 % at n = 24, is caught.
TEST(Shuffle, PairsOfPlacesAreAlikeLikely) {
    for (const std::uint64_t n : {3U, 5U, 8U, 24U, 33U}) {
        constexpr int kKeys = 200000;
        std::vector<double> counts(n * n);
        for (std::uint64_t key = 0; key < kKeys; ++key) {
            const Shuffle shuffle(n, sim::mix64(key));
            counts[shuffle.place(0) * n + shuffle.place(1)] += 1;
        }
        std::vector<double> pairs;
        for (std::uint64_t i = 0; i < n * n; ++i) {
            if (i / n != i % n) pairs.push_back(counts[i]);
        }
        const auto cells = static_cast<double>(n * (n - 1));
        const double df = cells - 1;
        EXPECT_LT(chi_square(pairs, kKeys / cells), df + 5 * std::sqrt(2 * df)) << n;
    }
}

// In one large shuffle, neighbours land apart: the distance of the places of k and k + 1, cut into 64 classes, is even.
TEST(Shuffle, NeighboursLandAnywhere) {
    constexpr std::uint64_t kSize = 1000003;
    for (std::uint64_t key = 0; key < 8; ++key) {
        const Shuffle shuffle(kSize, key);
        std::vector<double> counts(64);
        for (std::uint64_t k = 0; k + 1 < kSize; ++k) {
            const std::uint64_t distance = (shuffle.place(k + 1) + kSize - shuffle.place(k)) % kSize;
            counts[distance * 64 / kSize] += 1;
        }
        EXPECT_LT(chi_square(counts, (kSize - 1) / 64.0), 63 + 5 * std::sqrt(2.0 * 63)) << "key " << key;
    }
}

}  // namespace
}  // namespace mailrift
