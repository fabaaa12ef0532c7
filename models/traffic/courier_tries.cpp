// Tries of single messages that a policy or an order may stop: stage by stage, and again by the sender's schedule.
#include <algorithm>

#include "models/traffic/courier.h"
#include "models/traffic/courier_parts.h"
#include "sim/distributions.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kAddressStream = sim::hash64("message: who knows which address");
constexpr std::uint64_t kRejectStream = sim::hash64("message: rejected by a policy");
constexpr std::uint64_t kDeferStream = sim::hash64("message: deferred by a policy");
constexpr std::uint64_t kPhaseStream = sim::hash64("message: phase of the queue scan");
constexpr std::uint64_t kKnownStream = sim::hash64("message: last mail before the start");
constexpr double kDayUs = 86'400e6;

std::uint64_t id_of_mail(const QueuedMail& mail) noexcept { return message_id(mail.conversation, mail.generation); }

}  // namespace

void Courier::try_again(std::span<const Waiting<QueuedMail>::Chunk> due) {
    for (const auto& chunk : due) try_all(chunk);
    carry_answers();
}

void Courier::try_all(std::span<const QueuedMail> due) {
    const std::uint16_t* const classes = office_.people.classes();
    for (std::size_t first = 0; first < due.size(); first += kBatch) {
        const std::size_t n = std::min(kBatch, due.size() - first);
        for (std::size_t i = 0; i < n; ++i) prefetch(&classes[due[first + i].to]);
        in_inbox_ = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const QueuedMail& mail = due[first + i];
            conversation_[i] = mail.conversation;
            id_[i] = id_of_mail(mail);
            from_[i] = mail.from;
            to_[i] = mail.to;
            generation_[i] = mail.generation;
            keep_trying(i, mail, false);
        }
        split_from_ = in_inbox_;
        ended(SliceStage::kAgain);
        write_answers();
    }
}

void Courier::keep_trying(std::size_t i, QueuedMail mail, bool first) {
    const std::size_t pair = office_.table.pair(mail.mail_class, office_.people.classes()[mail.to]);
    if (mail.tries == QueuedMail::kGivenUp) {
        late.push_back({pair, {true, {}, Outcome::kExpired, {{}, PolicyId{mail.policy}}}});
        if (trace.on()) keep_trace(mail, late.back().end);
        digest += digest_of(id_[i], Outcome::kExpired);
        return;
    }
    phase_.reset();
    for (;; first = false) {
        const std::uint32_t law_number = first ? office_.table.entry(pair).law : office_.table.law_in_queue(pair);
        const DeliveryLaw& law = office_.table.law(law_number);
        at_greylist_.reset();
        const std::uint32_t end = judge(law, mail);
        const LawEnd& ends = law.ends[end];
        digest += digest_of(id_[i] + mail.tries, ends.outcome);
        if (trace.on()) keep_trace(mail, ends);
        const bool accepted = ends.outcome == Outcome::kInbox || is_accepted(ends.outcome);
        if (at_greylist_ && (accepted || ends.outcome == Outcome::kQueued)) {
            at_greylist_->accepted = accepted;
            sights.push_back(*at_greylist_);
        }
        if (first) {
            const std::uint32_t slot = office_.table.entry(pair).slot + end;
            if (counts[slot]++ == 0) touched.push_back(slot);
        }
        if (ends.outcome == Outcome::kQueued) {
            mail.policy = *ends.cause.policy;
            if (wait(mail, {pair, law.ends[end + 1]})) continue;
            return;
        }
        if (!first) late.push_back({pair, ends});
        if (ends.outcome != Outcome::kInbox) return;
        moment_[i] = static_cast<std::uint32_t>(static_cast<double>(mail.next_try - slice_start()) *
                                                (kMoments / static_cast<double>(office_.setup.slice.us)));
        inbox_[in_inbox_++] = static_cast<std::uint32_t>(i);
        return;
    }
}

