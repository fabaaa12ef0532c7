// The thirty classes of malformed documents, each through the whole way of a document: read, extend, merge, check.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/extends.h"
#include "sim/shape_check.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

/// One bad document of a class and all that its error says.
struct Bad {
    std::string_view kind;
    std::string text;
    std::string_view what;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.kind << ": " << bad.text.substr(0, 200); }

const JsonLimits kSmall{.bytes = 2000, .depth = 8, .values = 100, .string_bytes = 50, .key_bytes = 16};

std::string loaded_error(std::string_view text) {
    static const std::map<std::string, std::string, std::less<>> folder{
        {"right", testing::fleet("")},       {"loop", R"({"extends": "pool"})"}, {"pool", R"({"extends": "loop"})"},
        {"one", R"({"extends": "two"})"},    {"two", R"({"extends": "three"})"}, {"three", R"({"extends": "four"})"},
        {"four", R"({"extends": "right"})"}, {"broken", "{\"name\": }"},         {"wrong", testing::fleet(R"("open": "yes")")},
    };
    const Resolver resolver = [](std::string_view kind, std::string_view name) {
        const auto found = folder.find(name);
        if (found == folder.end()) {
            throw Error(Code::kFile, {}, "the name of a " + std::string(kind), in_quotes(name));
        }
        return found->second;
    };
    return testing::thrown_by([&] {
        Places places;
        const Value value = load_with_extends(text, "x.json", "fleet", resolver, places, kSmall);
        if (const auto error = first_error(value, testing::fleet_shape(), places)) {
            throw Error(*error);
        }
    });
}

std::string port(std::string_view more) {
    return testing::fleet(R"("ports": [{"id": "a", "depth": 9}, {"id": "b", )" + std::string(more) + "}]");
}

std::string ship(std::string_view more) { return testing::fleet(R"("ships": [{"id": "s", )" + std::string(more) + "}]"); }

std::vector<Bad> syntax() {
    return {
        {"syntax: nothing", "", "x.json:1:1: [syntax 101] expected a JSON value, got the end of the text"},
        {"syntax: nothing", "\n\n", "x.json:3:1: [syntax 101] expected a JSON value, got the end of the text"},
        {"syntax: cut off", R"({"schema": 1, "name": "to)",
         "x.json:1:26: [syntax 101] expected a JSON value, got the end of the text within a string"},
        {"syntax: cut off", R"({"schema": 1,)", "x.json:1:14: [syntax 101] expected a key in double quotes, got the end of the text"},
        {"syntax: cut off", R"({"schema": 1)", "x.json:1:13: [syntax 101] expected ',' or '}', got the end of the text"},
        {"syntax: comma", R"({"schema": 1, "name": "toy",})", "x.json:1:29: [syntax 101] expected a key in double quotes, got \"}\""},
        {"syntax: comma", R"({"schema": 1 "name": "toy"})", "x.json:1:14: [syntax 101] expected ',' or '}', got \"name\""},
        {"syntax: comma", R"({"schema": 1,, "name": "toy"})", "x.json:1:14: [syntax 101] expected a key in double quotes, got \",\""},
        {"syntax: bracket", R"({"ports": [{"id": "a"]})", "x.json:1:22: [syntax 101] expected ',' or '}', got \"]\""},
        {"syntax: bracket", R"({"ports": [}})", "x.json:1:12: [syntax 101] expected a JSON value, got \"}\""},
        {"syntax: after the end", testing::fleet("") + "}", "x.json:1:29: [syntax 101] expected nothing after the document, got \"}\""},
        {"syntax: after the end", testing::fleet("") + testing::fleet(""),
         "x.json:1:29: [syntax 101] expected nothing after the document, got \"{\""},
        {"syntax: not JSON", "schema: 1\nname: toy\n", "x.json:1:1: [syntax 101] expected a JSON value, got \"schema\""},
        {"syntax: not JSON", "{'schema': 1}", "x.json:1:2: [syntax 101] expected a key in double quotes, got \"'\""},
        {"syntax: not JSON", "{\"schema\": 1 // version\n}", "x.json:1:14: [syntax 101] expected ',' or '}', got \"/\""},
        {"syntax: not JSON", "{\"open\": True}", "x.json:1:10: [syntax 101] expected a JSON value, got \"True\""},
    };
}

