// A law's table against the law itself.
#include "sim/sample_table.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "sim/hash.h"
#include "sim/math.h"

namespace sim {
namespace {

double worst_error(const Distribution& law, const SampleTable& table, std::uint64_t shift, int draws) {
    double worst = 0;
    for (int i = 0; i < draws; ++i) {
        std::uint64_t draw = mix64(static_cast<std::uint64_t>(i)) >> shift;
        if (i % 2 == 1) draw = ~draw;
        const double exact = sample_of(law, draw);
        worst = std::max(worst, std::fabs(table(draw) - exact) / exact);
    }
    return worst;
}

class TabulatedLaw : public ::testing::TestWithParam<Distribution> {};

TEST_P(TabulatedLaw, IsWithinABillionth) {
    const SampleTable table(GetParam());
    ASSERT_TRUE(table.tabulated());
    EXPECT_LE(worst_error(GetParam(), table, 0, 200'000), 1e-9);
    for (const std::uint64_t shift : {1U, 2U, 5U, 10U, 20U, 35U, 40U, 45U, 52U}) {  // into both tails
        EXPECT_LE(worst_error(GetParam(), table, shift, 20'000), 1e-9) << shift;
    }
    for (const std::uint64_t draw : {std::uint64_t{0}, std::uint64_t{1} << 11U, ~std::uint64_t{0}}) {
        EXPECT_EQ(table(draw), sample_of(GetParam(), draw));
    }
}

TEST_P(TabulatedLaw, GrowsWithTheDraw) {
    const SampleTable table(GetParam());
    const bool rises = sample_of(GetParam(), 0) < sample_of(GetParam(), ~std::uint64_t{0});
    double last = table(0);
    for (std::uint64_t i = 1; i < 100'000; ++i) {
        const double next = table(i * (~std::uint64_t{0} / 100'000));
        EXPECT_EQ(next > last, rises) << i;
        last = next;
    }
}

INSTANTIATE_TEST_SUITE_P(Laws, TabulatedLaw,
                         ::testing::Values(make_exponential(1), make_exponential(3600), make_lognormal(1, 0.1), make_lognormal(3600, 1),
                                           make_lognormal(3600, 1.5), make_lognormal(10, 2.5), make_lognormal(10, 3)));

TEST(SampleTable, LeavesOtherLawsAsTheyAre) {
    for (const Distribution& law : {make_constant(7), make_uniform(2, 9), make_lognormal(0, 1), make_lognormal(1, 30)}) {
        const SampleTable table(law);
        EXPECT_EQ(table.tabulated(), law == make_lognormal(0, 1));  // all zeros: a table of zeros
        for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_EQ(table(mix64(i)), sample_of(law, mix64(i)));
    }
}

}  // namespace
}  // namespace sim
