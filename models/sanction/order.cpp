// A government's order, as the document states it, and who obeys it when.
#include "models/sanction/order.h"

namespace mailrift {
namespace {

std::vector<SeatId> target_seats(const Order& order, const StateView& view, bool new_address) {
    std::vector<SeatId> seats;
    for (const CohortId cohort : order.target) {
        for (const SeatId seat : view.population.seats_of[index(cohort)]) {
            if (view.seat(seat).left.has_value() == new_address) seats.push_back(seat);
        }
    }
    return seats;
}

}  // namespace

std::vector<SeatId> known_seats(const Order& order, const StateView& view) { return target_seats(order, view, false); }

std::vector<SeatId> new_seats(const Order& order, const StateView& view) { return target_seats(order, view, true); }

void add_blocks(const Order& order, OrderId id, EntityId entity, SeatId seat, std::vector<Change>& changes) {
    if (order.direction != Direction::kTo) changes.push_back({ChangeKind::kBlock, {id, entity, seat, Refuses::kFrom}, {}, 0});
    if (order.direction != Direction::kFrom) changes.push_back({ChangeKind::kBlock, {id, entity, seat, Refuses::kTo}, {}, 0});
}

}  // namespace mailrift
