// How much of each market an issuer can reach through the law: who of its mail's operators can be compelled (DESIGN section 3).
#include "models/network/legal_reach.h"

#include <algorithm>

#include "models/network/dependency_graph.h"
#include "models/network/single_points.h"

namespace mailrift {
namespace {

std::vector<bool> compelled_in(const World& world, const Territory& territory, const ViaSet& vias, const LayerSet& layers) {
    std::vector<bool> compelled(world.entities.size(), false);
    for (const EntityId entity : who_can_be_compelled(world, territory, vias, layers)) compelled[index(entity)] = true;
    return compelled;
}

std::vector<EntityId> elements_of(const Route& route) {
    std::vector<EntityId> elements{route.provider};
    if (route.gateway) elements.push_back(*route.gateway);
    if (route.outbound) elements.push_back(*route.outbound);
    if (route.forward_to) elements.push_back(*route.forward_to);
    return elements;
}

/// Adds a share to both bounds.
void add(ShareBounds& bounds, double share) {
    bounds.low += share;
    bounds.high += share;
}

}  // namespace

std::vector<RouteReach> route_reach(const World& world, const Territory& territory, const ViaSet& vias, const LayerSet& layers) {
    const std::vector<bool> anyone = compelled_in(world, territory, vias, all_layers());
    const std::vector<bool> chosen = compelled_in(world, territory, vias, layers);
    const std::vector<double> working = working_share(world, chosen);
    const auto points = single_points_of_failure(world);
    const auto within_reach = [&](EntityId element) {
        const auto& alone = points[index(element)];
        return std::any_of(alone.begin(), alone.end(), [&](EntityId point) { return chosen[index(point)]; });
    };
    std::vector<RouteReach> reach;
    reach.reserve(world.routes.size());
    for (const Route& route : world.routes) {
        RouteReach one{anyone[index(route.provider)], route.gateway && anyone[index(*route.gateway)], false, 0};
        for (const EntityId element : elements_of(route)) {
            one.element = one.element || within_reach(element);
            one.withheld = std::max(one.withheld, 1 - working[index(element)]);
        }
        reach.push_back(one);
    }
    return reach;
}

ReachShares reach_shares(const std::vector<RouteReach>& reach, const std::vector<RouteShare>& routes, double unknown) {
    ReachShares shares;
    for (const RouteShare& row : routes) {
        const RouteReach& route = reach[index(row.route)];
        if (route.mailbox) add(shares.mailbox, row.share);
        if (route.gateway) add(shares.gateway, row.share);
        if (route.element) add(shares.element, row.share);
        add(shares.together, row.share * route.withheld);
    }
    for (ShareBounds* bounds : {&shares.mailbox, &shares.gateway, &shares.element, &shares.together}) bounds->high += unknown;
    return shares;
}

std::vector<LegalReach> legal_reach(const World& world, const Territory& territory, const ViaSet& vias, const LayerSet& layers) {
    const std::vector<RouteReach> reach = route_reach(world, territory, vias, layers);
    std::vector<LegalReach> result;
    for (std::size_t j = 0; j < world.markets.size(); ++j) {
        const auto& market = world.markets[j];
        if (market) result.push_back({id_of<JurisdictionId>(j), reach_shares(reach, market->routes, market->unknown)});
    }
    return result;
}

}  // namespace mailrift
