// Worlds made from worlds: unknown shares and representatives, by worked examples.
#include "models/world/transform.h"

#include <numeric>

#include <gtest/gtest.h>

namespace mailrift {
namespace {

/// One country with routes a 0.5, b 0.3 and 0.2 unknown.
World one_country() {
    World world;
    world.jurisdictions.push_back({"AA", "First", 100, {}, {}});
    for (const char* id : {"a", "b"}) {
        Entity entity;
        entity.id = id;
        world.entities.push_back(entity);
    }
    for (std::uint32_t e = 0; e < 2; ++e) world.routes.push_back({EntityId{e}, {}, {}, Address::kOwn});
    Market market;
    market.unknown = 0.2;
    market.routes = {{RouteId{0}, 0.5}, {RouteId{1}, 0.3}};
    world.markets.emplace_back(market);
    return world;
}

double total(const World& world) {
    double sum = 0;
    for (const auto& row : world.markets[0]->routes) sum += row.share;
    return sum;
}

TEST(WithMissing, ProportionalSpreadsTheUnknownLikeTheKnown) {
    const World world = with_missing(one_country(), Missing::kProportional);
    EXPECT_DOUBLE_EQ(world.markets[0]->routes[0].share, 0.625);
    EXPECT_DOUBLE_EQ(world.markets[0]->routes[1].share, 0.375);
    EXPECT_EQ(world.markets[0]->unknown, 0);
    EXPECT_EQ(world.entities.size(), 2u);
}

TEST(WithMissing, BestAndWorstAreOneOperatorThatNobodyOrEveryOrderBinds) {
    for (const Missing missing : {Missing::kBest, Missing::kWorst}) {
        const World world = with_missing(one_country(), missing);
        ASSERT_EQ(world.entities.size(), 3u);
        EXPECT_EQ(world.entities[2].bound_by_all, missing == Missing::kWorst);
        EXPECT_DOUBLE_EQ(world.markets[0]->routes[0].share, 0.5);
        EXPECT_DOUBLE_EQ(total(world), 1);
    }
}

TEST(WithMissing, AWhollyUnknownMarketStaysWithAnOperatorThatNobodyCommands) {
    World world = one_country();
    world.markets[0]->unknown = 1;
    world.markets[0]->routes.clear();
    const World resolved = with_missing(world, Missing::kProportional);
    ASSERT_EQ(resolved.markets[0]->routes.size(), 1u);
    EXPECT_FALSE(resolved.entities[2].bound_by_all);
}

TEST(WithMissing, AMeasuredWorldIsUnchanged) {
    World world = one_country();
    world.markets[0]->unknown = 0;
    world.markets[0]->routes[0].share = 0.7;
    EXPECT_EQ(with_missing(world, Missing::kWorst).entities.size(), 2u);
    EXPECT_EQ(with_missing(world, Missing::kProportional).markets[0]->routes[0].share, 0.7);
}

TEST(WithRepresentatives, SevenOperatorsByThreeHaveWeightsThreeTwoTwo) {
    World world = with_missing(one_country(), Missing::kProportional);
    world.entities[1].count = 7;
    world.entities[1].representatives = 3;
    const World expanded = with_representatives(world, {false, true});
    ASSERT_EQ(expanded.entities.size(), 5u);
    EXPECT_EQ(expanded.entities[2].id, "b#0");
    EXPECT_EQ(expanded.entities[2].stands_for, "b");
    EXPECT_EQ(expanded.entities[2].count, 3u);
    EXPECT_EQ(expanded.entities[3].count, 2u);
    EXPECT_EQ(expanded.entities[4].count, 2u);
    ASSERT_EQ(expanded.markets[0]->routes.size(), 4u);
    EXPECT_DOUBLE_EQ(expanded.markets[0]->routes[1].share, 0.375 * 3 / 7);
    EXPECT_DOUBLE_EQ(total(expanded), 1);
}

TEST(WithRepresentatives, AsManyAsThereAreIsExact) {
    World world = one_country();
    world.entities[0].count = 4;
    const World expanded = with_representatives(world, {true, true});
    EXPECT_EQ(expanded.entities.size(), 6u);
    for (std::size_t e = 2; e < 6; ++e) EXPECT_EQ(expanded.entities[e].count, 1u);
}

TEST(WithRepresentatives, UnmarkedEntitiesStandForThemselves) {
    World world = one_country();
    world.entities[0].count = 4;
    EXPECT_EQ(with_representatives(world, {false, false}).entities.size(), 2u);
}

TEST(World, RoutesAreInternedOnce) {
    World world = one_country();
    EXPECT_EQ(intern_route(world.routes, world.routes[1]), RouteId{1});
    EXPECT_EQ(intern_route(world.routes, {EntityId{1}, EntityId{0}, {}, Address::kOwn}), RouteId{2});
    EXPECT_EQ(world.routes.size(), 3u);
}

TEST(World, AHostedJurisdictionIsAMemberThroughItsHost) {
    World world = one_country();
    world.jurisdictions.push_back({"XC", "Court", 1, {}, JurisdictionId{0}});
    const Bloc bloc{"B", "Bloc", {JurisdictionId{0}}, 1};
    EXPECT_TRUE(is_member(world, bloc, JurisdictionId{1}));
    world.jurisdictions[1].host.reset();
    EXPECT_FALSE(is_member(world, bloc, JurisdictionId{1}));
}

}  // namespace
}  // namespace mailrift
