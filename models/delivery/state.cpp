// The state that control events change and traffic, measures and plug-ins read.
#include "models/delivery/state.h"

#include <algorithm>

namespace mailrift {

MailState initial_state(const World& world, const Population& population) {
    MailState state;
    for (const auto& seat : population.seats) state.share.push_back(seat.share);
    state.informed.assign(population.seats.size(), 0.0);
    state.closed_by.resize(population.seats.size());
    state.blocks.resize(world.entities.size());
    return state;
}

double known_share(const StateView& view, SeatId seat) {
    if (!view.seat(seat).left) return 1;
    const double share = view.state.share[index(seat)];
    return share > 0 ? std::min(1.0, view.state.informed[index(seat)] / share) : 0;
}

}  // namespace mailrift
