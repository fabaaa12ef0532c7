// The inside of a Shape, for the files that interpret shapes: check, view, schema and tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/json.h"
#include "sim/shape.h"

namespace sim {

enum class Form : std::uint8_t {
    kAny,
    kText,
    kIdentifier,
    kCode,
    kNumber,
    kInteger,
    kFlag,
    kDuration,
    kSignedDuration,
    kChoice,
    kReference,
    kList,
    kMap,
    kObject,
    kTagged,
    kEither,
    kFigure,        ///< parts: the number, the object
    kDistribution,  ///< parts: the quantity, the object
};

/// A namespace that a list or map declares its names in.
struct Declaration {
    std::string space;
    std::string key;  ///< of the items of a list
};

/// All that a shape can say; which fields have a meaning depends on `form`.
struct ShapeNode {
    Form form = Form::kAny;
    std::string unit;
    double low = -kUnbounded;  ///< numbers; durations in microseconds, all of them exact in a double
    double high = kUnbounded;
    bool low_open = false;
    bool high_open = false;
    std::size_t least = 0;  ///< items of a list
    std::size_t most = 0;   ///< bytes of a text, items of a list, keys of a map
    std::vector<std::string> words;
    std::vector<std::string> spaces;
    std::vector<Shape> parts;  ///< list: item; map: key, value; either, figure, distribution: the alternatives
    std::string tag;
    std::vector<Field> fields;  ///< tagged: the tag itself, then the common ones
    std::vector<Variant> variants;
    std::vector<Declaration> declarations;
    std::vector<Check> checks;
};

/// Keys that anyone may write anywhere and nobody reads.
[[nodiscard]] inline bool is_comment(std::string_view key) { return key.substr(0, 2) == "x-"; }

/// Whether a value of this JSON type can have the shape at all.
[[nodiscard]] bool accepts(const ShapeNode& node, Kind kind);

/// The first alternative that accepts the type, or the number of alternatives.
[[nodiscard]] std::size_t pick(const ShapeNode& node, Kind kind);

/// The variant that the tag of `value` names, or nullptr if there is none.
[[nodiscard]] const Variant* variant_of(const ShapeNode& node, const Value& value);

/// The field of that name, among those of an object and those of a variant (which may be nullptr); or nullptr.
[[nodiscard]] const Field* field_of(const ShapeNode& node, const Variant* variant, std::string_view name);

/// "[0, 1]", "above 0", or "" when unbounded; durations as they are written.
[[nodiscard]] std::string describe_bounds(const ShapeNode& node);

}  // namespace sim
