// Reference tables (Markdown) from shapes.
#include <string>
#include <vector>

#include "sim/shape_docs.h"
#include "sim/shape_node.h"

namespace sim {
namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        text += (i == 0 ? std::string() : std::string(between)) + words[i];
    }
    return text;
}

std::string as_code(const std::vector<std::string>& words) {
    std::vector<std::string> marked;
    for (const std::string& word : words) {
        marked.push_back("`" + word + "`");
    }
    return joined(marked, ", ");
}

/// "number (share)", "list of names": the type with its unit.
std::string type_name(const Shape& shape) {
    const ShapeNode& node = shape.node();
    const std::string unit = node.unit.empty() ? "" : " (" + node.unit + ")";
    switch (node.form) {
        case Form::kAny: return "any";
        case Form::kText: return "text";
        case Form::kIdentifier: return "name";
        case Form::kCode: return "code";
        case Form::kNumber: return "number" + unit;
        case Form::kInteger: return "whole number" + unit;
        case Form::kFlag: return "true or false";
        case Form::kDuration:
        case Form::kSignedDuration: return "duration";
        case Form::kChoice: return "one of " + as_code(node.words);
        case Form::kReference: return "name from " + joined(node.spaces, ", ") + (node.words.empty() ? "" : ", or " + as_code(node.words));
        case Form::kList: return "list: " + type_name(node.parts[0]);
        case Form::kMap: return "object by " + type_name(node.parts[0]) + ": " + type_name(node.parts[1]);
        case Form::kObject:
        case Form::kTagged: return "object";
        case Form::kEither: {
            std::vector<std::string> names;
            for (const Shape& part : node.parts) {
                names.push_back(type_name(part));
            }
            return joined(names, "; or ");
        }
        case Form::kFigure: return (node.parts[0].node().form == Form::kDuration ? "figure of a duration" : "figure") + unit;
        case Form::kDistribution:
            return (node.parts[0].node().form == Form::kDuration ? "distribution of durations" : "distribution") + unit;
    }
    return "any";
}

std::string describe_count(std::size_t least, std::size_t most) {
    return least == most ? std::to_string(most) + " items" : std::to_string(least) + " to " + std::to_string(most) + " items";
}

std::string range_of(const Shape& shape) {
    const ShapeNode& node = shape.node();
    switch (node.form) {
        case Form::kNumber:
        case Form::kInteger:
        case Form::kDuration:
        case Form::kSignedDuration: return describe_bounds(node);
        case Form::kFigure:
        case Form::kDistribution: return range_of(node.parts[0]);
        case Form::kText: return "1 to " + std::to_string(node.most) + " bytes";
        case Form::kList: return node.least == 0 ? "" : describe_count(node.least, node.most);
        case Form::kEither: {
            std::vector<std::string> ranges;
            for (const Shape& part : node.parts) {
                const std::string range = range_of(part);
                if (!range.empty()) {
                    ranges.push_back(range);
                }
            }
            return joined(ranges, "; ");
        }
        default: return "";
    }
}

std::string cell(std::string_view text) {
    std::string result;
    for (const char c : text) {
        result += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
    }
    return result;
}

class Table {
public:
    void add_shape(const Shape& shape, const std::string& path);
    std::string take() { return std::move(text_); }

private:
    void add_fields(const std::vector<Field>& fields, const std::string& path);
    void add_row(const std::vector<std::string>& cells) {
        for (const std::string& one : cells) {
            text_ += "| " + cell(one) + (one.empty() ? "" : " ");
        }
        text_ += "|\n";
    }

    std::string text_ = "| key | type and unit | range | default | source | meaning |\n|---|---|---|---|---|---|\n";
};

void Table::add_fields(const std::vector<Field>& fields, const std::string& path) {
    for (const Field& field : fields) {
        const std::string key = path.empty() ? field.name : path + "." + field.name;
        std::string by_default = field.presence == Presence::kRequired ? "required" : "none";
        if (field.presence == Presence::kDefault) {
            by_default = "`" + write_json(field.default_value, 0) + "`";
        }
        add_row({"`" + key + "`", type_name(field.shape), range_of(field.shape), by_default, field.source, field.text});
        add_shape(field.shape, key);
    }
}

void Table::add_shape(const Shape& shape, const std::string& path) {
    const ShapeNode& node = shape.node();
    if (node.form == Form::kList) {
        add_shape(node.parts[0], path + "[]");
    } else if (node.form == Form::kMap) {
        add_shape(node.parts[1], path.empty() ? "*" : path + ".*");
    } else if (node.form == Form::kEither) {
        for (const Shape& part : node.parts) {
            add_shape(part, path);
        }
    } else if (node.form == Form::kObject || node.form == Form::kTagged) {
        add_fields(node.fields, path);
        for (const Variant& variant : node.variants) {
            const std::string tagged = path + "[" + node.tag + "=" + variant.name + "]";
            add_row({"`" + tagged + "`", "", "", "", "", variant.text});
            add_fields(variant.fields, tagged);
        }
    }
}

}  // namespace

std::string reference_table(const Shape& shape) {
    Table table;
    table.add_shape(shape, "");
    return table.take();
}

}  // namespace sim
