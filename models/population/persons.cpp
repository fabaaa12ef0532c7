// Persons: cohorts and seats in whole people, in an order that does not depend on the document's.
#include "models/population/persons.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <tuple>

#include "sim/error.h"
#include "sim/hash.h"
#include "sim/json.h"

namespace mailrift {
namespace {

std::string_view name_of(const World& world, const std::optional<EntityId>& entity) {
    return entity ? std::string_view(world.entities[index(*entity)].id) : std::string_view();
}

auto route_name(const World& world, const Seat& seat) {
    const Route& route = world.routes[index(seat.route)];
    return std::tuple(name_of(world, route.provider), name_of(world, route.gateway), name_of(world, route.outbound), route.address,
                      name_of(world, route.forward_to));
}

/// The cohorts that have users, by id.
std::vector<CohortId> cohorts_by_name(const Population& population) {
    std::vector<CohortId> order;
    for (std::size_t c = 0; c < population.cohorts.size(); ++c) {
        if (population.cohorts[c].users > 0) order.push_back(id_of<CohortId>(c));
    }
    std::sort(order.begin(), order.end(), [&](CohortId a, CohortId b) {
        return std::tie(population.cohorts[index(a)].id, a) < std::tie(population.cohorts[index(b)].id, b);
    });
    return order;
}

/// The seats of a cohort that have members at t = 0, by the names of their routes.
std::vector<SeatId> seats_by_name(const World& world, const Population& population, CohortId cohort) {
    std::vector<SeatId> order;
    for (const SeatId seat : population.seats_of[index(cohort)]) {
        if (population.seats[index(seat)].share > 0) order.push_back(seat);
    }
    std::sort(order.begin(), order.end(), [&](SeatId a, SeatId b) {
        return route_name(world, population.seats[index(a)]) < route_name(world, population.seats[index(b)]);
    });
    return order;
}

void seat_persons(const World& world, const Population& population, const CohortPersons& cohort, std::vector<SeatStart>& starts) {
    const std::vector<SeatId> seats = seats_by_name(world, population, cohort.cohort);
    assert(!seats.empty());
    double shares = 0;
    for (const SeatId seat : seats) shares += population.seats[index(seat)].share;
    std::vector<double> amounts;
    for (const SeatId seat : seats) amounts.push_back(population.seats[index(seat)].share / shares * cohort.size);
    const auto sizes = largest_remainder(amounts, cohort.size, 0);
    Person first = cohort.first;
    for (std::size_t s = 0; s < seats.size(); ++s) {
        if (sizes[s] == 0) continue;
        starts.push_back({first, seats[s]});
        first += static_cast<std::uint32_t>(sizes[s]);
    }
    assert(first == cohort.first + cohort.size);
}

}  // namespace

std::vector<std::uint64_t> largest_remainder(std::span<const double> amounts, std::uint64_t total, std::uint64_t least) {
    std::vector<std::uint64_t> whole;
    std::vector<double> remainder;
    std::uint64_t sum = 0;
    for (const double amount : amounts) {
        assert(amount >= 0 && std::isfinite(amount));
        const auto below = static_cast<std::uint64_t>(amount);
        whole.push_back(std::max(below, least));
        remainder.push_back(below < least ? -1 : amount - static_cast<double>(below));
        sum += whole.back();
    }
    std::vector<std::size_t> order(amounts.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return remainder[a] > remainder[b]; });
    // Rounding of the amounts can have lost, or won, one part in 2^52 of their sum: then a few are taken from the smallest parts.
    for (std::size_t i = 0; sum < total; i = (i + 1) % order.size(), ++sum) ++whole[order[i]];
    for (std::size_t i = order.size(); least == 0 && sum > total;) {
        i = i == 0 ? order.size() - 1 : i - 1;
        if (whole[order[i]] > 0) --whole[order[i]], --sum;
    }
    return whole;
}

Persons lay_out_persons(const World& world, const Population& population, double scale) {
    if (!(scale > 0 && scale <= 1)) {
        throw sim::Error(sim::Code::kArgument, {}, "a scale above 0 and at most 1", sim::format_number(scale));
    }
    const std::vector<CohortId> order = cohorts_by_name(population);
    std::vector<double> users;
    for (const CohortId cohort : order) users.push_back(population.cohorts[index(cohort)].users * scale);
    const double total = std::floor(std::accumulate(users.begin(), users.end(), 0.0) + 0.5);
    constexpr double kMost = 0xFFFFFFFEU;
    if (!(total + static_cast<double>(order.size()) <= kMost)) {
        throw sim::Error(sim::Code::kTooLarge, {}, "at most 4294967294 persons (a smaller scale gives fewer)", sim::format_number(total));
    }
    const auto sizes = largest_remainder(users, static_cast<std::uint64_t>(total), 1);
    Persons persons;
    persons.rank_of.assign(population.cohorts.size(), kNoRank);
    for (std::size_t c = 0; c < order.size(); ++c) {
        const auto size = static_cast<std::uint32_t>(sizes[c]);
        persons.rank_of[index(order[c])] = static_cast<std::uint32_t>(c);
        persons.cohorts.push_back({order[c], sim::hash64(population.cohorts[index(order[c])].id), persons.count, size, users[c]});
        persons.count += size;
        seat_persons(world, population, persons.cohorts.back(), persons.seats);
    }
    return persons;
}

std::size_t cohort_rank(const Persons& persons, Person person) {
    assert(person < persons.count);
    const auto after = std::upper_bound(persons.cohorts.begin(), persons.cohorts.end(), person,
                                        [](Person id, const CohortPersons& cohort) { return id < cohort.first; });
    return static_cast<std::size_t>(after - persons.cohorts.begin()) - 1;
}

SeatId seat_at_start(const Persons& persons, Person person) {
    assert(person < persons.count);
    const auto after = std::upper_bound(persons.seats.begin(), persons.seats.end(), person,
                                        [](Person id, const SeatStart& start) { return id < start.first; });
    return (after - 1)->seat;
}

std::uint64_t person_key(std::uint64_t cohort_key, std::uint32_t index_in_cohort) noexcept {
    return sim::mix64(cohort_key + sim::mix64(index_in_cohort));
}

}  // namespace mailrift