std::vector<Bad> bytes() {
    return {
        {"utf8: byte order mark", "\xEF\xBB\xBF{}",
         "x.json:1:1: [utf8 102] expected UTF-8 without a byte order mark, got the bytes EF BB BF"},
        {"utf8: other bytes", "{\"name\": \"caf\xE9\"}", "x.json:1:14: [utf8 102] expected UTF-8, got the byte 0xE9"},
        {"utf8: other bytes", std::string("{\0\"\0", 4), "x.json:1:2: [syntax 101] expected JSON, got the byte 0x00"},
        {"size: of the text", std::string(2001, ' '), "x.json: [size 104] expected at most 2000 bytes, got 2001 bytes"},
        {"size: of strings", testing::fleet("\"x-a\": \"" + std::string(51, 'a') + "\""),
         "x.json:/x-a: [size 104] expected a string of at most 50 bytes, got 51 bytes"},
        {"size: of strings", "{\"ports\": [{\"aaaaaaaaaaaaaaaaa\": 1}]}",
         "x.json:/ports/0: [size 104] expected keys of at most 16 bytes, got \"aaaaaaaaaaaaaaaaa\" of 17 bytes"},
        {"size: number of values",
         testing::fleet("\"x-a\": [" + std::string(200, ' ') + "0" +
                        [] {
                            std::string zeros;
                            for (int i = 0; i < 120; ++i) {
                                zeros += ",0";
                            }
                            return zeros;
                        }() +
                        "]"),
         "x.json:/x-a/96: [size 104] expected at most 100 values, got more"},
        {"depth", testing::fleet("\"x-a\": " + std::string(1000, '[')),
         "x.json:/x-a/0/0/0/0/0/0/0: [depth 103] expected at most 8 lists and objects inside one another, got one more"},
        {"depth", "[[[[[[[[[]]]]]]]]]",
         "x.json:/0/0/0/0/0/0/0/0: [depth 103] expected at most 8 lists and objects inside one another, got one more"},
    };
}

std::vector<Bad> keys() {
    return {
        {"key: repeated", R"({"schema": 1, "name": "toy", "schema": 1})",
         "x.json:/schema: [repeated_key 105] expected each key once, got \"schema\" a second time"},
        {"key: repeated", port(R"("depth": 1, "depth": 2)"),
         "x.json:/ports/1/depth: [repeated_key 105] expected each key once, got \"depth\" a second time"},
        {"key: unknown", testing::fleet(R"("ship": [])"),
         R"(x.json:/ship: [unknown_key 203] expected one of "schema", "name", "ports", "ships", "flags", "open", "voyage", got "ship"; did you mean "ships"?)"},
        {"key: unknown", port(R"("depth": 9, "Fee": 0.1)"),
         R"(x.json:/ports/1/Fee: [unknown_key 203] expected one of "id", "depth", "fee", "near", got "Fee"; did you mean "fee"?)"},
        {"key: unknown", port(R"("depth": 9, "fee": {"value": 0.1, "rnage": [0, 1]})"),
         R"(x.json:/ports/1/fee/rnage: [unknown_key 203] expected one of "value", "range", "dist", "source", "confidence", "note", got "rnage"; did you mean "range"?)"},
        {"key: missing", R"({"schema": 1})", R"(x.json: [missing_key 204] expected the key "name" (a title), got an object with "schema")"},
        {"key: missing", port(R"("fee": 0.1)"),
         R"(x.json:/ports/1: [missing_key 204] expected the key "depth" (depth of the water), got an object with "id", "fee")"},
        {"key: missing", ship(R"("crew": 1)"),
         R"(x.json:/ships/0: [missing_key 204] expected the key "kind" (one of "sail", "steam"), got an object with "id", "crew")"},
    };
}

