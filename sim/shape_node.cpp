// What shapes accept and how messages name them.
#include "sim/shape_node.h"

#include <cmath>
#include <cstdint>

#include "sim/shape.h"

namespace sim {
namespace {

bool is_duration(const ShapeNode& node) { return node.form == Form::kDuration || node.form == Form::kSignedDuration; }

std::string bound(const ShapeNode& node, double value) {
    return is_duration(node) ? format_duration(Duration{static_cast<std::int64_t>(value)}) : format_number(value);
}

std::string describe_duration(const ShapeNode& node) {
    const std::string bounds = describe_bounds(node);
    return bounds.empty() ? "a duration such as \"30 min\"" : "a duration in " + bounds;
}

std::string describe_count(std::string_view what, std::size_t least, std::size_t most) {
    std::string text(what);
    if (least == most) {
        return text + " of " + std::to_string(most) + (most == 1 ? " item" : " items");
    }
    return text + " of " + std::to_string(least) + " to " + std::to_string(most) + " items";
}

std::string joined(const std::vector<std::string>& words, std::string_view last) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) {
            text += i + 1 == words.size() ? last : ", ";
        }
        text += words[i];
    }
    return text;
}

std::string describe_number(const ShapeNode& node, std::string text) {
    if (node.low == node.high) {
        return "the number " + bound(node, node.low);
    }
    const std::string bounds = describe_bounds(node);
    if (!bounds.empty()) {
        text += bounds[0] == '[' || bounds[0] == '(' ? " in " + bounds : " " + bounds;
    }
    return node.unit.empty() ? text : text + " (" + node.unit + ")";
}

std::string describe_parts(const std::vector<Shape>& parts) {
    std::vector<std::string> texts;
    for (const Shape& part : parts) {
        texts.push_back(part.describe());
    }
    return joined(texts, " or ");
}

}  // namespace

std::string describe_bounds(const ShapeNode& node) {
    const bool has_low = std::isfinite(node.low);
    const bool has_high = std::isfinite(node.high);
    if (node.form == Form::kDuration && node.low == 0 && node.high == static_cast<double>(kCentury.us)) {
        return "";
    }
    if (has_low && has_high) {
        return (node.low_open ? "(" : "[") + bound(node, node.low) + ", " + bound(node, node.high) + (node.high_open ? ")" : "]");
    }
    if (has_low) {
        return (node.low_open ? "above " : "at or above ") + bound(node, node.low);
    }
    if (has_high) {
        return (node.high_open ? "below " : "at or below ") + bound(node, node.high);
    }
    return "";
}

std::string Shape::describe() const {
    const ShapeNode& node = *node_;
    switch (node.form) {
        case Form::kAny: return "a value";
        case Form::kText: return "text of 1 to " + std::to_string(node.most) + " bytes";
        case Form::kIdentifier: return "a name of 1 to 64 characters a-z, 0-9, _ and -, the first a letter or digit";
        case Form::kCode: return "a code of 2 to 8 capital letters";
        case Form::kNumber: return describe_number(node, "a number");
        case Form::kInteger: return describe_number(node, "a whole number");
        case Form::kFlag: return "true or false";
        case Form::kDuration:
        case Form::kSignedDuration: return describe_duration(node);
        case Form::kChoice: return node.words.size() == 1 ? in_quotes(node.words[0]) : "one of " + list_in_quotes(node.words);
        case Form::kReference: {
            const std::string names = "a name from " + joined(node.spaces, " or ");
            return node.words.empty() ? names : names + ", or " + list_in_quotes(node.words);
        }
        case Form::kList: return node.least == 0 ? "a list" : describe_count("a list", node.least, node.most);
        case Form::kMap:
        case Form::kObject:
        case Form::kTagged: return "an object";
        case Form::kEither: return describe_parts(node.parts);
        case Form::kFigure: return node.parts[0].describe() + " or an object with \"value\"";
        case Form::kDistribution:
            return node.parts[0].describe() + R"( or an object with "constant", "uniform", "exponential" or "lognormal")";
    }
    return "a value";
}

bool accepts(const ShapeNode& node, Kind kind) {
    switch (node.form) {
        case Form::kAny: return true;
        case Form::kText:
        case Form::kIdentifier:
        case Form::kCode:
        case Form::kDuration:
        case Form::kSignedDuration:
        case Form::kChoice:
        case Form::kReference: return kind == Kind::kString;
        case Form::kNumber:
        case Form::kInteger: return kind == Kind::kInteger || kind == Kind::kNumber;
        case Form::kFlag: return kind == Kind::kBool;
        case Form::kList: return kind == Kind::kArray;
        case Form::kMap:
        case Form::kObject:
        case Form::kTagged: return kind == Kind::kObject;
        case Form::kEither:
        case Form::kFigure:
        case Form::kDistribution: return pick(node, kind) < node.parts.size();
    }
    return false;
}

std::size_t pick(const ShapeNode& node, Kind kind) {
    std::size_t i = 0;
    while (i < node.parts.size() && !accepts(node.parts[i].node(), kind)) {
        ++i;
    }
    return i;
}

const Variant* variant_of(const ShapeNode& node, const Value& value) {
    const Value* tag = node.form == Form::kTagged ? value.find(node.tag) : nullptr;
    if (tag != nullptr && tag->kind == Kind::kString) {
        for (const Variant& variant : node.variants) {
            if (variant.name == tag->text) {
                return &variant;
            }
        }
    }
    return nullptr;
}

const Field* field_of(const ShapeNode& node, const Variant* variant, std::string_view name) {
    for (const Field& field : node.fields) {
        if (field.name == name) {
            return &field;
        }
    }
    if (variant != nullptr) {
        for (const Field& field : variant->fields) {
            if (field.name == name) {
                return &field;
            }
        }
    }
    return nullptr;
}

}  // namespace sim
