// Shapes: one description of a document, from which reader, messages, defaults, schema and reference tables all follow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/json.h"
#include "sim/time.h"

namespace sim {

class Findings;
class View;
struct Field;
struct ShapeNode;

/// A check of values together, run only on a value whose own structure is right. It must not throw.
using Check = std::function<void(const View&, Findings&)>;

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

/// What a value must look like. Immutable and cheap to copy. Built by the functions below; modifiers return a changed copy.
class Shape {
public:
    /// Any JSON value.
    Shape();
    explicit Shape(std::shared_ptr<const ShapeNode> node) : node_(std::move(node)) {}

    /// A list of objects with the text key `key`, or a map (its keys): every name is declared in namespace `space`, where it must
    /// be unique. May be called several times, for several namespaces.
    [[nodiscard]] Shape declares(std::string_view space, std::string_view key = "id") const;

    /// Adds a check; checks run in the order they were added.
    [[nodiscard]] Shape that(Check check) const;

    /// Excludes the bound itself. Precondition: a number or a figure, the bound finite, and no check added yet.
    [[nodiscard]] Shape open_low() const;
    [[nodiscard]] Shape open_high() const;

    /// The keys of an object; of a tagged object its tag, the common ones, then those of each variant. Else empty.
    [[nodiscard]] std::vector<Field> fields() const;

    /// "a number in [0, 1] (share)": what messages expect.
    [[nodiscard]] std::string describe() const;

    [[nodiscard]] const ShapeNode& node() const noexcept { return *node_; }

private:
    std::shared_ptr<const ShapeNode> node_;
};

enum class Presence : std::uint8_t { kRequired, kOptional, kDefault };

/// One key of an object.
struct Field {
    std::string name;
    Shape shape;
    Presence presence = Presence::kRequired;
    Value default_value;  ///< kDefault: what a View shows when the key is not written
    std::string text;     ///< what it means, for tables, schema and the message when it is missing
    std::string source;   ///< of the default: a key of sources.bib, or "assumed"
};

[[nodiscard]] Field required(std::string_view name, Shape shape, std::string_view text);
[[nodiscard]] Field optional(std::string_view name, Shape shape, std::string_view text);
[[nodiscard]] Field defaulted(std::string_view name, Shape shape, Value value, std::string_view text, std::string_view source = "");

/// Free text of 1 to `max_bytes` bytes without control characters other than line feed and tab.
[[nodiscard]] Shape text(std::size_t max_bytes = 200);

/// A name: [a-z0-9][a-z0-9_-]{0,63}, not beginning with "x-", which is left to comments.
[[nodiscard]] Shape identifier();

/// A code of 2 to 8 capital letters: [A-Z]{2,8}.
[[nodiscard]] Shape code();

/// A number in [low, high]; `unit` is shown in messages and tables ("share", "messages per day", or "").
[[nodiscard]] Shape number(std::string_view unit, double low = -kUnbounded, double high = kUnbounded);

/// A whole number in [low, high], within +-2^53. 5e4 and 3.0 are whole numbers, 3.5 is not.
[[nodiscard]] Shape integer(std::string_view unit, std::int64_t low, std::int64_t high);

/// true or false.
[[nodiscard]] Shape flag();

/// A duration string such as "30 min", in [low, high].
[[nodiscard]] Shape duration(Duration low = {0}, Duration high = kCentury);

/// A duration string that may be negative, such as "-5 h".
[[nodiscard]] Shape signed_duration(Duration low, Duration high);

/// One of the given words.
[[nodiscard]] Shape choice(std::vector<std::string> words);

/// A name declared in one of the namespaces, by this document or by one outside it, or one of the extra words (such as "*").
[[nodiscard]] Shape reference(std::vector<std::string> spaces, std::vector<std::string> words = {});

/// A list of `least` to `most` items.
[[nodiscard]] Shape list(Shape item, std::size_t least = 0, std::size_t most = 100'000);

/// An object whose keys are data: at most `most`, each of shape `key` (a text shape), each value of shape `value`.
[[nodiscard]] Shape map(Shape key, Shape value, std::size_t most = 100'000);

/// An object with these keys and no others (but "x-...").
[[nodiscard]] Shape object(std::vector<Field> fields);

/// One of several shapes, told apart by the JSON type. Precondition: no two accept the same type.
[[nodiscard]] Shape either(std::vector<Shape> alternatives);

/// A quantity, or {"value", "range" or "dist", "source", "confidence", "note"}. Precondition: `quantity` is a number() or a
/// duration().
[[nodiscard]] Shape figure(Shape quantity);

/// A quantity or {"constant": q} (always that), {"uniform": {"low", "high"}}, {"exponential": {"mean"}} or {"lognormal":
/// {"median", "sigma"}}; each parameter is a figure(). Precondition: `quantity` is a number() or a duration().
[[nodiscard]] Shape distribution(Shape quantity);

/// The keys that come with one value of the tag.
struct Variant {
    std::string name;
    std::vector<Field> fields;
    std::string text;  ///< what it is, for tables and schema
};

/// An object with the keys `common`, the required key `tag`, and the keys of the variant that the tag names.
[[nodiscard]] Shape tagged(std::string_view tag, std::vector<Variant> variants, std::vector<Field> common = {});

}  // namespace sim
