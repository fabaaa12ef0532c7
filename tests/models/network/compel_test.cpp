// Who can be compelled: territories, ties and strengths by worked examples.
#include "models/network/compel.h"

#include <gtest/gtest.h>

namespace mailrift {
namespace {

constexpr JurisdictionId kUs{0};
constexpr JurisdictionId kNl{1};
constexpr JurisdictionId kFr{2};
constexpr JurisdictionId kCourt{3};  // hosted in NL

Entity entity(const char* id, Layer layer, const std::vector<Control>& control) {
    Entity result;
    result.id = id;
    result.layer = layer;
    result.control = control;
    return result;
}

/// NL and FR form EU; XC sits in NL.
World world() {
    World result;
    result.jurisdictions = {{"US", "", 0, {}, {}}, {"NL", "", 0, {}, {}}, {"FR", "", 0, {}, {}}, {"XC", "", 0, {}, kNl}};
    result.blocs = {{"EU", "", {kNl, kFr}, 1}};
    result.entities = {
        entity("seated", Layer::kMailbox, {{kUs, Via::kOperator, 1}}),
        entity("owned", Layer::kMailbox, {{kNl, Via::kOperator, 0.5}, {kUs, Via::kParent, 0.75}, {kUs, Via::kStaff, 0.9}}),
        entity("staffed", Layer::kGateway, {{kFr, Via::kStaff, 0.25}}),
        entity("selling", Layer::kDns, {{kFr, Via::kOperator, 1}, {{}, Via::kMarket, 0.125}}),
        entity("court", Layer::kMailbox, {{kCourt, Via::kOperator, 1}}),
    };
    return result;
}

double strength(const World& w, const char* issuer, const char* id, const ViaSet& vias = {}) {
    return compelled_strength(w, territory_of(w, issuer), *find_entity(w, id), vias);
}

TEST(EnumSet, HasItsDefaultsAndWhatIsListedOrAdded) {
    EXPECT_TRUE(ViaSet().has(Via::kOperator));
    EXPECT_TRUE(ViaSet().has(Via::kParent));
    EXPECT_FALSE(ViaSet().has(Via::kStaff));
    EXPECT_FALSE(ViaSet().has(Via::kMarket));
    EXPECT_TRUE(ViaSet().with(Via::kMarket).has(Via::kParent));
    EXPECT_EQ(ViaSet(std::vector<Via>{Via::kParent, Via::kOperator}), ViaSet());
    EXPECT_FALSE(ViaSet(std::vector<Via>{Via::kStaff}).has(Via::kOperator));
    EXPECT_TRUE(LayerSet().has(Layer::kMailbox));
    EXPECT_FALSE(LayerSet().has(Layer::kHosting));
    for (std::size_t layer = 0; layer < kLayers; ++layer) EXPECT_TRUE(all_layers().has(static_cast<Layer>(layer)));
}

TEST(Territory, IsTheJurisdictionTheBlocsMembersOrTheEntityItself) {
    const World w = world();
    EXPECT_EQ(territory_of(w, "US").jurisdictions, (std::vector<bool>{true, false, false, false}));
    EXPECT_EQ(territory_of(w, "EU").jurisdictions, (std::vector<bool>{false, true, true, false}));
    EXPECT_EQ(territory_of(w, "NL").jurisdictions, (std::vector<bool>{false, true, false, false})) << "not the court that it hosts";
    EXPECT_EQ(territory_of(w, "owned").jurisdictions, std::vector<bool>(4, false));
    EXPECT_EQ(territory_of(w, "owned").itself, EntityId{1});
    EXPECT_EQ(territory_of(w, "nobody").jurisdictions, std::vector<bool>(4, false));
    EXPECT_FALSE(territory_of(w, "nobody").itself.has_value());
    EXPECT_EQ(territory_of(w, BlocId{0}).jurisdictions, territory_of(w, "EU").jurisdictions);
    EXPECT_EQ(territory_of(w, kFr).jurisdictions, territory_of(w, "FR").jurisdictions);
}

TEST(CompelledStrength, IsTheGreatestAmongTheTiesInTheTerritory) {
    const World w = world();
    EXPECT_EQ(strength(w, "US", "seated"), 1);
    EXPECT_EQ(strength(w, "NL", "seated"), 0);
    EXPECT_EQ(strength(w, "US", "owned"), 0.75);
    EXPECT_EQ(strength(w, "US", "owned", ViaSet().with(Via::kStaff)), 0.9);
    EXPECT_EQ(strength(w, "US", "owned", ViaSet(std::vector<Via>{Via::kOperator})), 0);
    EXPECT_EQ(strength(w, "EU", "owned"), 0.5);
    EXPECT_EQ(strength(w, "EU", "staffed"), 0) << "staff is not among the default ties";
    EXPECT_EQ(strength(w, "EU", "staffed", ViaSet().with(Via::kStaff)), 0.25);
    EXPECT_EQ(strength(w, "EU", "court"), 0);
    EXPECT_EQ(strength(w, "XC", "court"), 1);
}

TEST(CompelledStrength, TheMarketCountsOnlyWhenAskedForAndForStatesOnly) {
    const World w = world();
    EXPECT_EQ(strength(w, "US", "selling"), 0);
    EXPECT_EQ(strength(w, "US", "selling", ViaSet().with(Via::kMarket)), 0.125);
    EXPECT_EQ(strength(w, "FR", "selling", ViaSet().with(Via::kMarket)), 1) << "the seat is the stronger tie";
    EXPECT_EQ(strength(w, "seated", "selling", ViaSet().with(Via::kMarket)), 0) << "a provider that decides on its own binds nobody else";
}

TEST(CompelledStrength, AnEntityOnItsOwnBindsItselfAndItsRepresentatives) {
    World w = world();
    w.entities.push_back(entity("owned#0", Layer::kMailbox, w.entities[1].control));
    w.entities.back().stands_for = "owned";
    EXPECT_EQ(strength(w, "owned", "owned"), 1) << "whatever its control";
    EXPECT_EQ(strength(w, "owned", "owned#0"), 1);
    EXPECT_EQ(strength(w, "owned", "seated"), 0);
    EXPECT_EQ(strength(w, "US", "owned#0"), 0.75);
}

TEST(CompelledStrength, TheUnmeasuredOperatorOfTheWorstCaseIsAlwaysBound) {
    World w = world();
    w.entities.push_back(entity("unmeasured", Layer::kMailbox, {}));
    EXPECT_EQ(strength(w, "US", "unmeasured"), 0);
    w.entities.back().bound_by_all = true;
    for (const char* issuer : {"US", "EU", "seated"}) EXPECT_EQ(strength(w, issuer, "unmeasured"), 1) << issuer;
}

TEST(WhoCanBeCompelled, ListsTheChosenLayersInTheOrderOfIds) {
    const World w = world();
    const auto who = [&](const char* issuer, const ViaSet& vias, const LayerSet& layers) {
        std::string names;
        for (const EntityId id : who_can_be_compelled(w, territory_of(w, issuer), vias, layers)) names += w.entities[index(id)].id + " ";
        return names;
    };
    EXPECT_EQ(who("US", {}, {}), "seated owned ");
    EXPECT_EQ(who("EU", {}, {}), "owned ");
    EXPECT_EQ(who("EU", {}, all_layers()), "owned selling ");
    EXPECT_EQ(who("EU", ViaSet().with(Via::kStaff), all_layers()), "owned staffed selling ");
    EXPECT_EQ(who("EU", {}, LayerSet(std::vector<Layer>{Layer::kDns})), "selling ") << "mailboxes only if they are chosen";
    EXPECT_EQ(who("staffed", {}, {}), "") << "of a layer that is not chosen";
    EXPECT_EQ(who("nobody", {}, all_layers()), "");
}

TEST(WhoCanBeCompelled, ATieOfNoStrengthCompelsNobody) {
    World w = world();
    w.entities[0].control[0].strength = 0;
    EXPECT_EQ(who_can_be_compelled(w, territory_of(w, kUs), {}, {}), std::vector<EntityId>{EntityId{1}});
}

}  // namespace
}  // namespace mailrift
