// The control plane: pending control events, their handlers, and the only place where state changes.
#include "models/control/control_plane.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

#include "models/control/warm_up.h"
#include "models/delivery/archive.h"
#include "sim/counts.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

enum EventKind : std::uint16_t { kStartOrder, kObey, kLift, kFollow, kRespond, kInform };

constexpr std::uint64_t kMembersStream = sim::hash64("members who move");

/// The place of a kind in the order of one tick.
std::uint16_t rank_of(std::uint16_t kind) {
    if (kind == kStartOrder) return 0;
    return kind == kRespond || kind == kInform ? 2 : 1;
}

bool contains(const std::vector<CohortId>& cohorts, CohortId cohort) {
    return std::find(cohorts.begin(), cohorts.end(), cohort) != cohorts.end();
}

}  // namespace

ControlPlane::ControlPlane(const Model& model, Run& run, sim::Fingerprint& trajectory, MailWatch watch, bool whole_members)
    : model_(model),
      run_(run),
      trajectory_(trajectory),
      whole_members_(whole_members),
      state_(start_state(model, whole_members)),
      done_(model.obedience.size()),
      obeying_(model.obedience.size(), false),
      followed_(model.orders.size()),
      sought_(model.orders.size()),
      tellings_(model.population.seats.size()),
      records_(model, std::move(watch), whole_members),
      judgement_(model, whole_members) {
    for (std::size_t o = 0; o < model.orders.size(); ++o) schedule(kStartOrder, {model.orders[o].at, o});
    for (std::size_t i = 0; i < model.obedience.size(); ++i) {
        const Obedience& bound = model.obedience[i];
        if (!bound.obeys) continue;
        schedule(kObey, {bound.from, i});
        if (bound.until) schedule(kLift, {*bound.until, i});
    }
    for (std::size_t r = 0; r < model.responses.size(); ++r) schedule(kRespond, {model.responses[r].response->first(), r});
    of_documents_ = pending_.size();
}

void ControlPlane::warm_up(TrafficModel& mail, const sim::StopFlag& stop) { mailrift::warm_up(model_, state_, mail, judgement_, stop); }

const std::vector<Change>& ControlPlane::begin(sim::Tick tick) {
    tick_ = tick;
    changes_.clear();
    const sim::Time now = model_.grid.start(tick);
    while (!queue_.empty() && queue_.top().at <= now) handle(queue_.pop());
    judgement_.count_members(view());
    for (const Change& change : judgement_.judge(tick)) make(change);
    return changes_;
}

void ControlPlane::schedule(std::uint16_t kind, Pending pending) {
    sim::Event event;  // beyond the horizon as well: a run may be gone on with for longer
    event.at = model_.grid.start(model_.grid.tick_at_or_after(pending.at));
    event.subject = static_cast<std::uint32_t>(pending_.size());
    event.kind = kind;
    event.rank = rank_of(kind);
    if (kind == kInform) tellings_[index(pending.change.block.seat)].push_back(pending_.size());
    pending.kind = kind;
    pending_.push_back(std::move(pending));
    queue_.push(event);
}

void ControlPlane::handle(const sim::Event& event) {
    pending_[event.subject].done = true;
    const Pending pending = pending_[event.subject];
    switch (event.kind) {
        case kStartOrder: return start_order(pending);
        case kObey: return obey(pending);
        case kLift: return lift(pending);
        case kFollow: return follow(pending);
        case kRespond: return respond(pending);
        case kInform: return inform(pending, event.subject);
        default: assert(false);
    }
}

void ControlPlane::start_order(const Pending& pending) {
    const Order& order = model_.orders[pending.index];
    log(pending, "order", order.issuer, order.id, static_cast<double>(order.target.size()));
    for (const CohortId cohort : model_.shielded[pending.index]) {
        log(pending, "void", model_.population.cohorts[index(cohort)].id, order.id, 0);
    }
}

std::size_t ControlPlane::take_measures(std::size_t obedience, const std::vector<SeatId>& seats) {
    const Obedience& bound = model_.obedience[obedience];
    const Order& order = model_.orders[index(bound.order)];
    std::size_t changed = 0;
    for (const auto& named : order.measures) {
        for (const Change& change : named.measure->effects(order, bound.order, bound.entity, seats, view())) {
            if (!make(change)) continue;
            done_[obedience].push_back(change);
            ++changed;
        }
    }
    return changed;
}

