// JSON Schema (draft-07) from shapes.
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "sim/shape_docs.h"
#include "sim/shape_node.h"

namespace sim {
namespace {

constexpr std::string_view kIdentifierPattern = "^(?!x-)[a-z0-9][a-z0-9_-]{0,63}$";
constexpr std::string_view kCodePattern = "^[A-Z]{2,8}$";
constexpr std::string_view kDurationPattern = "^[0-9]+(\\.[0-9]+)? (us|ms|s|min|h|d|w)$";
constexpr std::string_view kSignedDurationPattern = "^-?[0-9]+(\\.[0-9]+)? (us|ms|s|min|h|d|w)$";

/// Schemas that many keys share: those of figures and distributions, named in the order of their first use.
using Definitions = std::vector<std::pair<std::string, Value>>;

Value schema_of(const Shape& shape, Definitions& definitions);

Value typed(std::string_view type) { return make_object({{"type", make_text(type)}}); }

Value comments() { return make_object({{"^x-", make_object({})}}); }

Value texts(const std::vector<std::string>& words) {
    std::vector<Value> items;
    for (const std::string& word : words) {
        items.push_back(make_text(word));
    }
    return make_list(std::move(items));
}

/// A bound as a JSON number: whole numbers without a point.
Value plain_number(double value) {
    constexpr double kExact = 9007199254740992.0;
    return value == std::floor(value) && std::fabs(value) <= kExact ? make_integer(static_cast<std::int64_t>(value)) : make_number(value);
}

Value count(std::size_t value) { return make_integer(static_cast<std::int64_t>(value)); }

Value number_schema(const ShapeNode& node) {
    Value schema = typed(node.form == Form::kInteger ? "integer" : "number");
    if (std::isfinite(node.low)) {
        schema.put(node.low_open ? "exclusiveMinimum" : "minimum", plain_number(node.low));
    }
    if (std::isfinite(node.high)) {
        schema.put(node.high_open ? "exclusiveMaximum" : "maximum", plain_number(node.high));
    }
    return schema;
}

Value text_schema(std::string_view pattern) {
    Value schema = typed("string");
    return schema.put("pattern", make_text(pattern));
}

Value list_schema(const ShapeNode& node, Definitions& definitions) {
    Value schema = typed("array");
    schema.put("items", schema_of(node.parts[0], definitions));
    if (node.least > 0) {
        schema.put("minItems", count(node.least));
    }
    return schema.put("maxItems", count(node.most));
}

Value map_schema(const ShapeNode& node, Definitions& definitions) {
    Value names = schema_of(node.parts[0], definitions);
    Value comment = text_schema("^x-");
    Value schema = typed("object");
    schema.put("propertyNames", make_object({{"anyOf", make_list({std::move(names), std::move(comment)})}}));
    schema.put("patternProperties", comments());
    return schema.put("additionalProperties", schema_of(node.parts[1], definitions));
}

Value field_schema(const Field& field, Definitions& definitions) {
    Value schema = schema_of(field.shape, definitions);
    if (!field.text.empty()) {
        const std::string& unit = field.shape.node().unit;
        schema.put("description", make_text(unit.empty() ? field.text : field.text + " (" + unit + ")"));
    }
    if (field.presence == Presence::kDefault) {
        schema.put("default", field.default_value);
    }
    return schema;
}

void put_fields(const std::vector<Field>& fields, Value& properties, std::vector<std::string>& needed, Definitions& definitions) {
    for (const Field& field : fields) {
        properties.put(field.name, field_schema(field, definitions));
        if (field.presence == Presence::kRequired) {
            needed.push_back(field.name);
        }
    }
}

Value object_schema(const ShapeNode& node, const Variant* variant, Definitions& definitions) {
    Value properties = make_object({});
    std::vector<std::string> needed;
    put_fields(node.fields, properties, needed, definitions);
    Value schema = typed("object");
    if (variant != nullptr) {
        properties.put(node.tag, make_object({{"const", make_text(variant->name)}}));
        put_fields(variant->fields, properties, needed, definitions);
        if (!variant->text.empty()) {
            schema.put("description", make_text(variant->text));
        }
    }
    schema.put("properties", std::move(properties));
    if (!needed.empty()) {
        schema.put("required", texts(needed));
    }
    schema.put("patternProperties", comments());
    return schema.put("additionalProperties", make_bool(false));
}

Value alternatives(std::string_view keyword, std::vector<Value> schemas) {
    return make_object({{std::string(keyword), make_list(std::move(schemas))}});
}

Value parts_schema(const ShapeNode& node, Definitions& definitions) {
    std::vector<Value> schemas;
    for (const Shape& part : node.parts) {
        schemas.push_back(schema_of(part, definitions));
    }
    return alternatives("anyOf", std::move(schemas));
}

/// A reference to an equal definition, made if there is none. Wrapped in allOf: draft-07 ignores what stands beside "$ref".
Value defined(std::string_view kind, Value schema, Definitions& definitions) {
    std::string name;
    std::size_t of_kind = 0;
    for (const auto& [known, definition] : definitions) {
        of_kind += known.substr(0, kind.size()) == kind ? 1U : 0U;
        name = definition == schema ? known : name;
    }
    if (name.empty()) {
        name = std::string(kind) + "-" + std::to_string(of_kind + 1);
        definitions.emplace_back(name, std::move(schema));
    }
    return alternatives("allOf", {make_object({{"$ref", make_text("#/definitions/" + name)}})});
}

Value tagged_schema(const ShapeNode& node, Definitions& definitions) {
    std::vector<Value> schemas;
    for (const Variant& variant : node.variants) {
        schemas.push_back(object_schema(node, &variant, definitions));
    }
    return alternatives("oneOf", std::move(schemas));
}

Value schema_of(const Shape& shape, Definitions& definitions) {
    const ShapeNode& node = shape.node();
    switch (node.form) {
        case Form::kAny: return make_object({});
        case Form::kText: {
            Value schema = typed("string");
            schema.put("minLength", count(1));
            return schema.put("maxLength", count(node.most));
        }
        case Form::kIdentifier: return text_schema(kIdentifierPattern);
        case Form::kCode: return text_schema(kCodePattern);
        case Form::kNumber:
        case Form::kInteger: return number_schema(node);
        case Form::kFlag: return typed("boolean");
        case Form::kDuration: return text_schema(kDurationPattern);
        case Form::kSignedDuration: return text_schema(kSignedDurationPattern);
        case Form::kChoice: return make_object({{"enum", texts(node.words)}});
        case Form::kReference: return typed("string");
        case Form::kList: return list_schema(node, definitions);
        case Form::kMap: return map_schema(node, definitions);
        case Form::kObject: return object_schema(node, nullptr, definitions);
        case Form::kTagged: return tagged_schema(node, definitions);
        case Form::kEither: return parts_schema(node, definitions);
        case Form::kFigure: return defined("figure", parts_schema(node, definitions), definitions);
        case Form::kDistribution: return defined("distribution", parts_schema(node, definitions), definitions);
    }
    return make_object({});
}

}  // namespace

std::string json_schema(const Shape& shape, std::string_view title, std::string_view id) {
    Value schema = make_object({
        {"$schema", make_text("http://json-schema.org/draft-07/schema#")},
        {"$id", make_text(id)},
        {"title", make_text(title)},
    });
    Definitions definitions;
    const Value root = schema_of(shape, definitions);
    for (const Member& member : root.members) {
        schema.put(member.key, member.value);
    }
    if (!definitions.empty()) {
        schema.put("definitions", make_object(std::move(definitions)));
    }
    return write_json(schema, 2);
}

}  // namespace sim
