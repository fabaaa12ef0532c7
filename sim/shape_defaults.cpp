// Walking checked documents together with their defaults: writing them out, and listing the figures used.
#include <string>
#include <utility>
#include <vector>

#include "sim/shape_check.h"
#include "sim/shape_node.h"
#include "sim/shape_view.h"

namespace sim {
namespace {

Value fill(Value value, const Shape& shape);

void fill_fields(Value& value, const std::vector<Field>& fields) {
    for (const Field& field : fields) {
        Value* found = value.find(field.name);
        if (found != nullptr) {
            *found = fill(std::move(*found), field.shape);
        } else if (field.presence == Presence::kDefault) {
            value.put(field.name, fill(field.default_value, field.shape));
        }
    }
}

Value fill(Value value, const Shape& shape) {
    const ShapeNode& node = shape.node();
    if (node.form == Form::kEither) {
        const Shape& part = node.parts[pick(node, value.kind)];
        return fill(std::move(value), part);
    }
    if (node.form == Form::kList) {
        for (Value& item : value.items) {
            item = fill(std::move(item), node.parts[0]);
        }
    } else if (node.form == Form::kMap) {
        for (Member& member : value.members) {
            if (!is_comment(member.key)) {
                member.value = fill(std::move(member.value), node.parts[1]);
            }
        }
    } else if (node.form == Form::kObject || node.form == Form::kTagged) {
        const Variant* variant = variant_of(node, value);
        fill_fields(value, node.fields);
        if (variant != nullptr) {
            fill_fields(value, variant->fields);
        }
    }
    return value;
}

/// What is known of a figure from the key that holds it.
struct Context {
    std::string text;
    std::string source;
    bool by_default = false;
};

class FigureList {
public:
    void visit(const Value& value, const Shape& shape, const std::string& pointer, const Context& context);
    std::vector<FigureUse> take() { return std::move(uses_); }

private:
    void visit_object(const Value& value, const ShapeNode& node, const std::string& pointer, const Context& context);
    void visit_defaults(const Value& value, const std::vector<Field>& fields, const std::string& pointer);

    std::vector<FigureUse> uses_;
};

void FigureList::visit(const Value& value, const Shape& shape, const std::string& pointer, const Context& context) {
    const ShapeNode& node = shape.node();
    const bool is_constant = node.form == Form::kDistribution && value.kind != Kind::kObject;
    if (node.form == Form::kFigure || is_constant) {
        Figure figure = View(value, shape).figure();
        if (context.by_default && figure.source.empty()) {
            figure.source = context.source;
        }
        const std::string unit = node.parts[0].node().form == Form::kDuration ? "s" : node.unit;
        uses_.push_back(
            {.pointer = pointer, .figure = std::move(figure), .unit = unit, .text = context.text, .by_default = context.by_default});
    } else if (node.form == Form::kDistribution) {
        visit(value, node.parts[1], pointer, context);
    } else if (node.form == Form::kEither) {
        visit(value, node.parts[pick(node, value.kind)], pointer, context);
    } else if (node.form == Form::kList) {
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            visit(value.items[i], node.parts[0], pointer_with(pointer, i), context);
        }
    } else if (node.form == Form::kMap || node.form == Form::kObject || node.form == Form::kTagged) {
        visit_object(value, node, pointer, context);
    }
}

void FigureList::visit_object(const Value& value, const ShapeNode& node, const std::string& pointer, const Context& context) {
    const Variant* variant = variant_of(node, value);
    for (const Member& member : value.members) {
        const Field* field = field_of(node, variant, member.key);
        if (is_comment(member.key)) {
            continue;
        }
        if (node.form == Form::kMap) {
            visit(member.value, node.parts[1], pointer_with(pointer, member.key), context);
        } else if (field != nullptr) {
            visit(member.value, field->shape, pointer_with(pointer, member.key),
                  {.text = field->text, .source = context.source, .by_default = context.by_default});
        }
    }
    visit_defaults(value, node.fields, pointer);
    if (variant != nullptr) {
        visit_defaults(value, variant->fields, pointer);
    }
}

void FigureList::visit_defaults(const Value& value, const std::vector<Field>& fields, const std::string& pointer) {
    for (const Field& field : fields) {
        if (field.presence == Presence::kDefault && value.find(field.name) == nullptr) {
            visit(field.default_value, field.shape, pointer_with(pointer, field.name),
                  {.text = field.text, .source = field.source, .by_default = true});
        }
    }
}

}  // namespace

Value with_defaults(const Value& value, const Shape& shape) { return fill(value, shape); }

std::vector<FigureUse> figures_used(const Value& value, const Shape& shape) {
    FigureList list;
    list.visit(value, shape, "", {});
    return list.take();
}

}  // namespace sim
