// Single points of failure: by hand, and against withdrawing every entity in turn.
#include "models/network/single_points.h"

#include <gtest/gtest.h>

#include "models/network/dependency_graph.h"
#include "sim/error.h"
#include "tests/models/network/networks.h"

namespace mailrift {
namespace {

using mailrift::testing::entities;
using mailrift::testing::need;
using mailrift::testing::one_by_one;
using mailrift::testing::random_network;
using mailrift::testing::random_permutation;
using mailrift::testing::relabelled;

constexpr std::uint64_t kSeeds = 200;

std::vector<EntityId> ids(const std::vector<std::size_t>& numbers) {
    std::vector<EntityId> result;
    for (const std::size_t number : numbers) result.push_back(id_of<EntityId>(number));
    return result;
}

bool within(const std::vector<EntityId>& part, const std::vector<EntityId>& whole) {
    return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

TEST(SinglePoints, WorkedByHand) {
    World world =
        entities(7);  // 0 needs a host (1 or 2) and a name server (3); both hosts buy from network 4, 3 from 4 or 5; nobody needs 6
    need(world, 0, Mode::kAnyOf, {1, 2});
    need(world, 0, Mode::kAnyOf, {3});
    need(world, 1, Mode::kAnyOf, {4});
    need(world, 2, Mode::kAnyOf, {4});
    need(world, 3, Mode::kAnyOf, {4, 5});
    const auto points = single_points_of_failure(world);
    EXPECT_EQ(points[0], ids({0, 3, 4})) << "two hosts are not two if both need 4";
    EXPECT_EQ(points[1], ids({1, 4}));
    EXPECT_EQ(points[2], ids({2, 4}));
    EXPECT_EQ(points[3], ids({3}));
    EXPECT_EQ(points[4], ids({4}));
    EXPECT_EQ(points[6], ids({6}));
}

TEST(SinglePoints, AllOfIsOneRequirementPerSupplier) {
    World world = entities(4);
    need(world, 0, Mode::kAllOf, {1, 2});
    need(world, 1, Mode::kAnyOf, {3});
    EXPECT_EQ(single_points_of_failure(world)[0], ids({0, 1, 2, 3}));
}

TEST(SinglePoints, OfASplitOnlyWhatAllItsSharesNeed) {
    World world = entities(5);
    need(world, 0, Mode::kSplit, {1, 2, 3}, {0.5, 0.5, 0});  // 3 has no share: it is no alternative
    need(world, 1, Mode::kAnyOf, {4});
    need(world, 2, Mode::kAnyOf, {4});
    EXPECT_EQ(single_points_of_failure(world)[0], ids({0, 4}));
}

TEST(SinglePoints, ACycleSharesItsPoints) {
    World world = entities(4);  // a ring of three, one of which needs 3
    need(world, 0, Mode::kAnyOf, {1});
    need(world, 1, Mode::kAnyOf, {2});
    need(world, 2, Mode::kAllOf, {0, 3});
    const auto points = single_points_of_failure(world);
    for (std::size_t e = 0; e < 3; ++e) EXPECT_EQ(points[e], ids({0, 1, 2, 3})) << "entity " << e;
    EXPECT_EQ(points[3], ids({3}));
}

TEST(SinglePoints, AChainBeyondTheBudgetIsRefused) {
    World world = entities(400);
    for (std::size_t e = 0; e + 1 < 400; ++e) need(world, e, Mode::kAnyOf, {e + 1});
    const std::size_t sets = 400 * 401 / 2 + 399 * 400 / 2;  // of the entities, and of their requirements
    EXPECT_EQ(single_points_of_failure(world, 4 * sets)[0].size(), 400u);
    EXPECT_THROW((void)single_points_of_failure(world, 4 * sets - 1), sim::Error);
}

// 0 needs 1 or 2, and 1 needs 0: while they run, the two keep each other running without 2; from nothing, only 2 could have started them.
TEST(SinglePoints, WhatOnlyStartedACycleIsNone) {
    World world = entities(3);
    need(world, 0, Mode::kAnyOf, {1, 2});
    need(world, 1, Mode::kAnyOf, {0});
    const auto points = single_points_of_failure(world);
    EXPECT_EQ(points[0], ids({0}));
    EXPECT_EQ(points[1], ids({0, 1}));
    EXPECT_EQ(one_by_one(world, true), points);
    EXPECT_EQ(one_by_one(world, false)[0], ids({0, 2})) << "from nothing, 1 cannot start before 0, so the loss of 2 ends both";
}

// The least solution of the set equations and the cascade of each single withdrawal are the same system, one entity at a time: equal on all graphs.
TEST(SinglePoints, AreWhatWithdrawingEveryEntityInTurnShows) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        for (const bool cycles : {false, true}) {
            const World world = random_network(seed, {.cycles = cycles, .splits = true});
            EXPECT_EQ(single_points_of_failure(world), one_by_one(world, true)) << "seed " << seed << " cycles " << cycles;
        }
    }
}

// A start from nothing finds the same points without cycles, and never fewer with them.
TEST(SinglePoints, DifferFromAStartFromNothingOnCyclesOnly) {
    std::size_t differ = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const World acyclic = random_network(seed, {.cycles = false, .splits = true});
        EXPECT_EQ(single_points_of_failure(acyclic), one_by_one(acyclic, false)) << "seed " << seed;
        const World cyclic = random_network(seed, {});
        const auto points = single_points_of_failure(cyclic);
        const auto started = one_by_one(cyclic, false);
        for (std::size_t e = 0; e < points.size(); ++e) EXPECT_TRUE(within(points[e], started[e])) << "seed " << seed << " entity " << e;
        differ += points != started ? 1U : 0U;
    }
    EXPECT_GT(differ, 20u) << "too few seeds with a cycle that supports itself to show anything";
}

