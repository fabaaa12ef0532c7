// Measures of a directed graph in compressed rows: how reciprocal, clustered, unequal and connected it is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/population/persons.h"

namespace mailrift {

/// A directed graph as it is stored: the targets of i are targets[first[i]] .. targets[first[i + 1] - 1]. Precondition of all functions:
/// first has at least one element, does not decrease and ends with targets.size(); targets are below first.size() - 1.
struct LinkView {
    std::span<const std::uint32_t> first;
    std::span<const Person> targets;

    [[nodiscard]] std::size_t size() const noexcept { return first.size() - 1; }
};

/// The undirected simple graph: i and j are neighbours if a link joins them in either direction; no loops, no repeats.
struct Neighbourhoods {
    std::vector<std::uint64_t> first;
    std::vector<Person> neighbours;  ///< of each person, ascending

    [[nodiscard]] std::size_t size() const noexcept { return first.size() - 1; }
    [[nodiscard]] std::span<const Person> of(std::size_t i) const noexcept {
        return {neighbours.data() + first[i], static_cast<std::size_t>(first[i + 1] - first[i])};
    }
};

/// In O(links x log). Memory: 8 bytes a person, 8 a link.
[[nodiscard]] Neighbourhoods neighbourhoods(const LinkView& graph);

/// Number of neighbours of each person.
[[nodiscard]] std::vector<std::uint32_t> degrees(const Neighbourhoods& graph);

/// Share of the distinct links i -> j, i != j, for which j -> i is a link too: 0..1; 0 without links.
[[nodiscard]] double reciprocity(const LinkView& graph);

/// Two coefficients that differ where degrees do.
struct Clustering {
    double average = 0;       ///< mean over persons of triangles / (k (k - 1) / 2), 0 where k < 2 (Watts and Strogatz 1998)
    double transitivity = 0;  ///< 3 x triangles / paths of two links (Newman, Watts, Strogatz 2002); 0 without paths
};

/// By listing each triangle once, from its member of least degree: O(links x sqrt(links)) at worst.
[[nodiscard]] Clustering clustering(const Neighbourhoods& graph);

/// Gini coefficient: mean difference of two values over twice their mean, 0 (all equal) .. 1 - 1/n; 0 if all are 0 or there are none.
[[nodiscard]] double gini(std::vector<std::uint32_t> values);

/// A power law for the tail of whole numbers.
struct TailFit {
    double exponent = 0;       ///< of the density
    double error = 0;          ///< standard error (exponent - 1) / sqrt(count)
    std::uint32_t lowest = 0;  ///< the tail starts here
    std::size_t count = 0;     ///< values in it
    double distance = 0;       ///< greatest difference of the distribution functions in it (Kolmogorov-Smirnov)
};

/// Maximum likelihood exponent of the values of at least `lowest`: 1 + n / sum log(x / (lowest - 1/2)) (Clauset, Shalizi, Newman 2009, eq. 3.7:
/// within 1 % of the exact discrete one for lowest >= 6). A tail cut at a greatest value reads steeper. Precondition: lowest >= 1; at
/// least one value above `lowest`.
[[nodiscard]] TailFit fit_tail(std::vector<std::uint32_t> values, std::uint32_t lowest);

/// The same with the `lowest` of least distance among the values that leave at least `least_count` in the tail, the smaller of equals (section 3.3
/// there). Precondition: there is one.
[[nodiscard]] TailFit find_tail(std::vector<std::uint32_t> values, std::size_t least_count);

/// Persons in the largest weakly connected component; 0 without persons.
[[nodiscard]] std::size_t largest_component(const LinkView& graph);

/// Links inside groups, against chance.
struct WithinGroups {
    double share = 0;   ///< of all links, 0..1
    double chance = 0;  ///< of all ordered pairs of persons, 0..1
};

/// \param group_of group of each person, any numbers; size persons.
[[nodiscard]] WithinGroups within_groups(const LinkView& graph, std::span<const std::uint32_t> group_of);

}  // namespace mailrift
