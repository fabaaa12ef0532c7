// Views: decoding of checked documents, defaults, and writing the defaults out.
#include "sim/shape_view.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "sim/shape_check.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::fleet;
using testing::fleet_shape;
using testing::parsed;

const Value& document() {
    static const Value value = parsed(fleet(R"("voyage": "2 d", "x-c": 0, "flags": {"AT": "Austria", "x-note": 5, "DE": "Germany"},
        "ports": [{"id": "a", "depth": 12, "near": "b"}, {"id": "b", "depth": 2.5, "fee": 0.4}],
        "ships": [{"kind": "sail", "id": "s", "masts": 3.0, "calls": ["a", "b"]}, {"kind": "steam", "id": "t", "crew": 7, "calls": "*"}])"));
    return value;
}

class Views : public ::testing::Test {
protected:
    const Shape shape_ = fleet_shape();
    const View fleet_{document(), shape_};
};

TEST_F(Views, ReadWhatIsWritten) {
    EXPECT_EQ(fleet_["schema"].integer(), 1);
    EXPECT_EQ(fleet_["name"].text(), "toy");
    EXPECT_EQ(fleet_["voyage"].duration().us, 172'800'000'000);
    EXPECT_EQ(fleet_["ports"].size(), 2u);
    EXPECT_EQ(fleet_["ports"].at(0)["depth"].number(), 12.0);
    EXPECT_EQ(fleet_["ports"].at(1)["fee"].number(), 0.4);
    EXPECT_EQ(fleet_["ports"].at(0)["near"].text(), "b");
    EXPECT_EQ(fleet_["ships"].items()[0]["masts"].integer(), 3);
    EXPECT_EQ(fleet_["ships"].at(1)["kind"].text(), "steam");
}

TEST_F(Views, FallToDefaults) {
    EXPECT_TRUE(fleet_["open"].flag());
    EXPECT_TRUE(fleet_["open"].present());
    EXPECT_FALSE(fleet_["open"].written());
    EXPECT_TRUE(fleet_["name"].written());
    EXPECT_EQ(fleet_["ports"].at(0)["fee"].figure().value, 0.1);
    EXPECT_EQ(fleet_["ships"].at(0)["crew"].integer(), 20);
    EXPECT_EQ(fleet_["ships"].at(1)["crew"].integer(), 7);
    EXPECT_EQ(fleet_["ships"].at(1)["boiler"].text(), "fire_tube");
}

TEST_F(Views, SayWhatIsNotThere) {
    EXPECT_FALSE(fleet_["ports"].at(1).has("near"));
    EXPECT_FALSE(fleet_["ports"].at(1)["near"].present());
    EXPECT_FALSE(fleet_["ships"].at(1)["repair"]["uniform"]["low"].present());
    EXPECT_FALSE(fleet_["ships"].at(0).has("boiler"));  // a key of the other variant
    EXPECT_EQ(fleet_["ships"].at(1)["repair"].place(), 0u);
    const Value empty = parsed(fleet(""));
    const View bare(empty, shape_);
    EXPECT_EQ(bare["ports"].size(), 0u);
    EXPECT_TRUE(bare["ports"].items().empty());
    EXPECT_TRUE(bare["flags"].members().empty());
}

TEST_F(Views, TellAlternativesApart) {
    EXPECT_EQ(fleet_["ships"].at(0)["calls"].alternative(), 1u);
    EXPECT_EQ(fleet_["ships"].at(0)["calls"].size(), 2u);
    EXPECT_EQ(fleet_["ships"].at(0)["calls"].at(1).text(), "b");
    EXPECT_EQ(fleet_["ships"].at(1)["calls"].alternative(), 0u);
    EXPECT_EQ(fleet_["ships"].at(1)["calls"].text(), "*");
}

TEST_F(Views, ListTheKeysOfMapsWithoutComments) {
    const std::vector<MemberView> flags = fleet_["flags"].members();
    ASSERT_EQ(flags.size(), 2u);
    EXPECT_EQ(fleet_["flags"].size(), 2u);
    EXPECT_EQ(flags[0].key, "AT");
    EXPECT_EQ(flags[1].key, "DE");
    EXPECT_EQ(flags[1].value.text(), "Germany");
    EXPECT_EQ(flags[1].key_place, flags[1].value.place());
}

TEST_F(Views, GiveNamesInDocumentOrder) {
    const Names names = declared_names(document(), shape_);
    EXPECT_EQ(names.in("ports"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(names.in("ships"), (std::vector<std::string>{"s", "t"}));
    EXPECT_EQ(names.in("flags"), (std::vector<std::string>{"AT", "DE"}));
}

TEST_F(Views, DefaultsWrittenOutChangeNothingThatIsRead) {
    const Value full = with_defaults(document(), shape_);
    EXPECT_TRUE(full.find("open")->boolean);
    EXPECT_EQ(full.find("ports")->items[0].find("fee")->number, 0.1);
    EXPECT_EQ(full.find("ships")->items[1].find("boiler")->text, "fire_tube");
    EXPECT_EQ(full.find("ships")->items[0].find("boiler"), nullptr);
    EXPECT_EQ(with_defaults(full, shape_), full);
    EXPECT_FALSE(first_error(full, shape_, Places()).has_value());
    EXPECT_EQ(View(full, shape_)["ships"].at(0)["crew"].integer(), fleet_["ships"].at(0)["crew"].integer());
}

TEST(Shapes, ListTheirFields) {
    std::vector<std::string> names;
    for (const Field& field : testing::ship_shape().fields()) {
        names.push_back(field.name);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"kind", "id", "crew", "calls", "masts", "boiler", "repair"}));
    EXPECT_TRUE(text().fields().empty());
}

}  // namespace
}  // namespace sim
