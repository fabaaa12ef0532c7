// Documents that extend others: merging, places, names, cycles and the length of the chain.
#include "sim/extends.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

#include "sim/json.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::thrown_by;

/// A folder of documents in memory.
Resolver folder(std::map<std::string, std::string> files) {
    return [files](std::string_view kind, std::string_view name) {
        const auto found = files.find(std::string(name));
        if (found == files.end()) {
            throw Error(Code::kFile, {}, "a " + std::string(kind), in_quotes(name));
        }
        return found->second;
    };
}

std::string loaded(std::string_view text, const Resolver& resolver) {
    Places places;
    return write_json(load_with_extends(text, "x.json", "scenario", resolver, places), 0);
}

std::string load_error(std::string_view text, const Resolver& resolver) {
    return thrown_by([&] { (void)loaded(text, resolver); });
}

TEST(Extends, ReadsADocumentThatExtendsNothing) { EXPECT_EQ(loaded(R"({"a":1})", folder({})), R"({"a":1})"); }

TEST(Extends, MergesAlongTheChain) {
    const Resolver files =
        folder({{"b", R"({"extends":"c","m":2,"n":2,"l":[{"id":"i","v":2}]})"}, {"c", R"({"k":3,"m":3,"l":[{"id":"i","u":3}],"z":3})"}});
    EXPECT_EQ(loaded(R"({"extends":"b","n":1,"z":null})", files), R"({"k":3,"m":2,"l":[{"id":"i","u":3,"v":2}],"n":1})");
}

TEST(Extends, ErrorsPointIntoTheFileThatWroteTheValue) {
    Places places;
    const Shape shape = object({required("a", number("", 0, 1), "a"), required("b", number("", 0, 1), "b")});
    const Value merged =
        load_with_extends(R"({"extends":"base","b":0.5})", "x.json", "scenario", folder({{"base", R"({"a":7,"b":8})"}}), places);
    EXPECT_STREQ(first_error(merged, shape, places)->what(), "base.json:/a: [range 202] expected a number in [0, 1], got 7");
    const Value both =
        load_with_extends(R"({"extends":"base","b":9})", "x.json", "scenario", folder({{"base", R"({"a":7,"b":8})"}}), places);
    EXPECT_STREQ(first_error(both, shape, places)->what(), "x.json:/b: [range 202] expected a number in [0, 1], got 9");
}

TEST(Extends, RefusesWhatIsNotABareName) {
    const std::string expected = "x.json:/extends: [extends 303] expected a bare name of 1 to 64 characters a-z, 0-9, _ and -, got ";
    EXPECT_EQ(load_error(R"({"extends":"../secret"})", folder({})), expected + R"("../secret")");
    EXPECT_EQ(load_error(R"({"extends":"/etc/passwd"})", folder({})), expected + R"("/etc/passwd")");
    EXPECT_EQ(load_error(R"({"extends":"a.json"})", folder({})), expected + R"("a.json")");
    EXPECT_EQ(load_error(R"({"extends":"http://a"})", folder({})), expected + R"("http://a")");
    EXPECT_EQ(load_error(R"({"extends":"A"})", folder({})), expected + R"("A")");
    EXPECT_EQ(load_error(R"({"extends":""})", folder({})), expected + R"("")");
    EXPECT_EQ(load_error(R"({"extends":["a","b"]})", folder({})), expected + "a list of 2 items");
    EXPECT_EQ(load_error(R"({"extends":")" + std::string(65, 'a') + "\"}", folder({})), expected + "\"" + std::string(40, 'a') + "...\"");
}

TEST(Extends, RefusesCycles) {
    EXPECT_EQ(load_error(R"({"extends":"a"})", folder({{"a", R"({"extends":"a"})"}})),
              "a.json:/extends: [extends 303] expected documents that do not extend themselves, got a > a");
    EXPECT_EQ(load_error(R"({"extends":"a"})", folder({{"a", R"({"extends":"b"})"}, {"b", R"({"extends":"a"})"}})),
              "b.json:/extends: [extends 303] expected documents that do not extend themselves, got a > b > a");
}

// A study may have the name of the document that it extends in another folder.
TEST(Extends, ADocumentMayExtendItsNamesake) {
    EXPECT_EQ(loaded(R"({"extends":"x","b":1})", folder({{"x", R"({"a":1})"}})), R"({"a":1,"b":1})");
}

TEST(Extends, FollowsFourAndRefusesFive) {
    const std::map<std::string, std::string> files{{"a", R"({"extends":"b"})"},
                                                   {"b", R"({"extends":"c"})"},
                                                   {"c", R"({"extends":"d"})"},
                                                   {"d", R"({"extends":"e"})"},
                                                   {"e", R"({"v":1})"}};
    EXPECT_EQ(loaded(R"({"extends":"b"})", folder(files)), R"({"v":1})");
    EXPECT_EQ(load_error(R"({"extends":"a"})", folder(files)),
              "d.json:/extends: [extends 303] expected a chain of at most 4 extended documents, got one more");
}

TEST(Extends, GivesThePlaceToWhatTheResolverRefuses) {
    EXPECT_EQ(load_error(R"({"extends":"gone"})", folder({})), "x.json:/extends: [file 306] expected a scenario, got \"gone\"");
}

TEST(Extends, LimitsHoldForEveryDocument) {
    EXPECT_EQ(load_error(R"({"extends":"deep"})", folder({{"deep", std::string(100'000, '[')}})).substr(0, 10), "deep.json:");
    EXPECT_EQ(load_error(R"({"extends":"bad"})", folder({{"bad", "{"}})),
              "bad.json:1:2: [syntax 101] expected a key in double quotes, got the end of the text");
}

}  // namespace
}  // namespace sim
