// Who writes to whom: the mixing matrix M.
#pragma once

#include <Eigen/Core>

#include "models/population/population.h"

namespace mailrift {

/// The row-stochastic matrix M over cohorts (groups and "rest of jurisdiction"); shape (n_cohorts, n_cohorts), entries 0..1.
///
/// M[A, B] is the share of what A's members write that goes to B. Affinities come first: a named share goes to the named cohorts in
/// proportion to their mailboxes. The remaining 1 - sum(affinities) follows the rule of the world: `home` to the own jurisdiction (its
/// groups and the jurisdictions of its home pool included), `bloc` to the union of its blocs without home, the rest to all others,
/// each in proportion to mailboxes. A class without mailboxes gives its mass to the next wider one, and the widest, when it is empty,
/// gives it back to the next narrower one. Cohorts already served by an affinity take no part in the rule.
[[nodiscard]] Eigen::MatrixXd mixing_matrix(const World& world, const Population& population);

}  // namespace mailrift
