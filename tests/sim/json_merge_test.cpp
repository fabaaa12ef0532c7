// Merge patches: the examples of RFC 7396, lists matched by id, and the places of merged values.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "sim/json.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::parsed;
using testing::thrown_by;

std::string merged(std::string_view base, std::string_view patch) { return write_json(merge_patch(parsed(base), parsed(patch)), 0); }

// RFC 7396, appendix A, all fifteen.
TEST(MergePatch, AgreesWithTheExamplesOfTheStandard) {
    EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":"c"})"), R"({"a":"c"})");
    EXPECT_EQ(merged(R"({"a":"b"})", R"({"b":"c"})"), R"({"a":"b","b":"c"})");
    EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":null})"), R"({})");
    EXPECT_EQ(merged(R"({"a":"b","b":"c"})", R"({"a":null})"), R"({"b":"c"})");
    EXPECT_EQ(merged(R"({"a":["b"]})", R"({"a":"c"})"), R"({"a":"c"})");
    EXPECT_EQ(merged(R"({"a":"c"})", R"({"a":["b"]})"), R"({"a":["b"]})");
    EXPECT_EQ(merged(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})"), R"({"a":{"b":"d"}})");
    EXPECT_EQ(merged(R"({"a":[{"b":"c"}]})", R"({"a":[1]})"), R"({"a":[1]})");
    EXPECT_EQ(merged(R"(["a","b"])", R"(["c","d"])"), R"(["c","d"])");
    EXPECT_EQ(merged(R"({"a":"b"})", R"(["c"])"), R"(["c"])");
    EXPECT_EQ(merged(R"({"a":"foo"})", "null"), "null");
    EXPECT_EQ(merged(R"({"a":"foo"})", R"("bar")"), R"("bar")");
    EXPECT_EQ(merged(R"({"e":null})", R"({"a":1})"), R"({"e":null,"a":1})");
    EXPECT_EQ(merged(R"([1,2])", R"({"a":"b","c":null})"), R"({"a":"b"})");
    EXPECT_EQ(merged(R"({})", R"({"a":{"bb":{"ccc":null}}})"), R"({"a":{"bb":{}}})");
}

TEST(MergePatch, MatchesItemsByIdInTheOrderOfTheBase) {
    EXPECT_EQ(merged(R"({"l":[{"id":"a","x":1},{"id":"b","x":2}]})", R"({"l":[{"id":"c","x":3},{"id":"b","y":4}]})"),
              R"({"l":[{"id":"a","x":1},{"id":"b","x":2,"y":4},{"id":"c","x":3}]})");
}

TEST(MergePatch, MatchesItemsByCodeWhenTheyHaveNoId) {
    EXPECT_EQ(merged(R"([{"code":"AT","n":1}])", R"([{"code":"AT","n":2},{"code":"DE","n":3}])"),
              R"([{"code":"AT","n":2},{"code":"DE","n":3}])");
    EXPECT_EQ(merged(R"([{"code":"AT","n":1}])", R"([{"id":"AT","n":2}])"), R"([{"id":"AT","n":2}])");
}

TEST(MergePatch, RemovesItems) {
    EXPECT_EQ(merged(R"([{"id":"a"},{"id":"b"}])", R"([{"id":"a","remove":true}])"), R"([{"id":"b"}])");
    EXPECT_EQ(merged(R"([{"id":"a"}])", R"([{"id":"a","remove":false}])"), R"([{"id":"a","remove":false}])");
}

TEST(MergePatch, RefusesToRemoveWhatIsNotThere) {
    Places places;
    const Value base = read_json(R"({"l":[{"id":"alpha"}]})", "base.json", places);
    const Value patch = read_json(R"({"l":[{"id":"alfa","remove":true}]})", "x.json", places);
    EXPECT_EQ(thrown_by([&] { (void)merge_patch(base, patch, places); }),
              "x.json:/l/0/id: [reference 301] expected the id of an item to remove, got \"alfa\"");
    const Value near = read_json(R"({"l":[{"id":"alpho","remove":true}]})", "x.json", places);
    EXPECT_EQ(thrown_by([&] { (void)merge_patch(base, near, places); }),
              "x.json:/l/0/id: [reference 301] expected the id of an item to remove, got \"alpho\"; did you mean \"alpha\"?");
}

TEST(MergePatch, ReplacesListsThatDoNotMatch) {
    EXPECT_EQ(merged(R"([{"id":"a"}])", "[]"), "[]");
    EXPECT_EQ(merged(R"([{"id":"a"}])", R"([{"id":"b"},{"x":1}])"), R"([{"id":"b"},{"x":1}])");
    EXPECT_EQ(merged(R"([{"id":1}])", R"([{"id":1,"x":2}])"), R"([{"id":1,"x":2}])");
}

TEST(MergePatch, KeepsARepeatedIdForTheCheckToRefuse) {
    EXPECT_EQ(merged(R"([{"id":"a"}])", R"([{"id":"a","x":1},{"id":"a","x":2}])"), R"([{"id":"a","x":1},{"id":"a","x":2}])");
    EXPECT_EQ(merged(R"([{"id":"b"}])", R"([{"id":"a","x":1},{"id":"a","x":2}])"), R"([{"id":"b"},{"id":"a","x":1},{"id":"a","x":2}])");
}

TEST(MergePatch, KeepsThePlaceOfTheFileThatWroteAValue) {
    Places places;
    const Value patch = read_json(R"({"l":[{"id":"b","y":1}],"o":{"q":2}})", "patch.json", places);
    const Value base = read_json(R"({"k":0,"l":[{"id":"a"},{"id":"b","x":1,"y":0}],"o":{"p":1}})", "base.json", places);
    const Value result = merge_patch(base, patch, places);
    const auto where = [&](const Value& value) { return format_place(places.place(value.place)); };
    const Value& items = *result.find("l");
    EXPECT_EQ(where(result), "patch.json");
    EXPECT_EQ(where(*result.find("k")), "base.json:/k");
    EXPECT_EQ(where(items), "patch.json:/l");
    EXPECT_EQ(where(items.items[0]), "base.json:/l/0");
    EXPECT_EQ(where(items.items[1]), "patch.json:/l/0");
    EXPECT_EQ(where(*items.items[1].find("x")), "base.json:/l/1/x");
    EXPECT_EQ(where(*items.items[1].find("y")), "patch.json:/l/0/y");
    EXPECT_EQ(where(*result.find("o")->find("p")), "base.json:/o/p");
    EXPECT_EQ(where(*result.find("o")->find("q")), "patch.json:/o/q");
}

// Metamorphic: a patch applied twice is applied once, and an empty one changes nothing.
TEST(MergePatch, IsIdempotent) {
    const Value base = parsed(R"({"a":{"b":[{"id":"x","c":1},{"id":"y"}]},"d":[1,2]})");
    for (const std::string_view text : {R"({})", R"({"a":{"b":[{"id":"x","c":null},{"id":"z","n":1}]}})", R"({"d":null,"e":{"f":1}})"}) {
        const Value patch = parsed(text);
        const Value once = merge_patch(base, patch);
        EXPECT_EQ(merge_patch(once, patch), once) << text;
    }
    EXPECT_EQ(merge_patch(base, parsed("{}")), base);
}

}  // namespace
}  // namespace sim
