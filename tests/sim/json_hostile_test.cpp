// Hostile texts: the exact error of every class of malformed document, limits, and texts made to exhaust the reader.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::read_error;

struct Bad {
    std::string_view text;
    std::string_view what;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.text; }

class Malformed : public ::testing::TestWithParam<Bad> {};

TEST_P(Malformed, HasItsExactError) { EXPECT_EQ(read_error(GetParam().text), GetParam().what); }

INSTANTIATE_TEST_SUITE_P(Syntax, Malformed,
                         ::testing::Values(Bad{"", "x.json:1:1: [syntax 101] expected a JSON value, got the end of the text"},
                                           Bad{"  \n ", "x.json:2:2: [syntax 101] expected a JSON value, got the end of the text"},
                                           Bad{"[1", "x.json:1:3: [syntax 101] expected ',' or ']', got the end of the text"},
                                           Bad{"{\"a\": 1", "x.json:1:8: [syntax 101] expected ',' or '}', got the end of the text"},
                                           Bad{"{\"a\"", "x.json:1:5: [syntax 101] expected ':' after the key, got the end of the text"},
                                           Bad{"[1,]", "x.json:1:4: [syntax 101] expected a JSON value, got \"]\""},
                                           Bad{"{\"a\": 1,}", "x.json:1:9: [syntax 101] expected a key in double quotes, got \"}\""},
                                           Bad{"[1 2]", "x.json:1:4: [syntax 101] expected ',' or ']', got 2"},
                                           Bad{"[\"a\" \"bc\"]", "x.json:1:6: [syntax 101] expected ',' or ']', got \"bc\""},
                                           Bad{"{\"a\" 1}", "x.json:1:6: [syntax 101] expected ':' after the key, got 1"},
                                           Bad{"{a: 1}", "x.json:1:2: [syntax 101] expected a key in double quotes, got \"a\""},
                                           Bad{"{1: 2}", "x.json:1:2: [syntax 101] expected a key in double quotes, got 1"},
                                           Bad{"{\"a\": 1 \"b\": 2}", "x.json:1:9: [syntax 101] expected ',' or '}', got \"b\""},
                                           Bad{"[true false]", "x.json:1:7: [syntax 101] expected ',' or ']', got \"false\""},
                                           Bad{"{\n  \"a\": tru\n}", "x.json:2:8: [syntax 101] expected a JSON value, got \"tru\""},
                                           Bad{"['a']", "x.json:1:2: [syntax 101] expected a JSON value, got \"'\""},
                                           Bad{"[\u20ac]", "x.json:1:2: [syntax 101] expected a JSON value, got \"\u20ac\""},
                                           Bad{"}", "x.json:1:1: [syntax 101] expected a JSON value, got \"}\""}));

INSTANTIATE_TEST_SUITE_P(Endings, Malformed,
                         ::testing::Values(Bad{"{} x", "x.json:1:4: [syntax 101] expected nothing after the document, got \"x\""},
                                           Bad{"{} {}", "x.json:1:4: [syntax 101] expected nothing after the document, got \"{\""},
                                           Bad{"1 2", "x.json:1:3: [syntax 101] expected nothing after the document, got 2"},
                                           Bad{"// note\n1", "x.json:1:1: [syntax 101] expected a JSON value, got \"/\""},
                                           Bad{"[1, /* note */ 2]", "x.json:1:5: [syntax 101] expected a JSON value, got \"/\""},
                                           Bad{std::string_view("{}\0{", 4), "x.json:1:3: [syntax 101] expected JSON, got the byte 0x00"},
                                           Bad{std::string_view("\0", 1), "x.json:1:1: [syntax 101] expected JSON, got the byte 0x00"}));

