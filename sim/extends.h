// Documents that extend another of their kind by its name.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/json.h"

namespace sim {

/// Gives the text of the document of a kind ("scenario", "world") with a bare name.
/// Throws Error kFile or kReference if there is none; the place is added by the caller.
using Resolver = std::function<std::string(std::string_view kind, std::string_view name)>;

/// The longest chain of documents that extend one another, not counting the first.
inline constexpr int kMostExtends = 4;

/// Reads a document and, while it has the key "extends": "name", the one it extends, and merges them (merge_patch); the key itself
/// is left out of the result. Names are [a-z0-9_-]{1,64}. Messages call an extended document "name.json".
/// \throws Error as read_json(), and kExtends for a bad name, a cycle or too long a chain; what the resolver throws.
[[nodiscard]] Value load_with_extends(std::string_view text, std::string_view file, std::string_view kind, const Resolver& resolver,
                                      Places& places, const JsonLimits& limits = {});

}  // namespace sim
