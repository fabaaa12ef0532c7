// Reading scenarios and worlds: defaults, order of ids, `extends`, figures, and who is asked for which document.
#include "models/scenario/scenario.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "models/scenario/scenario_shape.h"
#include "models/scenario/words.h"
#include "models/scenario/world_shape.h"
#include "sim/shape_docs.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using mailrift::testing::hand_world;
using mailrift::testing::order_text;
using mailrift::testing::read;
using mailrift::testing::replaced;
using mailrift::testing::scenario_text;

std::string error_of(const std::string& scenario, const std::string& world = hand_world()) {
    try {
        (void)read(scenario, world);
    } catch (const sim::Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(ReadScenario, FillsInDefaults) {
    const Scenario scenario = read(scenario_text());
    EXPECT_EQ(scenario.slice, sim::kHour);
    EXPECT_EQ(scenario.horizon, sim::kDay * 10);
    EXPECT_EQ(scenario.seed, 1u);
    EXPECT_EQ(scenario.mail.messages_per_day, 5);
    EXPECT_EQ(scenario.mail.reply_delay, sim::make_lognormal(3600, 1.5));
    EXPECT_TRUE(scenario.mail.profile.empty());
    EXPECT_EQ(scenario.missing, Missing::kProportional);
}

TEST(ReadScenario, RescalesAProfileToMeanOne) {
    std::string list = "[";
    for (int hour = 0; hour < 168; ++hour) list += (hour > 0 ? ", " : "") + std::to_string(hour % 2 == 0 ? 4 : 2);
    const Scenario scenario = read(scenario_text("\"mail\": {\"profile\": " + list + "]}"));
    EXPECT_NEAR(scenario.mail.profile[0], 4.0 / 3, 1e-15);
    EXPECT_NEAR(scenario.mail.profile[1], 2.0 / 3, 1e-15);
}

TEST(ReadScenario, ARefusedProfileOfZeros) {
    std::string list = "[0";
    for (int hour = 1; hour < 168; ++hour) list += ", 0";
    EXPECT_EQ(error_of(scenario_text("\"mail\": {\"profile\": " + list + "]}")),
              "small.json:/mail/profile: [inconsistent 304] expected at least one factor above 0, got 168 zeros");
}

TEST(ReadScenario, TheWorldsErrorsComeFirst) {
    const std::string scenario = scenario_text("\"orders\": [" + order_text("[\"no_measure\"]") + "]");
    EXPECT_EQ(
        error_of(scenario, replaced(hand_world(), "\"unit\": \"users\"", "\"unit\": \"user\"")),
        "hand.json:/unit: [choice 205] expected one of \"users\", \"mailboxes\", \"organisations\", got \"user\"; did you mean \"users\"?");
}

TEST(ReadScenario, ABadWorldNameIsAskedOfNobody) {
    EXPECT_EQ(error_of(replaced(scenario_text(), "\"hand\"", "\"../hand\"")).substr(0, 31), "small.json:/world: [pattern 206");
}

// Whoever has mail may judge it, behind a gateway, too, and where members can only move to.
TEST(ReadScenario, RefusesAPolicyThatWouldNeverAct) {
    const auto judged_by = [](const std::string& receiver, const std::string& more = "") {
        return scenario_text(R"("blocking": [{"id": "grey", "kind": "greylist", "receiver": ")" + receiver + "\"}]" + more);
    };
    std::string guarded = replaced(hand_world(), R"("alpha": 0.1, "beta": 0.7)", R"("alpha": 0.8)");
    guarded = replaced(guarded, R"({"provider": "beta", "share": 0.5})", R"({"provider": "alpha", "share": 0.5})");
    const std::string expected =
        "small.json:/blocking/0/receiver: [inconsistent 304] expected a provider with mail, or a gateway in use, got ";
    for (const char* receiver : {"gate", "alpha", "beta", "*"}) EXPECT_EQ(error_of(judged_by(receiver), guarded), "no error") << receiver;
    const std::string unused = replaced(hand_world(), R"("search": 0.1, "alpha": 0.4)", R"("alpha": 0.5)");
    EXPECT_EQ(error_of(judged_by("search"), unused), expected + "\"search\", where no mail comes in");
    const std::string move = R"(, "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["guests"]}, "to": {"search": 1},
                                                "plan": {"at": "4 d", "takes": "3 d"}}])";
    EXPECT_EQ(error_of(judged_by("search", move), unused), "no error");
}

TEST(ReadScenario, ListsFiguresWithTheirSources) {
    const auto figures = figures_of(
        read(scenario_text(R"("mail": {"reply": {"value": 0.2, "range": [0.1, 0.3], "source": "assumed", "confidence": "low"}})")));
    const auto reply = std::find_if(figures.begin(), figures.end(), [](const SourcedFigure& f) { return f.use.pointer == "/mail/reply"; });
    ASSERT_NE(reply, figures.end());
    EXPECT_EQ(reply->document, "scenario");
    EXPECT_EQ(reply->use.figure.source, "assumed");
    EXPECT_EQ(reply->use.figure.high, 0.3);
}

