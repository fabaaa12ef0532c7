// Small settings for the contact graph, typed by hand, and graphs of them, for its tests.
#pragma once

#include <string>
#include <vector>

#include "models/population/contact_graph.h"
#include "sim/hash.h"

namespace mailrift::testing {

/// Cohorts of given sizes with a mixing matrix by their place in `sizes`.
struct Setting {
    Population population;
    Persons persons;
    Eigen::MatrixXd mixing;
};

struct NamedSize {
    std::string id;
    std::uint32_t size = 0;
};

/// Persons in the order of the ids, which must ascend; sizes of 0 are cohorts without users.
inline Setting setting(const std::vector<NamedSize>& cohorts, const Eigen::MatrixXd& mixing) {
    Setting made{{}, {}, mixing};
    for (std::size_t c = 0; c < cohorts.size(); ++c) {
        const auto& [id, size] = cohorts[c];
        made.population.cohorts.push_back({id, JurisdictionId{0}, std::nullopt, static_cast<double>(size), {}});
        made.persons.rank_of.push_back(size == 0 ? kNoRank : static_cast<std::uint32_t>(made.persons.cohorts.size()));
        if (size == 0) continue;
        made.persons.cohorts.push_back({id_of<CohortId>(c), sim::hash64(id), made.persons.count, size, static_cast<double>(size)});
        made.persons.count += size;
    }
    return made;
}

inline Setting one_cohort(std::uint32_t size) { return setting({{"a", size}}, Eigen::MatrixXd::Ones(1, 1)); }

/// Two countries, a court of one person who writes 15 % to itself, and a ministry of seven.
inline Setting four_cohorts(std::uint32_t scale = 1) {
    Eigen::MatrixXd mixing(4, 4);
    mixing.row(0) << 0.8, 0.15, 0.01, 0.04;
    mixing.row(1) << 0.3, 0.6, 0, 0.1;
    mixing.row(2) << 0.5, 0.25, 0.15, 0.1;
    mixing.row(3) << 0.495, 0.3, 0.005, 0.2;
    return setting({{"a-land", 4000 / scale}, {"b-land", 1500 / scale}, {"court", 1}, {"ministry", 7}}, mixing);
}

inline ContactGraph graph_of(const Setting& made, const ContactGraphParams& params = {}, std::uint64_t seed = 1, std::size_t threads = 1) {
    GraphBuild build;
    build.seed = seed;
    build.threads = threads;
    return build_contact_graph(made.persons, made.population, made.mixing, params, build);
}

}  // namespace mailrift::testing
