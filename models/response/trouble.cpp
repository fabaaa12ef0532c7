// Senders in trouble: providers whose mail fails, and who decides at what failure something must be done about it.
#include "models/response/trouble.h"

#include <algorithm>

#include "sim/shape_check.h"

namespace mailrift {
namespace {

/// Shares are sums of rounded numbers: at a threshold that is met exactly, as all mail of an hour in ten, a sender is in trouble.
constexpr double kSlack = 1e-12;

template <class Id>
void keep_each_once(std::vector<Id>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

std::vector<sim::Field> with_trouble(std::vector<sim::Field> fields) {
    std::vector<sim::Field> all{
        sim::required("providers", sim::list(sim::reference({"providers"}), 1),
                      "who decides: of a counted provider each operator for itself"),
        sim::defaulted("start", sim::figure(sim::duration()), sim::make_text("0 s"), "from when mail counts", "assumed"),
        sim::defaulted(
            "failed", sim::figure(sim::number("share", 0, 1).open_low()), sim::make_number(0.1),
            "share of the wanted mail that its members sent in the last `over` and that is not in an inbox, from which on it acts",
            "assumed"),
        sim::defaulted("over", sim::figure(sim::duration(sim::Duration{3'600'000'000}, sim::Duration{365 * kDaily.us})),
                       sim::make_text("7 d"), "time over which mail is counted", "assumed"),
    };
    all.insert(all.end(), fields.begin(), fields.end());
    return all;
}

Trouble decode_trouble(const sim::View& view, const ResponseContext& context) {
    Trouble trouble;
    for (const auto& provider : view["providers"].items()) {
        for (const EntityId sender : context.operators(provider.text())) {
            trouble.senders.push_back(sender);
            for (const CohortId cohort : context.members(sender)) trouble.members.push_back(cohort);
        }
    }
    keep_each_once(trouble.senders);
    keep_each_once(trouble.members);
    trouble.start = sim::Time{view["start"].duration().us};
    trouble.failed = view["failed"].number();
    trouble.over = view["over"].duration();
    return trouble;
}

std::vector<Reaction> TroubleResponse::react(const ResponseInput& input) const {
    std::vector<bool> in_trouble(input.view.world.entities.size(), false);
    for (const EntityId sender : trouble_.senders) {
        const MailRecord& record = input.sent[index(sender)];
        in_trouble[index(sender)] = record.written > 0 && record.failed >= trouble_.failed * record.written * (1 - kSlack);
    }
    std::vector<Reaction> reactions;
    for (std::size_t s = 0; s < input.view.population.seats.size(); ++s) {
        const SeatId seat = id_of<SeatId>(s);
        if (input.view.state.share[s] > 0 && in_trouble[index(input.view.route(seat).provider)]) act(input.view, seat, reactions);
    }
    return reactions;
}

std::vector<CohortId> TroubleResponse::members(const std::set<Destination>& others) const {
    std::vector<CohortId> members = trouble_.members;
    for (const Destination& other : others) {
        if (std::binary_search(trouble_.senders.begin(), trouble_.senders.end(), other.provider)) members.push_back(other.cohort);
    }
    keep_each_once(members);
    return members;
}

}  // namespace mailrift
