// Strict JSON: what is read, what is written, and the places of values.
#include "sim/json.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::parsed;
using testing::read_error;
using testing::thrown_by;

TEST(ReadJson, ReadsEveryKind) {
    const Value value = parsed(R"({"a": null, "b": true, "c": -7, "d": 1.5, "e": "x\u00e9\ud83d\ude00", "f": [1, 2], "g": {}})");
    ASSERT_EQ(value.kind, Kind::kObject);
    ASSERT_EQ(value.members.size(), 7u);
    EXPECT_EQ(value.find("a")->kind, Kind::kNull);
    EXPECT_TRUE(value.find("b")->boolean);
    EXPECT_EQ(value.find("c")->integer, -7);
    EXPECT_EQ(value.find("d")->number, 1.5);
    EXPECT_EQ(value.find("e")->text, "x\u00e9\U0001F600");
    EXPECT_EQ(value.find("f")->items.size(), 2u);
    EXPECT_EQ(value.find("g")->kind, Kind::kObject);
    EXPECT_EQ(value.find("h"), nullptr);
    EXPECT_EQ(value.find("f")->find("a"), nullptr);
}

TEST(ReadJson, KeepsTheOrderOfKeys) {
    const Value value = parsed(R"({"z": 1, "a": 2, "m": 3})");
    EXPECT_EQ(value.members[0].key, "z");
    EXPECT_EQ(value.members[1].key, "a");
    EXPECT_EQ(value.members[2].key, "m");
}

TEST(ReadJson, TellsWholeNumbersFromOthers) {
    EXPECT_EQ(parsed("5").kind, Kind::kInteger);
    EXPECT_EQ(parsed("5.0").kind, Kind::kNumber);
    EXPECT_EQ(parsed("5e0").kind, Kind::kNumber);
    EXPECT_EQ(parsed("-0").kind, Kind::kInteger);
    EXPECT_EQ(parsed("9007199254740992").integer, std::int64_t{1} << 53);
    EXPECT_EQ(parsed("-9007199254740992").integer, -(std::int64_t{1} << 53));
    EXPECT_EQ(parsed("1e-400").number, 0.0);
    EXPECT_EQ(parsed("2").as_number(), 2.0);
}

TEST(ReadJson, AcceptsAnyRoot) {
    EXPECT_EQ(parsed("null").kind, Kind::kNull);
    EXPECT_EQ(parsed(" \t\r\n true \n").boolean, true);
    EXPECT_EQ(parsed("\"\"").text, "");
    EXPECT_TRUE(parsed("[]").items.empty());
}

TEST(Places, GiveFileAndPointer) {
    Places places;
    const Value value = read_json(R"({"a": [{"b": 1}], "c/d~e": 2, "": 3})", "f.json", places);
    EXPECT_EQ(format_place(places.place(value.place)), "f.json");
    EXPECT_EQ(format_place(places.place(value.find("a")->items[0].find("b")->place)), "f.json:/a/0/b");
    EXPECT_EQ(format_place(places.place(value.find("c/d~e")->place)), "f.json:/c~1d~0e");
    EXPECT_EQ(format_place(places.place(value.find("")->place)), "f.json:/");
    EXPECT_EQ(places.place(0), Place{});
    EXPECT_EQ(places.place(4'000'000'000u), Place{});
}

TEST(Places, GrowInReadingOrderOverFiles) {
    Places places;
    const Value first = read_json(R"({"a": [1, 2], "b": {"c": 3}})", "1", places);
    const Value second = read_json("[4]", "2", places);
    const auto& a = *first.find("a");
    EXPECT_LT(first.place, a.place);
    EXPECT_LT(a.place, a.items[0].place);
    EXPECT_LT(a.items[1].place, first.find("b")->place);
    EXPECT_LT(first.find("b")->find("c")->place, second.place);
    EXPECT_EQ(format_place(places.place(second.items[0].place)), "2:/0");
    EXPECT_EQ(places.size(), 9u);  // nowhere, 6 values, 2 values
}

TEST(WriteJson, WritesOnOneLine) {
    const std::string text = R"({"a":[1,-2,0.5,1e+300],"b":{},"c":[],"d":"x\"\\\n\t\u0001","e":null,"f":true})";
    EXPECT_EQ(write_json(parsed(text), 0), text);
}

