// What becomes of a message from one seat to another under the state of its slice.
#include "models/delivery/fate.h"

namespace mailrift {
namespace {

/// The first block at `entity` that refuses mail from, or to, `seat`.
std::optional<OrderId> blocking_order(const StateView& view, EntityId entity, SeatId seat, Refuses refuses) {
    for (const Block& block : view.state.blocks[index(entity)]) {
        if (block.seat == seat && block.refuses == refuses) return block.order;
    }
    return std::nullopt;
}

std::optional<OrderId> refused_submission(const StateView& view, const Route& out, SeatId to) {
    if (const auto order = blocking_order(view, out.provider, to, Refuses::kTo)) return order;
    return out.outbound ? blocking_order(view, *out.outbound, to, Refuses::kTo) : std::nullopt;
}

std::optional<OrderId> refused_reception(const StateView& view, const Route& in, SeatId from) {
    if (in.gateway) {
        if (const auto order = blocking_order(view, *in.gateway, from, Refuses::kFrom)) return order;
    }
    return blocking_order(view, in.provider, from, Refuses::kFrom);
}

/// Appends the fate of mail to the address of one seat; `share` of all mail takes this way.
void add_address(const StateView& view, SeatId from, SeatId to, double share, Fate& fate) {
    if (share <= 0) return;
    const Route& in = view.route(to);
    const auto add = [&](Outcome outcome, Cause cause, double part) {
        if (part > 0) fate.push_back({to, outcome, cause, share * part});
    };
    const auto& closed = view.state.closed_by[index(from)];
    if (!closed.empty()) return add(Outcome::kUnsent, {closed.front(), {}}, 1);
    if (const auto order = refused_submission(view, view.route(from), to)) return add(Outcome::kUnsent, {order, {}}, 1);
    if (const auto order = refused_reception(view, in, from)) return add(Outcome::kRejected, {order, {}}, 1);
    const auto& gone = view.state.closed_by[index(to)];
    if (!gone.empty()) return add(Outcome::kClosedAccount, {gone.front(), {}}, 1);
    const Verdict& verdict = view.state.verdicts.at(source_of(view.route(from)), judge_of(in));
    for (const VerdictPart& part : verdict.parts) add(part.outcome, {{}, part.policy}, part.share);
    add(Outcome::kInbox, {}, verdict.accept);
}

}  // namespace

std::vector<AddressShare> addresses_of(const StateView& view, SeatId to) {
    const double known = known_share(view, to);
    std::vector<AddressShare> addresses{{to, known}};
    if (view.seat(to).left) addresses.push_back({*view.seat(to).left, 1 - known});
    return addresses;
}

Fate fate_of(const StateView& view, SeatId from, SeatId to) {
    Fate fate;
    for (const AddressShare& address : addresses_of(view, to)) add_address(view, from, address.to, address.share, fate);
    return fate;
}

double inbox_share(const StateView& view, SeatId from, SeatId to) {
    double share = 0;
    for (const FatePart& part : fate_of(view, from, to)) {
        if (part.outcome == Outcome::kInbox) share += part.share;
    }
    return share;
}

}  // namespace mailrift
