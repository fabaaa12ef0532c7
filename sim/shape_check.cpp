// The walk that checks a document against a shape.
#include "sim/shape_check.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/shape_names.h"
#include "sim/shape_node.h"
#include "sim/shape_view.h"

namespace sim {
namespace {

constexpr double kExactInteger = 9007199254740992.0;  // 2^53

std::vector<std::string> field_names(const ShapeNode& node, const Variant* variant) {
    std::vector<std::string> names;
    for (const Field& field : node.fields) {
        names.push_back(field.name);
    }
    if (variant != nullptr) {
        for (const Field& field : variant->fields) {
            names.push_back(field.name);
        }
    }
    return names;
}

bool is_identifier(std::string_view text) {
    constexpr std::size_t kMostBytes = 64;
    const auto is_first = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (text.empty() || text.size() > kMostBytes || !is_first(text[0]) || is_comment(text)) {
        return false;
    }
    for (const char c : text) {
        if (!is_first(c) && c != '_' && c != '-') {
            return false;
        }
    }
    return true;
}

bool is_code(std::string_view text) {
    constexpr std::size_t kFewest = 2;
    constexpr std::size_t kMost = 8;
    for (const char c : text) {
        if (c < 'A' || c > 'Z') {
            return false;
        }
    }
    return text.size() >= kFewest && text.size() <= kMost;
}

bool has_control_characters(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20U && c != '\n' && c != '\t') || byte == 0x7FU) {
            return true;
        }
    }
    return false;
}

bool in_bounds(const ShapeNode& node, double value) {
    return (node.low_open ? value > node.low : value >= node.low) && (node.high_open ? value < node.high : value <= node.high);
}

}  // namespace

/// One walk over a document. Findings come in any order; Findings keeps the first in reading order.
class Walk {
public:
    Walk(Findings& findings, const Names& outside, const FirstPlaces& first) : findings_(findings), outside_(outside), first_(first) {}

    void check_root(const Value& value, const Shape& shape) {
        check_below({.key = nullptr, .index = 0, .place = value.place}, value, shape);
    }

private:
    using Step = Findings::Step;

    void check(const Value& value, const Shape& shape);

    void check_below(Step step, const Value& value, const Shape& shape) {
        findings_.way_.push_back(step);
        check(value, shape);
        findings_.way_.pop_back();
    }
    /// Reports a value by what its shape expects.
    void refuse(const Value& value, Code code, const Shape& shape) {
        if (findings_.wants(value.place)) {
            findings_.keep(value.place, code, shape.describe(), describe(value));
        }
    }
    void check_structure(const Value& value, const Shape& shape);
    void check_text(const Value& value, const Shape& shape);
    void check_number(const Value& value, const Shape& shape);
    void check_duration(const Value& value, const Shape& shape);
    void check_choice(const Value& value, const Shape& shape);
    void check_reference(const Value& value, const Shape& shape);
    void check_list(const Value& value, const Shape& shape);
    void check_map(const Value& value, const Shape& shape);
    void check_object(const Value& value, const Shape& shape);
    void check_missing(const Value& value, const ShapeNode& node, const std::vector<Field>& fields);
    void check_unique(const Value& value, const ShapeNode& node);

    Findings& findings_;
    const Names& outside_;
    const FirstPlaces& first_;
};

void Walk::check(const Value& value, const Shape& shape) {
    const std::size_t before = findings_.count();
    check_structure(value, shape);
    if (findings_.count() == before) {
        for (const Check& check : shape.node().checks) {
            check(View(value, shape), findings_);
        }
    }
}

