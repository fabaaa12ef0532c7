// The chain of servers that decide on a message one after the other: a gateway, the provider behind it, and where its mailbox forwards to.
#include "models/delivery/chain.h"

#include <algorithm>

namespace mailrift {
namespace {

bool judges(const MailState& state, EntityId entity) { return index(entity) < state.judges.size() && state.judges[index(entity)]; }

/// `share` of one verdict and the rest of another, of the same policies in the same order.
Verdict mixed(const Verdict& one, double share, const Verdict& other) {
    Verdict both{share * one.accept + (1 - share) * other.accept, {}, std::nullopt, one.before_rcpt};
    const auto same = [](const VerdictPart& a, const VerdictPart& b) { return a.outcome == b.outcome && a.policy == b.policy; };
    const auto add = [&](const VerdictPart& part, double messages) {
        if (messages > 0) both.parts.push_back({part.outcome, part.policy, messages});
    };
    std::size_t j = 0;
    for (std::size_t i = 0; i <= one.parts.size(); ++i) {
        if (one.greylist && one.greylist->before == i) both.greylist = {one.greylist->policy, both.parts.size()};
        std::size_t next = j;  // the same part of the other; those before it are its own
        while (i < one.parts.size() && next < other.parts.size() && !same(one.parts[i], other.parts[next])) ++next;
        const bool found = next < other.parts.size() || i == one.parts.size();
        if (found) {
            for (const std::size_t last = i == one.parts.size() ? other.parts.size() : next; j < last; ++j)
                add(other.parts[j], (1 - share) * other.parts[j].share);
        }
        if (i == one.parts.size()) break;
        const double theirs = found ? other.parts[j++].share : 0;
        add(one.parts[i], share * one.parts[i].share + (1 - share) * theirs);
    }
    return both;
}

/// What a named sender's accounts meet; null: they are not judged by themselves.
const Verdict* verdict_on_sender(const Verdicts& verdicts, std::uint32_t sender) {
    const auto found =
        std::find_if(verdicts.by_sender.begin(), verdicts.by_sender.end(), [&](const auto& own) { return own.first == sender; });
    return found == verdicts.by_sender.end() ? nullptr : &found->second;
}

/// What mail that was sent on meets, a share of which authenticates.
Verdict verdict_on_others(const Verdicts& verdicts, double authenticated, MailClass mail_class) {
    if (verdicts.passed_on.empty()) return verdicts.of(mail_class);
    const std::size_t first = mail_class == MailClass::kSpam ? 2 : 0;
    return mixed(verdicts.passed_on[first], authenticated, verdicts.passed_on[first + 1]);
}

}  // namespace

Hops hops_of(const World& world, const Chain& chain) {
    Hops hops;
    hops.push_back({chain.judge, 0, std::nullopt, false});
    if (chain.judge != chain.provider) {
        const bool trusts = world.entities[index(chain.provider)].trusts_gateway;
        hops.push_back({chain.provider, 1, trusts ? std::nullopt : std::optional(chain.judge), true});
    }
    if (chain.forward_to) hops.push_back({*chain.forward_to, kForwardedTo, chain.resender, false});
    return hops;
}

Verdict in_turn(const Verdict& first, const Verdict& second, std::size_t place, bool marked_too) {
    const auto share_of = [&](Outcome outcome) {
        double share = 0;
        for (const VerdictPart& part : second.parts) share += part.outcome == outcome ? part.share : 0;
        return share;
    };
    const double goes_on = 1 - share_of(Outcome::kQueued);
    const double stays_marked = marked_too ? second.accept + share_of(Outcome::kJunk) : goes_on;
    double marked = 0;
    double dropped = 0;
    Verdict both{first.accept * second.accept, {}, std::nullopt, 0};
    const auto add_all = [&](const Verdict& verdict, std::size_t at, const auto& messages) {
        for (std::size_t i = 0; i <= verdict.parts.size(); ++i) {
            const bool holds = verdict.greylist && verdict.greylist->before == i && !both.greylist;
            if (holds) both.greylist = {at_hop(verdict.greylist->policy, at), both.parts.size()};
            if (at == 0 && verdict.before_rcpt == i) both.before_rcpt = both.parts.size();
            if (i == verdict.parts.size()) break;
            const VerdictPart& part = verdict.parts[i];
            const double share = messages(part);
            if (share > 0) both.parts.push_back({part.outcome, at_hop(part.policy, at), share});
        }
    };
    add_all(first, 0, [&](const VerdictPart& part) {
        if (part.outcome == Outcome::kJunk) marked += part.share;
        if (part.outcome == Outcome::kDiscarded) dropped += part.share;
        return part.share * (part.outcome == Outcome::kJunk ? stays_marked : part.outcome == Outcome::kDiscarded ? goes_on : 1);
    });
    add_all(second, place, [&](const VerdictPart& part) {
        if (part.outcome == Outcome::kJunk) return part.share * first.accept;
        if (part.outcome == Outcome::kQueued) return part.share * (first.accept + marked + dropped);
        return part.share * (first.accept + (marked_too ? marked : 0));
    });
    return both;
}

bool later_ones_judge(const MailState& state, const Chain& chain) {
    return (chain.judge != chain.provider && judges(state, chain.provider)) || (chain.forward_to && judges(state, *chain.forward_to));
}

Verdict verdict_along(const StateView& view, EntityId source, const Chain& chain, MailClass mail_class, std::optional<bool> authenticates,
                      std::optional<std::uint32_t> sender) {
    const Hops hops = hops_of(view.world, chain);
    const double lasting = authenticates ? (*authenticates ? 1 : 0) : view.world.entities[index(source)].dkim_signed;
    Verdict verdict;
    for (const Hop& hop : hops) {
        if (hop.place > 0 && !judges(view.state, hop.judge)) continue;
        const Verdicts& all = view.state.verdicts.both(hop.seen.value_or(source), hop.judge);
        const Verdict* known = hop.seen || !sender ? nullptr : verdict_on_sender(all, *sender);
        const bool others = hop.seen || authenticates;
        const Verdict own = known != nullptr ? *known : others ? verdict_on_others(all, lasting, mail_class) : all.of(mail_class);
        verdict = hop.place == 0 ? own : in_turn(verdict, own, hop.place, hop.marked_too);
    }
    return verdict;
}

}  // namespace mailrift
