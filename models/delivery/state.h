// The state that control events change and traffic, measures and plug-ins read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "models/delivery/greylist_delay.h"
#include "models/delivery/verdict.h"
#include "models/population/population.h"

namespace mailrift {

/// Which mail an order's block refuses.
enum class Refuses : std::uint8_t {
    kFrom,  ///< mail that the seat sends, at whoever receives it
    kTo,    ///< mail to the seat, when the entity's own users hand it in
};

/// One order's block: `at` refuses mail from, or to, the addresses of one seat.
struct Block {
    OrderId order;
    EntityId at;
    SeatId seat;
    Refuses refuses = Refuses::kFrom;
    auto operator<=>(const Block&) const = default;
};

/// Everything that changes while a run goes on. Changed only by `apply` (models/delivery/change.h).
struct MailState {
    std::vector<double> share;                    ///< by seat: part of the cohort that sits there now, 0..1
    std::vector<double> informed;                 ///< by seat with a new address: part of the cohort whose contacts were told
    std::vector<std::vector<OrderId>> closed_by;  ///< by seat: orders that keep its accounts closed; empty: open
    std::vector<std::vector<Block>> blocks;       ///< by entity, in the order in which orders took effect
    VerdictTable verdicts;
    std::map<PolicyId, Greylist> greylists;                   ///< what the greylists of verdicts are; set once
    std::vector<bool> judges{};                               ///< by entity: whether any policy is ever applied there; set once
    std::map<EntityId, std::vector<EntityId>> subscribers{};  ///< by blocklist: receivers that ask it; set once
};

/// The state at t = 0: everybody on the seat where the population puts them, nothing closed or blocked.
[[nodiscard]] MailState initial_state(const World& world, const Population& population);

/// Read-only view of a run that plug-ins and measures get.
struct StateView {
    const World& world;
    const Population& population;
    const MailState& state;

    [[nodiscard]] const Seat& seat(SeatId id) const { return population.seats[index(id)]; }
    [[nodiscard]] const Route& route(SeatId id) const { return world.routes[index(seat(id).route)]; }
    [[nodiscard]] bool open(SeatId id) const { return state.closed_by[index(id)].empty(); }
};

/// Share of contacts that know the address of this seat, 0..1 (DESIGN section 8, k): 1 unless the address was lost in a move.
[[nodiscard]] double known_share(const StateView& view, SeatId seat);

}  // namespace mailrift
