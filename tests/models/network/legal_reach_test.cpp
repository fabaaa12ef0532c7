// How much of each market an issuer can reach: by hand, by definition over random worlds, and by metamorphic rules.
#include "models/network/legal_reach.h"

#include <gtest/gtest.h>

#include "models/world/transform.h"
#include "tests/models/network/networks.h"

namespace mailrift {
namespace {

using mailrift::testing::is_met;
using mailrift::testing::need;
using mailrift::testing::random_network;
using mailrift::testing::random_permutation;
using mailrift::testing::relabelled;
using mailrift::testing::settled;

constexpr std::uint64_t kSeeds = 200;
constexpr JurisdictionId kUs{0};
constexpr JurisdictionId kDe{1};
constexpr JurisdictionId kFr{2};

// DE: 0.4 on big (US), 0.2 on local behind gate (US), 0.25 on local alone, 0.05 on hosted, 0.1 unknown. big is also behind gate for 0.1 of the 0.4.
// hosted (DE) stands at either of two hosts, hostA and hostB, both of US; FR has no gateways, and all of it is known.
World by_hand() {
    World world = testing::entities(6);
    const std::vector<Layer> layers{Layer::kMailbox, Layer::kMailbox, Layer::kMailbox, Layer::kGateway, Layer::kHosting, Layer::kHosting};
    const std::vector<JurisdictionId> seats{kUs, kDe, kDe, kUs, kUs, kUs};
    for (std::size_t e = 0; e < 6; ++e) {
        world.entities[e].layer = layers[e];
        world.entities[e].control = {{seats[e], Via::kOperator, 1}};
    }
    need(world, 2, Mode::kAnyOf, {4, 5});
    world.jurisdictions = {{"US", "", 0, {}, {}}, {"DE", "", 100, {}, {}}, {"FR", "", 100, {}, {}}};
    world.routes = {{EntityId{0}, {}, {}, Address::kOwn},          {EntityId{0}, EntityId{3}, {}, Address::kOwn},
                    {EntityId{1}, EntityId{3}, {}, Address::kOwn}, {EntityId{1}, {}, {}, Address::kOwn},
                    {EntityId{2}, {}, {}, Address::kOwn},          {EntityId{1}, {}, EntityId{0}, Address::kOwn}};
    Market de;
    de.unknown = 0.1;
    de.routes = {{RouteId{0}, 0.3}, {RouteId{1}, 0.1}, {RouteId{2}, 0.2}, {RouteId{3}, 0.25}, {RouteId{4}, 0.05}};
    Market fr;
    fr.routes = {{RouteId{0}, 0.5}, {RouteId{3}, 0.25}, {RouteId{5}, 0.25}};
    world.markets = {std::nullopt, de, fr};
    return world;
}

void expect_bounds(const ShareBounds& bounds, double low, double high, const char* what) {
    EXPECT_NEAR(bounds.low, low, 1e-15) << what;
    EXPECT_NEAR(bounds.high, high, 1e-15) << what;
}

TEST(LegalReach, TheUnionIsOverRoutesNotASumOfShares) {
    const World world = by_hand();
    const auto reach = legal_reach(world, territory_of(world, kUs), {}, LayerSet().with(Layer::kGateway));
    ASSERT_EQ(reach.size(), 2u) << "one for each market";
    EXPECT_EQ(reach[0].jurisdiction, kDe);
    expect_bounds(reach[0].shares.mailbox, 0.4, 0.5, "big");
    expect_bounds(reach[0].shares.gateway, 0.3, 0.4, "gate");
    expect_bounds(reach[0].shares.element, 0.6, 0.7, "big or gate: 0.4 + 0.3 less the 0.1 that is on both");
    expect_bounds(reach[0].shares.together, 0.6, 0.7, "the same, since nothing else is chosen");
    EXPECT_EQ(reach[1].jurisdiction, kFr);
    expect_bounds(reach[1].shares.mailbox, 0.5, 0.5, "no unknown share, no bounds apart");
    expect_bounds(reach[1].shares.gateway, 0, 0, "no gateways");
    expect_bounds(reach[1].shares.element, 0.75, 0.75, "and the relay by which 0.25 leaves");
}

TEST(LegalReach, OnlyChosenLayersCount) {
    const World world = by_hand();
    const auto none = legal_reach(world, territory_of(world, kUs), {}, LayerSet(std::vector<Layer>{}));
    expect_bounds(none[0].shares.mailbox, 0.4, 0.5, "the operators' own row does not depend on the choice");
    expect_bounds(none[0].shares.element, 0, 0.1, "no layer");
    expect_bounds(none[0].shares.together, 0, 0.1, "no layer");
}

// Each host is the other's alternative, so neither is a single point of failure; but the issuer commands both.
TEST(LegalReach, AlternativesOfOneIssuerFailTogether) {
    World world = by_hand();
    const auto layers = LayerSet(std::vector<Layer>{Layer::kHosting});
    const auto both = legal_reach(world, territory_of(world, kUs), {}, layers);
    expect_bounds(both[0].shares.element, 0, 0.1, "no single host");
    expect_bounds(both[0].shares.together, 0.05, 0.15, "both");
    world.entities[5].control = {{kDe, Via::kOperator, 1}};
    expect_bounds(legal_reach(world, territory_of(world, kUs), {}, layers)[0].shares.together, 0, 0.1, "one is left");
    world.entities[2].depends_on[0].suppliers.pop_back();
    expect_bounds(legal_reach(world, territory_of(world, kUs), {}, layers)[0].shares.element, 0.05, 0.15, "the only host");
}

TEST(LegalReach, ASplitFailsInPart) {
    World world = by_hand();
    world.entities[2].depends_on[0] = {Layer::kHosting, Mode::kSplit, {EntityId{4}, EntityId{5}}, {0.75, 0.25}};
    world.entities[5].control = {{kFr, Via::kOperator, 1}};
    const auto reach = legal_reach(world, territory_of(world, kUs), {}, LayerSet(std::vector<Layer>{Layer::kHosting}));
    expect_bounds(reach[0].shares.element, 0, 0.1, "no host takes all of it");
    expect_bounds(reach[0].shares.together, 0.05 * 0.75, 0.05 * 0.75 + 0.1, "three quarters of it");
}

TEST(LegalReach, AProviderOnItsOwnReachesItsOwnMembers) {
    const World world = by_hand();
    const auto reach = legal_reach(world, territory_of(world, EntityId{1}), {}, {});
    expect_bounds(reach[0].shares.mailbox, 0.45, 0.55, "local");
    expect_bounds(reach[1].shares.mailbox, 0.5, 0.5, "local in FR");
}

// The two bounds are the two worlds in which nobody, or every order, binds the unmeasured operators.
TEST(LegalReach, BoundsAreTheBestAndTheWorstWorld) {
    const World world = by_hand();
    const auto bounds = legal_reach(world, territory_of(world, kUs), {}, all_layers())[0].shares;
    for (const Missing missing : {Missing::kBest, Missing::kWorst}) {
        const World known = with_missing(world, missing);
        const auto shares = legal_reach(known, territory_of(known, kUs), {}, all_layers())[0].shares;
        const bool best = missing == Missing::kBest;
        expect_bounds(shares.mailbox, best ? bounds.mailbox.low : bounds.mailbox.high, best ? bounds.mailbox.low : bounds.mailbox.high,
                      "mailbox");
        expect_bounds(shares.element, best ? bounds.element.low : bounds.element.high, best ? bounds.element.low : bounds.element.high,
                      "element");
        expect_bounds(shares.together, best ? bounds.together.low : bounds.together.high, best ? bounds.together.low : bounds.together.high,
                      "all");
    }
}

TEST(LegalReach, RegionsAndGroupsAreTablesOfRoutesToo) {
    const World world = by_hand();
    const auto reach = route_reach(world, territory_of(world, kUs), {}, LayerSet().with(Layer::kGateway));
    const auto shares = reach_shares(reach, {{RouteId{2}, 0.5}, {RouteId{3}, 0.25}}, 0.25);
    expect_bounds(shares.mailbox, 0, 0.25, "local");
    expect_bounds(shares.gateway, 0.5, 0.75, "gate");
    expect_bounds(shares.element, 0.5, 0.75, "gate");
}

// ---- random worlds: a random network, each entity with 0 to 2 ties to three states, ten random routes in one market

World random_world(std::uint64_t seed) {
    World world = random_network(seed, {});
    sim::Draws draws(seed, sim::hash64("test.reach"), 0, 0);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(sim::uniform_below(n, draws)); };
    world.jurisdictions = {{"US", "", 0, {}, {}}, {"DE", "", 0, {}, {}}, {"FR", "", 0, {}, {}}};
    world.blocs = {{"EU", "", {kDe, kFr}, 1}};
    for (auto& entity : world.entities) {
        entity.layer = static_cast<Layer>(below(4));
        for (std::size_t i = below(3); i > 0; --i) {
            const auto via = static_cast<Via>(below(4));
            Control control{{}, via, static_cast<double>(1 + below(4)) / 4};
            if (via != Via::kMarket) control.jurisdiction = id_of<JurisdictionId>(below(3));
            entity.control.push_back(control);
        }
    }
    const auto some = [&](std::size_t often) {
        return below(often) == 0 ? std::optional(id_of<EntityId>(below(world.entities.size()))) : std::nullopt;
    };
    Market market;
    for (std::uint32_t r = 0; r < 10; ++r) {
        world.routes.push_back({id_of<EntityId>(below(world.entities.size())), some(2), some(4), Address::kOwn});
        market.routes.push_back({RouteId{r}, 0.09});
    }
    market.unknown = 0.1;
    world.markets = {market, std::nullopt, std::nullopt};
    return world;
}

LayerSet random_layers(std::uint64_t seed) {
    LayerSet layers(std::vector<Layer>{});
    for (std::size_t layer = 0; layer < 4; ++layer) {
        if ((seed >> layer & 1U) != 0) layers = layers.with(static_cast<Layer>(layer));
    }
    return layers;
}

/// Whether one compelled entity of the chosen layers, withdrawing alone, makes an element of the route fail.
bool reached_by_one(const World& world, const Route& route, const std::vector<EntityId>& compelled) {
    return std::any_of(compelled.begin(), compelled.end(), [&](EntityId point) {
        std::vector<bool> withdrawn(world.entities.size(), false);
        withdrawn[index(point)] = true;
        const auto works = settled(world, withdrawn, true);
        return !works[index(route.provider)] || (route.gateway && !works[index(*route.gateway)]) ||
               (route.outbound && !works[index(*route.outbound)]);
    });
}

TEST(LegalReach, IsTheDefinitionRouteByRoute) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const World world = random_world(seed);
        const Territory us = territory_of(world, kUs);
        const LayerSet layers = random_layers(seed);
        const auto compelled = who_can_be_compelled(world, us, {}, layers);
        const auto reach = route_reach(world, us, {}, layers);
        for (std::size_t r = 0; r < reach.size(); ++r) {
            const Route& route = world.routes[r];
            EXPECT_EQ(reach[r].mailbox, compelled_strength(world, us, route.provider, {}) > 0) << "seed " << seed << " route " << r;
            EXPECT_EQ(reach[r].gateway, route.gateway && compelled_strength(world, us, *route.gateway, {}) > 0)
                << "seed " << seed << " route " << r;
            EXPECT_EQ(reach[r].element, reached_by_one(world, route, compelled)) << "seed " << seed << " route " << r;
            EXPECT_GE(reach[r].withheld, reach[r].element ? 1 : 0) << "seed " << seed << " route " << r;
        }
    }
}

