// The chain of servers that decide on a message one after the other: a gateway, the provider behind it, and where its mailbox forwards to.
#include "models/delivery/chain.h"

#include <algorithm>
#include <functional>
#include <span>
#include <vector>

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

/// One of a chain who has a say.
struct Station {
    Hop hop;
    const Verdicts* verdicts = nullptr;
    std::span<const GivenAnswer> answers{};  ///< of lists that another one asks about the same address
};

/// Whether no list says one thing to one and another to the other.
bool agree(const ListAnswer& a, const ListAnswer& b) {
    return std::none_of(a.begin(), a.end(), [&](const auto& one) {
        return std::any_of(b.begin(), b.end(), [&](const auto& other) { return one.first == other.first && one.second != other.second; });
    });
}

bool ask_the_same(std::span<const GivenAnswer> a, std::span<const GivenAnswer> b) {
    if (a.empty() || b.empty()) return false;
    const ListAnswer& one = a.front().listed;
    return std::any_of(one.begin(), one.end(), [&](const auto& asked) {
        const ListAnswer& other = b.front().listed;
        return std::any_of(other.begin(), other.end(), [&](const auto& list) { return list.first == asked.first; });
    });
}

/// Those of a chain, with the answers on which they meet.
std::vector<Station> stations_of(const StateView& view, EntityId source, const Chain& chain) {
    std::vector<Station> stations;
    std::vector<std::span<const GivenAnswer>> known;
    for (const Hop& hop : hops_of(view.world, chain)) {
        if (hop.place > 0 && !judges(view.state, hop.judge)) continue;
        const EntityId seen = hop.seen.value_or(source);
        stations.push_back({hop, &view.state.verdicts.both(seen, hop.judge)});
        known.push_back(view.state.verdicts.by_answer(seen, hop.judge));
    }
    for (std::size_t i = 0; i < stations.size(); ++i) {
        for (std::size_t j = 0; j < stations.size(); ++j) {
            if (i == j || !ask_the_same(known[i], known[j])) continue;
            if (see_the_same(view.world, stations[i].hop, stations[j].hop, source)) stations[i].answers = known[i];
        }
    }
    return stations;
}

using Next = std::function<Verdict(const Verdict& before, const Station& station, const Verdicts& own)>;

/// Adds to `sum` what `share` of mail meets from a station on, of which the lists asked so far said `known`: given that, later answers are as likely
/// as they are among those that agree with it.
void add_answers(std::span<const Station> stations, const Next& next, const Verdict& before, double share, const ListAnswer& known,
                 Verdict& sum) {
    if (stations.empty()) {
        add_verdict(before, share, sum);
        return;
    }
    const Station& station = stations.front();
    double all = 0;
    for (const GivenAnswer& given : station.answers) all += agree(given.listed, known) ? given.probability : 0;
    if (all <= 0) return add_answers(stations.subspan(1), next, next(before, station, *station.verdicts), share, known, sum);
    for (const GivenAnswer& given : station.answers) {
        if (!agree(given.listed, known)) continue;
        ListAnswer said = known;
        said.insert(said.end(), given.listed.begin(), given.listed.end());
        const Verdict verdict = next(before, station, given.verdicts);
        add_answers(stations.subspan(1), next, verdict, share * given.probability / all, said, sum);
    }
}

}  // namespace

void add_verdict(const Verdict& one, double weight, Verdict& sum) {
    sum.accept += weight * one.accept;
    for (VerdictPart part : one.parts) {
        part.share *= weight;
        const auto same = [&](const VerdictPart& other) { return other.outcome == part.outcome && other.policy == part.policy; };
        const auto found = std::find_if(sum.parts.begin(), sum.parts.end(), same);
        if (found == sum.parts.end()) {
            sum.parts.push_back(part);
        } else {
            found->share += part.share;
        }
    }
}

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

bool see_the_same(const World& world, const Hop& a, const Hop& b, EntityId source) {
    if (!a.seen && !b.seen) return true;
    const EntityId seen = a.seen.value_or(source);
    return seen == b.seen.value_or(source) && world.entities[index(seen)].count == 1;
}

Verdict verdict_along(const StateView& view, EntityId source, const Chain& chain, MailClass mail_class, std::optional<bool> authenticates,
                      std::optional<std::uint32_t> sender) {
    const double lasting = authenticates ? (*authenticates ? 1 : 0) : view.world.entities[index(source)].dkim_signed;
    const Next next = [&](const Verdict& before, const Station& station, const Verdicts& all) {
        const Hop& hop = station.hop;
        const Verdict* known = hop.seen || !sender ? nullptr : verdict_on_sender(all, *sender);
        const bool others = hop.seen || authenticates;
        const Verdict own = known != nullptr ? *known : others ? verdict_on_others(all, lasting, mail_class) : all.of(mail_class);
        return hop.place == 0 ? own : in_turn(before, own, hop.place, hop.marked_too);
    };
    const std::vector<Station> stations = stations_of(view, source, chain);
    Verdict verdict;
    for (const Station& station : stations) verdict = next(verdict, station, *station.verdicts);
    if (std::all_of(stations.begin(), stations.end(), [](const Station& station) { return station.answers.empty(); })) return verdict;
    verdict.accept = 0;  // the independent verdict has all parts, in order
    for (VerdictPart& part : verdict.parts) part.share = 0;
    add_answers(stations, next, {}, 1, {}, verdict);
    drop_empty(verdict);
    return verdict;
}

}  // namespace mailrift