void Walk::check_structure(const Value& value, const Shape& shape) {
    const ShapeNode& node = shape.node();
    if (!accepts(node, value.kind)) {
        refuse(value, Code::kType, shape);
        return;
    }
    switch (node.form) {
        case Form::kAny:
        case Form::kFlag: return;
        case Form::kText:
        case Form::kIdentifier:
        case Form::kCode: return check_text(value, shape);
        case Form::kNumber:
        case Form::kInteger: return check_number(value, shape);
        case Form::kDuration:
        case Form::kSignedDuration: return check_duration(value, shape);
        case Form::kChoice: return check_choice(value, shape);
        case Form::kReference: return check_reference(value, shape);
        case Form::kList: return check_list(value, shape);
        case Form::kMap: return check_map(value, shape);
        case Form::kObject:
        case Form::kTagged: return check_object(value, shape);
        case Form::kEither:
        case Form::kFigure:
        case Form::kDistribution: return check(value, node.parts[pick(node, value.kind)]);
    }
}

void Walk::check_text(const Value& value, const Shape& shape) {
    const ShapeNode& node = shape.node();
    const bool is_name = node.form == Form::kIdentifier;
    if (is_name && is_comment(value.text)) {
        findings_.add(value.place, Code::kPattern, "a name that does not begin with \"x-\", which marks comments", in_quotes(value.text));
    } else if ((is_name && !is_identifier(value.text)) || (node.form == Form::kCode && !is_code(value.text))) {
        refuse(value, Code::kPattern, shape);
    } else if (node.form == Form::kText && (value.text.empty() || value.text.size() > node.most)) {
        findings_.add(value.place, Code::kRange, shape.describe(),
                      value.text.empty() ? "an empty text" : std::to_string(value.text.size()) + " bytes");
    } else if (node.form == Form::kText && has_control_characters(value.text)) {
        findings_.add(value.place, Code::kPattern, "text without control characters", in_quotes(value.text));
    }
}

void Walk::check_number(const Value& value, const Shape& shape) {
    const double number = value.as_number();
    if (shape.node().form == Form::kInteger && (number != std::floor(number) || std::fabs(number) > kExactInteger)) {
        refuse(value, Code::kType, shape);
    } else if (!std::isfinite(number)) {
        // Cannot be read, only built by a program.
        refuse(value, Code::kNumber, shape);
    } else if (!in_bounds(shape.node(), number)) {
        refuse(value, Code::kRange, shape);
    }
}

void Walk::check_duration(const Value& value, const Shape& shape) {
    Duration found{};
    try {
        found = shape.node().form == Form::kDuration ? parse_duration(value.text) : parse_signed_duration(value.text);
    } catch (const Error& error) {
        findings_.add(value.place, error.code(), error.expected(), error.got(), error.nearest());
        return;
    }
    if (!in_bounds(shape.node(), static_cast<double>(found.us))) {
        refuse(value, Code::kRange, shape);
    }
}

void Walk::check_choice(const Value& value, const Shape& shape) {
    for (const std::string& word : shape.node().words) {
        if (word == value.text) {
            return;
        }
    }
    findings_.add_unknown(value.place, Code::kChoice, shape.describe(), value.text, shape.node().words);
}

void Walk::check_reference(const Value& value, const Shape& shape) {
    const ShapeNode& node = shape.node();
    for (const std::string& word : node.words) {
        if (word == value.text) {
            return;
        }
    }
    for (const std::string& space : node.spaces) {
        if (findings_.names().has(space, value.text)) {
            return;
        }
    }
    if (findings_.wants(value.place)) {
        std::vector<std::string> known = findings_.names().in_all(node.spaces);
        known.insert(known.end(), node.words.begin(), node.words.end());
        findings_.keep(value.place, Code::kReference, shape.describe(), in_quotes(value.text), nearest_name(value.text, known));
    }
}

void Walk::check_list(const Value& value, const Shape& shape) {
    const ShapeNode& node = shape.node();
    if (value.items.size() < node.least || value.items.size() > node.most) {
        findings_.add(value.place, Code::kRange,
                      "a list of " + (node.least == node.most ? "" : std::to_string(node.least) + " to ") + std::to_string(node.most) +
                          (node.most == 1 ? " item" : " items"),
                      describe(value));
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        check_below({.key = nullptr, .index = i, .place = value.items[i].place}, value.items[i], node.parts[0]);
    }
    check_unique(value, node);
}