INSTANTIATE_TEST_SUITE_P(
    Strings, Malformed,
    ::testing::Values(
        Bad{"[\"abc", "x.json:1:6: [syntax 101] expected a JSON value, got the end of the text within a string"},
        Bad{"{\"abc", "x.json:1:6: [syntax 101] expected a key in double quotes, got the end of the text within a string"},
        Bad{"[\"a\nb\"]",
            "x.json:1:4: [syntax 101] expected a JSON value, got an invalid string: control character U+000A (LF) must be escaped to "
            "\\u000A or \\n"},
        Bad{"[\"\\x\"]", "x.json:1:4: [syntax 101] expected a JSON value, got an invalid string: forbidden character after backslash"},
        Bad{"[\"\\u12g4\"]",
            "x.json:1:7: [syntax 101] expected a JSON value, got an invalid string: '\\u' must be followed by 4 hex digits"},
        Bad{"[\"\\ud800\"]",
            "x.json:1:9: [syntax 101] expected a JSON value, got an invalid string: surrogate U+D800..U+DBFF must be followed by "
            "U+DC00..U+DFFF"}));

INSTANTIATE_TEST_SUITE_P(
    Utf8, Malformed,
    ::testing::Values(Bad{"\xEF\xBB\xBF{}", "x.json:1:1: [utf8 102] expected UTF-8 without a byte order mark, got the bytes EF BB BF"},
                      Bad{"\xFF\xFE{", "x.json:1:1: [utf8 102] expected UTF-8, got the byte 0xFF"},
                      Bad{"{\n\"\x80\": 1}", "x.json:2:2: [utf8 102] expected UTF-8, got the byte 0x80"},
                      Bad{"[\"\xC0\xAF\"]", "x.json:1:3: [utf8 102] expected UTF-8, got the byte 0xC0"},          // overlong '/'
                      Bad{"[\"\xE0\x9F\xBF\"]", "x.json:1:3: [utf8 102] expected UTF-8, got the byte 0xE0"},      // overlong
                      Bad{"[\"\xED\xA0\x80\"]", "x.json:1:3: [utf8 102] expected UTF-8, got the byte 0xED"},      // surrogate
                      Bad{"[\"\xF0\x8F\xBF\xBF\"]", "x.json:1:3: [utf8 102] expected UTF-8, got the byte 0xF0"},  // overlong
                      Bad{"[\"\xF4\x90\x80\x80\"]", "x.json:1:3: [utf8 102] expected UTF-8, got the byte 0xF4"},  // above U+10FFFF
                      Bad{"[\"\xE2\x82", "x.json:1:3: [utf8 102] expected UTF-8, got the byte 0xE2"},             // cut off
                      Bad{"[\"caf\xE9\"]", "x.json:1:6: [utf8 102] expected UTF-8, got the byte 0xE9"}));         // Latin-1

INSTANTIATE_TEST_SUITE_P(
    Numbers, Malformed,
    ::testing::Values(
        Bad{"[NaN]", "x.json:1:2: [syntax 101] expected a JSON value, got \"NaN\""},
        Bad{"[Infinity]", "x.json:1:2: [syntax 101] expected a JSON value, got \"Infinity\""},
        Bad{"[-Infinity]", "x.json:1:3: [syntax 101] expected a JSON value, got an invalid number: expected digit after '-'"},
        Bad{"[+1]", "x.json:1:2: [syntax 101] expected a JSON value, got \"+1\""},
        Bad{"[.5]", "x.json:1:2: [syntax 101] expected a JSON value, got \".5\""},
        Bad{"[01]", "x.json:1:3: [syntax 101] expected ',' or ']', got 1"},
        Bad{"[1.]", "x.json:1:4: [syntax 101] expected a JSON value, got an invalid number: expected digit after '.'"},
        Bad{"[0x10]", "x.json:1:2: [syntax 101] expected ',' or ']', got \"0x10\""},
        Bad{"{\"a\": [0, 1e400]}", "x.json:/a/1: [number 106] expected a whole number within +-2^53 or a finite decimal one, got 1e400"},
        Bad{"-1e400", "x.json: [number 106] expected a whole number within +-2^53 or a finite decimal one, got -1e400"},
        Bad{"[9007199254740993]",
            "x.json:/0: [number 106] expected a whole number within +-2^53 or a finite decimal one, got 9007199254740993"},
        Bad{"[-9007199254740993]",
            "x.json:/0: [number 106] expected a whole number within +-2^53 or a finite decimal one, got -9007199254740993"},
        Bad{"[18446744073709551616]",
            "x.json:/0: [number 106] expected a whole number within +-2^53 or a finite decimal one, got 18446744073709551616"},
        Bad{"[-9223372036854775809]",
            "x.json:/0: [number 106] expected a whole number within +-2^53 or a finite decimal one, got -9223372036854775809"}));

