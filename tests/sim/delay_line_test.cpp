// Delay lines against direct convolution, their fits, and what must be conserved.
#include "sim/delay_line.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/fingerprint.h"
#include "sim/hash.h"
#include "sim/random.h"
#include "tests/sim/delay_tools.h"

namespace sim {
namespace {

using test::DirectLine;
using test::exponential_kernel;
using test::kernel_of;
using test::lognormal_kernel;
using test::random_input;
using test::uniform_kernel;

struct NamedKernel {
    std::string name;
    std::vector<double> kernel;
};

/// Kernels of many shapes, over 1200 slices.
std::vector<NamedKernel> kernels() {
    constexpr std::size_t kLags = 1'200;
    std::vector<NamedKernel> all;
    for (const double sigma : {0.3, 0.5, 1.0, 1.5, 2.5}) {
        for (const double median : {0.1, 1.0, 24.0}) {
            all.push_back({"lognormal " + std::to_string(median) + " " + std::to_string(sigma), lognormal_kernel(median, sigma, kLags)});
        }
    }
    for (const double mean : {0.1, 1.0, 10.0, 200.0, 10'000.0})
        all.push_back({"exponential " + std::to_string(mean), exponential_kernel(mean, kLags)});
    for (const double high : {0.5, 3.0, 40.0, 700.0}) all.push_back({"uniform " + std::to_string(high), uniform_kernel(0, high, kLags)});
    all.push_back({"late uniform", uniform_kernel(100, 130, kLags)});
    all.push_back({"zero", std::vector<double>(kLags + 1)});
    return all;
}

/// Greatest |due - direct| over a run of `slices` random inputs, looked at in every slice while short, then in every 17th.
double greatest_error(const std::vector<double>& kernel, std::size_t series, std::size_t slices, std::uint64_t seed) {
    Draws draws(seed, hash64("delay_line_test"), 0, 0);
    DelayLine line(kernel, series);
    DirectLine direct(kernel, series);
    double most = 0;
    for (std::size_t t = 0; t < slices; ++t) {
        if (t < 40 || t % 17 == 0 || t + 1 == slices) {
            for (std::size_t i = 0; i < series; ++i) most = std::max(most, std::fabs(line.due()[i] - direct.due(i)));
        }
        const auto input = random_input(series, draws);
        line.push(input);
        direct.push(input);
    }
    return most;
}

// By hand: K = 0.5, 0.3, 0.2 and inputs 10, 20, 0, 0.
TEST(DelayLine, OfAWorkedExample) {
    DelayLine line({0.5, 0.3, 0.2}, 1);
    std::vector<double> due;
    for (const double input : {10.0, 20.0, 0.0, 0.0, 0.0}) {
        due.push_back(line.due()[0]);
        line.push({&input, 1});
    }
    EXPECT_EQ(due[0], 0);
    EXPECT_EQ(due[1], 3);
    EXPECT_EQ(due[2], 20 * 0.3 + 10 * 0.2);
    EXPECT_EQ(due[3], 4);
    EXPECT_EQ(due[4], 0);
    EXPECT_EQ(line.lags(), 2U);
    EXPECT_EQ(line.terms(), 0U);
    EXPECT_EQ(line.max_error(), 0);
}

TEST(DelayLine, ShortKernelsAreExactForEver) {
    for (std::size_t lags = 0; lags <= 40; ++lags) {
        std::vector<double> kernel(lags + 1);
        Draws draws(lags, hash64("delay_line_test"), 1, 0);
        for (double& weight : kernel) weight = uniform01(draws);
        EXPECT_LE(greatest_error(kernel, 5, 150, lags), 1e-14) << lags << " lags";
    }
}

TEST(DelayLine, EqualsDirectConvolution) {
    for (const auto& [name, kernel] : kernels()) EXPECT_LE(greatest_error(kernel, 6, kernel.size() - 1, 1), 1e-12) << name;
}

TEST(DelayLine, EqualsDirectConvolutionOverAYear) {
    EXPECT_LE(greatest_error(lognormal_kernel(1, 1.5, 9'000), 2, 9'000, 2), 1e-12);
    EXPECT_LE(greatest_error(lognormal_kernel(0.25, 2, 9'000), 2, 9'000, 3), 1e-12);
}

TEST(DelayLine, MeasuresItsOwnErrors) {
    for (const auto& [name, kernel] : kernels()) {
        const DelayLine line(kernel, 1);
        double total = 0;
        for (const double weight : kernel) total += std::fabs(weight);
        EXPECT_LE(line.max_error(), 1e-13 * total) << name;
        EXPECT_LE(line.total_error(), 1e-12 * total) << name;
        EXPECT_LE(line.max_error(), line.total_error()) << name;
        EXPECT_LE(line.terms(), 40U) << name;
        EXPECT_LE(line.exact_lags(), line.lags()) << name;
    }
}

// The measured error is the true one: an impulse brings out the kernel that is really used.
TEST(DelayLine, AnImpulseGivesTheKernel) {
    for (const auto& [name, kernel] : kernels()) {
        DelayLine line(kernel, 1);
        double input = 1;
        double most = 0;
        for (std::size_t d = 1; d < kernel.size(); ++d) {
            line.push({&input, 1});
            input = 0;
            most = std::max(most, std::fabs(line.due()[0] - kernel[d]));
        }
        EXPECT_NEAR(most, line.max_error(), 1e-16) << name;
    }
}

// The point of it: few exact lags and few terms for the delays that matter.
TEST(DelayLine, IsCheapForSmoothTails) {
    for (const double sigma : {1.0, 1.5, 2.0}) {
        const DelayLine line(lognormal_kernel(1, sigma, 2'160), 1);
        EXPECT_LE(line.exact_lags() + 2 * line.terms(), 100U) << sigma;
    }
}

TEST(DelayLine, TakesAllLagsWhereTheKernelHasAStep) {
    const DelayLine line(uniform_kernel(0, 700, 1'200), 1);
    EXPECT_EQ(line.exact_lags(), 699U);
    EXPECT_EQ(line.terms(), 0U);
    EXPECT_EQ(line.max_error(), 0);
}

TEST(DelayLine, RefusesMoreMemoryThanAllowed) {
    std::vector<double> step(1001, 0.0);
    std::fill(step.begin() + 1, step.begin() + 501, 1.0 / 500);
    EXPECT_THROW(DelayLine(step, 100, 1e-13, 100 * 500 * 8), Error);
    EXPECT_NO_THROW(DelayLine(step, 100, 1e-13, 104 * 500 * 8));
}

TEST(DelayLine, ALooserToleranceNeedsLess) {
    const auto kernel = lognormal_kernel(1, 1.5, 2'160);
    const DelayLine strict(kernel, 1, 1e-14);
    const DelayLine loose(kernel, 1, 1e-8);
    EXPECT_LT(loose.exact_lags() + 2 * loose.terms(), strict.exact_lags() + 2 * strict.terms());
    EXPECT_LE(loose.max_error(), 1e-8);
    const DelayLine exact(kernel, 1, 0);
    EXPECT_EQ(exact.exact_lags(), exact.lags());
}

// Whatever the number of series, each is computed alike, to the last bit.
TEST(DelayLine, SeriesDoNotKnowOfEachOther) {
    const auto kernel = lognormal_kernel(1, 1.5, 400);
    for (const std::size_t series : {1U, 2U, 3U, 4U, 5U, 7U, 8U, 9U, 33U}) {
        DelayLine many(kernel, series);
        DelayLine one(kernel, 1);
        Draws draws(series, hash64("delay_line_test"), 2, 0);
        for (int t = 0; t < 400; ++t) {
            const auto input = random_input(series, draws);
            many.push(input);
            one.push({&input.back(), 1});
            ASSERT_EQ(many.due().size(), series);
            ASSERT_EQ(many.due().back(), one.due()[0]) << series << " series, slice " << t;
        }
    }
}

class DelayLineSeeds : public ::testing::TestWithParam<std::uint64_t> {};

// Metamorphic: what comes due from a sum of inputs is the sum of what comes due from each.
TEST_P(DelayLineSeeds, IsLinear) {
    Draws draws(GetParam(), hash64("delay_line_test"), 3, 0);
    const auto kernel = lognormal_kernel(uniform(0.5, 5, draws), uniform(0.8, 2, draws), 120);
    DelayLine line(kernel, 3);
    const double factor = uniform(-2, 2, draws);
    for (int t = 0; t < 120; ++t) {
        auto input = random_input(3, draws);
        input[2] = input[0] + factor * input[1];
        line.push(input);
        ASSERT_NEAR(line.due()[2], line.due()[0] + factor * line.due()[1], 1e-12) << "seed " << GetParam() << ", slice " << t;
    }
}

// Moves at random times equal a direct convolution whose kept inputs are moved.
TEST_P(DelayLineSeeds, MovesTheWholeMemory) {
    Draws draws(GetParam(), hash64("delay_line_test"), 4, 0);
    const auto kernel = lognormal_kernel(uniform(0.5, 5, draws), uniform(0.8, 2, draws), 120);
    DelayLine line(kernel, 6);
    DirectLine direct(kernel, 6);
    for (int t = 0; t < 120; ++t) {
        if (uniform01(draws) < 0.2) {
            const std::size_t from = uniform_below(6, draws);
            const std::size_t to = (from + 1 + uniform_below(5, draws)) % 6;
            const double fraction = bernoulli(0.2, draws) ? 1 : uniform01(draws);
            line.move(from, to, fraction);
            direct.move(from, to, fraction);
        }
        for (std::size_t i = 0; i < 6; ++i) ASSERT_NEAR(line.due()[i], direct.due(i), 1e-12) << "seed " << GetParam() << ", slice " << t;
        const auto input = random_input(6, draws);
        line.push(input);
        direct.push(input);
    }
}

// Conservation: whatever is moved, all series together pay back what went in times the kernel's sum.
TEST_P(DelayLineSeeds, ConservesWhatWentIn) {
    Draws draws(GetParam(), hash64("delay_line_test"), 5, 0);
    const auto kernel = lognormal_kernel(uniform(0.5, 5, draws), uniform(0.8, 2, draws), 300);
    double paid_per_input = 0;
    for (std::size_t d = 1; d < kernel.size(); ++d) paid_per_input += kernel[d];
    DelayLine line(kernel, 5);
    auto input = random_input(5, draws);
    double expected = 0;
    for (const double value : input) expected += value * paid_per_input;
    double paid = 0;
    for (std::size_t t = 1; t < kernel.size(); ++t) {
        line.push(input);
        std::fill(input.begin(), input.end(), 0.0);
        line.move(uniform_below(5, draws), uniform_below(5, draws), uniform01(draws));
        for (const double due : line.due()) paid += due;
    }
    EXPECT_NEAR(paid, expected, 5e-12) << "seed " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(TwoHundred, DelayLineSeeds, ::testing::Range<std::uint64_t>(0, 200));

TEST(DelayLine, MovingAllLeavesExactlyNothing) {
    const auto kernel = lognormal_kernel(1, 1.5, 200);
    DelayLine line(kernel, 2);
    Draws draws(1, hash64("delay_line_test"), 6, 0);
    for (int t = 0; t < 100; ++t) line.push(random_input(2, draws));
    const double together = line.due()[0] + line.due()[1];
    line.move(0, 1, 1);
    EXPECT_EQ(line.due()[0], 0);
    EXPECT_EQ(line.due()[1], together);
    const std::vector<double> nothing(2);
    for (int t = 0; t < 50; ++t) {
        line.push(nothing);
        EXPECT_EQ(line.due()[0], 0);
        EXPECT_GT(line.due()[1], 0);
    }
}

TEST(DelayLine, MovingNothingOrToItselfChangesNothing) {
    const auto kernel = lognormal_kernel(1, 1.5, 200);
    DelayLine line(kernel, 2);
    DelayLine untouched(kernel, 2);
    Draws draws(1, hash64("delay_line_test"), 7, 0);
    for (int t = 0; t < 150; ++t) {
        const auto input = random_input(2, draws);
        line.push(input);
        untouched.push(input);
        line.move(0, 1, 0);
        line.move(1, 1, 0);
        ASSERT_EQ(line.due()[0], untouched.due()[0]);
        ASSERT_EQ(line.due()[1], untouched.due()[1]);
    }
}

// Golden: equal for g++ and clang at every optimisation. A change here changes results.
TEST(DelayLine, HasGoldenBits) {
    Fingerprint bits;
    for (const auto& [name, kernel] : kernels()) {
        DelayLine line(kernel, 3);
        Draws draws(1, hash64("delay_line_test"), 8, 0);
        for (int t = 0; t < 300; ++t) {
            line.push(random_input(3, draws));
            if (t % 50 == 49) line.move(0, 1, 0.25);
            for (const double due : line.due()) bits.add(due);
        }
    }
    EXPECT_EQ(hex(bits.value()), "eff0dc97c6408c3f");
}

}  // namespace
}  // namespace sim
