// Binomial counts by the batch: for every instruction set, size and law the bits of sim::binomial.
#include "sim/binomial_batch.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "sim/counts.h"
#include "sim/distributions.h"
#include "sim/hash.h"

namespace sim {
namespace {

constexpr std::uint64_t kStream = hash64("binomial_batch_test");
constexpr std::uint32_t kTick = 23;

class BinomialMany : public testing::TestWithParam<Vectors> {
protected:
    void SetUp() override {
        if (!has_vectors(GetParam())) GTEST_SKIP() << "this processor lacks them";
    }

    static void expect_equal_to_singles(const std::vector<std::uint64_t>& trials, const std::vector<double>& p, std::uint64_t seed) {
        std::vector<std::uint64_t> entities(trials.size());
        for (std::size_t i = 0; i < entities.size(); ++i) entities[i] = mix64(i);
        std::vector<std::uint64_t> counts(trials.size(), 99);
        binomial_many(trials, p, seed, kStream, entities, kTick, counts, GetParam());
        for (std::size_t i = 0; i < trials.size(); ++i) {
            Draws draws(seed, kStream, entities[i], kTick);
            ASSERT_EQ(counts[i], binomial(trials[i], p[i], draws)) << trials[i] << " of " << p[i] << ", seed " << seed << ", " << i;
        }
    }
};

INSTANTIATE_TEST_SUITE_P(Every, BinomialMany, testing::Values(Vectors::kNone, Vectors::kSse2, Vectors::kAvx2));

TEST_P(BinomialMany, GivesTheBitsOfBinomial) {
    constexpr std::size_t kMany = 400'001;
    Draws draws(1, hash64("trials"), 0, 0);
    std::vector<std::uint64_t> trials(kMany);
    std::vector<double> p(kMany);
    for (std::size_t i = 0; i < kMany; ++i) {
        trials[i] = static_cast<std::uint64_t>(std::exp(uniform(0, 30, draws)));
        const double rare = i % 3 == 0 ? 0.5 * uniform01(draws) : std::exp(uniform(-12, -0.7, draws));
        p[i] = i % 2 == 0 ? rare : 1 - rare;
    }
    expect_equal_to_singles(trials, p, 1);
}

TEST_P(BinomialMany, GivesTheBitsOfBinomialAtTheEdges) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 52U;
    std::vector<std::uint64_t> trials;
    std::vector<double> p;
    for (int i = 0; i < 500; ++i) {
        for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{20}, std::uint64_t{21}, std::uint64_t{1000},
                                      kMost / 2, kMost / 2 + 1, kMost - 1, kMost}) {
            for (const double share :
                 {0.0, 1e-300, 1e-16, 0.01, std::nextafter(0.01, 0.0), 0.49, 0.5, std::nextafter(0.5, 1.0), 0.99, 1.0}) {
                trials.push_back(n);
                p.push_back(share);
            }
        }
    }
    expect_equal_to_singles(trials, p, 2);
}

TEST_P(BinomialMany, AllowsAnySize) {
    for (const std::size_t n : {0U, 1U, 3U, 511U, 512U, 513U}) {
        expect_equal_to_singles(std::vector<std::uint64_t>(n, 500), std::vector<double>(n, 0.3), 3);
    }
}

}  // namespace
}  // namespace sim