void ControlPlane::obey(const Pending& pending) {
    const Obedience& bound = model_.obedience[pending.index];
    const Order& order = model_.orders[index(bound.order)];
    obeying_[pending.index] = true;
    std::vector<SeatId> seats = known_seats(order, view());
    for (const SeatId seat : new_seats(order, view())) {
        if (contains(followed_[index(bound.order)], view().seat(seat).cohort)) seats.push_back(seat);
    }
    const std::size_t changed = take_measures(pending.index, seats);
    log(pending, "obey", model_.world.entities[index(bound.entity)].id, order.id, static_cast<double>(changed));
}

void ControlPlane::lift(const Pending& pending) {
    const Obedience& bound = model_.obedience[pending.index];
    obeying_[pending.index] = false;
    for (const Change& change : done_[pending.index]) make(inverse(change));
    const double undone = static_cast<double>(done_[pending.index].size());
    done_[pending.index].clear();
    log(pending, "lift", model_.world.entities[index(bound.entity)].id, model_.orders[index(bound.order)].id, undone);
}

void ControlPlane::follow(const Pending& pending) {
    const Order& order = model_.orders[pending.index];
    followed_[pending.index].push_back(pending.cohort);
    std::vector<SeatId> seats;
    for (const SeatId seat : new_seats(order, view())) {
        if (view().seat(seat).cohort == pending.cohort) seats.push_back(seat);
    }
    std::size_t changed = 0;
    for (std::size_t i = 0; i < model_.obedience.size(); ++i) {
        if (obeying_[i] && index(model_.obedience[i].order) == pending.index) changed += take_measures(i, seats);
    }
    log(pending, "follow", model_.population.cohorts[index(pending.cohort)].id, order.id, static_cast<double>(changed));
}

void ControlPlane::respond(const Pending& pending) {
    const Response& response = *model_.responses[pending.index].response;
    const StateView now = view();
    const std::vector<MailRecord> last_day = response.reads_tallies() ? records_.last_day() : std::vector<MailRecord>();
    const std::vector<MailRecord> sent = records_.sent_within(response.looks_back());
    const std::vector<Reaction> reactions = response.react({pending.at, now, last_day, sent});
    std::vector<double> moved;  // of the cohort, by reaction
    double just_moved = 0;      // in the move before
    for (const Reaction& reaction : reactions) {
        Change change = reaction.change;
        moved.push_back(0);
        if (change.kind == ChangeKind::kMove) {
            if (whole_members_) change.fraction = drawn_fraction(change, model_.responses[pending.index].id);
            moved.back() = just_moved = state_.share[index(change.block.seat)] * change.fraction;
        } else if (change.kind == ChangeKind::kInform) {
            change.fraction *= just_moved;
        }
        if (reaction.after.us > 0) {
            schedule(kInform, {pending.at + reaction.after, pending.index, now.seat(change.block.seat).cohort, change});
            continue;
        }
        make(change);
        if (change.kind == ChangeKind::kMove) schedule_follows(change.to, pending.at);
    }
    log_moves(pending, reactions, moved);
    if (const auto next = response.next(pending.at)) schedule(kRespond, {*next, pending.index});
}

/// Of people who move by themselves: the share of their cohorts; of senders who decide for them: how many members of each.
void ControlPlane::log_moves(const Pending& pending, const std::vector<Reaction>& reactions, const std::vector<double>& moved) {
    const NamedResponse& named = model_.responses[pending.index];
    std::map<EntityId, double> left;
    std::vector<CohortId> seen;
    double sum = 0;
    for (std::size_t i = 0; i < reactions.size(); ++i) {
        const SeatId seat = reactions[i].change.block.seat;
        const CohortId cohort = view().seat(seat).cohort;
        if (!contains(seen, cohort)) seen.push_back(cohort);
        sum += moved[i];
        if (reactions[i].change.kind == ChangeKind::kMove)
            left[view().route(seat).provider] += moved[i] * model_.population.cohorts[index(cohort)].users;
    }
    if (named.response->looks_back().us == 0) {
        log(pending, named.kind, seen.size() == 1 ? model_.population.cohorts[index(seen.front())].id : "", named.id, sum);
        return;
    }
    for (const auto& [provider, users] : left) log(pending, named.kind, model_.world.entities[index(provider)].id, named.id, users);
}

/// Each member moves or stays by itself: the share that moves is binomial, its expectation the fraction of the response. Members are counted by
/// the nearest whole number, at least one where there is any share of them.
double ControlPlane::drawn_fraction(const Change& move, const std::string& response) const {
    const Seat& seat = model_.population.seats[index(move.block.seat)];
    const Cohort& cohort = model_.population.cohorts[index(seat.cohort)];
    const double users = state_.share[index(move.block.seat)] * cohort.users;
    const auto members = static_cast<std::uint64_t>(std::max(1.0, std::floor(users + 0.5)));
    const std::uint64_t who =
        sim::join64(seat_key(model_.world, model_.population, move.block.seat), seat_key(model_.world, model_.population, move.to));
    sim::Draws draws(model_.seed, kMembersStream + sim::hash64(response), who, static_cast<std::uint32_t>(tick_));
    return static_cast<double>(sim::binomial(members, move.fraction, draws)) / static_cast<double>(members);
}

