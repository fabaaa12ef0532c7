// Error: codes, message form, quoting and nearest names.
#include "sim/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace sim {
namespace {

const Place kPlace{.file = "studies/x.json", .pointer = "/policies/0/share"};

TEST(Error, SaysPlaceCodeExpectedAndGot) {
    const Error error(Code::kRange, kPlace, "a number in [0, 1]", "1.5");
    EXPECT_STREQ(error.what(), "studies/x.json:/policies/0/share: [range 202] expected a number in [0, 1], got 1.5");
    EXPECT_EQ(error.code(), Code::kRange);
    EXPECT_EQ(error.place(), kPlace);
    EXPECT_EQ(error.expected(), "a number in [0, 1]");
    EXPECT_EQ(error.got(), "1.5");
    EXPECT_EQ(error.nearest(), "");
}

TEST(Error, NamesTheNearest) {
    const Error error(Code::kUnknownKey, kPlace, "one of \"a\"", "\"spamshare\"", "spam_share");
    EXPECT_STREQ(
        error.what(),
        "studies/x.json:/policies/0/share: [unknown_key 203] expected one of \"a\", got \"spamshare\"; did you mean \"spam_share\"?");
}

TEST(Error, SaysLineAndColumnInsteadOfAPointer) {
    EXPECT_STREQ(Error(Code::kSyntax, {.file = "x.json", .pointer = "", .line = 3, .column = 14}, "a", "b").what(),
                 "x.json:3:14: [syntax 101] expected a, got b");
}

TEST(Error, LeavesOutWhatIsNotKnownOfThePlace) {
    EXPECT_STREQ(Error(Code::kArgument, {}, "a", "b").what(), "[argument 404] expected a, got b");
    EXPECT_STREQ(Error(Code::kType, {.file = "x", .pointer = ""}, "a", "b").what(), "x: [type 201] expected a, got b");
    EXPECT_STREQ(Error(Code::kType, {.file = "", .pointer = "/a"}, "a", "b").what(), "/a: [type 201] expected a, got b");
}

TEST(Error, IsOneLineWhateverTheNamesOfItsPlace) {
    const std::string pointer("/a\x1B[31m\n/\0b\x7F", 12);
    const Error error(Code::kType, {.file = "x\r.json", .pointer = pointer}, "text", "5");
    EXPECT_STREQ(error.what(), "x\\u000d.json:/a\\u001b[31m\\u000a/\\u0000b\\u007f: [type 201] expected text, got 5");
    EXPECT_EQ(error.place().pointer, pointer);
}

TEST(Error, MovesToAnotherPlace) {
    const Error moved = Error(Code::kDuration, {}, "a", "b", "c").at(kPlace);
    EXPECT_STREQ(moved.what(), "studies/x.json:/policies/0/share: [duration 207] expected a, got b; did you mean \"c\"?");
}

// The numbers and names are promised to users: they may be added to, never changed.
TEST(Error, HasStableNumbersAndNames) {
    const std::vector<std::string> promised{
        "101 syntax",   "102 utf8",        "103 depth",       "104 size",        "105 repeated_key", "106 number",
        "201 type",     "202 range",       "203 unknown_key", "204 missing_key", "205 choice",       "206 pattern",
        "207 duration", "301 reference",   "302 repeated_id", "303 extends",     "304 inconsistent", "305 too_large",
        "306 file",     "401 time_travel", "402 interrupted", "403 not_finite",  "404 argument",     "405 unbalanced",
    };
    std::vector<std::string> found;
    for (const Code code : all_codes()) {
        found.push_back(std::to_string(static_cast<int>(code)) + " " + std::string(code_name(code)));
    }
    EXPECT_EQ(found, promised);
}

TEST(InQuotes, EscapesControlCharactersAndQuotes) {
    EXPECT_EQ(in_quotes("a\"b\\c\nd\x01\x7f"), R"("a\"b\\c\nd\u0001\u007f")");
    EXPECT_EQ(in_quotes(""), "\"\"");
}

TEST(InQuotes, CutsAfter40Characters) {
    EXPECT_EQ(in_quotes(std::string(40, 'a')), "\"" + std::string(40, 'a') + "\"");
    EXPECT_EQ(in_quotes(std::string(41, 'a')), "\"" + std::string(40, 'a') + "...\"");
}

TEST(InQuotes, NeverCutsInsideACharacter) {
    std::string euros;
    for (int i = 0; i < 41; ++i) {
        euros += "\u20ac";
    }
    EXPECT_EQ(in_quotes(euros), "\"" + euros.substr(0, 40 * 3) + "...\"");
}

TEST(ListInQuotes, StopsAtTheMost) {
    EXPECT_EQ(list_in_quotes({}), "");
    EXPECT_EQ(list_in_quotes({"a", "b"}), "\"a\", \"b\"");
    EXPECT_EQ(list_in_quotes({"a", "b", "c"}, 2), "\"a\", \"b\", ...");
}

TEST(NearestName, CountsInsertDeleteReplaceAndSwap) {
    const std::vector<std::string> names{"spam_share", "period"};
    EXPECT_EQ(nearest_name("spamshare", names), "spam_share");
    EXPECT_EQ(nearest_name("spam_sshare", names), "spam_share");
    EXPECT_EQ(nearest_name("spam-share", names), "spam_share");
    EXPECT_EQ(nearest_name("spam_shrae", names), "spam_share");
    EXPECT_EQ(nearest_name("peroid", names), "period");
    EXPECT_EQ(nearest_name("nothing", names), "");
}

TEST(NearestName, AllowsAThirdOfTheLength) {
    EXPECT_EQ(nearest_name("abcdef", {"abcdxy"}), "abcdxy");  // 2 of 6
    EXPECT_EQ(nearest_name("abcdef", {"abcxyz"}), "");        // 3 of 6
    EXPECT_EQ(nearest_name("at", {"de"}), "");
    EXPECT_EQ(nearest_name("", {"a"}), "");
    EXPECT_EQ(nearest_name("a", {}), "");
}

TEST(NearestName, IgnoresCaseAndPrefersTheNearerThenTheEarlier) {
    EXPECT_EQ(nearest_name("us", {"UK", "US"}), "US");
    EXPECT_EQ(nearest_name("abcdef", {"abcdxf", "abcdez"}), "abcdxf");
    EXPECT_EQ(nearest_name("abcdef", {"abcdxy", "abcdez"}), "abcdez");
}

/// Damerau-Levenshtein distance (swaps of neighbours only) by its recursive definition.
std::size_t slow_distance(const std::string& a, const std::string& b) {
    if (a.empty() || b.empty()) {
        return a.size() + b.size();
    }
    const std::string a1 = a.substr(0, a.size() - 1);
    const std::string b1 = b.substr(0, b.size() - 1);
    std::size_t best =
        std::min({slow_distance(a1, b) + 1, slow_distance(a, b1) + 1, slow_distance(a1, b1) + (a.back() == b.back() ? 0U : 1U)});
    if (a.size() > 1 && b.size() > 1 && a.back() == b1.back() && b.back() == a1.back()) {
        best = std::min(best, slow_distance(a.substr(0, a.size() - 2), b.substr(0, b.size() - 2)) + 1);
    }
    return best;
}

// Metamorphic against the definition: the answer is the first of the nearest, if near enough. 200 seeds.
TEST(NearestName, AgreesWithTheDefinition) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 draws(seed);
        const auto word = [&] {
            std::string text;
            for (std::size_t length = draws() % 6; length > 0; --length) {
                text += static_cast<char>('a' + draws() % 3);
            }
            return text;
        };
        const std::string name = word();
        const std::vector<std::string> names{word(), word(), word()};
        std::string expected;
        std::size_t best = 100;
        for (const std::string& candidate : names) {
            const std::size_t distance = slow_distance(name, candidate);
            if (distance <= std::max(name.size(), candidate.size()) / 3 && distance < best) {
                best = distance;
                expected = candidate;
            }
        }
        EXPECT_EQ(nearest_name(name, names), expected) << "seed " << seed;
    }
}

}  // namespace
}  // namespace sim
