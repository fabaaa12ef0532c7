// One thing made wrong at a time, everywhere in a right document: the error must lie exactly there.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/shape.h"
#include "sim/shape_check.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::error_of;
using testing::fleet_shape;

/// A right document that uses every key of the toy shape.
const Value& whole() {
    static const Value value = testing::parsed(testing::fleet(R"("open": false, "voyage": "2 d", "flags": {"AT": "Austria"},
        "ports": [{"id": "a", "depth": 12, "fee": {"value": 0.3, "range": [0.2, 0.4], "source": "s", "confidence": "low", "note": "n"}},
                  {"id": "b", "depth": 2.5, "near": "a", "fee": {"value": 0.5, "dist": {"uniform": {"low": 0.25, "high": 1}}}}],
        "ships": [{"kind": "sail", "id": "s", "masts": 3, "calls": ["a", "b"], "crew": 5},
                  {"kind": "steam", "id": "t", "calls": "*", "boiler": "water_tube", "repair": {"lognormal": {"median": "3 d", "sigma": 1}}},
                  {"kind": "steam", "id": "u", "repair": {"exponential": {"mean": "3 d"}}},
                  {"kind": "steam", "id": "v", "repair": "1 d"}])"));
    return value;
}

/// Every value of a document with its pointer; `change` may alter it, and is undone afterwards.
template <typename Visit>
void each_value(Value& root, Value& value, const std::string& pointer, const Visit& visit) {
    const Value before = value;
    visit(root, value, pointer);
    value = before;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        each_value(root, value.items[i], pointer_with(pointer, i), visit);
    }
    for (std::size_t i = 0; i < value.members.size(); ++i) {
        each_value(root, value.members[i].value, pointer_with(pointer, value.members[i].key), visit);
    }
}

template <typename Visit>
void everywhere(const Visit& visit) {
    Value root = whole();
    each_value(root, root, "", visit);
    EXPECT_EQ(root, whole());
}

std::string check(const Value& root) { return error_of(write_json(root, 0), fleet_shape()); }

/// "x.json:POINTER: [" as it begins the message of an error there.
std::string begins(const std::string& pointer) { return (pointer.empty() ? "x.json" : "x.json:" + pointer) + ": ["; }

std::string beginning(const std::string& error, std::size_t size) { return error.substr(0, size); }

TEST(Mutations, TheWholeDocumentIsRight) { EXPECT_EQ(check(whole()), ""); }

// Null fits no shape, so putting it anywhere is a wrong type right there.
TEST(Mutations, NullIsAWrongTypeEverywhere) {
    int visited = 0;
    everywhere([&](Value& root, Value& value, const std::string& pointer) {
        value = make_null();
        const std::string expected = begins(pointer) + "type 201] expected ";
        const std::string error = check(root);
        EXPECT_EQ(beginning(error, expected.size()), expected);
        EXPECT_EQ(error.substr(error.size() - 10), ", got null");
        ++visited;
    });
    EXPECT_EQ(visited, 57);
}

// Wherever a flag may not stand, a flag is refused; it may stand in one place only.
TEST(Mutations, FlagsAreRefusedWhereNoneBelongs) {
    everywhere([&](Value& root, Value& value, const std::string& pointer) {
        value = make_bool(true);
        const std::string expected = pointer == "/open" ? "" : begins(pointer) + "type 201]";
        EXPECT_EQ(beginning(check(root), expected.empty() ? std::string::npos : expected.size()), expected);
    });
}

// A comment may stand in every object; any other key that does not belong is refused where it stands.
TEST(Mutations, CommentsAreWelcomeInEveryObjectAndOtherKeysInNone) {
    int objects = 0;
    everywhere([&](Value& root, Value& value, const std::string& pointer) {
        if (value.kind != Kind::kObject) {
            return;
        }
        ++objects;
        value.put("x-why", make_list({make_null()}));
        EXPECT_EQ(check(root), "") << pointer;
        value.put("zzz", make_integer(1));
        const bool is_map = pointer == "/flags";
        const std::string expected =
            begins(pointer_with(pointer, std::string_view("zzz"))) + (is_map ? "pattern 206]" : "unknown_key 203]");
        EXPECT_EQ(beginning(check(root), expected.size()), expected);
    });
    EXPECT_EQ(objects, 16);
}

