// Worlds made from worlds: unknown shares resolved, counted providers replaced by representatives.
#include "models/world/transform.h"

#include <algorithm>
#include <cassert>
#include <optional>

namespace mailrift {
namespace {

template <class Function>
void for_each_table(World& world, Function function) {
    for (auto& market : world.markets) {
        if (!market) continue;
        function(market->routes, market->unknown);
        for (auto& region : market->regions) function(region.routes, region.unknown);
    }
    for (auto& group : world.groups) function(group.market.routes, group.market.unknown);
}

EntityId add_unmeasured(World& world, bool bound_by_all) {
    Entity entity;
    entity.id = "unmeasured";
    entity.name = "operators that the data do not name";
    entity.bound_by_all = bound_by_all;
    world.entities.push_back(std::move(entity));
    return id_of<EntityId>(world.entities.size() - 1);
}

/// One weighted stand-in of a counted entity.
struct StandIn {
    EntityId entity;
    double weight = 1;  ///< share of the entity's members, 0..1
};

std::vector<std::vector<StandIn>> add_stand_ins(World& world, const std::vector<bool>& keeps_state) {
    std::vector<std::vector<StandIn>> stand_ins(world.entities.size());
    const std::size_t originals = world.entities.size();
    for (std::size_t e = 0; e < originals; ++e) {
        const Entity original = world.entities[e];
        const std::uint64_t n = std::min(original.count, original.representatives);
        if (!keeps_state[e] || n < 2) continue;
        for (std::uint64_t r = 0; r < n; ++r) {
            Entity one = original;
            one.id = original.id + "#" + std::to_string(r);
            one.stands_for = original.id;
            one.count = original.count / n + (r < original.count % n ? 1 : 0);
            const double weight = static_cast<double>(one.count) / static_cast<double>(original.count);
            world.entities.push_back(std::move(one));
            stand_ins[e].push_back({id_of<EntityId>(world.entities.size() - 1), weight});
        }
    }
    return stand_ins;
}

/// The entity itself with weight 1 where it has no stand-ins; one empty slot where a route has no such element.
std::vector<std::pair<std::optional<EntityId>, double>> choices(const std::optional<EntityId>& entity,
                                                                const std::vector<std::vector<StandIn>>& stand_ins) {
    if (!entity || stand_ins[index(*entity)].empty()) return {{entity, 1.0}};
    std::vector<std::pair<std::optional<EntityId>, double>> all;
    for (const auto& one : stand_ins[index(*entity)]) all.emplace_back(one.entity, one.weight);
    return all;
}

}  // namespace

World with_missing(World world, Missing missing) {
    std::optional<RouteId> unmeasured;
    const auto unmeasured_route = [&] {
        if (!unmeasured) {
            const EntityId entity = add_unmeasured(world, missing == Missing::kWorst);
            unmeasured = intern_route(world.routes, Route{entity, std::nullopt, std::nullopt, Address::kOwn});
        }
        return *unmeasured;
    };
    for_each_table(world, [&](std::vector<RouteShare>& routes, double& unknown) {
        if (unknown <= 0) return;
        if (missing == Missing::kProportional && unknown < 1) {
            for (auto& row : routes) row.share /= 1 - unknown;
        } else {
            routes.push_back({unmeasured_route(), unknown});
        }
        unknown = 0;
    });
    return world;
}

World with_representatives(World world, const std::vector<bool>& keeps_state) {
    assert(keeps_state.size() == world.entities.size());
    const auto stand_ins = add_stand_ins(world, keeps_state);
    const std::vector<Route> originals = world.routes;
    for_each_table(world, [&](std::vector<RouteShare>& routes, double&) {
        std::vector<RouteShare> expanded;
        for (const auto& row : routes) {
            const Route route = originals[index(row.route)];
            for (const auto& provider : choices(route.provider, stand_ins)) {
                for (const auto& gateway : choices(route.gateway, stand_ins)) {
                    for (const auto& outbound : choices(route.outbound, stand_ins)) {
                        const Route one{*provider.first, gateway.first, outbound.first, route.address};
                        const double weight = provider.second * gateway.second * outbound.second;
                        expanded.push_back({intern_route(world.routes, one), row.share * weight});
                    }
                }
            }
        }
        routes = std::move(expanded);
    });
    return world;
}

}  // namespace mailrift
