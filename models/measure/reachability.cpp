// Who can still reach whom: an exact function of the state, with no draw (DESIGN section 8).
#include "models/measure/reachability.h"

#include <algorithm>
#include <cassert>

#include "models/delivery/fate.h"

namespace mailrift {
namespace {

/// Documents' shares sum to 1 within 1e-9; a reachability is a product of two such sums.
[[maybe_unused]] constexpr double kRounding = 1e-8;

/// Sum over the seats of both cohorts of their shares times `pair(p, q)`.
template <class Pair>
double over_seats(const StateView& view, CohortId from, CohortId to, Pair pair) {
    double sum = 0;
    for (const SeatId p : view.population.seats_of[index(from)]) {
        const double share = view.state.share[index(p)];
        if (share <= 0) continue;
        double reached = 0;
        for (const SeatId q : view.population.seats_of[index(to)]) {
            const double other = view.state.share[index(q)];
            if (other > 0) reached += other * pair(p, q);
        }
        sum += share * reached;
    }
    return sum;
}

double pairs_of(const StateView& view, CohortId from, CohortId to, Weights weights, const Eigen::MatrixXd& mixing) {
    const double a = view.population.cohorts[index(from)].users;
    const double b = view.population.cohorts[index(to)].users;
    if (weights == Weights::kContacts) return a * mixing(static_cast<Eigen::Index>(index(from)), static_cast<Eigen::Index>(index(to)));
    return a * (from == to ? std::max(b - 1, 0.0) : b);
}

}  // namespace

double reachability(const StateView& view, CohortId from, CohortId to) {
    return over_seats(view, from, to, [&](SeatId p, SeatId q) { return inbox_share(view, p, q); });
}

double mutual_reachability(const StateView& view, CohortId from, CohortId to) {
    return over_seats(view, from, to, [&](SeatId p, SeatId q) { return inbox_share(view, p, q) * inbox_share(view, q, p); });
}

double mean_over_pairs(const StateView& view, PairMeasure measure, const std::vector<CohortId>& from, const std::vector<CohortId>& to,
                       Weights weights, const Eigen::MatrixXd& mixing) {
    double sum = 0;
    double pairs = 0;
    for (const CohortId a : from) {
        for (const CohortId b : to) {
            const double weight = pairs_of(view, a, b, weights, mixing);
            if (weight <= 0) continue;
            sum += weight * measure(view, a, b);
            pairs += weight;
        }
    }
    assert(sum <= pairs * (1 + kRounding));
    if (pairs > 0) return std::min(sum / pairs, 1.0);
    return from.size() == 1 && to.size() == 1 ? measure(view, from.front(), to.front()) : 0;
}

}  // namespace mailrift