TEST(ReadWorld, PutsEverythingInTheOrderOfIds) {
    const World world = read(scenario_text()).world;
    EXPECT_EQ(world.jurisdictions[0].code, "AA");
    EXPECT_EQ(world.entities[0].id, "alpha");
    EXPECT_EQ(world.entities[4].id, "gate");
    EXPECT_EQ(world.entities[4].layer, Layer::kGateway);
    EXPECT_EQ(world.jurisdictions[index(*find_jurisdiction(world, "XC"))].host, find_jurisdiction(world, "AA"));
}

TEST(ReadWorld, TheShortFormOfRoutesIsTheLongOne) {
    const std::string longer = replaced(
        hand_world(), R"({"routes": {"big": 0.2, "alpha": 0.1, "beta": 0.7}})",
        R"({"routes": [{"provider": "big", "share": 0.2}, {"provider": "alpha", "share": {"value": 0.1, "range": [0, 0.2]}}, {"provider": "beta", "share": 0.7}]})");
    const World a = read(scenario_text()).world;
    const World b = read(scenario_text(), longer).world;
    const auto& x = a.markets[index(*find_jurisdiction(a, "BB"))]->routes;
    const auto& y = b.markets[index(*find_jurisdiction(b, "BB"))]->routes;
    ASSERT_EQ(x.size(), y.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        EXPECT_EQ(a.routes[index(x[i].route)], b.routes[index(y[i].route)]);
        EXPECT_EQ(x[i].share, y[i].share);
    }
}

TEST(ReadWorld, GroupsMayHaveTheShortFormToo) {
    const std::string routes = R"("routes": [{"provider": "big", "share": 1, "address": "own"}])";
    const World world = read(scenario_text(), replaced(hand_world(), routes, R"("routes": {"big": 0.25, "alpha": 0.75})")).world;
    EXPECT_EQ(world.groups[0].market.routes.size(), 2u);
    EXPECT_EQ(error_of(scenario_text(), replaced(hand_world(), routes, R"("routes": {"big": 0.5})")),
              "hand.json:/groups/0/routes: [inconsistent 304] expected shares that sum to 1, got a sum of 0.5");
}

TEST(ReadWorld, NamesOfAListAreThereOnce) {
    EXPECT_EQ(error_of(scenario_text(), replaced(hand_world(), R"("members": ["AA", "BB"])", R"("members": ["AA", "BB", "AA"])")),
              "hand.json:/blocs/0/members/2: [repeated_id 302] expected each name of a list once, got \"AA\" a second time");
    EXPECT_EQ(error_of(scenario_text(), replaced(hand_world(), R"("host": "AA")", R"("host": "XC")")),
              "hand.json:/jurisdictions/4/host: [inconsistent 304] expected another jurisdiction as host, got \"XC\" itself");
}

TEST(ReadScenario, LeversTurnNumbers) {
    const std::string orders = "\"orders\": [" + order_text("[\"close_accounts\"]") + "], ";
    const auto lever = [](std::string_view path) {
        return R"("levers": [{"path": "orders.eo.)" + std::string(path) + R"(", "bounds": [0, 1], "label": "l"}])";
    };
    EXPECT_EQ(error_of(scenario_text(orders + lever("compliance.probability"))), "no error");
    EXPECT_EQ(error_of(scenario_text(orders + lever("issuer"))),
              "small.json:/levers/0/path: [type 201] expected the path of a number, got that of \"US\"");
}

TEST(Words, NameEveryEnumerator) {
    EXPECT_EQ(layer_words().size(), kLayers);
    EXPECT_EQ(value_of<Layer>(layer_words(), "gateway"), Layer::kGateway);
    EXPECT_EQ(value_of<Layer>(layer_words(), "store"), Layer::kStore);
    EXPECT_EQ(value_of<Via>(via_words(), "market"), Via::kMarket);
    EXPECT_EQ(value_of<ProviderKind>(provider_kind_words(), "self_hosted"), ProviderKind::kSelfHosted);
    EXPECT_EQ(value_of<Missing>(missing_words(), "worst"), Missing::kWorst);
    EXPECT_EQ(supplier_layer_words().size(), kLayers - 1);
}

TEST(Shapes, PlugInsAppearInSchemaAndTable) {
    const std::string schema = sim::json_schema(scenario_shape(), "t", "i");
    for (const char* word : {"close_accounts", "block_senders", "block_domains", "migrate", "inform_delay"}) {
        EXPECT_NE(schema.find(word), std::string::npos) << word;
    }
    EXPECT_NE(sim::reference_table(world_shape()).find("shield"), std::string::npos);
}

}  // namespace
}  // namespace mailrift