void ControlPlane::inform(const Pending& pending, std::size_t telling) {
    std::erase(tellings_[index(pending.change.block.seat)], telling);
    make(pending.change);
    log(pending, "inform", model_.population.cohorts[index(pending.cohort)].id, model_.responses[pending.index].id,
        pending.change.fraction);
}

void ControlPlane::schedule_follows(SeatId moved_to, sim::Time now) {
    const Seat& seat = model_.population.seats[index(moved_to)];
    if (!seat.left) return;
    for (std::size_t o = 0; o < model_.orders.size(); ++o) {
        const Order& order = model_.orders[o];
        if (!contains(order.target, seat.cohort) || contains(sought_[o], seat.cohort)) continue;
        sought_[o].push_back(seat.cohort);
        const auto delay = decide_follow(order, model_.population.cohorts[index(seat.cohort)], model_.seed, model_.compliance);
        if (delay) schedule(kFollow, {now + *delay, o, seat.cohort});
    }
}

bool ControlPlane::make(const Change& change) {
    if (!apply(change, state_)) return false;
    if (change.kind == ChangeKind::kMove) carry_tellings(change);
    changes_.push_back(change);
    run_.history.push_back({tick_, change});
    hash(change);
    return true;
}

/// Those who move on before their contacts were told take that news with them: it is of an address that they no longer use, unless they only send
/// by another relay and keep it.
void ControlPlane::carry_tellings(const Change& move) {
    const SeatId from = move.block.seat;
    const bool same_address =
        view().seat(from).left == view().seat(move.to).left && view().route(from).provider == view().route(move.to).provider;
    const std::vector<std::size_t> pending = tellings_[index(from)];
    for (const std::size_t i : pending) {
        if (same_address && move.fraction == 1) {
            pending_[i].change.block.seat = move.to;
            tellings_[index(move.to)].push_back(i);
            std::erase(tellings_[index(from)], i);
            continue;
        }
        if (same_address) {
            Pending carried = pending_[i];
            carried.change.block.seat = move.to;
            carried.change.fraction *= move.fraction;
            schedule(kInform, std::move(carried));
        }
        pending_[i].change.fraction *= 1 - move.fraction;
    }
}

/// Names, not positions: a provider that nobody uses must change no byte.
void ControlPlane::hash(const Change& change) {
    const auto add_seat = [&](SeatId id) {
        const Seat& seat = model_.population.seats[index(id)];
        const Route& route = model_.world.routes[index(seat.route)];
        trajectory_.add(model_.population.cohorts[index(seat.cohort)].id);
        trajectory_.add(model_.world.entities[index(route.provider)].id);
        trajectory_.add(route.gateway ? model_.world.entities[index(*route.gateway)].id : std::string());
        if (route.outbound) trajectory_.add(model_.world.entities[index(*route.outbound)].id);
    };
    trajectory_.add(static_cast<std::uint64_t>(tick_));
    trajectory_.add(static_cast<std::uint64_t>(change.kind));
    if (change.kind == ChangeKind::kJudge) {
        trajectory_.add(model_.world.entities[index(change.source)].id);
        trajectory_.add(model_.world.entities[index(change.receiver)].id);
        hash(change.verdicts);
        for (const GivenAnswer& given : change.by_answer) {
            for (const auto& [list, listed] : given.listed) {
                trajectory_.add(model_.world.entities[index(list)].id);
                trajectory_.add(static_cast<std::uint64_t>(listed));
            }
            trajectory_.add(given.probability);
            hash(given.verdicts);
        }
        return;
    }
    add_seat(change.block.seat);
    if (change.kind == ChangeKind::kMove) add_seat(change.to);
    if (change.kind <= ChangeKind::kUnblock) {
        trajectory_.add(model_.orders[index(change.block.order)].id);
        trajectory_.add(model_.world.entities[index(change.block.at)].id);
        trajectory_.add(static_cast<std::uint64_t>(change.block.refuses));
    }
    trajectory_.add(change.fraction);
}

void ControlPlane::hash(const Verdicts& verdicts) {
    hash(verdicts.wanted);
    if (verdicts.spam) hash(*verdicts.spam);
    for (const Verdict& verdict : verdicts.passed_on) hash(verdict);
    for (const auto& [sender, verdict] : verdicts.by_sender) {
        trajectory_.add(model_.spam_senders[sender].id);
        hash(verdict);
    }
}

