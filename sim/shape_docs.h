// What is generated from shapes: JSON Schema and reference tables.
#pragma once

#include <string>
#include <string_view>

#include "sim/shape.h"

namespace sim {

/// A draft-07 schema with descriptions, units, ranges, defaults and choices; "x-..." keys allowed, all other unknown ones refused.
/// What a schema cannot say (references, checks of values together) is left to first_error().
[[nodiscard]] std::string json_schema(const Shape& shape, std::string_view title, std::string_view id);

/// A Markdown table of all keys, with their paths ("orders[].compliance.probability"):
/// key | type and unit | range | default | source | meaning.
[[nodiscard]] std::string reference_table(const Shape& shape);

}  // namespace sim
