// Single points of failure: who alone can take an entity down through the dependency graph (DESIGN section 3).
#include "models/network/single_points.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "models/network/requirement_graph.h"
#include "sim/error.h"

namespace mailrift {
namespace {

using Points = std::vector<EntityId>;  // sorted

/// The set of one vertex from those of its neighbours.
Points points_of(const RequirementGraph& graph, std::size_t vertex, const std::vector<Points>& points) {
    Points result;
    Points next;
    if (graph.is_entity(vertex)) {
        result.push_back(id_of<EntityId>(vertex));
        const auto needs = boost::adjacent_vertices(vertex, graph.graph);
        for (auto need = needs.first; need != needs.second; ++need) {
            next.clear();
            std::set_union(result.begin(), result.end(), points[*need].begin(), points[*need].end(), std::back_inserter(next));
            result.swap(next);
        }
        return result;
    }
    const auto& suppliers = graph.need(vertex).suppliers;
    result = points[suppliers.front()];
    for (std::size_t i = 1; i < suppliers.size(); ++i) {
        const Points& other = points[suppliers[i]];
        next.clear();
        std::set_intersection(result.begin(), result.end(), other.begin(), other.end(), std::back_inserter(next));
        result.swap(next);
    }
    return result;
}

[[noreturn]] void refuse(std::size_t entities, std::size_t memory_bytes) {
    throw sim::Error(sim::Code::kTooLarge, {},
                     "dependencies whose single points of failure take at most " + std::to_string(memory_bytes >> 20U) + " MiB",
                     std::to_string(entities) + " providers and suppliers that need one another");
}

}  // namespace

std::vector<std::vector<EntityId>> single_points_of_failure(const World& world, std::size_t memory_bytes) {
    const RequirementGraph graph = requirement_graph(world);
    std::vector<Points> points(boost::num_vertices(graph.graph));  // empty sets: the sweeps find the least solution from below
    std::size_t kept = 0;
    for (const auto& component : graph.components) {
        bool grows = true;
        while (grows) {
            grows = false;
            for (const std::size_t vertex : component) {
                Points next = points_of(graph, vertex, points);
                kept += next.size() - points[vertex].size();
                if (sizeof(EntityId) * kept > memory_bytes) refuse(graph.entities, memory_bytes);
                grows = grows || next.size() > points[vertex].size();
                points[vertex] = std::move(next);
            }
            grows = grows && component.size() > 1;
        }
    }
    points.resize(graph.entities);
    return points;
}

}  // namespace mailrift
