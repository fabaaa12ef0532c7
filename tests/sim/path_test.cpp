// Paths into documents: steps by key, id, code and index, and the errors of steps that do not exist.
#include "sim/path.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::parsed;
using testing::thrown_by;

const Value& document() {
    static const Value value = parsed(R"({"orders":[{"id":"eo","compliance":{"probability":0.9}},{"id":"second"}],
        "markets":{"AT":{"routes":[{"share":0.4},{"share":0.6}]},"St. Gallen":{"n":1}},"states":[{"code":"AT","n":5}],"empty":[]})");
    return value;
}

std::string set_error(std::string_view path) {
    return thrown_by([&] { (void)set_path(document(), path, make_integer(1)); });
}

TEST(GetPath, FollowsKeysIdsCodesAndIndices) {
    EXPECT_EQ(get_path(document(), "orders.eo.compliance.probability")->number, 0.9);
    EXPECT_EQ(get_path(document(), "states.AT.n")->integer, 5);
    EXPECT_EQ(get_path(document(), "markets.AT.routes.1.share")->number, 0.6);
    EXPECT_EQ(get_path(document(), "markets.St\\. Gallen.n")->integer, 1);
    EXPECT_EQ(get_path(document(), "orders")->items.size(), 2u);
}

TEST(GetPath, GivesNothingForWhatIsNotThere) {
    for (const std::string_view path :
         {"", ".", "orders.", "nothing", "orders.0", "orders.eo.x", "markets.AT.routes.2", "markets.AT.routes.-1", "markets.AT.routes.1x",
          "empty.0", "orders.eo.compliance.probability.more", "orders.eo.id.eo"}) {
        EXPECT_EQ(get_path(document(), path), nullptr) << path;
    }
}

TEST(SetPath, ReplacesAValueAndLeavesTheOriginal) {
    const Value changed = set_path(document(), "orders.eo.compliance.probability", make_number(0.5));
    EXPECT_EQ(get_path(changed, "orders.eo.compliance.probability")->number, 0.5);
    EXPECT_EQ(get_path(document(), "orders.eo.compliance.probability")->number, 0.9);
}

TEST(SetPath, MayAddTheLastKey) {
    const Value changed = set_path(document(), "orders.second.at", make_text("7 d"));
    EXPECT_EQ(write_json(*get_path(changed, "orders.second"), 0), R"({"id":"second","at":"7 d"})");
    EXPECT_EQ(set_path(make_object({}), "seed", make_integer(3)), make_object({{"seed", make_integer(3)}}));
}

TEST(SetPath, NamesTheStepsThereAre) {
    EXPECT_EQ(set_error("orders.secnd.at"),
              "[reference 301] expected one of \"eo\", \"second\" after \"orders\", got \"secnd\" in the path \"orders.secnd.at\"; did you "
              "mean \"second\"?");
    EXPECT_EQ(set_error("order.eo.at"),
              "[reference 301] expected one of \"orders\", \"markets\", \"states\", \"empty\" at the start of the path, got \"order\" in "
              "the path "
              "\"order.eo.at\"; did you mean \"orders\"?");
    EXPECT_EQ(
        set_error("markets.AT.routes.2.share"),
        "[reference 301] expected one of \"0\", \"1\" after \"markets.AT.routes\", got \"2\" in the path \"markets.AT.routes.2.share\"");
    EXPECT_EQ(set_error("orders.third"),
              "[reference 301] expected one of \"eo\", \"second\" after \"orders\", got \"third\" in the path \"orders.third\"");
    EXPECT_EQ(set_error("orders.eo.compliance.probability.value"),
              "[reference 301] expected no further step after \"orders.eo.compliance.probability\", got \"value\" in the path "
              "\"orders.eo.compliance.probability.value\"");
}

TEST(SetPath, RefusesAnEmptyPath) {
    EXPECT_EQ(set_error(""),
              "[reference 301] expected one of \"orders\", \"markets\", \"states\", \"empty\" at the start of the path, got \"\" in the "
              "path \"\"");
}

// Metamorphic: what is set is what is got, and setting what is there changes nothing.
TEST(SetPath, SetsWhatIsGot) {
    for (const std::string_view path : {"orders.eo.compliance", "states.AT.n", "markets.AT.routes.0", "markets.St\\. Gallen", "empty"}) {
        const Value changed = set_path(document(), path, make_text("new"));
        EXPECT_EQ(*get_path(changed, path), make_text("new")) << path;
        EXPECT_EQ(set_path(changed, "x", make_null()).members.size(), document().members.size() + 1) << path;
        EXPECT_EQ(set_path(document(), path, *get_path(document(), path)), document()) << path;
    }
}

}  // namespace
}  // namespace sim
