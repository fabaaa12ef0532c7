// The names that a document declares, collected before its walk so that references may point forwards.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/json.h"
#include "sim/names.h"
#include "sim/shape.h"
#include "sim/shape_node.h"

namespace sim {

/// One declared name; the address of its text tells two equal names apart.
struct Declared {
    const std::string* name;
    PlaceId place;
};

/// Where a name is declared first.
struct FirstDeclared {
    const std::string* name;
    PlaceId place;
};

/// By namespace and name.
using FirstPlaces = std::map<std::pair<std::string, std::string>, FirstDeclared>;

/// The names that a list or map itself declares, in document order.
[[nodiscard]] std::vector<Declared> declared_by(const Value& value, const Declaration& declaration);

/// Adds all names declared at or below a value to `names`, whatever else may be wrong with the document.
[[nodiscard]] FirstPlaces collect_names(const Value& value, const Shape& shape, Names& names);

}  // namespace sim
