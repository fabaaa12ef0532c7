// A validator for the part of JSON Schema draft-07 that json_schema() writes: a second opinion on the reader.
#pragma once

#include <regex.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "sim/json.h"

namespace sim::testing {

/// Whether a text contains a match of a pattern: POSIX extended, and at the start `(?!x-)` for "not x-".
inline bool matches(const std::string& text, std::string pattern) {
    const std::string no_comment = "^(?!x-)";
    if (pattern.substr(0, no_comment.size()) == no_comment) {
        if (text.substr(0, 2) == "x-") {
            return false;
        }
        pattern = "^" + pattern.substr(no_comment.size());
    }
    regex_t compiled{};
    if (regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
        throw std::logic_error("pattern unknown to the validator of the tests");
    }
    const bool found = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
    regfree(&compiled);
    return found;
}

/// Whether a value satisfies a schema, after the text of draft-07. Throws for a keyword that it does not know, lest one be ignored.
class SchemaValidator {
public:
    explicit SchemaValidator(const Value& root) : root_(root) {}

    [[nodiscard]] bool accepts(const Value& value) const { return satisfies(value, root_); }

private:
    [[nodiscard]] bool satisfies(const Value& value, const Value& schema) const {
        for (const Member& keyword : schema.members) {
            if (!holds(value, keyword.key, keyword.value, schema)) {
                return false;
            }
        }
        return true;
    }

    [[nodiscard]] bool holds(const Value& value, std::string_view keyword, const Value& argument, const Value& schema) const {
        if (keyword == "$schema" || keyword == "$id" || keyword == "title" || keyword == "description" || keyword == "default" ||
            keyword == "definitions") {
            return true;
        }
        if (keyword == "$ref") {
            const std::string prefix = "#/definitions/";
            return satisfies(value, *root_.find("definitions")->find(argument.text.substr(prefix.size())));
        }
        if (keyword == "type") {
            return has_type(value, argument.text);
        }
        if (keyword == "const") {
            return value == argument;
        }
        if (keyword == "enum" || keyword == "anyOf" || keyword == "allOf" || keyword == "oneOf") {
            return among(value, keyword, argument);
        }
        if (value.is_number() || keyword == "minimum" || keyword == "maximum" || keyword == "exclusiveMinimum" ||
            keyword == "exclusiveMaximum") {
            return !value.is_number() || in_bounds(value.as_number(), keyword, argument);
        }
        return holds_inside(value, keyword, argument, schema);
    }

    [[nodiscard]] static bool has_type(const Value& value, const std::string& type) {
        switch (value.kind) {
            case Kind::kNull: return type == "null";
            case Kind::kBool: return type == "boolean";
            case Kind::kInteger: return type == "integer" || type == "number";
            case Kind::kNumber: return type == "number" || (type == "integer" && value.number == std::floor(value.number));
            case Kind::kString: return type == "string";
            case Kind::kArray: return type == "array";
            case Kind::kObject: return type == "object";
        }
        return false;
    }

    [[nodiscard]] bool among(const Value& value, std::string_view keyword, const Value& argument) const {
        std::size_t satisfied = 0;
        for (const Value& one : argument.items) {
            const bool holds = keyword == "enum" ? value == one : satisfies(value, one);
            satisfied += holds ? 1U : 0U;
        }
        if (keyword == "allOf") {
            return satisfied == argument.items.size();
        }
        return keyword == "oneOf" ? satisfied == 1 : satisfied > 0;
    }

    [[nodiscard]] static bool in_bounds(double number, std::string_view keyword, const Value& argument) {
        if (keyword == "minimum") {
            return number >= argument.as_number();
        }
        if (keyword == "maximum") {
            return number <= argument.as_number();
        }
        if (keyword == "exclusiveMinimum") {
            return number > argument.as_number();
        }
        return keyword != "exclusiveMaximum" || number < argument.as_number();
    }

    [[nodiscard]] static std::size_t characters(std::string_view text) {
        std::size_t count = 0;
        for (const char c : text) {
            count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
        }
        return count;
    }

    [[nodiscard]] bool holds_inside(const Value& value, std::string_view keyword, const Value& argument, const Value& schema) const {
        const bool is_text = value.kind == Kind::kString;
        const bool is_list = value.kind == Kind::kArray;
        const auto limit = static_cast<std::size_t>(argument.integer);
        if (keyword == "minLength" || keyword == "maxLength") {
            return !is_text || (keyword == "minLength" ? characters(value.text) >= limit : characters(value.text) <= limit);
        }
        if (keyword == "pattern") {
            return !is_text || matches(value.text, argument.text);
        }
        if (keyword == "minItems" || keyword == "maxItems") {
            return !is_list || (keyword == "minItems" ? value.items.size() >= limit : value.items.size() <= limit);
        }
        if (keyword == "items") {
            for (const Value& item : value.items) {
                if (!satisfies(item, argument)) {
                    return false;
                }
            }
            return true;
        }
        return holds_of_keys(value, keyword, argument, schema);
    }

    [[nodiscard]] bool holds_of_keys(const Value& value, std::string_view keyword, const Value& argument, const Value& schema) const {
        if (keyword == "required") {
            for (const Value& key : argument.items) {
                if (value.kind == Kind::kObject && value.find(key.text) == nullptr) {
                    return false;
                }
            }
            return true;
        }
        for (const Member& member : value.members) {
            const Value* properties = schema.find("properties");
            const Value* named = properties == nullptr ? nullptr : properties->find(member.key);
            const bool is_comment = member.key.substr(0, 2) == "x-";
            bool holds = true;
            if (keyword == "properties") {
                holds = named == nullptr || satisfies(member.value, *named);
            } else if (keyword == "propertyNames") {
                holds = satisfies(make_text(member.key), argument);
            } else if (keyword == "additionalProperties") {
                const bool is_additional = named == nullptr && !is_comment;
                holds = !is_additional || (argument.kind != Kind::kBool && satisfies(member.value, argument));
            } else if (keyword != "patternProperties" || argument.members.size() != 1 || argument.members[0].key != "^x-") {
                throw std::logic_error("keyword unknown to the validator of the tests");
            }
            if (!holds) {
                return false;
            }
        }
        return true;
    }

    const Value& root_;
};

}  // namespace sim::testing
