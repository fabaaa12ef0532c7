// Single points of failure: who alone can take an entity down through the dependency graph (DESIGN section 3).
#pragma once

#include <cstddef>
#include <vector>

#include "models/world/world.h"

namespace mailrift {

/// For each entity, the entities whose withdrawal alone makes all of it fail, itself included, in the order of their ids.
///
/// spof(n) = {n} + union over requirements of the intersection over alternatives of spof(a), least solution. `all_of` counts as one
/// requirement per supplier; the alternatives of a `split` are its suppliers with a positive share: one of them alone takes a part only.
///
/// For each x on its own, "x is in spof(n)" obeys the equations of "n fails when x withdraws", so the least solution is exactly what
/// withdrawing every entity in turn would show, cycles included. It is not what a start from nothing would show: two suppliers that are
/// each other's alternative keep each other running when the third withdraws that once started them, while dominator trees, the greatest
/// solution of the same equations, would list that third. Cycles through a `split` are the one exception to the first sentence: what withdraws
/// can take a part of it each round until, in the limit, nothing works (`working_share`), and is not listed.
/// Memory: the sum of the sets' sizes, a square of the number of entities at worst (a chain of suppliers).
/// \throws sim::Error kTooLarge before the sets would take more than `memory_bytes`.
[[nodiscard]] std::vector<std::vector<EntityId>> single_points_of_failure(const World& world,
                                                                          std::size_t memory_bytes = std::size_t{1} << 30U);

}  // namespace mailrift
