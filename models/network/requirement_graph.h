// The dependency graph of a world in Boost.Graph; private to this folder.
#pragma once

#include <cstddef>
#include <vector>

#include <boost/graph/adjacency_list.hpp>

#include "models/world/world.h"

namespace mailrift {

/// One requirement: met by its best supplier, or, if it has shares, by each supplier in part.
struct Need {
    std::vector<std::size_t> suppliers;  ///< vertices
    std::vector<double> shares;          ///< of `split`, all positive; empty otherwise
};

/// Entities that need all of their requirements, and requirements that need one of their suppliers: an AND/OR graph.
///
/// Vertex e is entity e, vertex `entities` + i is requirement i; edges lead from the client to the requirement to its suppliers. `all_of` is
/// one requirement per supplier; a supplier with share 0 of a `split` is left out, since nothing depends on it.
struct RequirementGraph {
    using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS>;

    std::size_t entities = 0;
    std::vector<Need> needs;
    Graph graph;
    std::vector<std::size_t> component_of;             ///< by vertex
    std::vector<std::vector<std::size_t>> components;  ///< strong components, suppliers first, and inside each as far as its cycles allow

    [[nodiscard]] bool is_entity(std::size_t vertex) const noexcept { return vertex < entities; }
    [[nodiscard]] const Need& need(std::size_t vertex) const { return needs[vertex - entities]; }
};

[[nodiscard]] RequirementGraph requirement_graph(const World& world);

}  // namespace mailrift
