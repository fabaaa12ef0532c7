// Cohorts and seats: who is simulated as one, and on which route.
#include "models/population/population.h"

#include <algorithm>
#include <cassert>

#include "sim/hash.h"

namespace mailrift {
namespace {

const Market& market_of(const World& world, const Cohort& cohort) {
    if (cohort.group) return world.groups[*cohort.group].market;
    return *world.markets[index(cohort.jurisdiction)];
}

/// The domains table: declared names, then one a cohort, then one a provider.
struct DomainTable {
    std::size_t cohort_base;
    std::size_t entity_base;

    [[nodiscard]] DomainId of(const World& world, const Population& population, CohortId cohort, const Route& route) const {
        if (route.address == Address::kProvider) return id_of<DomainId>(entity_base + index(route.provider));
        const auto& group = population.cohorts[index(cohort)].group;
        if (group && world.groups[*group].domain) return *world.groups[*group].domain;
        return id_of<DomainId>(cohort_base + index(cohort));
    }
};

DomainTable name_domains(const World& world, Population& population) {
    for (const auto& domain : world.domains) population.domains.push_back(domain.id);
    const DomainTable table{world.domains.size(), world.domains.size() + population.cohorts.size()};
    for (const auto& cohort : population.cohorts) population.domains.push_back("domain-of:" + cohort.id);
    for (const auto& entity : world.entities) population.domains.push_back("domain-of:" + entity.id);
    return table;
}

SeatId add_seat(Population& population, const Seat& seat) {
    const SeatId id = id_of<SeatId>(population.seats.size());
    population.seats.push_back(seat);
    population.seats_of[index(seat.cohort)].push_back(id);
    return id;
}

/// The seat that stands for the same route and the same lost address; rows of one route add up.
std::optional<SeatId> find_seat(const Population& population, CohortId cohort, RouteId route, std::optional<SeatId> left) {
    for (const SeatId id : population.seats_of[index(cohort)]) {
        const Seat& seat = population.seats[index(id)];
        if (seat.route == route && seat.left == left) return id;
    }
    return std::nullopt;
}

/// None where the move leads nowhere else.
std::optional<Route> route_after_move(const Route& before, EntityId provider, std::optional<EntityId> outbound) {
    if (!outbound) {
        if (before.provider == provider) return std::nullopt;
        return Route{provider, std::nullopt, std::nullopt, before.address};
    }
    if (before.provider != provider || source_of(before) == *outbound) return std::nullopt;
    Route relayed = before;
    relayed.outbound = outbound;
    return relayed;
}

/// The seat whose address is lost by a move to `route`: of several moves in a row the first, whose address contacts knew from the start.
std::optional<SeatId> address_lost(const World& world, const Seat& seat, SeatId from, const Route& route) {
    const bool stays = route.address == Address::kOwn || route.provider == world.routes[index(seat.route)].provider;
    return stays ? seat.left : seat.left.value_or(from);
}

void add_destination(World& world, Population& population, const DomainTable& domains, const Destination& destination) {
    const std::vector<SeatId> existing = population.seats_of[index(destination.cohort)];
    for (const SeatId from : existing) {
        const Seat seat = population.seats[index(from)];
        const auto route = route_after_move(world.routes[index(seat.route)], destination.provider, destination.outbound);
        if (!route) continue;
        const RouteId id = intern_route(world.routes, *route);
        const auto left = address_lost(world, seat, from, *route);
        if (find_seat(population, destination.cohort, id, left)) continue;
        add_seat(population, {destination.cohort, id, domains.of(world, population, destination.cohort, *route), 0, left});
    }
}

}  // namespace

std::vector<Cohort> cohorts_of(const World& world) {
    std::vector<Cohort> cohorts;
    std::vector<double> grouped(world.jurisdictions.size(), 0.0);
    for (std::size_t g = 0; g < world.groups.size(); ++g) {
        const Group& group = world.groups[g];
        const auto& home = world.jurisdictions[index(group.jurisdiction)];
        grouped[index(group.jurisdiction)] += group.users;
        cohorts.push_back({group.id, group.jurisdiction, g, group.users, home.utc_offset});
    }
    for (std::size_t j = 0; j < world.jurisdictions.size(); ++j) {
        const double rest = world.jurisdictions[j].mail_users - grouped[j];
        if (!world.markets[j] || rest <= 0) continue;
        const auto& home = world.jurisdictions[j];
        cohorts.push_back({home.code, id_of<JurisdictionId>(j), std::nullopt, rest, home.utc_offset});
    }
    return cohorts;
}

Population build_population(World& world, const std::vector<Destination>& destinations) {
    Population population;
    population.cohorts = cohorts_of(world);
    population.seats_of.resize(population.cohorts.size());
    const DomainTable domains = name_domains(world, population);
    for (std::size_t c = 0; c < population.cohorts.size(); ++c) {
        const CohortId cohort = id_of<CohortId>(c);
        const Market& market = market_of(world, population.cohorts[c]);
        assert(market.unknown == 0);
        for (const auto& row : market.routes) {
            const Route& route = world.routes[index(row.route)];
            if (const auto same = find_seat(population, cohort, row.route, std::nullopt)) {
                population.seats[index(*same)].share += row.share;
            } else {
                add_seat(population, {cohort, row.route, domains.of(world, population, cohort, route), row.share, std::nullopt});
            }
        }
    }
    // Responses can move members on, from where another one brought them: repeated until no move leads to a seat that is not there.
    for (std::size_t before = 0; before < population.seats.size();) {
        before = population.seats.size();
        for (const auto& destination : destinations) add_destination(world, population, domains, destination);
    }
    return population;
}

std::vector<CohortId> select_cohorts(const World& world, const Population& population, std::string_view name) {
    const auto jurisdiction = find_jurisdiction(world, name);
    const auto bloc = find_bloc(world, name);
    std::vector<CohortId> selection;
    for (std::size_t c = 0; c < population.cohorts.size(); ++c) {
        const Cohort& cohort = population.cohorts[c];
        const bool named = name == "*" || cohort.id == name || (jurisdiction && cohort.jurisdiction == *jurisdiction);
        const auto lists = [&](const Bloc& b) {
            return std::find(b.members.begin(), b.members.end(), cohort.jurisdiction) != b.members.end();
        };
        if (named || (bloc && lists(world.blocs[index(*bloc)]))) selection.push_back(id_of<CohortId>(c));
    }
    return selection;
}

std::vector<CohortId> cohorts_at(const World& world, const Population& population, EntityId provider) {
    std::vector<CohortId> cohorts;
    for (std::size_t c = 0; c < population.cohorts.size(); ++c) {
        const auto& rows = market_of(world, population.cohorts[c]).routes;
        const auto there = [&](const RouteShare& row) { return world.routes[index(row.route)].provider == provider; };
        if (std::any_of(rows.begin(), rows.end(), there)) cohorts.push_back(id_of<CohortId>(c));
    }
    return cohorts;
}

double users_in(const Population& population, const std::vector<CohortId>& selection) {
    double users = 0;
    for (const CohortId id : selection) users += population.cohorts[index(id)].users;
    return users;
}

std::optional<SeatId> seat_after_move(const World& world, const Population& population, SeatId from, EntityId provider,
                                      std::optional<EntityId> outbound) {
    const Seat& seat = population.seats[index(from)];
    const auto route = route_after_move(world.routes[index(seat.route)], provider, outbound);
    if (!route) return std::nullopt;
    const auto found = std::find(world.routes.begin(), world.routes.end(), *route);
    if (found == world.routes.end()) return std::nullopt;
    return find_seat(population, seat.cohort, id_of<RouteId>(static_cast<std::size_t>(found - world.routes.begin())),
                     address_lost(world, seat, from, *route));
}

std::uint64_t seat_key(const World& world, const Population& population, SeatId seat) {
    const Seat& place = population.seats[index(seat)];
    const Route& route = world.routes[index(place.route)];
    std::uint64_t key = sim::hash64(population.cohorts[index(place.cohort)].id);
    for (const auto& entity : {std::optional<EntityId>(route.provider), route.gateway, route.outbound}) {
        key = sim::join64(key, entity ? sim::hash64(world.entities[index(*entity)].id) : 0);
    }
    if (route.forward_to) key = sim::join64(key, sim::hash64(world.entities[index(*route.forward_to)].id));
    return place.left ? sim::join64(key, seat_key(world, population, *place.left)) : key;
}

}  // namespace mailrift
