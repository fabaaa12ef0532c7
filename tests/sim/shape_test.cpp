// Shapes: the exact error of every kind of wrong value, key and reference.
#include "sim/shape.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "sim/shape_check.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::error_of;
using testing::fleet;
using testing::fleet_shape;

/// The error of one value of one shape.
std::string of(const Shape& shape, std::string_view text) { return error_of(text, shape); }

/// The error of the toy document with further keys.
std::string of_fleet(std::string_view more) { return error_of(fleet(more), fleet_shape()); }

TEST(Shape, AcceptsARightDocument) {
    EXPECT_EQ(of_fleet(""), "");
    EXPECT_EQ(
        of_fleet(
            R"("x-note": [null, {"any": "thing"}], "ports": [{"id": "a", "depth": 1e1, "near": "b", "x-b": 1}, {"id": "b", "depth": 50}],
        "ships": [{"id": "s", "kind": "steam", "repair": {"lognormal": {"median": "3 d", "sigma": 0.5}}, "calls": ["a", "b"]},
                  {"kind": "sail", "id": "t", "masts": 3.0, "calls": "*", "crew": 1}], "flags": {"AT": "Austria", "x-c": 0}, "open": false)"),
        "");
}

TEST(Shape, WrongTypes) {
    EXPECT_EQ(of(fleet_shape(), "[]"), "x.json: [type 201] expected an object, got an empty list");
    EXPECT_EQ(of(text(9), "1"), "x.json: [type 201] expected text of 1 to 9 bytes, got 1");
    EXPECT_EQ(of(number("share", 0, 1), "\"0.5\""), "x.json: [type 201] expected a number in [0, 1] (share), got \"0.5\"");
    EXPECT_EQ(of(number("", 0, 1), "true"), "x.json: [type 201] expected a number in [0, 1], got true");
    EXPECT_EQ(of(number(""), "null"), "x.json: [type 201] expected a number, got null");
    EXPECT_EQ(of(integer("", 1, 9), "3.9"), "x.json: [type 201] expected a whole number in [1, 9], got 3.9");
    EXPECT_EQ(of(integer("", 1, 1), "1e300"), "x.json: [type 201] expected the number 1, got 1e+300");
    EXPECT_EQ(of(flag(), "1"), "x.json: [type 201] expected true or false, got 1");
    EXPECT_EQ(of(duration(), "30"), "x.json: [type 201] expected a duration such as \"30 min\", got 30");
    EXPECT_EQ(of(choice({"a", "b"}), "{}"), "x.json: [type 201] expected one of \"a\", \"b\", got an empty object");
    EXPECT_EQ(of(list(flag()), "{\"a\": 1}"), "x.json: [type 201] expected a list, got an object with \"a\"");
    EXPECT_EQ(of(list(flag(), 1, 3), "0"), "x.json: [type 201] expected a list of 1 to 3 items, got 0");
    EXPECT_EQ(of(map(code(), flag()), "[1, 2]"), "x.json: [type 201] expected an object, got a list of 2 items");
    EXPECT_EQ(of(either({flag(), text(3), list(flag())}), "1"),
              "x.json: [type 201] expected true or false, text of 1 to 3 bytes or a list, got 1");
    EXPECT_EQ(of(figure(number("share", 0, 1)), "\"a\""),
              "x.json: [type 201] expected a number in [0, 1] (share) or an object with \"value\", got \"a\"");
    EXPECT_EQ(
        of(distribution(duration()), "4"),
        "x.json: [type 201] expected a duration such as \"30 min\" or an object with \"constant\", \"uniform\", \"exponential\" or \"lognormal\", got 4");
}

