// One try to deliver a message: who decides on it, and by which law.
#include "models/delivery/attempt.h"

#include <algorithm>

#include "models/delivery/chain.h"

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
    if (const auto order = blocking_order(view, in.provider, from, Refuses::kFrom)) return order;
    return in.forward_to ? blocking_order(view, *in.forward_to, from, Refuses::kFrom) : std::nullopt;
}

bool refuses(const VerdictPart& part) { return !is_accepted(part.outcome); }

}  // namespace

Reception reception_at(const StateView& view, SeatId from, SeatId to, double share, bool handed_in) {
    const auto unsent = [&](OrderId order) { return Reception{to, share, Asked::kNone, Outcome::kUnsent, {order, {}}}; };
    const auto& closed = view.state.closed_by[index(from)];
    if (!handed_in) {
        if (!closed.empty()) return unsent(closed.front());
        if (const auto order = refused_submission(view, view.route(from), to)) return unsent(*order);
    }
    const Route& in = view.route(to);
    const EntityId source = source_of(view.route(from));
    const Verdict& policies = view.state.verdicts.at(source, judge_of(in));
    const auto ended = [&](Outcome outcome, OrderId order) {
        const auto first = policies.parts.begin();
        const bool decides = std::any_of(first, first + static_cast<std::ptrdiff_t>(policies.before_rcpt), refuses);
        return Reception{to, share, decides ? Asked::kBeforeRcpt : Asked::kNone, outcome, {order, {}}, decides ? &policies : nullptr};
    };
    if (const auto order = refused_reception(view, in, from)) return ended(Outcome::kRejected, *order);
    const auto& gone = view.state.closed_by[index(to)];
    if (!gone.empty()) return ended(Outcome::kClosedAccount, gone.front());
    const Chain chain = chain_of(in);
    if (!later_ones_judge(view.state, chain)) return {to, share, Asked::kAll, Outcome::kInbox, {}, &policies};
    return {to, share, Asked::kAll, Outcome::kInbox, {}, nullptr, std::make_shared<const Verdict>(verdict_along(view, source, chain))};
}

Receptions receptions_of(const StateView& view, SeatId from, SeatId to, bool handed_in) {
    Receptions receptions;
    each_address(view, to, [&](SeatId address, double share) {
        if (share > 0) receptions.push_back(reception_at(view, from, address, share, handed_in));
    });
    return receptions;
}

AttemptLaw attempt_law(const Verdict& verdict) {
    AttemptLaw law;
    law.greylist = verdict.greylist;
    double passed = 1;
    double accepted = verdict.accept;
    for (std::size_t i = 0; i < verdict.parts.size(); ++i) {
        const VerdictPart& part = verdict.parts[i];
        if (verdict.greylist && verdict.greylist->before == i) law.greylist->before = law.steps.size();
        if (is_accepted(part.outcome)) {
            accepted += part.share;
            continue;
        }
        law.steps.push_back({part.policy, part.outcome == Outcome::kQueued, passed > 0 ? std::min(1.0, part.share / passed) : 1});
        passed -= part.share;
    }
    if (verdict.greylist && verdict.greylist->before == verdict.parts.size()) law.greylist->before = law.steps.size();
    if (accepted <= 0) return law;
    for (const VerdictPart& part : verdict.parts) {
        if (is_accepted(part.outcome)) law.accepted.push_back({part.outcome, {{}, part.policy}, part.share / accepted});
    }
    if (verdict.accept > 0) law.accepted.push_back({Outcome::kInbox, {}, verdict.accept / accepted});
    return law;
}

AttemptLaw attempt_law(const Reception& at) {
    if (at.asked == Asked::kAll) return attempt_law(*at.policies());
    AttemptLaw law;
    if (at.asked == Asked::kBeforeRcpt) {
        const Verdict& all = *at.policies();
        const Verdict before{1, {all.parts.begin(), all.parts.begin() + static_cast<std::ptrdiff_t>(all.before_rcpt)}};
        law.steps = attempt_law(before).steps;
    }
    law.accepted.push_back({at.end, at.cause, 1});
    return law;
}

bool defers(const AttemptLaw& law) {
    return law.greylist.has_value() || std::any_of(law.steps.begin(), law.steps.end(), [](const AttemptStep& step) { return step.defers; });
}

bool defers(const Reception& at) {
    if (at.asked == Asked::kNone) return false;
    const Verdict& verdict = *at.policies();
    if (at.asked == Asked::kAll && verdict.greylist) return true;
    const auto first = verdict.parts.begin();
    const auto end = at.asked == Asked::kAll ? verdict.parts.end() : first + static_cast<std::ptrdiff_t>(verdict.before_rcpt);
    return std::any_of(first, end, [](const VerdictPart& part) { return part.outcome == Outcome::kQueued; });
}

}  // namespace mailrift
