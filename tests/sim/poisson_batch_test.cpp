// Counts by the batch: for every instruction set, size and mean the bits of sim::poisson.
#include "sim/poisson_batch.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "sim/counts.h"
#include "sim/distributions.h"
#include "sim/hash.h"

namespace sim {
namespace {

constexpr std::uint64_t kStream = hash64("poisson_batch_test");
constexpr std::uint32_t kTick = 17;

class PoissonMany : public testing::TestWithParam<Vectors> {
protected:
    void SetUp() override {
        if (!has_vectors(GetParam())) GTEST_SKIP() << "this processor lacks them";
    }

    static std::vector<std::uint64_t> many(const std::vector<double>& means, const std::vector<std::uint64_t>& entities,
                                           std::uint64_t seed) {
        std::vector<std::uint64_t> counts(means.size(), 99);
        poisson_many(means, seed, kStream, entities, kTick, counts, GetParam());
        return counts;
    }

    static void expect_equal_to_singles(const std::vector<double>& means, std::uint64_t seed) {
        std::vector<std::uint64_t> entities(means.size());
        for (std::size_t i = 0; i < entities.size(); ++i) entities[i] = mix64(i);
        const auto counts = many(means, entities, seed);
        for (std::size_t i = 0; i < means.size(); ++i) {
            Draws draws(seed, kStream, entities[i], kTick);
            ASSERT_EQ(counts[i], poisson(means[i], draws)) << "mean " << means[i] << ", seed " << seed << ", entity " << entities[i];
        }
    }
};

INSTANTIATE_TEST_SUITE_P(Every, PoissonMany, testing::Values(Vectors::kNone, Vectors::kSse2, Vectors::kAvx2));

/// Means whose logarithms are uniform.
std::vector<double> spread_means(std::size_t n, double low, double high, std::uint64_t seed) {
    Draws draws(seed, hash64("means"), 0, 0);
    std::vector<double> means(n);
    for (double& mean : means) mean = low * std::pow(high / low, uniform01(draws));
    return means;
}

TEST_P(PoissonMany, GivesTheBitsOfPoissonForMixedMeans) { expect_equal_to_singles(spread_means(1'000'000, 1e-6, 1e12, 1), 1); }

// Where most is not taken at once: the tests, and what they leave undecided.
TEST_P(PoissonMany, GivesTheBitsOfPoissonForMeansOfEachKind) {
    expect_equal_to_singles(spread_means(150'000, 1, 10, 2), 2);
    expect_equal_to_singles(spread_means(250'000, 10, 100, 3), 3);
    expect_equal_to_singles(spread_means(150'000, 100, 1e6, 4), 4);
    expect_equal_to_singles(spread_means(100'000, 1e12, kMostCount, 5), 5);
}

TEST_P(PoissonMany, GivesTheBitsOfPoissonAtTheEdges) {
    const double ten_below = std::nextafter(10.0, 0.0);
    const double ten_above = std::nextafter(10.0, 11.0);
    const double most_below = std::nextafter(kMostCount, 0.0);
    const std::vector<double> edges{0,
                                    -0.0,
                                    std::numeric_limits<double>::denorm_min(),
                                    1e-300,
                                    1e-17,
                                    0x1p-53,
                                    1,
                                    ten_below,
                                    10,
                                    ten_above,
                                    std::nextafter(0x1p51, 0.0),
                                    0x1p51,
                                    0x1p51 + 1,
                                    most_below,
                                    kMostCount};
    std::vector<double> means;
    for (int i = 0; i < 3'000; ++i) means.insert(means.end(), edges.begin(), edges.end());
    expect_equal_to_singles(means, 6);
    for (const double edge : edges) expect_equal_to_singles(std::vector<double>(2'000, edge), 7);
}

// No size, no place in the call and no neighbour changes a count.
TEST_P(PoissonMany, DependsOnTheKeyAlone) {
    constexpr std::size_t kMany = 1'300;
    std::vector<double> means = spread_means(kMany, 0.1, 1e5, 8);
    std::vector<std::uint64_t> entities(kMany);
    for (std::size_t i = 0; i < kMany; ++i) entities[i] = mix64(i + 5);
    const auto whole = many(means, entities, 9);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{511}, std::size_t{513}, kMany}) {
        const auto end = static_cast<std::ptrdiff_t>(size);
        const auto part = many({means.begin(), means.begin() + end}, {entities.begin(), entities.begin() + end}, 9);
        EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin())) << size;
    }
    std::reverse(means.begin(), means.end());
    std::reverse(entities.begin(), entities.end());
    auto backwards = many(means, entities, 9);
    std::reverse(backwards.begin(), backwards.end());
    EXPECT_EQ(backwards, whole);
}

}  // namespace
}  // namespace sim
