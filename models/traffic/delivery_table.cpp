// What becomes of single messages: for every pair of classes of seats, the law of a try under the present state.
#include "models/traffic/delivery_table.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <map>
#include <string>
#include <tuple>

#include "models/delivery/chain.h"
#include "sim/error.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::size_t kMostClasses = std::size_t{1} << 16U;

/// Appends what decides on mail by one address.
void add_branch(const Reception& at, SeatId own, double up_to, DeliveryLaw& law) {
    LawBranch branch{up_to, {}, {}, 0};
    const auto add_end = [&](Outcome outcome, Cause cause) {
        law.ends.push_back({at.to == own, at.to == own ? SeatId{} : at.to, outcome, cause});
        return static_cast<std::uint32_t>(law.ends.size() - 1);
    };
    const auto add_wait = [&](PolicyId policy) {
        const std::uint32_t end = add_end(Outcome::kQueued, {{}, policy});
        add_end(Outcome::kExpired, {{}, policy});
        return end;
    };
    if (at.asked == Asked::kNone) {
        branch.first = add_end(at.end, at.cause);
        law.branches.push_back(std::move(branch));
        return;
    }
    const AttemptLaw tried = attempt_law(at);
    for (std::size_t i = 0; i <= tried.steps.size(); ++i) {
        if (tried.greylist && tried.greylist->before == i) {
            branch.steps.push_back({StepKind::kGreylist, tried.greylist->policy, 1, add_wait(tried.greylist->policy)});
        }
        if (i == tried.steps.size()) break;
        const AttemptStep& step = tried.steps[i];
        const std::uint32_t end = step.defers ? add_wait(step.policy) : add_end(Outcome::kRejected, {{}, step.policy});
        branch.steps.push_back({step.defers ? StepKind::kDefer : StepKind::kReject, step.policy, step.probability, end});
    }
    branch.first = static_cast<std::uint32_t>(law.ends.size());
    double sum = 0;
    for (const AcceptedPart& part : tried.accepted) {
        add_end(part.outcome, part.cause);
        branch.accepted.push_back(sum += part.share);
    }
    if (!branch.accepted.empty()) branch.accepted.back() = 1;
    law.branches.push_back(std::move(branch));
}

/// Whether everything comes into the inbox of the present address: so do most pairs of a large world, which need no law of their own.
bool is_open(const Receptions& receptions, SeatId to) {
    return receptions.size() == 1 && receptions[0].to == to && receptions[0].asked == Asked::kAll && *receptions[0].policies() == Verdict{};
}

DeliveryLaw make_law(const Receptions& receptions, SeatId to) {
    DeliveryLaw law;
    double up_to = 0;
    for (const Reception& at : receptions) add_branch(at, to, up_to += at.share, law);
    law.branches.back().up_to = 1;
    return law;
}

bool only_splits(const DeliveryLaw& law) {
    if (law.branches.size() != 1 || !law.branches[0].steps.empty()) return false;
    return law.branches[0].accepted.size() > 1 && law.branches[0].accepted.size() <= kMostSplits;
}

Split split_of(const DeliveryLaw& law) {
    constexpr std::uint64_t kNothing = std::uint64_t{1} << 54U;
    const std::vector<double>& sums = law.branches[0].accepted;
    Split split;
    split.up_to.fill(kNothing);
    std::transform(sums.begin(), sums.end() - 1, split.up_to.begin(),
                   [](double sum) { return static_cast<std::uint64_t>(std::ceil(sum * 0x1p53)); });
    std::transform(law.ends.begin(), law.ends.end(), split.outcomes.begin(), [](const LawEnd& end) { return end.outcome; });
    split.inbox = static_cast<std::uint32_t>(law.ends.size() - 1);
    split.inbox_from = law.ends.back().outcome == Outcome::kInbox ? split.up_to[split.inbox - 1] : kNothing;
    return split;
}