TEST(Shape, RangesOfNumbers) {
    EXPECT_EQ(of(number("share", 0, 1), "1.5"), "x.json: [range 202] expected a number in [0, 1] (share), got 1.5");
    EXPECT_EQ(of(number("", 0, 1), "-1"), "x.json: [range 202] expected a number in [0, 1], got -1");
    EXPECT_EQ(of(number("", 0, 1).open_low().open_high(), "1"), "x.json: [range 202] expected a number in (0, 1), got 1");
    EXPECT_EQ(of(number("", 0).open_low(), "0"), "x.json: [range 202] expected a number above 0, got 0");
    EXPECT_EQ(of(number("", 0), "-0.5"), "x.json: [range 202] expected a number at or above 0, got -0.5");
    EXPECT_EQ(of(number("", -kUnbounded, 5), "6"), "x.json: [range 202] expected a number at or below 5, got 6");
    EXPECT_EQ(of(number("", -kUnbounded, 5).open_high(), "5"), "x.json: [range 202] expected a number below 5, got 5");
    EXPECT_EQ(of(integer("", 0, 10), "-1"), "x.json: [range 202] expected a whole number in [0, 10], got -1");
    EXPECT_EQ(of(integer("", 0, 10), "4294967296"), "x.json: [range 202] expected a whole number in [0, 10], got 4294967296");
    EXPECT_EQ(of(integer("", 0, 100), "5e1"), "");
    EXPECT_EQ(of(number("", 0, 1), "1"), "");
    EXPECT_EQ(of(number("", 0, 1), "-0.0"), "");
}

TEST(Shape, LengthsAndCounts) {
    EXPECT_EQ(of(text(3), "\"\""), "x.json: [range 202] expected text of 1 to 3 bytes, got an empty text");
    EXPECT_EQ(of(text(3), "\"abcd\""), "x.json: [range 202] expected text of 1 to 3 bytes, got 4 bytes");
    EXPECT_EQ(of(list(flag(), 1, 2), "[]"), "x.json: [range 202] expected a list of 1 to 2 items, got an empty list");
    EXPECT_EQ(of(list(flag(), 2, 2), "[true]"), "x.json: [range 202] expected a list of 2 items, got a list of 1 item");
    EXPECT_EQ(of(list(flag(), 0, 1), "[true, true]"), "x.json: [range 202] expected a list of 0 to 1 item, got a list of 2 items");
    EXPECT_EQ(of(map(code(), flag(), 1), R"({"AA": true, "BB": true})"),
              "x.json: [range 202] expected an object of at most 1 keys, got 2 keys");
}

TEST(Shape, Patterns) {
    const std::string name =
        "x.json: [pattern 206] expected a name of 1 to 64 characters a-z, 0-9, _ and -, the first a letter or digit, got ";
    EXPECT_EQ(of(identifier(), "\"a-b_9\""), "");
    EXPECT_EQ(of(identifier(), "\"9\""), "");
    EXPECT_EQ(of(identifier(), "\"\""), name + "\"\"");
    EXPECT_EQ(of(identifier(), "\"A\""), name + "\"A\"");
    EXPECT_EQ(of(identifier(), "\"-a\""), name + "\"-a\"");
    EXPECT_EQ(of(identifier(), "\"a b\""), name + "\"a b\"");
    EXPECT_EQ(of(identifier(), "\"" + std::string(64, 'a') + "\""), "");
    EXPECT_EQ(of(identifier(), "\"" + std::string(65, 'a') + "\""), name + "\"" + std::string(40, 'a') + "...\"");
    EXPECT_EQ(of(identifier(), "\"x-a\""),
              "x.json: [pattern 206] expected a name that does not begin with \"x-\", which marks comments, got \"x-a\"");
    EXPECT_EQ(of(code(), "\"AT\""), "");
    EXPECT_EQ(of(code(), "\"A\""), "x.json: [pattern 206] expected a code of 2 to 8 capital letters, got \"A\"");
    EXPECT_EQ(of(code(), "\"At\""), "x.json: [pattern 206] expected a code of 2 to 8 capital letters, got \"At\"");
    EXPECT_EQ(of(text(9), "\"a\\nb\\tc\""), "");
    EXPECT_EQ(of(text(9), "\"a\\u0000b\""), "x.json: [pattern 206] expected text without control characters, got \"a\\u0000b\"");
    EXPECT_EQ(of(text(9), "\"\\u001b[0m\""), "x.json: [pattern 206] expected text without control characters, got \"\\u001b[0m\"");
}