INSTANTIATE_TEST_SUITE_P(
    Keys, Malformed,
    ::testing::Values(Bad{R"({"a": 1, "b": {"c": 1, "c": 2}})",
                          "x.json:/b/c: [repeated_key 105] expected each key once, got \"c\" a second time"},
                      Bad{R"({"a": {"b": 1}, "a": 2})", "x.json:/a: [repeated_key 105] expected each key once, got \"a\" a second time"},
                      Bad{R"([{"": 1, "": 2}])", "x.json:/0/: [repeated_key 105] expected each key once, got \"\" a second time"},
                      Bad{R"({"\u0061": 1, "a": 2})", "x.json:/a: [repeated_key 105] expected each key once, got \"a\" a second time"}));

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Limits, DepthOf32IsReadAnd33Refused) {
    EXPECT_EQ(read_error(nested(32)), "");
    std::string pointer;
    for (int i = 0; i < 32; ++i) {
        pointer += "/0";
    }
    const std::string expected =
        "x.json:" + pointer + ": [depth 103] expected at most 32 lists and objects inside one another, got one more";
    EXPECT_EQ(read_error(nested(33)), expected);
    EXPECT_EQ(read_error(std::string(100'000, '[')), expected);
    EXPECT_EQ(read_error(std::string(10'000'000, '[')), expected);
}

TEST(Limits, DepthOfObjectsCountsAlike) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) {
        text += "{\"a\":";
    }
    EXPECT_EQ(read_error(text).substr(read_error(text).find(": [")),
              ": [depth 103] expected at most 32 lists and objects inside one another, got one more");
}

TEST(Limits, SizeOfTheText) {
    const JsonLimits limits{.bytes = 4};
    EXPECT_EQ(read_error("[10]", limits), "");
    EXPECT_EQ(read_error("[100]", limits), "x.json: [size 104] expected at most 4 bytes, got 5 bytes");
    EXPECT_EQ(read_error(std::string((16U << 20U) + 1, ' ')), "x.json: [size 104] expected at most 16777216 bytes, got 16777217 bytes");
}

TEST(Limits, NumberOfValues) {
    const JsonLimits limits{.values = 3};
    EXPECT_EQ(read_error("[1, 2]", limits), "");
    EXPECT_EQ(read_error("[1, {\"a\": 2}]", limits), "x.json:/1/a: [size 104] expected at most 3 values, got more");
}

TEST(Limits, LengthOfStringsAndKeys) {
    const JsonLimits limits{.string_bytes = 3, .key_bytes = 2};
    EXPECT_EQ(read_error(R"({"ab": "abc"})", limits), "");
    EXPECT_EQ(read_error(R"({"ab": "abcd"})", limits), "x.json:/ab: [size 104] expected a string of at most 3 bytes, got 4 bytes");
    EXPECT_EQ(read_error(R"({"a": {"abc": 1}})", limits), "x.json:/a: [size 104] expected keys of at most 2 bytes, got \"abc\" of 3 bytes");
    EXPECT_EQ(read_error("\"" + std::string(4097, 'a') + "\""),
              "x.json: [size 104] expected a string of at most 4096 bytes, got 4097 bytes");
}

// The first error in reading order wins, whatever follows.
TEST(Limits, TheFirstErrorIsReported) {
    EXPECT_EQ(read_error("{\"a\": 1e400, \"a\": 1, ]"),
              "x.json:/a: [number 106] expected a whole number within +-2^53 or a finite decimal one, got 1e400");
    EXPECT_EQ(read_error("{\"a\": 1, \"a\": 1e400, ]"), "x.json:/a: [repeated_key 105] expected each key once, got \"a\" a second time");
}

// 200,000 distinct keys in one object must not take quadratic time: that would be minutes.
TEST(Limits, ManyKeysInOneObject) {
    std::string text = "{";
    for (int i = 0; i < 200'000; ++i) {
        text += "\"k" + std::to_string(i) + "\":0,";
    }
    text += "\"k7\":0}";
    EXPECT_EQ(read_error(text), "x.json:/k7: [repeated_key 105] expected each key once, got \"k7\" a second time");
}

}  // namespace
}  // namespace sim