void Courier::keep_trace(const QueuedMail& mail, const LawEnd& end) {
    const Persons& persons = office_.people.persons();
    const auto cohort = [&](Person person) { return persons.cohorts[cohort_rank(persons, person)].cohort; };
    const auto route = [&](SeatId seat) -> const Route& {
        return office_.setup.world.routes[index(office_.setup.population.seats[index(seat)].route)];
    };
    const SeatId seat = office_.table.seat_of(mail.mail_class);
    const TracedTry traced{id_of_mail(mail),  mail.generation, mail.from,  mail.to,
                           cohort(mail.from), cohort(mail.to), seat,       end.own ? office_.people.seat(mail.to) : end.to,
                           {mail.first_try},  {mail.next_try}, mail.tries, end.outcome,
                           end.cause};
    if (!trace.whole()) {
        const TraceFilter& filter = trace.filter();
        const auto has = [](const std::vector<bool>& wanted, auto id) { return wanted.empty() || wanted[index(id)]; };
        const bool asked = has(filter.senders, traced.sender) && has(filter.recipients, traced.recipient) &&
                           has(filter.sources, source_of(route(seat))) && has(filter.receivers, route(traced.address).provider);
        const bool ended = filter.outcomes[static_cast<std::size_t>(end.outcome)] && (!filter.order || filter.order == end.cause.order) &&
                           (!filter.policy || (end.cause.policy && *filter.policy == without_hop(*end.cause.policy)));
        const bool then = (!filter.after || traced.at >= *filter.after) && (!filter.until || traced.at <= *filter.until);
        if (!asked || !ended || !then) return;
    }
    trace.add(traced);
}

/// Puts mail whose try was deferred into the queue. True if its next try is in this slice.
bool Courier::wait(QueuedMail& mail, const LateEnd& expired) {
    ++mail.tries;
    const RetrySchedule& schedule = office_.schedules[mail.mail_class];
    const sim::Duration last{mail.next_try - mail.first_try};
    const auto next = attempt_after(schedule, mail.tries, last, mail.tries == 1 ? phase_of(mail) : sim::Duration{});
    mail.next_try = mail.first_try + (next ? *next : give_up(schedule, phase_of(mail))).us;
    const sim::Tick slice = mail.next_try / office_.setup.slice.us;
    if (slice <= office_.slice) {
        if (next) return true;
        late.push_back(expired);
        if (trace.on()) keep_trace(mail, expired.end);
        digest += digest_of(id_of_mail(mail), Outcome::kExpired);
        return false;
    }
    if (!next) mail.tries = QueuedMail::kGivenUp;
    mail.queued_in = static_cast<std::uint32_t>(office_.slice);
    queue.push(std::min(slice, office_.setup.slices), mail);
    return false;
}

/// The end of a try, into the law's ends.
std::uint32_t Courier::judge(const DeliveryLaw& law, const QueuedMail& mail) {
    const LawBranch& branch = branch_of(law, mail);
    const std::uint64_t seed = office_.setup.seed;
    const std::uint64_t id = id_of_mail(mail);
    for (const LawStep& step : branch.steps) {
        if (step.kind == StepKind::kGreylist) {
            if (!passes_greylist(step, mail)) return step.end;
            continue;
        }
        if (step.probability <= 0) continue;
        if (step.probability >= 1) return step.end;
        const bool defers = step.kind == StepKind::kDefer;  // drawn anew at each try; what rejects does so at all
        const std::uint64_t stream = sim::join64(defers ? kDeferStream : kRejectStream, policy_key(office_.setup, step.policy));
        sim::Draws draws(seed, stream, id, defers ? mail.tries : 0);
        if (sim::uniform01(draws) < step.probability) return step.end;
    }
    if (branch.accepted.size() < 2) return branch.first;
    sim::Draws draws(seed, kAcceptStream, id, 0);
    const double u = sim::uniform01(draws);
    const auto part = std::upper_bound(branch.accepted.begin(), branch.accepted.end() - 1, u) - branch.accepted.begin();
    return branch.first + static_cast<std::uint32_t>(part);
}

/// Which address of the recipient the sender uses: the same for all mail of the two, until more are told.
const LawBranch& Courier::branch_of(const DeliveryLaw& law, const QueuedMail& mail) const {
    if (law.branches.size() == 1) return law.branches.front();
    const std::uint64_t both = sim::join64(office_.people.key(mail.from), office_.people.key(mail.to));
    sim::Draws draws(office_.setup.seed, kAddressStream, both, 0);
    const double u = sim::uniform01(draws);
    const auto branch = std::find_if(law.branches.begin(), law.branches.end() - 1, [&](const LawBranch& b) { return u < b.up_to; });
    return *branch;
}

