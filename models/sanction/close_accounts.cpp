// Measure `close_accounts`: the target's mailboxes at the entity close; it can neither write nor receive there.
#include "models/sanction/registry.h"

namespace mailrift {
namespace {

/// o[A, p] = 0 for the target's accounts at a provider that obeys (DESIGN sections 6 and 8). A gateway has no accounts to close.
class CloseAccounts final : public Measure {
public:
    std::vector<Change> effects(const Order&, OrderId id, EntityId entity, const std::vector<SeatId>& seats,
                                const StateView& view) const override {
        std::vector<Change> changes;
        for (const SeatId seat : seats) {
            if (view.route(seat).provider == entity) changes.push_back({ChangeKind::kClose, {id, entity, seat, {}}, {}, 0});
        }
        return changes;
    }
};

}  // namespace

MeasureEntry close_accounts() {
    return {
        "close_accounts", "The target's mailboxes at the entity close: it can neither write nor receive there.", {}, [](const sim::View&) {
            return std::make_shared<const CloseAccounts>();
        }};
}

}  // namespace mailrift
