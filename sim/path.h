// Paths into a document, as levers and sweeps write them: "orders.eo.compliance.probability".
#pragma once

#include <string_view>

#include "sim/json.h"

namespace sim {

/// The value at a dotted path. A step is a key of an object, the "id" (else "code") of a list item, or the index of an item in a
/// list whose items have neither. "\." is a dot within a key. nullptr if a step does not exist or the path is empty.
[[nodiscard]] const Value* get_path(const Value& root, std::string_view path);

/// A copy of the document with the value at a path replaced; the last step may be a new key of an object.
/// \throws Error kReference, with the names there are and the nearest, if a step does not exist.
[[nodiscard]] Value set_path(const Value& root, std::string_view path, Value new_value);

}  // namespace sim
