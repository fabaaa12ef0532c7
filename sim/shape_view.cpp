// Views: look-up, defaults and conversion of checked values.
#include "sim/shape_view.h"

#include <cassert>
#include <cmath>

#include "sim/shape_node.h"

namespace sim {
namespace {

/// The seconds of a duration, or the number itself; of a figure, those of its value.
double quantity_of(const View& view) {
    constexpr double kMicrosecondsPerSecond = 1e6;
    if (view.kind() == Kind::kObject) {
        return quantity_of(view["value"]);
    }
    return view.kind() == Kind::kString ? static_cast<double>(view.duration().us) / kMicrosecondsPerSecond : view.number();
}

[[maybe_unused]] bool is_key_of_a_variant(const ShapeNode& node, std::string_view key) {
    for (const Variant& variant : node.variants) {
        if (field_of(node, &variant, key) != nullptr) {
            return true;
        }
    }
    return false;
}

}  // namespace

View::View(const Value& value, const Shape& shape) : View(&value, &shape.node(), false) {}

View::View(const Value* value, const ShapeNode* node, bool defaulted) : value_(value), node_(node), defaulted_(defaulted) {
    while (value_ != nullptr && node_->form == Form::kEither) {
        const std::size_t picked = pick(*node_, value_->kind);
        assert(picked < node_->parts.size());
        alternative_ = is_either_ ? alternative_ : picked;
        is_either_ = true;
        node_ = &node_->parts[picked].node();
    }
}

View View::operator[](std::string_view key) const {
    if (!present()) {
        return *this;
    }
    assert(value_->kind == Kind::kObject);
    const bool is_wrapped = node_->form == Form::kFigure || node_->form == Form::kDistribution;
    const ShapeNode& node = is_wrapped ? node_->parts[1].node() : *node_;
    const Field* field = field_of(node, variant_of(node, *value_), key);
    if (field == nullptr) {
        assert(is_key_of_a_variant(node, key));
        return {nullptr, node_, false};
    }
    const Value* found = value_->find(key);
    if (found != nullptr) {
        return {found, &field->shape.node(), defaulted_};
    }
    const bool has_default = field->presence == Presence::kDefault;
    return {has_default ? &field->default_value : nullptr, &field->shape.node(), has_default};
}

Kind View::kind() const { return value().kind; }

std::size_t View::alternative() const {
    assert(present() && is_either_);
    return alternative_;
}

const Value& View::value() const {
    assert(present());
    return *value_;
}

double View::number() const {
    if (node_->form == Form::kFigure && kind() == Kind::kObject) {
        return value().find("value")->as_number();
    }
    return value().as_number();
}

std::int64_t View::integer() const {
    assert(node_->form == Form::kInteger && value().is_number());
    if (value_->kind == Kind::kInteger) {
        return value_->integer;
    }
    assert(value_->number == std::floor(value_->number));
    return static_cast<std::int64_t>(value_->number);
}

bool View::flag() const {
    assert(kind() == Kind::kBool);
    return value_->boolean;
}

const std::string& View::text() const {
    assert(kind() == Kind::kString);
    return value_->text;
}

Duration View::duration() const {
    if (node_->form == Form::kFigure && kind() == Kind::kObject) {
        return (*this)["value"].duration();
    }
    assert(node_->form == Form::kDuration || node_->form == Form::kSignedDuration || node_->form == Form::kDistribution ||
           node_->form == Form::kFigure);
    return node_->form == Form::kSignedDuration ? parse_signed_duration(text()) : parse_duration(text());
}

Figure View::figure() const {
    Figure figure;
    figure.value = quantity_of(*this);
    figure.low = figure.value;
    figure.high = figure.value;
    if (kind() != Kind::kObject) {
        return figure;
    }
    const View range = (*this)["range"];
    if (range.present()) {
        figure.has_range = true;
        figure.low = quantity_of(range.at(0));
        figure.high = quantity_of(range.at(1));
    }
    figure.source = has("source") ? (*this)["source"].text() : "";
    figure.confidence = has("confidence") ? (*this)["confidence"].text() : "";
    if (has("dist")) {
        figure.dist = (*this)["dist"].distribution();
    }
    return figure;
}

Distribution View::distribution() const {
    assert(present() && node_->form == Form::kDistribution);
    if (value_->kind != Kind::kObject) {
        return make_constant(quantity_of(*this));
    }
    const View constant = (*this)["constant"];
    const View uniform = (*this)["uniform"];
    const View exponential = (*this)["exponential"];
    const View lognormal = (*this)["lognormal"];
    if (constant.present()) {
        return make_constant(quantity_of(constant));
    }
    if (uniform.present()) {
        return make_uniform(quantity_of(uniform["low"]), quantity_of(uniform["high"]));
    }
    if (exponential.present()) {
        return make_exponential(quantity_of(exponential["mean"]));
    }
    return make_lognormal(quantity_of(lognormal["median"]), quantity_of(lognormal["sigma"]));
}

std::size_t View::size() const {
    if (!present()) {
        return 0;
    }
    if (value_->kind == Kind::kArray) {
        return value_->items.size();
    }
    assert(node_->form == Form::kMap);
    std::size_t size = 0;
    for (const Member& member : value_->members) {
        size += is_comment(member.key) ? 0U : 1U;
    }
    return size;
}

View View::at(std::size_t index) const {
    assert(present() && node_->form == Form::kList && index < value_->items.size());
    return {&value_->items[index], &node_->parts[0].node(), defaulted_};
}

std::vector<View> View::items() const {
    std::vector<View> items;
    for (std::size_t i = 0; present() && i < size(); ++i) {
        items.push_back(at(i));
    }
    return items;
}

std::vector<MemberView> View::members() const {
    std::vector<MemberView> members;
    if (present()) {
        assert(node_->form == Form::kMap);
        for (const Member& member : value_->members) {
            if (!is_comment(member.key)) {
                members.push_back(
                    {.key = member.key, .key_place = member.key_place, .value = {&member.value, &node_->parts[1].node(), defaulted_}});
            }
        }
    }
    return members;
}

}  // namespace sim
