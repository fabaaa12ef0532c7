// What still works when suppliers withdraw: by hand, by closed forms on cycles, and against cascades followed without a graph.
#include "models/network/dependency_graph.h"

#include <gtest/gtest.h>

#include "tests/models/network/networks.h"

namespace mailrift {
namespace {

using mailrift::testing::entities;
using mailrift::testing::need;
using mailrift::testing::random_network;
using mailrift::testing::random_permutation;
using mailrift::testing::random_withdrawal;
using mailrift::testing::relabelled;
using mailrift::testing::settled;

constexpr std::uint64_t kSeeds = 200;
using Shares = std::vector<double>;

std::vector<bool> only(std::size_t n, const std::vector<std::size_t>& withdrawn) {
    std::vector<bool> flags(n, false);
    for (const std::size_t e : withdrawn) flags[e] = true;
    return flags;
}

// 0 a provider; 1, 2, 3 hosts; 4 the registry that 1 and 2 need. The provider's mail is half at 1, 0.3 at 2, 0.2 at 3, and it needs any of 2 and 3.
World hosted() {
    World world = entities(5);
    need(world, 0, Mode::kSplit, {1, 2, 3}, {0.5, 0.3, 0.2});
    need(world, 0, Mode::kAnyOf, {2, 3});
    need(world, 1, Mode::kAllOf, {4});
    need(world, 2, Mode::kAnyOf, {4});
    return world;
}

TEST(WorkingShare, WorkedByHand) {
    const World world = hosted();
    EXPECT_EQ(working_share(world, only(5, {})), (Shares{1, 1, 1, 1, 1}));
    EXPECT_EQ(working_share(world, only(5, {1})), (Shares{0.5, 0, 1, 1, 1})) << "loses the share of 1";
    EXPECT_EQ(working_share(world, only(5, {2})), (Shares{0.7, 1, 0, 1, 1})) << "3 is the alternative";
    EXPECT_EQ(working_share(world, only(5, {4})), (Shares{0.2, 0, 0, 1, 0})) << "both hosts fall with their registry";
    EXPECT_EQ(working_share(world, only(5, {2, 3})), (Shares{0, 1, 0, 0, 1})) << "no alternative is left, whatever the split";
    EXPECT_EQ(working_share(world, only(5, {0})), (Shares{0, 1, 1, 1, 1})) << "suppliers do not need clients";
}

TEST(WorkingShare, TwoRequirementsThatLoseTheSamePartLoseItOnce) {
    World world = entities(4);
    need(world, 1, Mode::kSplit, {2, 3}, {0.25, 0.75});
    need(world, 0, Mode::kAnyOf, {1});
    const auto once = working_share(world, only(4, {3}));
    need(world, 0, Mode::kAllOf, {1, 1});
    need(world, 0, Mode::kAnyOf, {1, 3});
    EXPECT_EQ(once, (Shares{0.25, 0.25, 1, 0}));
    EXPECT_EQ(working_share(world, only(4, {3})), once);
}

TEST(WorkingShare, NothingWithdrawnIsExactlyOneWhateverTheSharesAddUpTo) {
    World world = entities(11);
    need(world, 0, Mode::kSplit, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, Shares(10, 0.1));  // ten times 0.1 is not 1 in binary
    EXPECT_EQ(working_share(world, only(11, {}))[0], 1);
    EXPECT_EQ(working_share(world, only(11, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}))[0], 0);
    EXPECT_NEAR(working_share(world, only(11, {3}))[0], 0.9, 1e-15);
}

TEST(WorkingShare, ASupplierWithoutAShareIsNotNeeded) {
    World world = entities(3);
    need(world, 0, Mode::kSplit, {1, 2}, {1, 0});
    EXPECT_EQ(working_share(world, only(3, {2})), (Shares{1, 1, 0}));
    EXPECT_EQ(working_share(world, only(3, {1})), (Shares{0, 0, 1}));
}

TEST(WorkingShare, ACycleRunsUntilSomethingThatItNeedsWithdraws) {
    World world = entities(4);  // 0 and 1 need each other; 1 also needs 2; 3 needs 0 or 2
    need(world, 0, Mode::kAnyOf, {1});
    need(world, 1, Mode::kAnyOf, {0});
    need(world, 1, Mode::kAnyOf, {2});
    need(world, 3, Mode::kAnyOf, {0, 2});
    EXPECT_EQ(working_share(world, only(4, {})), (Shares{1, 1, 1, 1}));
    EXPECT_EQ(working_share(world, only(4, {3})), (Shares{1, 1, 1, 0}));
    EXPECT_EQ(working_share(world, only(4, {2})), (Shares{0, 0, 0, 0}));
    EXPECT_EQ(working_share(world, only(4, {0})), (Shares{0, 0, 1, 1}));
}

TEST(WorkingShare, WhoeverNeedsItselfRuns) {
    World world = entities(1);
    need(world, 0, Mode::kAnyOf, {0});
    EXPECT_EQ(working_share(world, {false}), Shares{1});
    EXPECT_EQ(working_share(world, {true}), Shares{0});
}

// 0 has a share s at 1, which needs 0, and 1 - s at 2, of which a share c works: x = s x + (1 - s) c has the one solution c for s < 1.
TEST(WorkingShare, ASplitOnACycleTendsToWhatTheRestLeaves) {
    for (const double s : {0.1, 0.5, 0.9}) {
        World world = entities(5);
        need(world, 0, Mode::kSplit, {1, 2}, {s, 1 - s});
        need(world, 1, Mode::kAnyOf, {0});
        need(world, 2, Mode::kSplit, {3, 4}, {0.25, 0.75});
        const auto part = working_share(world, only(5, {3}));
        EXPECT_NEAR(part[0], 0.75, 1e-14) << "s = " << s;
        EXPECT_NEAR(part[1], 0.75, 1e-14) << "s = " << s;
        EXPECT_NEAR(working_share(world, only(5, {2}))[0], 0, 1e-14) << "s = " << s;
        EXPECT_EQ(working_share(world, only(5, {}))[0], 1);
    }
}

TEST(WorkingShare, ACycleThatLosesAlmostNothingARoundEnds) {
    World world = entities(3);
    need(world, 0, Mode::kSplit, {1, 2}, {1 - 1e-9, 1e-9});
    need(world, 1, Mode::kAnyOf, {0});
    const auto left =
        working_share(world, only(3, {2}));  // in the limit nothing works; after the rounds that are followed, almost all does
    EXPECT_LT(left[0], 1);
    EXPECT_GT(left[0], 1 - 1e-4);
}

TEST(WorkingShare, LongChainsAndRingsSettleWithoutRecursion) {
    constexpr std::size_t kLength = 100'000;
    World chain = entities(kLength);
    for (std::size_t e = 0; e + 1 < kLength; ++e) need(chain, e, Mode::kAnyOf, {e + 1});
    EXPECT_EQ(working_share(chain, only(kLength, {kLength - 1})), Shares(kLength, 0));
    EXPECT_EQ(working_share(chain, only(kLength, {0}))[1], 1);
    World ring = chain;
    need(ring, kLength - 1, Mode::kAnyOf, {0});
    EXPECT_EQ(working_share(ring, only(kLength, {kLength / 2})), Shares(kLength, 0));
    EXPECT_EQ(working_share(ring, only(kLength, {})), Shares(kLength, 1));
}

// Without splits all shares are 0 or 1: exactly the entities that a cascade followed by hand leaves running, cycles included.
TEST(WorkingShare, IsTheLogicalCascadeWithoutSplits) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const World world = random_network(seed, {.cycles = true, .splits = false});
        const auto withdrawn = random_withdrawal(seed, world.entities.size());
        const auto share = working_share(world, withdrawn);
        const auto works = settled(world, withdrawn, true);
        for (std::size_t e = 0; e < share.size(); ++e) EXPECT_EQ(share[e], works[e] ? 1 : 0) << "seed " << seed << " entity " << e;
    }
}