TEST(Shape, ChoicesNameTheNearest) {
    EXPECT_EQ(of(choice({"personal", "business"}), "\"buisness\""),
              "x.json: [choice 205] expected one of \"personal\", \"business\", got \"buisness\"; did you mean \"business\"?");
    EXPECT_EQ(of(choice({"one"}), "\"two\""), "x.json: [choice 205] expected \"one\", got \"two\"");
}

TEST(Shape, Durations) {
    EXPECT_EQ(of(duration(), "\"30 min\""), "");
    const std::string wanted = "x.json: [duration 207] expected a duration such as \"30 min\" (number, space, us|ms|s|min|h|d|w), got ";
    EXPECT_EQ(of(duration(), "\"30min\""), wanted + "\"30min\"");
    EXPECT_EQ(of(duration(), "\"-5 h\""), wanted + "\"-5 h\"");
    EXPECT_EQ(of(signed_duration({-43'200'000'000}, {50'400'000'000}), "\"-5 h\""), "");
    EXPECT_EQ(of(signed_duration({-43'200'000'000}, {50'400'000'000}), "\"15 h\""),
              "x.json: [range 202] expected a duration in [-12 h, 14 h], got \"15 h\"");
    EXPECT_EQ(of(duration({3'600'000'000}, {86'400'000'000}), "\"30 min\""),
              "x.json: [range 202] expected a duration in [1 h, 1 d], got \"30 min\"");
}

TEST(Shape, UnknownAndMissingKeys) {
    EXPECT_EQ(
        of_fleet(R"("port": [])"),
        R"(x.json:/port: [unknown_key 203] expected one of "schema", "name", "ports", "ships", "flags", "open", "voyage", got "port"; did you mean "ports"?)");
    EXPECT_EQ(of(object({}), R"({"a": 1})"), "x.json:/a: [unknown_key 203] expected no keys, got \"a\"");
    EXPECT_EQ(of(object({}), R"({"X-a": 1})"), "x.json:/X-a: [unknown_key 203] expected no keys, got \"X-a\"");
    EXPECT_EQ(of(fleet_shape(), R"({"schema": 1})"),
              R"(x.json: [missing_key 204] expected the key "name" (a title), got an object with "schema")");
    EXPECT_EQ(of(fleet_shape(), "{}"),
              R"(x.json: [missing_key 204] expected the key "schema" (version of this form), got an empty object)");
    // The misspelt key is named, not the one that is missing because of it.
    EXPECT_EQ(of(object({required("name", text(), "")}), R"({"nmae": "a"})"),
              R"(x.json:/nmae: [unknown_key 203] expected "name", got "nmae"; did you mean "name"?)");
}

TEST(Shape, KeysOfATaggedObjectDependOnItsTag) {
    EXPECT_EQ(of_fleet(R"("ships": [{"id": "a", "kind": "sail"}])"),
              R"(x.json:/ships/0: [missing_key 204] expected the key "masts" (how many masts), got an object with "id", "kind")");
    EXPECT_EQ(of_fleet(R"("ships": [{"id": "a", "kind": "sail", "masts": 1, "boiler": "fire_tube"}])"),
              R"(x.json:/ships/0/boiler: [unknown_key 203] expected one of "kind", "id", "crew", "calls", "masts", got "boiler")");
    EXPECT_EQ(of_fleet(R"("ships": [{"id": "a", "kind": "stem"}])"),
              R"(x.json:/ships/0/kind: [choice 205] expected one of "sail", "steam", got "stem"; did you mean "steam"?)");
    EXPECT_EQ(of_fleet(R"("ships": [{"id": "a", "masts": 3}])"),
              R"(x.json:/ships/0: [missing_key 204] expected the key "kind" (one of "sail", "steam"), got an object with "id", "masts")");
}

