// Worlds made from worlds: unknown shares resolved, counted providers replaced by representatives.
#include "models/world/transform.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <optional>
#include <string>

#include "sim/error.h"

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

/// Shares of the known members; a table without any is left as it is.
void divide_by_known(std::vector<RouteShare>& routes, double& unknown) {
    if (unknown <= 0 || unknown >= 1) return;
    for (auto& row : routes) row.share /= 1 - unknown;
    unknown = 0;
}

bool share_a_bloc(const World& world, JurisdictionId a, JurisdictionId b) {
    return std::any_of(world.blocs.begin(), world.blocs.end(),
                       [&](const Bloc& bloc) { return is_member(world, bloc, a) && is_member(world, bloc, b); });
}

/// Mean of the measured markets that `counts` picks, weighted by mail users; empty if they have none.
template <class Predicate>
std::vector<RouteShare> mean_routes(const World& world, Predicate counts) {
    std::vector<double> sums(world.routes.size(), 0.0);
    double users = 0;
    for (std::size_t j = 0; j < world.markets.size(); ++j) {
        const auto& market = world.markets[j];
        if (!market || market->unknown >= 1 || !counts(id_of<JurisdictionId>(j))) continue;
        users += world.jurisdictions[j].mail_users;
        for (const RouteShare& row : market->routes) sums[index(row.route)] += world.jurisdictions[j].mail_users * row.share;
    }
    std::vector<RouteShare> mean;
    for (std::size_t r = 0; r < sums.size(); ++r) {
        if (users > 0 && sums[r] > 0) mean.push_back({id_of<RouteId>(r), sums[r] / users});
    }
    return mean;
}

/// Fills a market of which nothing is known, and such regions.
void fill_from_others(World& world, JurisdictionId jurisdiction) {
    auto& market = world.markets[index(jurisdiction)];
    if (!market) return;
    if (market->unknown >= 1) {
        market->routes = mean_routes(world, [&](JurisdictionId other) { return share_a_bloc(world, jurisdiction, other); });
        if (market->routes.empty()) market->routes = mean_routes(world, [](JurisdictionId) { return true; });
        if (market->routes.empty()) {
            throw sim::Error(sim::Code::kInconsistent, {}, "a world with a measured market, or missing \"best\" or \"worst\"",
                             "unknown shares alone");
        }
    }
    for (Region& region : market->regions) {
        if (region.unknown >= 1) region.routes = market->routes;
        region.unknown = 0;
    }
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
            one.representatives = 1;
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

/// Refuses worlds whose routes, each by all its stand-ins, would be too many; before any is made.
void check_expansion(World& world, const std::vector<std::vector<StandIn>>& stand_ins) {
    constexpr double kMostRows = 4e6;
    const auto ways = [&](const std::optional<EntityId>& entity) {
        return entity ? std::max(1.0, static_cast<double>(stand_ins[index(*entity)].size())) : 1.0;
    };
    double rows = 0;
    for_each_table(world, [&](std::vector<RouteShare>& routes, double&) {
        for (const auto& row : routes) {
            const Route& route = world.routes[index(row.route)];
            rows += ways(route.provider) * ways(route.gateway) * ways(route.outbound) * ways(route.forward_to);
        }
    });
    if (rows <= kMostRows) return;
    throw sim::Error(sim::Code::kTooLarge, {}, "at most " + std::to_string(static_cast<int>(kMostRows)) + " shares of representatives",
                     std::to_string(static_cast<std::uint64_t>(rows)) + " (see `representatives` of counted providers)");
}

}  // namespace

World with_missing(World world, Missing missing) {
    if (missing == Missing::kProportional) {
        for_each_table(world, divide_by_known);
        for (std::size_t j = 0; j < world.markets.size(); ++j) fill_from_others(world, id_of<JurisdictionId>(j));
        for (auto& market : world.markets) {
            if (market) market->unknown = 0;
        }
        return world;
    }
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
        routes.push_back({unmeasured_route(), unknown});
        unknown = 0;
    });
    return world;
}

World with_representatives(World world, const std::vector<bool>& keeps_state) {
    assert(keeps_state.size() == world.entities.size());
    const auto stand_ins = add_stand_ins(world, keeps_state);
    check_expansion(world, stand_ins);
    const std::vector<Route> originals = world.routes;
    std::map<Route, RouteId> known;
    for (std::size_t r = 0; r < originals.size(); ++r) known.try_emplace(originals[r], id_of<RouteId>(r));
    for_each_table(world, [&](std::vector<RouteShare>& routes, double&) {
        std::vector<RouteShare> expanded;
        for (const auto& row : routes) {
            const Route route = originals[index(row.route)];
            for (const auto& provider : choices(route.provider, stand_ins)) {
                for (const auto& gateway : choices(route.gateway, stand_ins)) {
                    for (const auto& outbound : choices(route.outbound, stand_ins)) {
                        for (const auto& forward_to : choices(route.forward_to, stand_ins)) {
                            const Route one{*provider.first, gateway.first, outbound.first, route.address, forward_to.first};
                            const double weight = provider.second * gateway.second * outbound.second * forward_to.second;
                            const auto [found, is_new] = known.try_emplace(one, id_of<RouteId>(world.routes.size()));
                            if (is_new) world.routes.push_back(one);
                            expanded.push_back({found->second, row.share * weight});
                        }
                    }
                }
            }
        }
        routes = std::move(expanded);
    });
    return world;
}

}  // namespace mailrift