void Walk::check_map(const Value& value, const Shape& shape) {
    const ShapeNode& node = shape.node();
    std::size_t keys = 0;
    Value name = make_text("");
    for (const Member& member : value.members) {
        if (is_comment(member.key)) {
            continue;
        }
        ++keys;
        name.text = member.key;
        name.place = member.key_place;
        check_below({.key = &member.key, .index = 0, .place = member.key_place}, name, node.parts[0]);
        check_below({.key = &member.key, .index = 0, .place = member.value.place}, member.value, node.parts[1]);
    }
    if (keys > node.most) {
        findings_.add(value.place, Code::kRange, "an object of at most " + std::to_string(node.most) + " keys",
                      std::to_string(keys) + " keys");
    }
    check_unique(value, node);
}

void Walk::check_object(const Value& value, const Shape& shape) {
    const ShapeNode& node = shape.node();
    const Variant* variant = variant_of(node, value);
    const bool is_known = node.form == Form::kObject || variant != nullptr;
    bool has_unknown = false;
    for (const Member& member : value.members) {
        if (is_comment(member.key)) {
            continue;
        }
        const Field* field = field_of(node, variant, member.key);
        if (field != nullptr) {
            check_below({.key = &member.key, .index = 0, .place = member.value.place}, member.value, field->shape);
        } else if (is_known) {
            has_unknown = true;
            findings_.way_.push_back({.key = &member.key, .index = 0, .place = member.key_place});
            if (findings_.wants(member.key_place)) {
                const std::vector<std::string> known = field_names(node, variant);
                const std::string expected = known.empty() ? "no keys" : (known.size() == 1 ? "" : "one of ") + list_in_quotes(known);
                findings_.keep(member.key_place, Code::kUnknownKey, expected, in_quotes(member.key), nearest_name(member.key, known));
            }
            findings_.way_.pop_back();
        }
    }
    // An unknown key is most likely a missing one misspelt: then its message is the better one.
    if (!has_unknown) {
        check_missing(value, node, node.fields);
        if (variant != nullptr) {
            check_missing(value, node, variant->fields);
        }
    }
}

void Walk::check_missing(const Value& value, const ShapeNode& node, const std::vector<Field>& fields) {
    for (const Field& field : fields) {
        if (field.presence != Presence::kRequired || value.find(field.name) != nullptr || !findings_.wants(value.place)) {
            continue;
        }
        const bool is_tag = node.form == Form::kTagged && field.name == node.tag;
        const std::string meaning = is_tag ? field.shape.describe() : field.text;
        findings_.keep(value.place, Code::kMissingKey, "the key " + in_quotes(field.name) + (meaning.empty() ? "" : " (" + meaning + ")"),
                       describe(value));
    }
}

void Walk::check_unique(const Value& value, const ShapeNode& node) {
    for (const Declaration& declaration : node.declarations) {
        for (const Declared& declared : declared_by(value, declaration)) {
            const FirstDeclared& first = first_.find(std::pair(declaration.space, *declared.name))->second;
            if (outside_.has(declaration.space, *declared.name)) {
                findings_.add(declared.place, Code::kRepeatedId, "a name that is not yet in " + declaration.space,
                              in_quotes(*declared.name));
            } else if (first.name != declared.name && findings_.wants(declared.place)) {
                const std::string where = findings_.where(first.place);
                findings_.keep(declared.place, Code::kRepeatedId, "each name in " + declaration.space + " once",
                               in_quotes(*declared.name) + " a second time" + (where.empty() ? "" : ", first at " + where));
            }
        }
    }
}

std::optional<Error> first_error(const Value& value, const Shape& shape, const Places& places, const Names& outside) {
    Names names = outside;
    const FirstPlaces first = collect_names(value, shape, names);
    Findings findings(places, names);
    Walk(findings, outside, first).check_root(value, shape);
    return findings.first();
}

}  // namespace sim
