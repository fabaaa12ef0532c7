// Laws as values, common random numbers between them, and the golden draws of all samplers.
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/fingerprint.h"
#include "sim/hash.h"
#include "sim/math.h"
#include "sim/statistics.h"
#include "tests/sim/law_tools.h"

namespace sim {
namespace {

Draws draws_for(std::uint64_t seed, std::uint64_t entity = 0) { return {seed, hash64("distribution_value_test"), entity, 0}; }

const std::vector<Distribution> kLaws{make_constant(3), make_uniform(1, 4), make_exponential(2), make_lognormal(4, 1.5)};

TEST(Distribution, IsConstantZeroByDefault) {
    EXPECT_EQ(Distribution{}, make_constant(0));
    Draws draws = draws_for(1);
    EXPECT_EQ(sample(Distribution{}, draws), 0);
}

// 1e6 draws of each law against its own distribution function and mean; a mean off by 0.5 % of the standard deviation is found.
TEST(Distribution, SamplesFollowTheirDistributionFunction) {
    for (std::size_t law = 1; law < kLaws.size(); ++law) {
        Draws draws = draws_for(2, law);
        std::vector<double> values(1'000'000);
        Moments moments;
        for (double& value : values) moments.add(value = sample(kLaws[law], draws));
        EXPECT_LE(test::ks_statistic(values, [&](double x) { return cdf(kLaws[law], x); }), test::kMostKs) << law;
        EXPECT_LE(std::fabs(moments.mean() - mean(kLaws[law])), 5 * moments.standard_error()) << law;
    }
}

TEST(Distribution, HasItsDistributionFunction) {
    EXPECT_EQ(cdf(make_constant(3), 2.999), 0);
    EXPECT_EQ(cdf(make_constant(3), 3), 1);
    EXPECT_EQ(cdf(make_uniform(1, 4), 0), 0);
    EXPECT_EQ(cdf(make_uniform(1, 4), 2.5), 0.5);
    EXPECT_EQ(cdf(make_uniform(1, 4), 4), 1);
    EXPECT_EQ(cdf(make_exponential(2), -1), 0);
    EXPECT_NEAR(cdf(make_exponential(2), 2), 0.63212055882855768, 1e-15);
    EXPECT_EQ(cdf(make_lognormal(4, 1.5), 0), 0);
    EXPECT_EQ(cdf(make_lognormal(4, 1.5), 4), 0.5);
    EXPECT_NEAR(cdf(make_lognormal(1, 1), 2.718281828459045), 0.84134474606854293, 1e-15);
}

// Parameters at which a law shrinks to one point.
TEST(Distribution, DegenerateLawsAreConstants) {
    for (const Distribution& law : {make_uniform(3, 3), make_lognormal(3, 0), make_constant(3)}) {
        EXPECT_EQ(cdf(law, 2.999), 0);
        EXPECT_EQ(cdf(law, 3), 1);
        EXPECT_EQ(mean(law), 3);
        Draws draws = draws_for(3);
        EXPECT_EQ(sample(law, draws), 3);
    }
    EXPECT_EQ(cdf(make_exponential(0), 0), 1);
    EXPECT_EQ(cdf(make_exponential(0), -1), 0);
    EXPECT_EQ(cdf(make_lognormal(0, 1), 0), 1);
    EXPECT_EQ(cdf(make_lognormal(0, 1), -1), 0);
}

TEST(Distribution, HasItsMean) {
    EXPECT_EQ(mean(make_constant(3)), 3);
    EXPECT_EQ(mean(make_uniform(1, 4)), 2.5);
    EXPECT_EQ(mean(make_exponential(2)), 2);
    EXPECT_NEAR(mean(make_lognormal(4, 1.5)), 4 * 3.0802168489180308, 1e-14);
}

// What is drawn next does not depend on the law, so two scenarios that differ in one law keep their other draws.
TEST(Distribution, EveryLawTakesOneDraw) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Draws plain = draws_for(seed, 4);
        plain.next_u64();
        const std::uint64_t following = plain.next_u64();
        for (const Distribution& law : kLaws) {
            Draws draws = draws_for(seed, 4);
            static_cast<void>(sample(law, draws));
            EXPECT_EQ(draws.next_u64(), following) << "seed " << seed;
        }
    }
}

