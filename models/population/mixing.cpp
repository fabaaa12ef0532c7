// Who writes to whom: the mixing matrix M.
#include "models/population/mixing.h"

#include <algorithm>
#include <array>

namespace mailrift {
namespace {

enum Distance : std::size_t { kHome = 0, kBloc = 1, kOthers = 2 };

bool share_home(const World& world, JurisdictionId a, JurisdictionId b) {
    if (a == b) return true;
    for (const auto& pool : world.mixing.home_pools) {
        const bool has_a = std::find(pool.begin(), pool.end(), a) != pool.end();
        const bool has_b = std::find(pool.begin(), pool.end(), b) != pool.end();
        if (has_a && has_b) return true;
    }
    return false;
}

bool share_bloc(const World& world, JurisdictionId a, JurisdictionId b) {
    return std::any_of(world.blocs.begin(), world.blocs.end(),
                       [&](const Bloc& bloc) { return is_member(world, bloc, a) && is_member(world, bloc, b); });
}

Distance distance(const World& world, JurisdictionId a, JurisdictionId b) {
    if (share_home(world, a, b)) return kHome;
    return share_bloc(world, a, b) ? kBloc : kOthers;
}

/// The masses of the three classes once empty ones have given theirs to the next wider, or from the widest back inwards.
std::array<double, 3> class_masses(const Mixing& mixing, const std::array<double, 3>& mailboxes) {
    std::array<double, 3> mass{mixing.home, mixing.bloc, 1 - mixing.home - mixing.bloc};
    for (std::size_t c = 0; c + 1 < 3; ++c) {
        if (mailboxes[c] > 0) continue;
        mass[c + 1] += mass[c];
        mass[c] = 0;
    }
    for (std::size_t c = 2; c > 0; --c) {
        if (mailboxes[c] > 0) continue;
        mass[c - 1] += mass[c];
        mass[c] = 0;
    }
    return mass;
}

using Row = Eigen::MatrixXd::RowXpr;

/// Writes the affinities of cohort `from` into its row and returns which cohorts they serve.
std::vector<bool> apply_affinities(const World& world, const Population& population, const Cohort& from, Row row) {
    std::vector<bool> served(population.cohorts.size(), false);
    const std::string& home = world.jurisdictions[index(from.jurisdiction)].code;
    for (const auto& affinity : world.mixing.affinities) {
        if (affinity.from != from.id && affinity.from != home) continue;
        const auto targets = select_cohorts(world, population, affinity.to);
        const double users = users_in(population, targets);
        if (users <= 0) continue;
        for (const CohortId target : targets) {
            const auto column = static_cast<Eigen::Index>(index(target));
            row(column) += affinity.share * population.cohorts[index(target)].users / users;
            served[index(target)] = true;
        }
    }
    return served;
}

void spread_rest(const World& world, const Population& population, const Cohort& from, const std::vector<bool>& served, Row row) {
    const double rest = 1 - row.sum();
    std::array<double, 3> mailboxes{};
    std::vector<Distance> classes(population.cohorts.size());
    for (std::size_t b = 0; b < population.cohorts.size(); ++b) {
        classes[b] = distance(world, from.jurisdiction, population.cohorts[b].jurisdiction);
        if (!served[b]) mailboxes[classes[b]] += population.cohorts[b].users;
    }
    const std::array<double, 3> mass = class_masses(world.mixing, mailboxes);
    for (std::size_t b = 0; b < population.cohorts.size(); ++b) {
        const double available = mailboxes[classes[b]];
        if (served[b] || available <= 0) continue;
        row(static_cast<Eigen::Index>(b)) += rest * mass[classes[b]] * population.cohorts[b].users / available;
    }
}

}  // namespace

Eigen::MatrixXd mixing_matrix(const World& world, const Population& population) {
    const auto n = static_cast<Eigen::Index>(population.cohorts.size());
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(n, n);
    for (Eigen::Index a = 0; a < n; ++a) {
        const Cohort& from = population.cohorts[static_cast<std::size_t>(a)];
        const auto served = apply_affinities(world, population, from, matrix.row(a));
        spread_rest(world, population, from, served, matrix.row(a));
        matrix.row(a) /= matrix.row(a).sum();
    }
    return matrix;
}

}  // namespace mailrift