/// The equations themselves, without cycles: suppliers have a greater number.
double by_recursion(const World& world, const std::vector<bool>& withdrawn, std::size_t e) {
    if (withdrawn[e]) return 0;
    double least = 1;
    for (const auto& requirement : world.entities[e].depends_on) {
        double greatest = 0;
        double sum = 0;
        for (std::size_t i = 0; i < requirement.suppliers.size(); ++i) {
            const double share = by_recursion(world, withdrawn, index(requirement.suppliers[i]));
            if (requirement.mode == Mode::kAllOf) least = std::min(least, share);
            greatest = std::max(greatest, share);
            sum += requirement.mode == Mode::kSplit ? requirement.shares[i] * share : 0;
        }
        if (requirement.mode == Mode::kAnyOf) least = std::min(least, greatest);
        if (requirement.mode == Mode::kSplit) least = std::min(least, sum);
    }
    return least;
}

TEST(WorkingShare, SolvesItsEquationsWithoutCycles) {
    std::size_t parts = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const World world = random_network(seed, {.cycles = false, .splits = true});
        const auto withdrawn = random_withdrawal(seed, world.entities.size());
        const auto share = working_share(world, withdrawn);
        for (std::size_t e = 0; e < share.size(); ++e) {
            EXPECT_NEAR(share[e], by_recursion(world, withdrawn, e), 1e-15) << "seed " << seed << " entity " << e;
            parts += share[e] > 0 && share[e] < 1 ? 1U : 0U;
        }
    }
    EXPECT_GT(parts, 10u) << "too few shares between 0 and 1 to show anything";
}

// Metamorphic: one more withdrawal never lets more work.
TEST(WorkingShare, NeverRisesWithMoreWithdrawn) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const World world = random_network(seed, {});
        auto withdrawn = random_withdrawal(seed, world.entities.size());
        const auto before = working_share(world, withdrawn);
        withdrawn[seed % withdrawn.size()] = true;
        const auto after = working_share(world, withdrawn);
        for (std::size_t e = 0; e < before.size(); ++e) EXPECT_LE(after[e], before[e]) << "seed " << seed << " entity " << e;
    }
}

// Metamorphic: the order of the entities changes no bit, on cycles through splits neither.
TEST(WorkingShare, RelabellingPermutesToTheBit) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const World world = random_network(seed, {});
        const std::size_t n = world.entities.size();
        const auto to = random_permutation(seed, n);
        const auto withdrawn = random_withdrawal(seed, n);
        std::vector<bool> moved(n);
        for (std::size_t e = 0; e < n; ++e) moved[to[e]] = withdrawn[e];
        const auto share = working_share(world, withdrawn);
        const auto other = working_share(relabelled(world, to), moved);
        for (std::size_t e = 0; e < n; ++e) EXPECT_EQ(other[to[e]], share[e]) << "seed " << seed << " entity " << e;
    }
}

}  // namespace
}  // namespace mailrift