TEST(Shape, References) {
    EXPECT_EQ(of_fleet(R"("ports": [{"id": "trieste", "depth": 9, "near": "triest"}])"),
              R"(x.json:/ports/0/near: [reference 301] expected a name from ports, got "triest"; did you mean "trieste"?)");
    EXPECT_EQ(of_fleet(R"("ships": [{"id": "a", "kind": "steam", "calls": "**"}])"),
              R"(x.json:/ships/0/calls: [reference 301] expected a name from ports, or "*", got "**")");
    EXPECT_EQ(of_fleet(R"("ports": [{"id": "p", "depth": 9}], "ships": [{"id": "a", "kind": "steam", "calls": ["p", "a"]}])"),
              R"(x.json:/ships/0/calls/1: [reference 301] expected a name from ports, got "a")");
    EXPECT_EQ(of(object({sim::optional("a", reference({"ports", "ships"}), "")}), R"({"a": "b"})"),
              "x.json:/a: [reference 301] expected a name from ports or ships, got \"b\"");
}

TEST(Shape, RepeatedNames) {
    EXPECT_EQ(
        of_fleet(R"("ports": [{"id": "a", "depth": 9}, {"id": "b", "depth": 9}, {"id": "a", "depth": 9}])"),
        R"(x.json:/ports/2/id: [repeated_id 302] expected each name in ports once, got "a" a second time, first at x.json:/ports/0/id)");
    // Different namespaces do not clash.
    EXPECT_EQ(of_fleet(R"("ports": [{"id": "a", "depth": 9}], "ships": [{"id": "a", "kind": "steam"}])"), "");
}

TEST(Shape, NamesDeclaredOutside) {
    Places places;
    Names outside;
    (void)outside.add("ports", "hamburg");
    const auto error = [&](std::string_view more) {
        const auto found = first_error(read_json(fleet(more), "x.json", places), fleet_shape(), places, outside);
        return found ? std::string(found->what()) : "";
    };
    EXPECT_EQ(error(R"("ships": [{"id": "a", "kind": "steam", "calls": "hamburg"}])"), "");
    EXPECT_EQ(error(R"("ships": [{"id": "a", "kind": "steam", "calls": "hamborg"}])"),
              R"(x.json:/ships/0/calls: [reference 301] expected a name from ports, or "*", got "hamborg"; did you mean "hamburg"?)");
    EXPECT_EQ(error(R"("ports": [{"id": "hamburg", "depth": 9}])"),
              R"(x.json:/ports/0/id: [repeated_id 302] expected a name that is not yet in ports, got "hamburg")");
}

TEST(Shape, KeysOfMaps) {
    EXPECT_EQ(of_fleet(R"("flags": {"at": "Austria"})"),
              R"(x.json:/flags/at: [pattern 206] expected a code of 2 to 8 capital letters, got "at")");
    EXPECT_EQ(of_fleet(R"("flags": {"AT": 1})"), "x.json:/flags/AT: [type 201] expected text of 1 to 200 bytes, got 1");
}

TEST(Shape, ChecksOfValuesTogether) {
    EXPECT_EQ(of_fleet(R"("ships": [{"id": "a", "kind": "steam", "crew": 700}, {"id": "b", "kind": "steam", "crew": 700}])"),
              "x.json:/ships: [too_large 305] expected at most 1000 in all crews, got 1400");
    // Not run where the structure is wrong: only that is reported.
    EXPECT_EQ(of_fleet(R"("ships": [{"id": "a", "kind": "steam", "crew": 7000}])"),
              "x.json:/ships/0/crew: [range 202] expected a whole number in [1, 5000] (persons), got 7000");
}

}  // namespace
}  // namespace sim