/// The bounds of all four rows.
std::vector<double> rows(const ReachShares& shares) {
    std::vector<double> all;
    for (const ShareBounds& bounds : {shares.mailbox, shares.gateway, shares.element, shares.together}) {
        all.push_back(bounds.low);
        all.push_back(bounds.high);
    }
    return all;
}

std::vector<double> rows_of(const World& world, const Territory& territory, const LayerSet& layers, const ViaSet& vias = {}) {
    return rows(legal_reach(world, territory, vias, layers).front().shares);
}

void expect_no_less(const std::vector<double>& more, const std::vector<double>& less, std::uint64_t seed) {
    for (std::size_t i = 0; i < more.size(); ++i) EXPECT_GE(more[i], less[i]) << "seed " << seed << " row " << i;
}

// Metamorphic: one more tie, one more kind of tie, one more layer or a wider territory never lowers a share.
TEST(LegalReach, NeverFallsWithMorePower) {
    std::size_t grew = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        World world = random_world(seed);
        const LayerSet layers = random_layers(seed);
        const auto before = rows_of(world, territory_of(world, kDe), layers);
        expect_no_less(rows_of(world, territory_of(world, BlocId{0}), layers), before, seed);
        expect_no_less(rows_of(world, territory_of(world, kDe), layers, ViaSet().with(Via::kStaff).with(Via::kMarket)), before, seed);
        expect_no_less(rows_of(world, territory_of(world, kDe), all_layers()), before, seed);
        world.entities[seed % world.entities.size()].control.push_back({kDe, Via::kOperator, 0.5});
        const auto after = rows_of(world, territory_of(world, kDe), layers);
        expect_no_less(after, before, seed);
        grew += after != before ? 1U : 0U;
    }
    EXPECT_GT(grew, 20u);
}

TEST(LegalReach, RelabellingEntitiesChangesNoBit) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const World world = random_world(seed);
        const World other = relabelled(world, random_permutation(seed, world.entities.size()));
        const LayerSet layers = random_layers(seed);
        EXPECT_EQ(rows_of(other, territory_of(other, kUs), layers), rows_of(world, territory_of(world, kUs), layers)) << "seed " << seed;
    }
}

TEST(LegalReach, RowsAreOrdered) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const World world = random_world(seed);
        const auto shares = legal_reach(world, territory_of(world, kUs), {}, all_layers()).front().shares;
        EXPECT_GE(shares.element.low, shares.mailbox.low) << "seed " << seed;
        EXPECT_GE(shares.element.low, shares.gateway.low) << "seed " << seed;
        EXPECT_GE(shares.together.low, shares.element.low) << "seed " << seed;
        EXPECT_NEAR(shares.element.high - shares.element.low, 0.1, 1e-15) << "the unknown share, seed " << seed;
    }
}

}  // namespace
}  // namespace mailrift
