// The schema says what the reader does: both judge a thousand damaged documents alike.
#include <gtest/gtest.h>

#include <iterator>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "sim/shape.h"
#include "sim/shape_check.h"
#include "sim/shape_docs.h"
#include "tests/sim/document_tools.h"
#include "tests/sim/schema_validator.h"

namespace sim {
namespace {

using testing::fleet_shape;
using testing::parsed;
using testing::SchemaValidator;

const Value& right_document() {
    static const Value value = parsed(testing::fleet(R"("open": false, "voyage": "2 d", "flags": {"AT": "Austria", "x-c": 1},
        "ports": [{"id": "a", "depth": 12, "near": "b", "fee": {"value": 0.3, "range": [0.2, 0.4], "source": "s", "confidence": "low"}},
                  {"id": "b", "depth": 2.5, "fee": {"value": 0.5, "dist": {"uniform": {"low": 0.25, "high": 1}}}}, {"id": "c", "depth": 1, "fee": 0.1}],
        "ships": [{"kind": "sail", "id": "s", "masts": 3, "calls": ["a", "b"], "crew": 5},
                  {"kind": "steam", "id": "t", "calls": "*", "boiler": "water_tube", "repair": {"lognormal": {"median": "3 d", "sigma": 1}}}])"));
    return value;
}

/// All values of a document, in order.
void gather(Value& value, std::vector<Value*>& all) {
    all.push_back(&value);
    for (Value& item : value.items) {
        gather(item, all);
    }
    for (Member& member : value.members) {
        gather(member.value, all);
    }
}

Value random_value(std::mt19937& draws) {
    switch (draws() % 12) {
        case 0: return make_null();
        case 1: return make_bool(draws() % 2 == 0);
        case 2: return make_integer(static_cast<int>(draws() % 9) - 1);
        case 3: return make_number(static_cast<double>(draws() % 8) / 4 - 0.5);
        case 4: return make_text("a");
        case 5: return make_text("");
        case 6: return make_text("2 h");
        case 7: return make_text("AT");
        case 8: return make_text(std::string(draws() % 80, 'z'));
        case 9: return make_list({});
        case 10: return make_list({make_text("a"), make_text("b")});
        default: return make_object({});
    }
}

/// Changes, removes, adds or renames something at a random place.
void damage(Value& root, std::mt19937& draws) {
    static const char* const keys[] = {"id", "kind", "value", "x-note", "AT", "depth", "masts", "boiler", "other", "low"};
    std::vector<Value*> all;
    gather(root, all);
    Value& value = *all[draws() % all.size()];
    switch (draws() % 4) {
        case 0: value = random_value(draws); return;
        case 1:
            if (!value.members.empty()) {
                value.members.erase(value.members.begin() + static_cast<std::ptrdiff_t>(draws() % value.members.size()));
            }
            return;
        case 2:
            if (value.kind == Kind::kObject) {
                value.put(keys[draws() % std::size(keys)], random_value(draws));
            } else if (value.kind == Kind::kArray) {
                value.items.push_back(value.items.empty() ? random_value(draws) : value.items[draws() % value.items.size()]);
            }
            return;
        default:
            if (!value.members.empty()) {
                const char* key = keys[draws() % std::size(keys)];
                if (value.find(key) == nullptr) {
                    value.members[draws() % value.members.size()].key = key;
                }
            }
            return;
    }
}

/// What a schema cannot say: names, values together, ends of durations, medians above 0.
bool is_beyond_schemas(const Error& error) {
    static const std::set<Code> beyond{Code::kReference, Code::kRepeatedId, Code::kInconsistent, Code::kTooLarge};
    const bool is_part = error.expected().substr(0, 7) == "exactly" || error.expected().substr(0, 8) == "a median" ||
                         error.expected().substr(0, 6) == "a mean";
    return beyond.count(error.code()) > 0 || is_part;
}

// 1,000 damaged documents: what the schema refuses the reader refuses, and the reverse but for what a schema cannot say.
TEST(SchemaAndReader, JudgeDamagedDocumentsAlike) {
    const Value schema = parsed(json_schema(fleet_shape(), "Fleet", "urn:fleet"));
    const SchemaValidator validator(schema);
    ASSERT_TRUE(validator.accepts(right_document()));
    int accepted = 0;
    int refused = 0;
    for (unsigned seed = 0; seed < 1000; ++seed) {
        std::mt19937 draws(seed);
        Value value = right_document();
        for (auto count = 1 + draws() % 2; count > 0; --count) {
            damage(value, draws);
        }
        const std::optional<Error> error = first_error(value, fleet_shape(), Places());
        if (!error.has_value()) {
            ++accepted;
            EXPECT_TRUE(validator.accepts(value)) << "seed " << seed << ": " << write_json(value, 0);
        } else if (!is_beyond_schemas(*error)) {
            ++refused;
            EXPECT_FALSE(validator.accepts(value)) << "seed " << seed << ": " << error->what() << "\n" << write_json(value, 0);
        }
    }
    EXPECT_GT(accepted, 100);
    EXPECT_GT(refused, 400);
}

TEST(SchemaAndReader, JudgeEveryFormAlike) {
    struct Case {
        Shape shape;
        std::vector<std::string> right;
        std::vector<std::string> wrong;
    };
    const std::vector<Case> cases{
        {Shape(), {"1", "null", "[{}]"}, {}},
        {text(3), {"\"a\"", "\"abc\""}, {"\"\"", "\"abcd\"", "1"}},
        {identifier(), {"\"a\"", "\"9_-\""}, {"\"\"", "\"A\"", "\"_a\"", "\"x-a\"", "\"a b\""}},
        {code(), {"\"AT\"", "\"ABCDEFGH\""}, {"\"A\"", "\"at\"", "\"ABCDEFGHI\""}},
        {number("", 0, 1), {"0", "1", "0.5", "1.0"}, {"-0.1", "1.1", "\"1\"", "null"}},
        {number("", 0, 1).open_low().open_high(), {"0.5"}, {"0", "1"}},
        {number(""), {"-1e300", "5"}, {"true"}},
        {integer("", -1, 3), {"-1", "3", "3.0", "1e0"}, {"4", "-2", "0.5"}},
        {flag(), {"true", "false"}, {"0", "\"true\""}},
        {duration(), {"\"0 s\"", "\"1.5 h\"", "\"30 min\""}, {"\"-1 s\"", "\"1s\"", "\"1  s\"", "\"1 month\"", "\"s\"", "1"}},
        {signed_duration({-kDay.us}, kDay), {"\"-5 h\"", "\"5 h\""}, {"\"+5 h\"", "\"- 5 h\"", "\"--5 h\""}},
        {choice({"a", "b"}), {"\"a\"", "\"b\""}, {"\"c\"", "\"A\"", "1"}},
        {list(flag(), 1, 2), {"[true]", "[true,false]"}, {"[]", "[1]", "[true,true,true]", "{}"}},
        {map(code(), flag()), {"{}", R"({"AT":true,"x-a":7})"}, {R"({"at":true})", R"({"AT":1})", "[]"}},
        {object({required("a", flag(), "")}), {R"({"a":true})", R"({"a":true,"x-b":[]})"}, {"{}", R"({"a":1})", R"({"a":true,"b":1})"}},
        {either({flag(), text(2)}), {"true", "\"a\""}, {"1", "\"abc\""}},
        {figure(number("", 0, 1)),
         {"1", R"({"value":1})", R"({"value":1,"range":[0,1]})"},
         {"2", "{}", R"({"value":2})", R"({"value":1,"range":[0]})"}},
        {distribution(duration()),
         {"\"1 s\"", R"({"exponential":{"mean":"1 s"}})"},
         {"1", R"({"exponential":{"mean":1}})", R"({"normal":{}})"}},
    };
    for (const Case& one : cases) {
        const Value schema = parsed(json_schema(one.shape, "t", "urn:t"));
        const SchemaValidator validator(schema);
        for (const std::string& text : one.right) {
            EXPECT_EQ(testing::error_of(text, one.shape), "") << one.shape.describe();
            EXPECT_TRUE(validator.accepts(parsed(text))) << one.shape.describe() << ": " << text;
        }
        for (const std::string& text : one.wrong) {
            EXPECT_NE(testing::error_of(text, one.shape), "") << one.shape.describe() << ": " << text;
            EXPECT_FALSE(validator.accepts(parsed(text))) << one.shape.describe() << ": " << text;
        }
    }
}

}  // namespace
}  // namespace sim
