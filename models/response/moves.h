// What a move of members is made of: the move itself, and the news of an address that is lost with the old account.
#pragma once

#include <utility>
#include <vector>

#include "models/response/registry.h"
#include "models/response/response.h"

namespace mailrift {

/// Where members go, and who is told.
struct Moving {
    std::vector<std::pair<EntityId, double>> to;  ///< shares sum to 1
    double informed = 1;                          ///< share of contacts that learn a new address, 0..1
    sim::Duration inform_delay;                   ///< from the move until they do
};

/// `fields`, and the keys `to`, `informed` and `inform_delay` of a response.
[[nodiscard]] std::vector<sim::Field> with_moving(std::vector<sim::Field> fields);
[[nodiscard]] Moving decode_moving(const sim::View& view, const ResponseContext& context);

/// All moves of `cohorts` to its providers.
[[nodiscard]] std::vector<Destination> destinations_of(const Moving& moving, const std::vector<CohortId>& cohorts);

/// Whether members at `provider` are already at one of those where they would go.
[[nodiscard]] bool is_destination(const Moving& moving, EntityId provider);

/// Sending moves at once, and so does receiving where the address is the member's own; where it is the provider's, the `informed` share of contacts
/// learns the new one `inform_delay` after the move (DESIGN section 7).
/// \param leaving share of those on `from` that leaves, 0..1
void add_moves(const Moving& moving, const StateView& view, SeatId from, double leaving, std::vector<Reaction>& reactions);

}  // namespace mailrift