TEST(WriteJson, IndentsButKeepsListsOfPlainValuesOnALine) {
    EXPECT_EQ(write_json(parsed(R"({"a":[1,"x"],"b":[{"c":[]}],"d":{}})"), 2),
              "{\n"
              "  \"a\": [1, \"x\"],\n"
              "  \"b\": [\n"
              "    {\n"
              "      \"c\": []\n"
              "    }\n"
              "  ],\n"
              "  \"d\": {}\n"
              "}\n");
}

TEST(WriteJson, KeepsTheKindOfNumbers) {
    EXPECT_EQ(write_json(make_number(5), 0), "5.0");
    EXPECT_EQ(write_json(make_integer(5), 0), "5");
    EXPECT_EQ(write_json(make_number(0.1), 0), "0.1");
    EXPECT_EQ(write_json(make_number(-0.0), 0), "-0.0");
    EXPECT_EQ(write_json(make_number(1e22), 0), "1e+22");
    EXPECT_EQ(write_json(make_number(0.1 + 0.2), 0), "0.30000000000000004");
}

TEST(WriteJson, RefusesNumbersThatAreNotFinite) {
    EXPECT_EQ(thrown_by([] { (void)write_json(make_number(std::numeric_limits<double>::infinity()), 0); }),
              "[not_finite 403] expected a finite number, got inf");
    EXPECT_EQ(thrown_by([] { (void)write_json(make_list({make_number(std::numeric_limits<double>::quiet_NaN())}), 2); }),
              "[not_finite 403] expected a finite number, got nan");
}

TEST(Value, PutsAddsOrReplaces) {
    Value value = make_object({{"a", make_integer(1)}});
    value.put("b", make_bool(true)).put("a", make_null());
    EXPECT_EQ(write_json(value, 0), R"({"a":null,"b":true})");
}

TEST(Value, ComparesWithoutPlaces) {
    EXPECT_EQ(parsed(R"({"a":[1,{"b":"x"}]})"), make_object({{"a", make_list({make_integer(1), make_object({{"b", make_text("x")}})})}}));
    EXPECT_FALSE(parsed("1") == parsed("1.0"));
    EXPECT_FALSE(parsed("[1]") == parsed("[1,2]"));
    EXPECT_FALSE(parsed(R"({"a":1,"b":2})") == parsed(R"({"b":2,"a":1})"));
    EXPECT_FALSE(parsed("true") == parsed("false"));
}

TEST(Describe, SaysWhatMessagesShow) {
    EXPECT_EQ(describe(parsed("null")), "null");
    EXPECT_EQ(describe(parsed("false")), "false");
    EXPECT_EQ(describe(parsed("-3")), "-3");
    EXPECT_EQ(describe(parsed("1.50")), "1.5");
    EXPECT_EQ(describe(parsed("2e7")), "20000000");
    EXPECT_EQ(describe(parsed("1e300")), "1e+300");
    EXPECT_EQ(describe(parsed("\"x\"")), "\"x\"");
    EXPECT_EQ(describe(parsed("[]")), "an empty list");
    EXPECT_EQ(describe(parsed("[1]")), "a list of 1 item");
    EXPECT_EQ(describe(parsed("[1,2]")), "a list of 2 items");
    EXPECT_EQ(describe(parsed("{}")), "an empty object");
    EXPECT_EQ(describe(parsed(R"({"a":1,"b":2})")), R"(an object with "a", "b")");
    EXPECT_EQ(describe(parsed(R"({"a":1,"b":2,"c":3,"d":4,"e":5})")), R"(an object with "a", "b", "c", "d", ...)");
}

}  // namespace
}  // namespace sim