TEST(Distribution, EqualDrawsGrowWithTheParameter) {
    const auto once = [](const Distribution& law, std::uint64_t seed) {
        Draws draws = draws_for(seed, 5);
        return sample(law, draws);
    };
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        EXPECT_EQ(once(make_exponential(8), seed), 4 * once(make_exponential(2), seed)) << "seed " << seed;
        EXPECT_EQ(once(make_lognormal(16, 1), seed), 4 * once(make_lognormal(4, 1), seed)) << "seed " << seed;
        EXPECT_LE(once(make_uniform(1, 4), seed), once(make_uniform(1, 5), seed)) << "seed " << seed;
        EXPECT_LE(once(make_uniform(1, 4), seed), once(make_uniform(2, 4), seed)) << "seed " << seed;
        // A wider lognormal is farther from the median, on the same side.
        EXPECT_EQ(once(make_lognormal(4, 1), seed) > 4, once(make_lognormal(4, 2), seed) > 4) << "seed " << seed;
    }
}

/// Fingerprint of the first 64 draws of one sampler.
template <class Sampler>
std::string first_64(const Sampler& sampler) {
    Draws draws(1, hash64("golden"), hash64("golden"), 1);
    Fingerprint bits;
    for (int i = 0; i < 64; ++i) bits.add(sampler(draws));
    return hex(bits.value());
}

// Golden: a change here changes results. The first values stand literally, so that a port can be debugged.
TEST(Distribution, HasGoldenDraws) {
    const std::vector<double> weights{1, 2, 3, 4};
    EXPECT_EQ(first_64([](Draws& d) { return uniform01(d); }), "f5138f1021b830c3");
    EXPECT_EQ(first_64([](Draws& d) { return uniform01_open(d); }), "f5138f1021b830c3");
    EXPECT_EQ(first_64([](Draws& d) { return uniform(-3, 5, d); }), "292181176e971037");
    EXPECT_EQ(first_64([](Draws& d) { return uniform_below(1000, d); }), "0610b663ad846815");
    EXPECT_EQ(first_64([](Draws& d) { return exponential(2, d); }), "f21c43b8bf279e78");
    EXPECT_EQ(first_64([](Draws& d) { return normal(1, 3, d); }), "afca76bf29ebaa7f");
    EXPECT_EQ(first_64([](Draws& d) { return lognormal(4, 1.5, d); }), "396cac922bbf5207");
    EXPECT_EQ(first_64([](Draws& d) { return std::uint64_t{bernoulli(0.3, d)}; }), "af795d214df1bb78");
    EXPECT_EQ(first_64([&](Draws& d) { return std::uint64_t{categorical(weights, d)}; }), "e5c64dfe86d40d79");
}

TEST(Distribution, HasGoldenFirstValues) {
    Draws a(1, hash64("golden"), hash64("golden"), 1);
    Draws b = a;
    Draws c = a;
    const std::vector<double> uniforms{0x1.b41717597a56bp-1, 0x1.fae12581b362p-5, 0x1.5d0c8f3ff8c08p-1, 0x1.0f2ac095e6ffep-1};
    const std::vector<double> exponentials{0x1.48a763ffbcefdp-2, 0x1.642d8ce4bab18p+2, 0x1.884e8c51a5fd2p-1, 0x1.456c052b3b8b2p+0};
    const std::vector<double> normals{0x1.086ebaa4529cfp+2, -0x1.cf0fc643ecefcp+1, 0x1.35768a7b18005p+1, 0x1.39145dd41652bp+0};
    for (const double value : uniforms) EXPECT_EQ(uniform01(a), value);
    for (const double value : exponentials) EXPECT_EQ(exponential(2, b), value);
    for (const double value : normals) EXPECT_EQ(normal(1, 3, c), value);
}

}  // namespace
}  // namespace sim
