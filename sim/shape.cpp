// Building shapes.
#include "sim/shape.h"

#include <cassert>
#include <cmath>

#include "sim/shape_check.h"
#include "sim/shape_node.h"
#include "sim/shape_view.h"

namespace sim {
namespace {

Shape make(ShapeNode node) { return Shape(std::make_shared<const ShapeNode>(std::move(node))); }

ShapeNode of(Form form) {
    ShapeNode node;
    node.form = form;
    return node;
}

bool is_quantity(const Shape& shape) { return shape.node().form == Form::kNumber || shape.node().form == Form::kDuration; }

/// What a figure stands for when it is written as an object, or the view itself.
View plain(const View& view) { return view.kind() == Kind::kObject ? view["value"] : view; }

/// Microseconds of a duration, or the number itself.
double quantity_of(const View& view) {
    const View quantity = plain(view);
    return quantity.kind() == Kind::kString ? static_cast<double>(quantity.duration().us) : quantity.number();
}

std::string describe_quantity(const View& view) { return describe(plain(view).value()); }

void check_figure(const View& figure, Findings& findings) {
    const View range = figure["range"];
    if (range.present() && figure.has("dist")) {
        findings.add(figure["dist"].place(), Code::kInconsistent, "\"range\" or \"dist\", not both", "both");
    }
    if (!range.present()) {
        return;
    }
    const double value = quantity_of(figure["value"]);
    if (value < quantity_of(range.at(0)) || value > quantity_of(range.at(1))) {
        findings.add(range.place(), Code::kInconsistent,
                     "a range [low, high] with low <= " + describe(figure["value"].value()) + " <= high",
                     "[" + describe(range.at(0).value()) + ", " + describe(range.at(1).value()) + "]");
    }
}

void check_uniform(const View& uniform, Findings& findings) {
    if (quantity_of(uniform["low"]) > quantity_of(uniform["high"])) {
        findings.add(uniform["high"].place(), Code::kInconsistent,
                     "a high end at or above the low end, " + describe_quantity(uniform["low"]), describe_quantity(uniform["high"]));
    }
}

/// A check that one quantity is above 0.
Check above_zero(const std::string& key) {
    return [key](const View& view, Findings& findings) {
        if (quantity_of(view[key]) <= 0) {
            findings.add(view[key].place(), Code::kRange, "a " + key + " above 0", describe_quantity(view[key]));
        }
    };
}

void check_one_key(const View& view, Findings& findings) {
    int written = 0;
    for (const Member& member : view.value().members) {
        written += is_comment(member.key) ? 0 : 1;
    }
    if (written != 1) {
        findings.add(view.place(), written == 0 ? Code::kMissingKey : Code::kInconsistent,
                     R"(exactly one of the keys "constant", "uniform", "exponential", "lognormal")", describe(view.value()));
    }
}

/// The object that a distribution may be; `quantity` and `sigma` are the shapes of its parameters.
Shape distribution_object(const Shape& quantity, const Shape& sigma) {
    return object(
               {
                   optional("constant", quantity, "always this"),
                   optional(
                       "uniform",
                       object({required("low", quantity, "least value"), required("high", quantity, "greatest value")}).that(check_uniform),
                       "all values from low to high alike"),
                   optional("exponential", object({required("mean", quantity, "mean")}).that(above_zero("mean")), "no memory"),
                   optional(
                       "lognormal",
                       object({required("median", quantity, "median"), required("sigma", sigma, "standard deviation of the logarithm")})
                           .that(above_zero("median")),
                       "the logarithm is normal"),
               })
        .that(check_one_key);
}

Shape log_deviation() {
    constexpr double kMostSigma = 10;
    return number("", 0, kMostSigma);
}

Shape distribution_of(const Shape& quantity, const Shape& whole) {
    ShapeNode node = of(Form::kDistribution);
    node.unit = quantity.node().unit;
    node.parts = {quantity, whole};
    return make(std::move(node));
}

}  // namespace

Shape::Shape() {
    static const auto any = std::make_shared<const ShapeNode>();
    node_ = any;
}

Shape Shape::declares(std::string_view space, std::string_view key) const {
    assert(node_->form == Form::kList || node_->form == Form::kMap);
    ShapeNode changed = *node_;
    changed.declarations.push_back({.space = std::string(space), .key = std::string(key)});
    return make(std::move(changed));
}

Shape Shape::that(Check check) const {
    ShapeNode changed = *node_;
    changed.checks.push_back(std::move(check));
    return make(std::move(changed));
}

Shape Shape::open_low() const {
    assert(node_->checks.empty());  // a figure is built anew
    if (node_->form == Form::kFigure) {
        return figure(node_->parts[0].open_low());
    }
    assert(node_->form == Form::kNumber && std::isfinite(node_->low));
    ShapeNode changed = *node_;
    changed.low_open = true;
    return make(std::move(changed));
}

Shape Shape::open_high() const {
    assert(node_->checks.empty());
    if (node_->form == Form::kFigure) {
        return figure(node_->parts[0].open_high());
    }
    assert(node_->form == Form::kNumber && std::isfinite(node_->high));
    ShapeNode changed = *node_;
    changed.high_open = true;
    return make(std::move(changed));
}

std::vector<Field> Shape::fields() const {
    std::vector<Field> all = node_->fields;
    for (const Variant& variant : node_->variants) {
        all.insert(all.end(), variant.fields.begin(), variant.fields.end());
    }
    return all;
}

Field required(std::string_view name, Shape shape, std::string_view text) {
    return {.name = std::string(name),
            .shape = std::move(shape),
            .presence = Presence::kRequired,
            .default_value = {},
            .text = std::string(text),
            .source = ""};
}

Field optional(std::string_view name, Shape shape, std::string_view text) {
    Field field = required(name, std::move(shape), text);
    field.presence = Presence::kOptional;
    return field;
}

Field defaulted(std::string_view name, Shape shape, Value value, std::string_view text, std::string_view source) {
    Field field = required(name, std::move(shape), text);
    field.presence = Presence::kDefault;
    field.default_value = std::move(value);
    field.source = source;
    return field;
}

Shape text(std::size_t max_bytes) {
    ShapeNode node = of(Form::kText);
    node.most = max_bytes;
    return make(std::move(node));
}

Shape identifier() { return make(of(Form::kIdentifier)); }

Shape code() { return make(of(Form::kCode)); }

Shape number(std::string_view unit, double low, double high) {
    assert(low <= high);
    ShapeNode node = of(Form::kNumber);
    node.unit = unit;
    node.low = low;
    node.high = high;
    return make(std::move(node));
}

Shape integer(std::string_view unit, std::int64_t low, std::int64_t high) {
    assert(low <= high && low >= -(std::int64_t{1} << 53) && high <= (std::int64_t{1} << 53));
    ShapeNode node = of(Form::kInteger);
    node.unit = unit;
    node.low = static_cast<double>(low);
    node.high = static_cast<double>(high);
    return make(std::move(node));
}

Shape flag() { return make(of(Form::kFlag)); }

Shape duration(Duration low, Duration high) {
    assert(low.us >= 0 && low.us <= high.us);
    ShapeNode node = of(Form::kDuration);
    node.low = static_cast<double>(low.us);
    node.high = static_cast<double>(high.us);
    return make(std::move(node));
}

Shape signed_duration(Duration low, Duration high) {
    assert(low.us <= high.us);
    ShapeNode node = of(Form::kSignedDuration);
    node.low = static_cast<double>(low.us);
    node.high = static_cast<double>(high.us);
    return make(std::move(node));
}

Shape choice(std::vector<std::string> words) {
    assert(!words.empty());
    ShapeNode node = of(Form::kChoice);
    node.words = std::move(words);
    return make(std::move(node));
}

Shape reference(std::vector<std::string> spaces, std::vector<std::string> words) {
    assert(!spaces.empty());
    ShapeNode node = of(Form::kReference);
    node.spaces = std::move(spaces);
    node.words = std::move(words);
    return make(std::move(node));
}

Shape list(Shape item, std::size_t least, std::size_t most) {
    assert(least <= most);
    ShapeNode node = of(Form::kList);
    node.parts.push_back(std::move(item));
    node.least = least;
    node.most = most;
    return make(std::move(node));
}

Shape map(Shape key, Shape value, std::size_t most) {
    ShapeNode node = of(Form::kMap);
    node.parts = {std::move(key), std::move(value)};
    node.most = most;
    return make(std::move(node));
}

Shape object(std::vector<Field> fields) {
    ShapeNode node = of(Form::kObject);
    node.fields = std::move(fields);
    return make(std::move(node));
}

Shape either(std::vector<Shape> alternatives) {
    for (const Kind kind : {Kind::kNull, Kind::kBool, Kind::kNumber, Kind::kString, Kind::kArray, Kind::kObject}) {
        [[maybe_unused]] int accepting = 0;
        for (const Shape& alternative : alternatives) {
            accepting += accepts(alternative.node(), kind) ? 1 : 0;
        }
        assert(accepting <= 1);
    }
    ShapeNode node = of(Form::kEither);
    node.parts = std::move(alternatives);
    return make(std::move(node));
}

Shape figure(Shape quantity) {
    assert(is_quantity(quantity));
    const Shape spread = distribution_of(quantity, distribution_object(quantity, log_deviation()));  // its parameters are plain
    const Shape whole =
        object({
                   required("value", quantity, "the figure used"),
                   optional("range", list(quantity, 2, 2), "from where to where it may lie; experiments draw from it alike"),
                   optional("dist", spread, "how it may be distributed; experiments draw from it"),
                   optional("source", text(), "a key of the list of sources, or assumed"),
                   optional("confidence", choice({"low", "medium", "high"}), "how well the source supports it"),
                   optional("note", text(1000), "anything else to know about it"),
               })
            .that(check_figure);
    ShapeNode node = of(Form::kFigure);
    node.unit = quantity.node().unit;
    node.parts = {std::move(quantity), whole};
    return make(std::move(node));
}

Shape distribution(Shape quantity) {
    assert(is_quantity(quantity));
    return distribution_of(quantity, distribution_object(figure(quantity), figure(log_deviation())));
}

Shape tagged(std::string_view tag, std::vector<Variant> variants, std::vector<Field> common) {
    ShapeNode node = of(Form::kTagged);
    node.tag = tag;
    std::vector<std::string> words;
    for (const Variant& variant : variants) {
        words.push_back(variant.name);
    }
    node.fields.push_back(required(tag, choice(std::move(words)), "which of the following it is"));
    node.fields.insert(node.fields.end(), common.begin(), common.end());
    node.variants = std::move(variants);
    return make(std::move(node));
}

}  // namespace sim
