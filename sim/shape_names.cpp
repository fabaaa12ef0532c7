// Collecting declared names.
#include "sim/shape_names.h"

#include "sim/shape_check.h"

namespace sim {
namespace {

void collect(const Value& value, const Shape& shape, Names& names, FirstPlaces& first);

void collect_members(const Value& value, const ShapeNode& node, Names& names, FirstPlaces& first) {
    const Variant* variant = variant_of(node, value);
    for (const Member& member : value.members) {
        if (is_comment(member.key)) {
            continue;
        }
        const Field* field = field_of(node, variant, member.key);
        if (node.form == Form::kMap) {
            collect(member.value, node.parts[1], names, first);
        } else if (field != nullptr) {
            collect(member.value, field->shape, names, first);
        }
    }
}

void collect(const Value& value, const Shape& shape, Names& names, FirstPlaces& first) {
    const ShapeNode& node = shape.node();
    if (!accepts(node, value.kind)) {
        return;
    }
    if (node.form == Form::kEither) {
        collect(value, node.parts[pick(node, value.kind)], names, first);
        return;
    }
    for (const Declaration& declaration : node.declarations) {
        names.open(declaration.space);
        for (const Declared& declared : declared_by(value, declaration)) {
            names.add(declaration.space, *declared.name);
            first.emplace(std::pair(declaration.space, *declared.name), FirstDeclared{.name = declared.name, .place = declared.place});
        }
    }
    collect_members(value, node, names, first);
    if (node.form == Form::kList) {
        for (const Value& item : value.items) {
            collect(item, node.parts[0], names, first);
        }
    }
}

}  // namespace

std::vector<Declared> declared_by(const Value& value, const Declaration& declaration) {
    std::vector<Declared> all;
    for (const Member& member : value.members) {
        if (!is_comment(member.key)) {
            all.push_back({.name = &member.key, .place = member.key_place});
        }
    }
    for (const Value& item : value.items) {
        const Value* name = item.find(declaration.key);
        if (name != nullptr && name->kind == Kind::kString) {
            all.push_back({.name = &name->text, .place = name->place});
        }
    }
    return all;
}

FirstPlaces collect_names(const Value& value, const Shape& shape, Names& names) {
    FirstPlaces first;
    collect(value, shape, names, first);
    return first;
}

Names declared_names(const Value& value, const Shape& shape) {
    Names names;
    (void)collect_names(value, shape, names);
    return names;
}

}  // namespace sim