std::uint64_t hash_of(const DeliveryLaw& law) {
    std::uint64_t hash = law.ends.size();
    for (const LawEnd& end : law.ends) {
        hash = sim::join64(hash, static_cast<std::uint64_t>(end.outcome));
        hash = sim::join64(hash, end.cause.order ? index(*end.cause.order) + 1 : 0);
        hash = sim::join64(hash, end.own ? 0 : index(end.to) + 1);
    }
    for (const LawBranch& branch : law.branches) {
        hash = sim::join64(hash, std::bit_cast<std::uint64_t>(branch.up_to));
        for (const LawStep& step : branch.steps) hash = sim::join64(hash, std::bit_cast<std::uint64_t>(step.probability));
        for (const double share : branch.accepted) hash = sim::join64(hash, std::bit_cast<std::uint64_t>(share));
    }
    return hash;
}

bool can_be_unsent(const DeliveryLaw& law) {
    return std::any_of(law.ends.begin(), law.ends.end(), [](const LawEnd& end) { return end.outcome == Outcome::kUnsent; });
}

}  // namespace

DeliveryTable::DeliveryTable(const StateView& start, const std::vector<bool>& singled_out, std::size_t threads, std::size_t memory_bytes) {
    make_classes(start, singled_out);
    const double pair_bytes =
        1 + 8 + 8 + 4 + 4 * static_cast<double>(threads);  // its kind, its entry, sums, place and what each thread counts
    const double bytes = static_cast<double>(seats_.size()) * static_cast<double>(seats_.size()) * pair_bytes;
    if (seats_.size() > kMostClasses || bytes > static_cast<double>(memory_bytes)) {
        throw sim::Error(sim::Code::kTooLarge, {},
                         "pairs of routes for at most " + std::to_string(memory_bytes >> 20U) + " MiB (traffic \"flow\" needs fewer)",
                         std::to_string(seats_.size()) + " routes and seats told apart");
    }
    entries_.resize(seats_.size() * seats_.size());
    kinds_.resize(entries_.size(), LawKind::kOpen);
    for (std::size_t p = 0; p < entries_.size(); ++p) entries_[p] = {kOpenLaw, static_cast<std::uint32_t>(p)};
    [[maybe_unused]] const std::uint32_t open = intern({{{1, {}, {1}, 0}}, {{true, {}, Outcome::kInbox, {}}}});
    assert(open == kOpenLaw);
    for (std::uint32_t from = 0; from < seats_.size(); ++from) {
        for (std::uint32_t to = 0; to < seats_.size(); ++to) read(start, from, to, [](std::size_t) {});
    }
}

void DeliveryTable::make_classes(const StateView& view, const std::vector<bool>& singled_out) {
    using Named = std::optional<EntityId>;
    std::map<std::tuple<std::optional<SeatId>, EntityId, Named, Named, Named>, std::uint32_t> places;
    for (std::size_t s = 0; s < view.population.seats.size(); ++s) {
        const SeatId seat = id_of<SeatId>(s);
        const Route& route = view.route(seat);
        const bool alone = singled_out[index(view.seat(seat).cohort)];
        const auto [found, is_new] = places.try_emplace(
            {alone ? std::optional(seat) : std::nullopt, route.provider, route.gateway, route.outbound, route.forward_to},
            static_cast<std::uint32_t>(seats_.size()));
        class_of_.push_back(static_cast<std::uint16_t>(found->second));
        if (!is_new) continue;
        seats_.push_back(seat);
        source_of_class_.emplace_back(source_of(route), found->second);
        add_judges(view, route, found->second);
        if (alone && view.seat(seat).left) add_judges(view, view.route(*view.seat(seat).left), found->second);
    }
    std::sort(source_of_class_.begin(), source_of_class_.end());
    std::sort(judge_of_class_.begin(), judge_of_class_.end());
    std::sort(seen_at_class_.begin(), seen_at_class_.end());
}

/// Whose verdicts decide on mail to a class: of the writer's source, or of one that every writer's mail is taken to come from.
void DeliveryTable::add_judges(const StateView& view, const Route& route, std::uint32_t mail_class) {
    const Chain chain = chain_of(route);
    judge_of_class_.emplace_back(chain.judge, mail_class);
    if (!later_ones_judge(view.state, chain)) return;
    for (const Hop& hop : hops_of(view.world, chain)) {
        if (hop.seen) {
            seen_at_class_.push_back({{*hop.seen, hop.judge}, mail_class});
        } else if (hop.place > 0) {
            judge_of_class_.emplace_back(hop.judge, mail_class);
        }
    }
}