// Leaving out a key is an error of its object if the key is required, and else none.
TEST(Mutations, OnlyRequiredKeysAreMissed) {
    const std::set<std::string> needed{"schema", "name", "id", "depth", "kind", "masts", "value", "low", "high", "median", "sigma", "mean"};
    const std::set<std::string> exactly_one{"uniform", "lognormal", "exponential"};
    everywhere([&](Value& root, Value& value, const std::string& pointer) {
        if (value.kind != Kind::kObject || pointer == "/flags") {
            return;
        }
        const Value before = value;
        for (std::size_t i = 0; i < before.members.size(); ++i) {
            const std::string key = before.members[i].key;
            value = before;
            value.members.erase(value.members.begin() + static_cast<std::ptrdiff_t>(i));
            const std::string error = check(root);
            if (needed.count(key) > 0) {
                const std::string expected = begins(pointer) + "missing_key 204] expected the key \"" + key + "\"";
                EXPECT_EQ(beginning(error, expected.size()), expected);
            } else if (exactly_one.count(key) > 0) {
                EXPECT_EQ(beginning(error, begins(pointer).size() + 15), begins(pointer) + "missing_key 204");
            } else if (key == "ports") {
                EXPECT_EQ(error, R"(x.json:/ships/0/calls/0: [reference 301] expected a name from ports, got "a")");
            } else {
                EXPECT_EQ(error, "") << pointer << " without " << key;
            }
        }
    });
}

// Whatever is misspelt by one letter is suggested.
TEST(Mutations, MisspeltKeysAreRecognised) {
    everywhere([&](Value& root, Value& value, const std::string& pointer) {
        if (value.kind != Kind::kObject || pointer == "/flags") {
            return;
        }
        for (Member& member : value.members) {
            const std::string key = member.key;
            const bool is_tag = key == "kind";  // without its tag, nothing is known of the keys of the object
            if (key.size() >= 3 && !is_tag) {
                member.key = key.substr(0, key.size() - 1) + "q";
                const std::string error = check(root);
                const std::string start = begins(pointer_with(pointer, member.key)) + "unknown_key 203]";
                const std::string end = "got \"" + member.key + "\"; did you mean \"" + key + "\"?";
                EXPECT_EQ(beginning(error, start.size()), start);
                EXPECT_EQ(error.size() < end.size() ? error : error.substr(error.size() - end.size()), end);
            }
            member.key = key;
        }
    });
}

// Texts that are names, words, durations or references are none any more with a space in them; free texts are.
TEST(Mutations, SpacesAreRefusedInAllButFreeTexts) {
    const std::set<std::string> free{"/name", "/flags/AT", "/ports/0/fee/source", "/ports/0/fee/note"};
    everywhere([&](Value& root, Value& value, const std::string& pointer) {
        if (value.kind != Kind::kString) {
            return;
        }
        value.text = "two words";
        const std::string error = check(root);
        if (free.count(pointer) > 0) {
            EXPECT_EQ(error, "") << pointer;
        } else {
            EXPECT_EQ(beginning(error, begins(pointer).size()), begins(pointer));
        }
    });
}

// A name that others refer to: the first reference to it is wrong.
TEST(Mutations, RenamingWhatIsReferredTo) {
    Value root = whole();
    root.find("ports")->items[0].put("id", make_text("z"));
    EXPECT_EQ(check(root), R"(x.json:/ports/1/near: [reference 301] expected a name from ports, got "a")");
    root = whole();
    root.find("ports")->items[1].put("id", make_text("z"));
    EXPECT_EQ(check(root), R"(x.json:/ships/0/calls/1: [reference 301] expected a name from ports, got "b")");
    root.find("ports")->items[1].put("id", make_text("a"));
    EXPECT_EQ(
        check(root),
        R"(x.json:/ports/1/id: [repeated_id 302] expected each name in ports once, got "a" a second time, first at x.json:/ports/0/id)");
}

}  // namespace
}  // namespace sim
