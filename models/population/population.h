// Cohorts and seats: who is simulated as one, and on which route.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/world/world.h"

namespace mailrift {

/// A group, or the rest of a jurisdiction: a row of the mixing matrix.
struct Cohort {
    std::string id;  ///< the group's id, or the jurisdiction's code
    JurisdictionId jurisdiction;
    std::optional<std::size_t> group;  ///< position in World::groups; none: the rest of the jurisdiction
    double users = 0;                  ///< in `unit`s
    sim::Duration utc_offset;
};

/// The members of one cohort on one route. Seats exist from the start, also those that only a later move fills.
struct Seat {
    CohortId cohort;
    RouteId route;
    DomainId domain;             ///< index into Population::domains
    double share = 0;            ///< of the cohort at t = 0, 0..1
    std::optional<SeatId> left;  ///< the seat whose address was lost; none: the address is the one known from the start
};

/// A move that a response can make: members of `cohort` to `provider`; with `outbound`, those at `provider` to sending by that relay.
struct Destination {
    CohortId cohort;
    EntityId provider;
    std::optional<EntityId> outbound{};
    auto operator<=>(const Destination&) const = default;
};

struct Population {
    std::vector<Cohort> cohorts;
    std::vector<Seat> seats;
    std::vector<std::vector<SeatId>> seats_of;  ///< by cohort, in the order of the world's routes
    std::vector<std::string> domains;           ///< names: declared ones, one for each cohort, one for each provider
};

/// Groups in document order, then the rest of each jurisdiction that has mail users outside its groups.
[[nodiscard]] std::vector<Cohort> cohorts_of(const World& world);

/// The cohorts of a world (groups first, then jurisdictions with a market) on their routes, and the seats that `destinations` need.
///
/// Where the address is the member's own, a destination is the seat on the same kind of route (merged with an existing one); where it
/// belongs to the provider, each seat that can be left gets a destination of its own, which remembers the address that was lost. Moves in a row
/// lose the address from the start: what was new in between counts as never known. A new relay changes nothing of how mail arrives.
/// \param world one without unknown shares (with_missing).
[[nodiscard]] Population build_population(World& world, const std::vector<Destination>& destinations);

/// The cohorts that a name stands for: a group; a jurisdiction, its groups included; a bloc; "*" is everyone. Empty if the name is unknown.
[[nodiscard]] std::vector<CohortId> select_cohorts(const World& world, const Population& population, std::string_view name);

/// The cohorts of which some use a route of `provider` at t = 0.
[[nodiscard]] std::vector<CohortId> cohorts_at(const World& world, const Population& population, EntityId provider);

/// Members of all cohorts in `selection`, in `unit`s.
[[nodiscard]] double users_in(const Population& population, const std::vector<CohortId>& selection);

/// The seat that a member on `from` gets by a move to `provider`, or with `outbound` by a new relay; none if the population was built without that
/// destination, or if they are there already.
[[nodiscard]] std::optional<SeatId> seat_after_move(const World& world, const Population& population, SeatId from, EntityId provider,
                                                    std::optional<EntityId> outbound = {});

/// A seat's key for random numbers: a hash of its cohort, its route, and the seat whose address it lost.
[[nodiscard]] std::uint64_t seat_key(const World& world, const Population& population, SeatId seat);

}  // namespace mailrift