bool Courier::passes_greylist(const LawStep& step, const QueuedMail& mail) {
    const Greylist& rule = *office_.greylists[index(without_hop(step.policy))];
    const Route& in = office_.setup.world.routes[index(office_.setup.population.seats[index(office_.people.seat(mail.to))].route)];
    std::uint64_t key = sim::hash64(office_.setup.world.entities[index(judge_of(in))].id);
    for (const std::uint64_t part : {office_.source_keys[mail.mail_class], office_.people.key(mail.from), office_.people.key(mail.to)}) {
        key = sim::join64(key, part);
    }
    at_greylist_ = {key == 0 ? 1 : key, mail.next_try, false, rule.delay.us, rule.window.us, rule.memory.us};
    return known(*at_greylist_, mail) || own_try_passes(rule, mail);
}

/// Whether other mail of the two lets this try pass.
bool Courier::known(const GreylistSight& sight, const QueuedMail& mail) const {
    const GreylistEntry* const entry = office_.greylist_memory.find(sight.key);
    if (entry != nullptr) {
        if (entry->known != GreylistEntry::kNever && sight.at - entry->known <= sight.memory) return true;
        for (const std::int64_t earlier : {entry->first, entry->last}) {
            if (earlier != GreylistEntry::kNever && sight.at - earlier >= sight.delay && sight.at - earlier <= sight.window) return true;
        }
    }
    return entry == nullptr && known_before_start(sight, mail);
}

/// Mail of the two before t = 0 was a Poisson process with their mean rate, so its last message lies an exponential time back.
bool Courier::known_before_start(const GreylistSight& sight, const QueuedMail& mail) const {
    const auto route = [&](SeatId seat) -> const Route& {
        return office_.setup.world.routes[index(office_.setup.population.seats[index(seat)].route)];
    };
    const Route& out = route(seat_at_start(office_.people.persons(), mail.from));
    if (sim::hash64(office_.setup.world.entities[index(source_of(out))].id) != office_.source_keys[mail.mail_class]) return false;
    const Route& in = route(seat_at_start(office_.people.persons(), mail.to));
    if (judge_of(in) != judge_of(route(office_.people.seat(mail.to)))) return false;
    const double rate = office_.people.messages_a_day(mail.from, mail.to);
    if (rate <= 0) return false;
    sim::Draws draws(office_.setup.seed, kKnownStream, sight.key, 0);
    const double since = sim::exponential(1 / rate, draws) * kDayUs;
    return since + static_cast<double>(sight.at) <= static_cast<double>(sight.memory);
}

/// Whether the latest of the message's own tries that is old enough is not too old (first_accepted, by bisection: tries are in rising time).
bool Courier::own_try_passes(const Greylist& rule, const QueuedMail& mail) {
    const auto age = [&](std::uint32_t tries) {
        const sim::Duration at = tries == 0 ? sim::Duration{} : *next_attempt(office_.schedules[mail.mail_class], tries, phase_of(mail));
        return mail.next_try - mail.first_try - at.us;
    };
    if (mail.tries == 0 || age(0) < rule.delay.us) return false;
    std::uint32_t latest = 0;
    for (std::uint32_t young = mail.tries; young - latest > 1;) {
        const std::uint32_t middle = latest + (young - latest) / 2;
        (age(middle) >= rule.delay.us ? latest : young) = middle;
    }
    return age(latest) <= rule.window.us;
}

/// Of the present message, drawn once.
sim::Duration Courier::phase_of(const QueuedMail& mail) {
    if (phase_) return *phase_;
    phase_.emplace();
    const sim::Duration scan = office_.schedules[mail.mail_class].scan;
    if (scan.us > 0) {
        sim::Draws draws(office_.setup.seed, kPhaseStream, id_of_mail(mail), 0);
        phase_->us = static_cast<std::int64_t>(sim::uniform_below(static_cast<std::uint64_t>(scan.us), draws));
    }
    return *phase_;
}

}  // namespace mailrift
