// Measure `block_domains`: mail from the target's domains is refused; whoever shares the domain is hit as well.
#include "models/sanction/registry.h"

#include <algorithm>

namespace mailrift {
namespace {

/// As `block_senders`, for every seat whose address is in a domain of the target (DESIGN section 6). An address that belongs to a provider is
/// in the provider's domain, so such a block hits all of its other users with addresses of that kind (FACTS 0, fact 7).
class BlockDomains final : public Measure {
public:
    std::vector<Change> effects(const Order& order, OrderId id, EntityId entity, const std::vector<SeatId>& seats,
                                const StateView& view) const override {
        std::vector<DomainId> domains;
        for (const SeatId seat : seats) domains.push_back(view.seat(seat).domain);
        std::vector<Change> changes;
        for (std::size_t s = 0; s < view.population.seats.size(); ++s) {
            const bool listed = std::find(domains.begin(), domains.end(), view.population.seats[s].domain) != domains.end();
            if (listed) add_blocks(order, id, entity, id_of<SeatId>(s), changes);
        }
        return changes;
    }
};

}  // namespace

MeasureEntry block_domains() {
    return {"block_domains",
            "Mail from the target's domains is refused at the entity; whoever shares a domain is hit as well.",
            {},
            [](const sim::View&) { return std::make_shared<const BlockDomains>(); }};
}

}  // namespace mailrift