std::vector<Bad> types() {
    return {
        {"type: text for a number", port(R"("depth": "9")"),
         "x.json:/ports/1/depth: [type 201] expected a number in (0, 50] (m), got \"9\""},
        {"type: text for a number", ship(R"("kind": "sail", "masts": "3")"),
         "x.json:/ships/0/masts: [type 201] expected a whole number in [1, 7], got \"3\""},
        {"type: number for a text", R"({"schema": 1, "name": 5})", "x.json:/name: [type 201] expected text of 1 to 30 bytes, got 5"},
        {"type: number for a text", testing::fleet(R"("voyage": 30)"),
         "x.json:/voyage: [type 201] expected a duration such as \"30 min\", got 30"},
        {"type: list or object", testing::fleet(R"("ports": {"a": {"depth": 9}})"),
         "x.json:/ports: [type 201] expected a list, got an object with \"a\""},
        {"type: list or object", testing::fleet(R"("ports": ["a"])"), "x.json:/ports/0: [type 201] expected an object, got \"a\""},
        {"type: list or object", testing::fleet(R"("flags": [])"), "x.json:/flags: [type 201] expected an object, got an empty list"},
        {"type: null, flag or fraction", testing::fleet(R"("open": null)"), "x.json:/open: [type 201] expected true or false, got null"},
        {"type: null, flag or fraction", testing::fleet(R"("open": 1)"), "x.json:/open: [type 201] expected true or false, got 1"},
        {"type: null, flag or fraction", ship(R"("kind": "sail", "masts": 3.9)"),
         "x.json:/ships/0/masts: [type 201] expected a whole number in [1, 7], got 3.9"},
        {"type: null, flag or fraction", port(R"("depth": true)"),
         "x.json:/ports/1/depth: [type 201] expected a number in (0, 50] (m), got true"},
    };
}

std::vector<Bad> ranges() {
    return {
        {"range: number", port(R"("depth": 9, "fee": 1.5)"),
         "x.json:/ports/1/fee: [range 202] expected a number in [0, 1] (share), got 1.5"},
        {"range: number", port(R"("depth": 0)"), "x.json:/ports/1/depth: [range 202] expected a number in (0, 50] (m), got 0"},
        {"range: number", ship(R"("kind": "sail", "masts": -1)"),
         "x.json:/ships/0/masts: [range 202] expected a whole number in [1, 7], got -1"},
        {"range: number", ship(R"("kind": "steam", "crew": 4294967296)"),
         "x.json:/ships/0/crew: [range 202] expected a whole number in [1, 5000] (persons), got 4294967296"},
        {"range: text or list", R"({"schema": 1, "name": ""})",
         "x.json:/name: [range 202] expected text of 1 to 30 bytes, got an empty text"},
        {"range: text or list", ship(R"("kind": "steam", "calls": [])"),
         "x.json:/ships/0/calls: [range 202] expected a list of 1 to 3 items, got an empty list"},
        {"range: not a number", port(R"("depth": NaN)"), "x.json:1:86: [syntax 101] expected a JSON value, got \"NaN\""},
        {"range: not a number", port(R"("depth": -Infinity)"),
         "x.json:1:87: [syntax 101] expected a JSON value, got an invalid number: expected digit after '-'"},
        {"range: too large to hold", port(R"("depth": 1e400)"),
         "x.json:/ports/1/depth: [number 106] expected a whole number within +-2^53 or a finite decimal one, got 1e400"},
        {"range: too large to hold", ship(R"("kind": "steam", "crew": 18446744073709551615)"),
         "x.json:/ships/0/crew: [number 106] expected a whole number within +-2^53 or a finite decimal one, got 18446744073709551615"},
        {"range: words and patterns", ship(R"("kind": "row")"),
         R"(x.json:/ships/0/kind: [choice 205] expected one of "sail", "steam", got "row")"},
        {"range: words and patterns", testing::fleet(R"("flags": {"Austria": "AT"})"),
         R"(x.json:/flags/Austria: [pattern 206] expected a code of 2 to 8 capital letters, got "Austria")"},
        {"range: durations", testing::fleet(R"("voyage": "2 days")"),
         R"(x.json:/voyage: [duration 207] expected a duration such as "30 min" (number, space, us|ms|s|min|h|d|w), got "2 days")"},
        {"range: durations", testing::fleet(R"("voyage": "-1 d")"),
         R"(x.json:/voyage: [duration 207] expected a duration such as "30 min" (number, space, us|ms|s|min|h|d|w), got "-1 d")"},
    };
}

