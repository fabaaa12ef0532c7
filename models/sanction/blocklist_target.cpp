// Measure `blocklist_target`: the operator of a blocklist lists the target's sending pools; every subscriber follows.
#include "models/sanction/registry.h"

#include <algorithm>

namespace mailrift {
namespace {

/// At a list that obeys (layer `blocklist`): each receiver that subscribes to it refuses mail from the pools by which the target sends. A pool is what a
/// list can tell: whoever shares it is hit as well. Subscribers are those from t = 0 on, and they refuse, also where the list only scores
/// (assumed). Nothing at who is no list, at a list of good sources, nor at a list that nobody asks.
class BlocklistTarget final : public Measure {
public:
    std::vector<Change> effects(const Order& /*order*/, OrderId id, EntityId entity, const std::vector<SeatId>& seats,
                                const StateView& view) const override {
        std::vector<Change> changes;
        const auto subscribers = view.state.subscribers.find(entity);
        if (subscribers == view.state.subscribers.end()) return changes;
        std::vector<EntityId> pools;
        for (const SeatId seat : seats) pools.push_back(source_of(view.route(seat)));
        std::sort(pools.begin(), pools.end());
        for (std::size_t s = 0; s < view.population.seats.size(); ++s) {
            const SeatId seat = id_of<SeatId>(s);
            if (!std::binary_search(pools.begin(), pools.end(), source_of(view.route(seat)))) continue;
            for (const EntityId receiver : subscribers->second) {
                Change change;
                change.kind = ChangeKind::kBlock;
                change.block = {id, receiver, seat, Refuses::kFrom};
                changes.push_back(change);
            }
        }
        return changes;
    }
};

}  // namespace

MeasureEntry blocklist_target() {
    return {
        "blocklist_target",
        "A blocklist that is bound (`layers`: \"blocklist\") lists the target's sending pools: its subscribers refuse their mail, whoever shares them.",
        {},
        [](const sim::View&) { return std::make_shared<const BlocklistTarget>(); }};
}

}  // namespace mailrift
