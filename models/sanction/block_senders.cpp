// Measure `block_senders`: mail from the target's addresses is refused, and, by direction, mail to them.
#include "models/sanction/registry.h"

namespace mailrift {
namespace {

/// W_A[p, q] = 0 where an element of the recipient's chain refuses the sender's address (DESIGN section 8; FACTS 8, O1 and O2).
class BlockSenders final : public Measure {
public:
    std::vector<Change> effects(const Order& order, OrderId id, EntityId entity, const std::vector<SeatId>& seats,
                                const StateView&) const override {
        std::vector<Change> changes;
        for (const SeatId seat : seats) add_blocks(order, id, entity, seat, changes);
        return changes;
    }
};

}  // namespace

MeasureEntry block_senders() {
    return {"block_senders",
            "Mail from the target's addresses is refused at the entity (550 5.7.1), and mail of its users to them.",
            {},
            [](const sim::View&) { return std::make_shared<const BlockSenders>(); }};
}

}  // namespace mailrift