// x alone makes n fail: nothing of n works. Exact without splits, and with splits outside of cycles.
TEST(SinglePoints, AreWhatLeavesNothingWorking) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const bool cycles = seed % 2 == 0;
        const World world = random_network(seed, {.cycles = cycles, .splits = !cycles});
        const std::size_t n = world.entities.size();
        const auto points = single_points_of_failure(world);
        for (std::size_t x = 0; x < n; ++x) {
            std::vector<bool> withdrawn(n, false);
            withdrawn[x] = true;
            const auto share = working_share(world, withdrawn);
            for (std::size_t e = 0; e < n; ++e) {
                const bool point = std::binary_search(points[e].begin(), points[e].end(), id_of<EntityId>(x));
                EXPECT_EQ(point, share[e] == 0) << "seed " << seed << " without " << x << " entity " << e;
            }
        }
    }
}

// The stated exception: half of 0 is at 1, which needs 0, and half at 2. Without 2 a half of what is left fails each round, and in the limit all.
TEST(SinglePoints, OnACycleThroughASplitALimitIsNone) {
    World world = entities(3);
    need(world, 0, Mode::kSplit, {1, 2}, {0.5, 0.5});
    need(world, 1, Mode::kAnyOf, {0});
    EXPECT_EQ(single_points_of_failure(world)[0], ids({0}));
    EXPECT_NEAR(working_share(world, {false, false, true})[0], 0, 1e-15);
}

// Metamorphic: an alternative never adds a single point of failure, neither to its client nor to anybody else.
TEST(SinglePoints, AnAlternativeAddsNone) {
    std::size_t fewer = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        World world = random_network(seed, {});
        const std::size_t n = world.entities.size();
        const auto before = single_points_of_failure(world);
        for (auto& entity : world.entities) {
            for (auto& requirement : entity.depends_on) {
                if (requirement.mode == Mode::kAnyOf) requirement.suppliers.push_back(id_of<EntityId>(seed % n));
            }
        }
        const auto after = single_points_of_failure(world);
        for (std::size_t e = 0; e < n; ++e) EXPECT_TRUE(within(after[e], before[e])) << "seed " << seed << " entity " << e;
        fewer += after != before ? 1U : 0U;
    }
    EXPECT_GT(fewer, 20u);
}

TEST(SinglePoints, RelabellingPermutes) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const World world = random_network(seed, {});
        const auto to = random_permutation(seed, world.entities.size());
        const auto points = single_points_of_failure(world);
        const auto other = single_points_of_failure(relabelled(world, to));
        for (std::size_t e = 0; e < points.size(); ++e) {
            std::vector<EntityId> moved;
            for (const EntityId point : points[e]) moved.push_back(id_of<EntityId>(to[index(point)]));
            std::sort(moved.begin(), moved.end());
            EXPECT_EQ(other[to[e]], moved) << "seed " << seed << " entity " << e;
        }
    }
}

TEST(SinglePoints, OfARingOfAThousandAreAll) {
    constexpr std::size_t kLength = 1000;
    World ring = entities(kLength);
    for (std::size_t e = 0; e < kLength; ++e) need(ring, e, Mode::kAnyOf, {(e + 1) % kLength});
    for (const auto& points : single_points_of_failure(ring)) EXPECT_EQ(points.size(), kLength);
}

}  // namespace
}  // namespace mailrift
