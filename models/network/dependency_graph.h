// What still works when suppliers withdraw: failure cascading through the dependency graph (DESIGN section 3).
#pragma once

#include <vector>

#include "models/world/world.h"

namespace mailrift {

/// The share of each entity, 0..1, that still works for a target when the `withdrawn` entities (by entity) serve it no more.
///
/// A withdrawn entity works with share 0, any other with the least share of its requirements, 1 if it has none. A requirement works with
/// the greatest share of its suppliers (`any_of`), with the least (`all_of`), or with the sum of its suppliers' shares weighted by `shares`
/// (`split`). With shares of 0 and 1 these are the logical or and and. Least and not product: two requirements that lose the same
/// half of one supplier lose one half, not three quarters, and naming a supplier twice changes nothing; greatest is its counterpart. So what
/// two requirements lose is taken to be the same part of the users (`assumed`; were it independent, the product would hold).
///
/// On cycles it is the greatest solution of these equations, the least failure: what runs goes on until something that it needs withdraws, so
/// two suppliers that need each other keep each other running. Without a cycle through a `split` the solution is exact. With one it is a
/// limit that the cascade approaches geometrically, step by step along the edges; a component of the graph is followed for 10,000 steps beyond its
/// own size, and what would fail only later (a cycle that hands on all but a thousandth of itself) counts as working.
/// The result does not depend on the order of the entities, to the bit. O(entities + requirements) without cycles.
[[nodiscard]] std::vector<double> working_share(const World& world, const std::vector<bool>& withdrawn);

}  // namespace mailrift
