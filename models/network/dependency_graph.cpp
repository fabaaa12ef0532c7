// What still works when suppliers withdraw: failure cascading through the dependency graph (DESIGN section 3).
#include "models/network/dependency_graph.h"

#include <algorithm>
#include <cassert>

#include "models/network/requirement_graph.h"

namespace mailrift {
namespace {

constexpr std::size_t kRounds =
    10'000;  // bounds the work on a cycle through a split that loses almost nothing at each pass; see the header

/// The shares while the cascade runs. They start at 1 and only fall, since rounded sums and products of positive numbers are monotone.
class Cascade {
public:
    Cascade(const RequirementGraph& graph, const std::vector<bool>& withdrawn)
        : graph_(graph), withdrawn_(withdrawn), working_(boost::num_vertices(graph.graph), 1.0) {}

    /// Settles one strong component; those it depends on must be settled. All vertices of a round see the values of the round before, so that
    /// their order decides nothing. A cycle without `split` settles within as many rounds as it has vertices: for each threshold, every
    /// round brings at least one vertex below it for good.
    void settle(const std::vector<std::size_t>& component) {
        std::vector<std::size_t> open = component;
        const std::size_t rounds = component.size() == 1 ? 1 : component.size() + kRounds;
        for (std::size_t round = 0; !open.empty() && round < rounds; ++round) open = clients_inside(apply(open));
    }

    /// The shares of the entities.
    [[nodiscard]] std::vector<double> take() {
        working_.resize(graph_.entities);
        return std::move(working_);
    }

private:
    [[nodiscard]] double evaluate(std::size_t vertex) const {
        if (!graph_.is_entity(vertex)) return evaluate(graph_.need(vertex));
        if (withdrawn_[vertex]) return 0;
        double least = 1;
        const auto needs = boost::adjacent_vertices(vertex, graph_.graph);
        for (auto need = needs.first; need != needs.second; ++need) least = std::min(least, working_[*need]);
        return least;
    }

    [[nodiscard]] double evaluate(const Need& need) const {
        double greatest = 0;
        double served = 0;
        double total = 0;  // the shares' own sum, so that nothing lost is exactly 1
        for (std::size_t i = 0; i < need.suppliers.size(); ++i) {
            const double working = working_[need.suppliers[i]];
            greatest = std::max(greatest, working);
            if (need.shares.empty()) continue;
            served += need.shares[i] * working;
            total += need.shares[i];
        }
        return need.shares.empty() ? greatest : served / total;
    }

    /// One round: the vertices whose share fell.
    std::vector<std::size_t> apply(const std::vector<std::size_t>& open) {
        std::vector<double> next(open.size());
        std::transform(open.begin(), open.end(), next.begin(), [&](std::size_t vertex) { return evaluate(vertex); });
        std::vector<std::size_t> fallen;
        for (std::size_t i = 0; i < open.size(); ++i) {
            assert(next[i] <= working_[open[i]]);
            if (next[i] < working_[open[i]]) fallen.push_back(open[i]);
            working_[open[i]] = next[i];
        }
        return fallen;
    }

    /// Whoever of the same component depends on one of these.
    [[nodiscard]] std::vector<std::size_t> clients_inside(const std::vector<std::size_t>& fallen) const {
        std::vector<std::size_t> clients;
        for (const std::size_t vertex : fallen) {
            const auto edges = boost::in_edges(vertex, graph_.graph);
            for (auto edge = edges.first; edge != edges.second; ++edge) {
                const std::size_t client = boost::source(*edge, graph_.graph);
                if (graph_.component_of[client] == graph_.component_of[vertex]) clients.push_back(client);
            }
        }
        std::sort(clients.begin(), clients.end());
        clients.erase(std::unique(clients.begin(), clients.end()), clients.end());
        return clients;
    }

    const RequirementGraph& graph_;
    const std::vector<bool>& withdrawn_;
    std::vector<double> working_;  ///< by vertex
};

}  // namespace

std::vector<double> working_share(const World& world, const std::vector<bool>& withdrawn) {
    assert(withdrawn.size() == world.entities.size());
    const RequirementGraph graph = requirement_graph(world);
    Cascade cascade(graph, withdrawn);
    for (const auto& component : graph.components) cascade.settle(component);
    return cascade.take();
}

}  // namespace mailrift
