// What becomes of a message from one seat to another under the state of its slice.
#include "models/delivery/fate.h"

#include <algorithm>

#include "models/delivery/attempt.h"
#include "models/delivery/greylist_delay.h"
#include "models/delivery/retry_schedule.h"

namespace mailrift {

std::vector<AddressShare> addresses_of(const StateView& view, SeatId to) {
    std::vector<AddressShare> addresses;
    each_address(view, to, [&](SeatId address, double share) { addresses.push_back({address, share}); });
    return addresses;
}

Fate fate_of(const StateView& view, SeatId from, SeatId to) {
    Fate fate;
    for (const Reception& at : receptions_of(view, from, to)) {
        if (at.asked != Asked::kAll) {
            double left = 1;
            for (std::size_t i = 0; at.policies() != nullptr && i < at.policies()->before_rcpt; ++i) {
                const VerdictPart& part = at.policies()->parts[i];
                if (part.outcome == Outcome::kJunk) continue;
                fate.push_back({at.to, part.outcome, {{}, part.policy}, at.share * part.share});
                left -= part.share;
            }
            if (left > 0) fate.push_back({at.to, at.end, at.cause, at.share * left});
            continue;
        }
        for (const VerdictPart& part : at.policies()->parts)
            fate.push_back({at.to, part.outcome, {{}, part.policy}, at.share * part.share});
        if (at.policies()->accept > 0) fate.push_back({at.to, Outcome::kInbox, {}, at.share * at.policies()->accept});
    }
    return fate;
}

namespace {

/// How many tries a source makes within the deadline, and the first of them that a greylist which never saw the sender lets pass.
struct Tries {
    std::size_t count = 0;
    std::size_t passing = 0;  ///< = count if none
};

Tries tries_within(const Entity& source, const Greylist* greylist) {
    const std::vector<Try> tries = tries_in_turn(schedule_by_name(source.retry, source.queue_interval), {}, 1);
    Tries within;
    while (within.count < tries.size() && tries[within.count].at <= kReachDeadline) ++within.count;
    const auto first = greylist != nullptr ? first_accepted(tries, 1, *greylist) : std::optional<std::size_t>(0);
    within.passing = first ? std::min(*first, within.count) : within.count;
    return within;
}

/// Probability that a verdict lets a message into the inbox within the deadline, tried again by the source's schedule.
double inbox_within(const StateView& view, EntityId source, const Verdict& verdict) {
    const AttemptLaw law = attempt_law(verdict);
    double never_rejected = 1;
    double passing = 1;  // the deferring steps, at one try
    for (const AttemptStep& step : law.steps) (step.defers ? passing : never_rejected) *= 1 - step.probability;
    if (law.accepted.empty() || law.accepted.back().outcome != Outcome::kInbox) return 0;
    const Greylist* greylist = law.greylist ? &view.state.greylists.at(without_hop(law.greylist->policy)) : nullptr;
    const Tries tries = tries_within(view.world.entities[index(source)], greylist);
    double deferred = 1;
    for (std::size_t n = tries.passing; n < tries.count; ++n) deferred *= 1 - passing;
    return never_rejected * (1 - deferred) * law.accepted.back().share;
}

}  // namespace

double inbox_share(const StateView& view, SeatId from, SeatId to) {
    double share = 0;
    // Not by receptions_of, which lists them: this is asked for each pair of seats whenever the state has changed.
    each_address(view, to, [&](SeatId address, double of_all) {
        if (of_all <= 0) return;
        const Reception at = reception_at(view, from, address, of_all);
        if (at.asked != Asked::kAll) return;
        share += at.share * (defers(at) ? inbox_within(view, source_of(view.route(from)), *at.policies()) : at.policies()->accept);
    });
    return share;
}

}  // namespace mailrift
