// Who can still reach whom: an exact function of the state, with no draw (DESIGN section 8).
#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "models/delivery/state.h"

namespace mailrift {

/// Which pairs of people count how much.
enum class Weights : std::uint8_t {
    kPopulation,  ///< all pairs alike: who can be cut off
    kContacts,    ///< by the baseline mixing matrix M: what mail is lost
};

/// R(A, B) = sum over seats p, q of S[A,p] o[A,p] W_A[p,q] o[B,q] k[A,B,q] S[B,q], 0..1: the probability that mail from a member of A reaches
/// the inbox of a member of B within a day. Closed accounts stay in the denominator. A and B may be equal: then the two members are different people.
[[nodiscard]] double reachability(const StateView& view, CohortId from, CohortId to);

/// sum over p, q of S o S o W_A[p,q] W_B[q,p]: the probability that both directions work, which is not R(A, B) R(B, A).
[[nodiscard]] double mutual_reachability(const StateView& view, CohortId from, CohortId to);

/// One of the two functions above.
using PairMeasure = double (*)(const StateView&, CohortId, CohortId);

/// Mean of a pair measure over all pairs of people between two selections of cohorts, pairs of a person with itself left out. Where one cohort of a
/// single person meets itself alone, the measure itself.
/// \param mixing M, shape (n_cohorts, n_cohorts); read for `kContacts` only.
[[nodiscard]] double mean_over_pairs(const StateView& view, PairMeasure measure, const std::vector<CohortId>& from,
                                     const std::vector<CohortId>& to, Weights weights, const Eigen::MatrixXd& mixing);

}  // namespace mailrift
