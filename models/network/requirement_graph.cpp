// The dependency graph of a world in Boost.Graph, in the order in which its equations are solved.
#include "models/network/requirement_graph.h"

#include <algorithm>
#include <cassert>

#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/strong_components.hpp>

namespace mailrift {
namespace {

/// Notes each vertex once everything reached from it is done.
class FinishOrder : public boost::default_dfs_visitor {
public:
    explicit FinishOrder(std::vector<std::size_t>& order) : order_(&order) {}

    template <class Graph>
    void finish_vertex(std::size_t vertex, const Graph&) {
        order_->push_back(vertex);
    }

private:
    std::vector<std::size_t>* order_;
};

std::vector<Need> needs_of(const Requirement& requirement) {
    assert(!requirement.suppliers.empty());
    assert(requirement.mode != Mode::kSplit || requirement.shares.size() == requirement.suppliers.size());
    std::vector<Need> needs(requirement.mode == Mode::kAllOf ? requirement.suppliers.size() : 1);
    for (std::size_t i = 0; i < requirement.suppliers.size(); ++i) {
        Need& need = needs[requirement.mode == Mode::kAllOf ? i : 0];
        const bool split = requirement.mode == Mode::kSplit;
        if (split && requirement.shares[i] <= 0) continue;
        need.suppliers.push_back(index(requirement.suppliers[i]));
        if (split) need.shares.push_back(requirement.shares[i]);
    }
    return needs;
}

void add_edges(RequirementGraph& result) {
    for (std::size_t i = 0; i < result.needs.size(); ++i) {
        assert(!result.needs[i].suppliers.empty());  // a split without any share, or a requirement of nothing
        for (const std::size_t supplier : result.needs[i].suppliers) boost::add_edge(result.entities + i, supplier, result.graph);
    }
}

/// Tarjan numbers a component when it is complete, so a supplier's is never greater than its client's.
void order_components(RequirementGraph& result) {
    const auto& graph = result.graph;
    result.component_of.resize(boost::num_vertices(graph));
    const auto numbers = boost::make_iterator_property_map(result.component_of.begin(), boost::get(boost::vertex_index, graph));
    result.components.resize(boost::strong_components(graph, numbers));

    std::vector<std::size_t> finished;
    boost::depth_first_search(graph, boost::visitor(FinishOrder(finished)));
    for (const std::size_t vertex : finished) result.components[result.component_of[vertex]].push_back(vertex);
}

[[maybe_unused]] bool suppliers_first(const RequirementGraph& result) {
    const auto range = boost::edges(result.graph);
    return std::all_of(range.first, range.second, [&](const auto& edge) {
        return result.component_of[boost::target(edge, result.graph)] <= result.component_of[boost::source(edge, result.graph)];
    });
}

}  // namespace

RequirementGraph requirement_graph(const World& world) {
    RequirementGraph result;
    result.entities = world.entities.size();
    std::vector<std::size_t> client;  // by requirement
    for (std::size_t e = 0; e < world.entities.size(); ++e) {
        for (const Requirement& requirement : world.entities[e].depends_on) {
            for (Need& need : needs_of(requirement)) {
                result.needs.push_back(std::move(need));
                client.push_back(e);
            }
        }
    }
    result.graph = RequirementGraph::Graph(result.entities + result.needs.size());
    for (std::size_t i = 0; i < client.size(); ++i) boost::add_edge(client[i], result.entities + i, result.graph);
    add_edges(result);
    order_components(result);
    assert(suppliers_first(result));
    return result;
}

}  // namespace mailrift