void ControlPlane::hash(const Verdict& verdict) {
    trajectory_.add(verdict.accept);
    for (const VerdictPart& part : verdict.parts) {
        trajectory_.add(model_.policies[index(part.policy)].id);
        trajectory_.add(static_cast<std::uint64_t>(part.outcome));
        trajectory_.add(part.share);
    }
}

void ControlPlane::log(const Pending& pending, const std::string& kind, std::string subject, std::string cause, double value) {
    run_.events.push_back({pending.at, model_.grid.start(tick_), kind, std::move(subject), std::move(cause), value});
}

void ControlPlane::save(sim::ArchiveWriter& archive) const {
    std::uint64_t left = 0;
    for (std::size_t i = of_documents_; i < pending_.size(); ++i) left += pending_[i].done ? 0U : 1U;
    archive(left);
    for (std::size_t i = of_documents_; i < pending_.size(); ++i) {
        const Pending& pending = pending_[i];
        if (pending.done) continue;
        archive(pending.kind, pending.at.us);
        archive.index(pending.kind == kFollow ? kOrderSlot : kResponseSlot, static_cast<std::uint32_t>(pending.index));
        if (pending.kind != kRespond) archive(pending.cohort);
        if (pending.kind == kInform) archive(pending.change);
    }
    std::vector<std::pair<std::pair<OrderId, EntityId>, std::vector<Change>>> obeying;
    for (std::size_t i = 0; i < obeying_.size(); ++i) {
        if (obeying_[i]) obeying.push_back({{model_.obedience[i].order, model_.obedience[i].entity}, done_[i]});
    }
    std::vector<std::pair<OrderId, std::pair<std::vector<CohortId>, std::vector<CohortId>>>> searches;
    for (std::size_t o = 0; o < sought_.size(); ++o) {
        if (!sought_[o].empty()) searches.push_back({id_of<OrderId>(o), {sought_[o], followed_[o]}});
    }
    archive(obeying, searches);
    records_.save(archive);
    judgement_.save(archive);
}

void ControlPlane::load_pending(sim::ArchiveReader& archive) {
    std::uint64_t left = 0;
    for (archive(left); left > 0; --left) {
        Pending pending;
        std::uint32_t place = 0;
        archive(pending.kind, pending.at.us);
        const bool known = pending.kind == kFollow || pending.kind == kRespond || pending.kind == kInform;
        archive.want(known && pending.at.us >= 0 && pending.at.us <= 10 * sim::kCentury.us, "an event to come", "another");
        archive.index(pending.kind == kFollow ? kOrderSlot : kResponseSlot, place);
        pending.index = place;
        if (pending.kind != kRespond) archive(pending.cohort);
        if (pending.kind == kInform) {
            archive(pending.change);
            archive.want(pending.change.kind == ChangeKind::kInform, "news of an address", "another change");
        }
        const std::uint16_t kind = pending.kind;
        archive.want(model_.grid.start(model_.grid.tick_at_or_after(pending.at)) >= model_.grid.start(tick_), "an event to come",
                     "a past one");
        schedule(kind, std::move(pending));
    }
}

void ControlPlane::load(sim::ArchiveReader& archive, sim::Tick tick, MailState state) {
    tick_ = tick;
    state_ = std::move(state);
    while (!queue_.empty() && queue_.top().at < model_.grid.start(tick)) pending_[queue_.pop().subject].done = true;
    load_pending(archive);
    std::vector<std::pair<std::pair<OrderId, EntityId>, std::vector<Change>>> obeying;
    std::vector<std::pair<OrderId, std::pair<std::vector<CohortId>, std::vector<CohortId>>>> searches;
    archive(obeying, searches);
    for (auto& [bound, changes] : obeying) {
        const auto same = [wanted = bound](const Obedience& o) { return std::pair(o.order, o.entity) == wanted; };
        const auto found = std::find_if(model_.obedience.begin(), model_.obedience.end(), same);
        archive.want(found != model_.obedience.end(), "an entity that an order can compel", "another");
        for (const Change& change : changes) {
            archive.want(change.kind == ChangeKind::kClose || change.kind == ChangeKind::kBlock, "a measure", "another change");
        }
        const auto i = static_cast<std::size_t>(found - model_.obedience.begin());
        obeying_[i] = true;
        done_[i] = std::move(changes);
    }
    for (auto& [order, search] : searches) {
        sought_[index(order)] = std::move(search.first);
        followed_[index(order)] = std::move(search.second);
    }
    records_.load(archive, run_.traffic == Traffic::kNone ? 0 : tick);
    judgement_.count_members(view());
    judgement_.load(archive, tick);
}

}  // namespace mailrift
