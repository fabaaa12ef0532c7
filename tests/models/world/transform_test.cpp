// Worlds made from worlds: unknown shares and representatives, by worked examples.
#include "models/world/transform.h"

#include <numeric>

#include <gtest/gtest.h>

#include "sim/error.h"

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

/// The world above with further countries; AA's market is wholly unknown.
World with_others(const std::vector<std::pair<double, double>>& users_and_share_of_a, std::vector<Bloc> blocs) {
    World world = one_country();
    world.markets[0]->unknown = 1;
    world.markets[0]->routes.clear();
    for (const auto& [users, share] : users_and_share_of_a) {
        world.jurisdictions.push_back({"B" + std::string(1, static_cast<char>('A' + world.markets.size())), "", users, {}, {}});
        world.markets.push_back(Market{0, 0, {{id_of<RouteId>(0), share}, {id_of<RouteId>(1), 1 - share}}, {}});
    }
    world.blocs = std::move(blocs);
    return world;
}

TEST(WithMissing, AWhollyUnknownMarketIsLikeTheMeasuredOnesOfItsBlocs) {
    const Bloc bloc{"AB", "", {id_of<JurisdictionId>(0), id_of<JurisdictionId>(1), id_of<JurisdictionId>(2)}, 1};
    const World world = with_missing(with_others({{100, 0.5}, {300, 0.9}, {5000, 0.1}}, {bloc}), Missing::kProportional);
    EXPECT_DOUBLE_EQ(world.markets[0]->routes[0].share, 0.25 * 0.5 + 0.75 * 0.9);
    EXPECT_DOUBLE_EQ(total(world), 1);
    EXPECT_EQ(world.markets[0]->unknown, 0);
}

TEST(WithMissing, OutsideAllBlocsItIsLikeAllMeasuredOnes) {
    const World world = with_missing(with_others({{100, 0.5}, {300, 0.9}}, {}), Missing::kProportional);
    EXPECT_DOUBLE_EQ(world.markets[0]->routes[0].share, 0.8);
}

TEST(WithMissing, WhereNothingIsMeasuredOnlyBoundsAreLeft) {
    EXPECT_THROW((void)with_missing(with_others({}, {}), Missing::kProportional), sim::Error);
    EXPECT_EQ(with_missing(with_others({}, {}), Missing::kBest).markets[0]->routes.size(), 1u);
}

TEST(WithMissing, AWhollyUnknownRegionIsLikeItsMarket) {
    World world = one_country();
    world.markets[0]->regions = {{"north", 10, 1, {}}, {"south", 10, 0.5, {{id_of<RouteId>(0), 0.5}}}};
    const World resolved = with_missing(world, Missing::kProportional);
    EXPECT_DOUBLE_EQ(resolved.markets[0]->regions[0].routes[1].share, 0.375);
    EXPECT_DOUBLE_EQ(resolved.markets[0]->regions[1].routes[0].share, 1);
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
    for (std::size_t e = 2; e < 5; ++e) EXPECT_EQ(expanded.entities[e].representatives, 1u) << "one operator that stands for so many";
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

TEST(WithRepresentatives, RefusesProductsOfRepresentatives) {
    World world = one_country();
    for (Entity& entity : world.entities) entity.count = entity.representatives = 5'000;
    EXPECT_EQ(with_representatives(world, {true, true}).entities.size(), 10'002u);
    Route relayed = world.routes[0];
    relayed.outbound = id_of<EntityId>(1);
    world.markets[0]->routes[0].route = intern_route(world.routes, relayed);  // 5,000 providers by 5,000 relays
    try {
        (void)with_representatives(world, {true, true});
        FAIL() << "25 million shares were made";
    } catch (const sim::Error& error) {
        EXPECT_EQ(error.code(), sim::Code::kTooLarge);
    }
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