std::vector<Bad> together() {
    return {
        {"reference: dangling", port(R"("depth": 9, "near": "c")"),
         R"(x.json:/ports/1/near: [reference 301] expected a name from ports, got "c")"},
        {"reference: dangling", ship(R"("kind": "steam", "calls": ["a"])"),
         R"(x.json:/ships/0/calls/0: [reference 301] expected a name from ports, got "a")"},
        {"reference: of another kind", ship(R"("kind": "steam", "calls": "s")"),
         R"(x.json:/ships/0/calls: [reference 301] expected a name from ports, or "*", got "s")"},
        {"reference: repeated name", testing::fleet(R"("ports": [{"id": "a", "depth": 9}, {"id": "a", "depth": 8}])"),
         R"(x.json:/ports/1/id: [repeated_id 302] expected each name in ports once, got "a" a second time, first at x.json:/ports/0/id)"},
        {"extends: not a bare name", R"({"extends": "../right"})",
         R"(x.json:/extends: [extends 303] expected a bare name of 1 to 64 characters a-z, 0-9, _ and -, got "../right")"},
        {"extends: not a bare name", R"({"extends": 7})",
         "x.json:/extends: [extends 303] expected a bare name of 1 to 64 characters a-z, 0-9, _ and -, got 7"},
        {"extends: cycle or chain", R"({"extends": "loop"})",
         "pool.json:/extends: [extends 303] expected documents that do not extend themselves, got loop > pool > loop"},
        {"extends: cycle or chain", R"({"extends": "one"})",
         "four.json:/extends: [extends 303] expected a chain of at most 4 extended documents, got one more"},
        {"extends: what is extended", R"({"extends": "gone"})", "x.json:/extends: [file 306] expected the name of a fleet, got \"gone\""},
        {"extends: what is extended", R"({"extends": "broken"})", "broken.json:1:10: [syntax 101] expected a JSON value, got \"}\""},
        {"extends: what is extended", R"({"extends": "wrong"})", "wrong.json:/open: [type 201] expected true or false, got \"yes\""},
        {"product too large",
         testing::fleet(R"("ships": [{"id": "a", "kind": "steam", "crew": 900}, {"id": "b", "kind": "steam", "crew": 900}])"),
         "x.json:/ships: [too_large 305] expected at most 1000 in all crews, got 1800"},
        {"inconsistent", port(R"("depth": 9, "fee": {"value": 0.1, "range": [0.2, 0.3]})"),
         "x.json:/ports/1/fee/range: [inconsistent 304] expected a range [low, high] with low <= 0.1 <= high, got [0.2, 0.3]"},
    };
}

std::vector<Bad> all_bad() {
    std::vector<Bad> all;
    for (const std::vector<Bad>& some : {syntax(), bytes(), keys(), types(), ranges(), together()}) {
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

class MalformedDocument : public ::testing::TestWithParam<Bad> {};

TEST_P(MalformedDocument, HasItsExactErrorAndAlwaysTheSame) {
    EXPECT_EQ(loaded_error(GetParam().text), GetParam().what);
    EXPECT_EQ(loaded_error(GetParam().text), GetParam().what);
}

INSTANTIATE_TEST_SUITE_P(All, MalformedDocument, ::testing::ValuesIn(all_bad()));

TEST(MalformedDocuments, AreOfThirtyClassesOrMore) {
    std::set<std::string_view> kinds;
    for (const Bad& bad : all_bad()) {
        kinds.insert(bad.kind);
    }
    EXPECT_GE(kinds.size(), 30u);
}

// However a bad document is laid out, the error is the same but for line and column.
TEST(MalformedDocuments, DoNotDependOnWhiteSpace) {
    for (const Bad& bad : all_bad()) {
        const bool has_pointer = std::string_view(bad.what).substr(0, 8) == "x.json:/";
        const bool may_grow = bad.text.size() < 1000 && bad.kind.substr(0, 4) != "utf8";
        if (has_pointer && may_grow) {
            EXPECT_EQ(loaded_error("\n\t " + bad.text + "\r\n"), bad.what);
        }
    }
}

}  // namespace
}  // namespace sim