std::uint32_t DeliveryTable::law_in_queue(std::size_t pair) const {
    const auto found = in_queue_.find(pair);
    return found == in_queue_.end() ? entries_[pair].law : found->second;
}

std::uint32_t DeliveryTable::intern(DeliveryLaw law) {
    const std::uint64_t hash = hash_of(law);
    const auto [first, last] = known_.equal_range(hash);
    for (auto same = first; same != last; ++same) {
        if (laws_[same->second] == law) return same->second;
    }
    known_.emplace(hash, static_cast<std::uint32_t>(laws_.size()));
    splits_.push_back(only_splits(law) ? split_of(law) : Split{});
    laws_.push_back(std::move(law));
    return static_cast<std::uint32_t>(laws_.size() - 1);
}

void DeliveryTable::read(const StateView& view, std::uint32_t from, std::uint32_t to, const std::function<void(std::size_t)>& before) {
    const std::size_t at = pair(from, to);
    const Receptions receptions = receptions_of(view, seats_[from], seats_[to]);
    const std::uint32_t law = is_open(receptions, seats_[to]) ? kOpenLaw : intern(make_law(receptions, seats_[to]));
    if (can_be_unsent(laws_[law])) {
        in_queue_[at] = intern(make_law(receptions_of(view, seats_[from], seats_[to], true), seats_[to]));
    } else {
        in_queue_.erase(at);
    }
    Entry& entry = entries_[at];
    if (law == entry.law) return;
    before(at);
    entry = {law, static_cast<std::uint32_t>(at)};
    kinds_[at] = law == kOpenLaw ? LawKind::kOpen : only_splits(laws_[law]) ? LawKind::kSplits : LawKind::kOther;
    if (law == kOpenLaw) return;
    const auto [found, is_new] = extra_slots_.try_emplace({at, law}, static_cast<std::uint32_t>(slots()));
    if (is_new) pair_of_extra_.resize(pair_of_extra_.size() + laws_[law].ends.size(), at);
    entry.slot = found->second;
}

void DeliveryTable::read_seat(const StateView& view, SeatId seat, const std::function<void(std::size_t)>& before) {
    std::vector<std::uint32_t> changed{class_of(seat)};
    for (std::uint32_t c = 0; c < seats_.size(); ++c) {
        if (view.seat(seats_[c]).left == seat) changed.push_back(c);
    }
    for (const std::uint32_t c : changed) {
        for (std::uint32_t other = 0; other < seats_.size(); ++other) {
            read(view, c, other, before);
            if (other != c) read(view, other, c, before);
        }
    }
}

void DeliveryTable::update(const StateView& view, std::span<const Change> changes, const std::function<void(std::size_t)>& before) {
    std::vector<SeatId> seats;
    for (const Change& change : changes) {
        if (change.kind == ChangeKind::kJudge) {
            const auto of = [](const auto& list, const auto& entity) {
                return std::equal_range(list.begin(), list.end(), std::pair(entity, 0U),
                                        [](const auto& a, const auto& b) { return a.first < b.first; });
            };
            const auto [from, from_end] = of(source_of_class_, change.source);
            const auto [to, to_end] = of(judge_of_class_, change.receiver);
            for (auto a = from; a != from_end; ++a) {
                for (auto b = to; b != to_end; ++b) read(view, a->second, b->second, before);
            }
            const auto [seen, seen_end] = of(seen_at_class_, std::pair(change.source, change.receiver));
            for (auto b = seen; b != seen_end; ++b) {
                for (std::uint32_t from_class = 0; from_class < seats_.size(); ++from_class) read(view, from_class, b->second, before);
            }
        } else {
            seats.push_back(change.block.seat);
            if (change.kind == ChangeKind::kMove) seats.push_back(change.to);
        }
    }
    std::sort(seats.begin(), seats.end());
    seats.erase(std::unique(seats.begin(), seats.end()), seats.end());
    for (const SeatId seat : seats) read_seat(view, seat, before);
}

}  // namespace mailrift
