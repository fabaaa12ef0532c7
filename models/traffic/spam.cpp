// Spam: what leaves providers besides wanted mail, and a background botnet.
#include "models/traffic/spam.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "sim/counts.h"
#include "sim/error.h"
#include "sim/hash.h"
#include "sim/json.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kSpamStream = sim::hash64("spam sent");
constexpr double kDayUs = 86'400e6;
constexpr double kRounding = 1e-9;

/// What becomes of a source's spam under a verdict. A bot does not try again, so what is deferred is lost, and no greylist knows it.
Fate fate_of_spam(const Verdict& verdict, bool tries_again) {
    Fate fate;
    const bool held = verdict.greylist && !tries_again;
    double left = 1;
    for (std::size_t i = 0; i < verdict.parts.size(); ++i) {
        const VerdictPart& part = verdict.parts[i];
        if (held && (i >= verdict.greylist->before || part.outcome == Outcome::kJunk)) continue;
        const bool lost = part.outcome == Outcome::kQueued && !tries_again;
        fate.push_back({{}, lost ? Outcome::kExpired : part.outcome, {{}, part.policy}, part.share});
        left -= part.share;
    }
    if (held) {
        if (left > 0) fate.push_back({{}, Outcome::kExpired, {{}, verdict.greylist->policy}, left});
    } else if (verdict.accept > 0) {
        fate.push_back({{}, Outcome::kInbox, {}, verdict.accept});
    }
    return fate;
}

/// The same where orders closed some of the accounts.
Fate fate_of_spam(const Verdict& verdict, bool tries_again, const std::map<OrderId, double>& closed) {
    double open = 1;
    for (const auto& [order, share] : closed) open -= share;
    Fate fate;
    if (open > 0) fate = fate_of_spam(verdict, tries_again);
    for (FatePart& part : fate) part.share *= open;
    Verdict before{1, {verdict.parts.begin(), verdict.parts.begin() + static_cast<std::ptrdiff_t>(verdict.before_rcpt)}};
    for (const VerdictPart& part : before.parts) {
        if (part.outcome == Outcome::kJunk) continue;
        before.accept -= part.share;
        const bool lost = part.outcome == Outcome::kQueued && !tries_again;
        fate.push_back({{}, lost ? Outcome::kExpired : part.outcome, {{}, part.policy}, (1 - open) * part.share});
    }
    for (const auto& [order, share] : closed) {
        if (before.accept > 0) fate.push_back({{}, Outcome::kClosedAccount, {order, {}}, share * before.accept});
    }
    return fate;
}

}  // namespace

SpamVolumes spam_volumes(const World& world, const Population& population, const MailParams& mail) {
    SpamVolumes volumes{std::vector<double>(world.entities.size()), 0};
    double wanted = 0;
    double sent = 0;
    for (const Seat& seat : population.seats) {
        const double written = population.cohorts[index(seat.cohort)].users * mail.scale * seat.share * mail.messages_per_day;
        const EntityId provider = world.routes[index(seat.route)].provider;
        const double share = world.entities[index(provider)].outbound_spam;
        wanted += written;
        sent += written * share / (1 - share);
        volumes.by_entity[index(provider)] += written * share / (1 - share);
    }
    if (!mail.spam_share) return volumes;
    const double all = wanted * *mail.spam_share / (1 - *mail.spam_share);
    if (sent > all * (1 + kRounding)) {
        throw sim::Error(sim::Code::kInconsistent, {},
                         "a spam_share of at least what providers send: " + sim::format_number(sent / (sent + wanted)),
                         sim::format_number(*mail.spam_share));
    }
    volumes.background = std::max(0.0, all - sent);
    return volumes;
}

SpamTraffic::SpamTraffic(const TrafficSetup& setup, bool whole)
    : whole_(whole), seed_(setup.seed), days_(static_cast<double>(setup.slice.us) / kDayUs) {
    std::map<std::pair<EntityId, EntityId>, std::size_t> places;
    for (const Route& route : setup.world.routes) places.try_emplace({route.provider, judge_of(route)}, 0);
    for (auto& [ends, place] : places) {
        place = pools_.size();
        pools_.push_back(ends);
    }
    for (const Route& route : setup.world.routes) pool_of_route_.push_back(places.at({route.provider, judge_of(route)}));
    const SpamVolumes volumes = spam_volumes(setup.world, setup.population, setup.mail);
    for (std::size_t e = 0; e < volumes.by_entity.size(); ++e) add_source(id_of<EntityId>(e), volumes.by_entity[e], setup);
    if (setup.botnet) add_source(*setup.botnet, volumes.background, setup);
}

void SpamTraffic::add_source(EntityId source, double daily, const TrafficSetup& setup) {
    if (daily <= 0) return;
    for (std::size_t pool = 0; pool < pools_.size(); ++pool) {
        const auto [receiver, judge] = pools_[pool];
        std::uint64_t key = sim::hash64(setup.world.entities[index(source)].id);
        for (const EntityId entity : {receiver, judge}) key = sim::join64(key, sim::hash64(setup.world.entities[index(entity)].id));
        streams_.push_back({source, receiver, judge, daily, pool, key, !setup.botnet || source != *setup.botnet, {}, {}, {}, {}});
    }
}

void SpamTraffic::read_state(const StateView& view, std::vector<Booking>& bookings) {
    mailboxes_.assign(pools_.size(), 0);
    closed_.assign(pools_.size(), {});
    double all = 0;
    for (std::size_t s = 0; s < view.population.seats.size(); ++s) {
        const Seat& seat = view.population.seats[s];
        const double members = view.state.share[s] * view.population.cohorts[index(seat.cohort)].users;
        const std::size_t pool = pool_of_route_[index(seat.route)];
        mailboxes_[pool] += members;
        all += members;
        const std::vector<OrderId>& gone = view.state.closed_by[s];
        if (!gone.empty() && members > 0) closed_[pool][gone.front()] += members;
    }
    for (std::size_t pool = 0; pool < pools_.size(); ++pool) {
        for (auto& entry : closed_[pool]) entry.second /= mailboxes_[pool];
    }
    for (double& share : mailboxes_) share = all > 0 ? share / all : 0;
    for (Stream& stream : streams_) {
        const Verdict& verdict = view.state.verdicts.at(stream.source, stream.judge);
        const std::map<OrderId, double>& closed = closed_[stream.pool];
        Fate fate = closed.empty() ? fate_of_spam(verdict, stream.tries_again) : fate_of_spam(verdict, stream.tries_again, closed);
        if (fate == stream.fate) continue;
        book(stream, bookings);
        stream.shares.clear();
        for (const FatePart& part : fate) stream.shares.push_back(part.share);
        stream.counts.assign(fate.size(), 0);
        stream.fate = std::move(fate);
    }
}

std::uint64_t SpamTraffic::advance(sim::Tick slice, TallyBoard* board) {
    std::uint64_t digest = 0;
    std::vector<std::uint64_t> drawn;
    for (Stream& stream : streams_) {
        const double mean = stream.daily * mailboxes_[stream.pool] * days_;
        if (mean <= 0) continue;
        drawn.assign(stream.fate.size(), 0);
        std::uint64_t hash = 0;
        if (whole_) {
            sim::Draws draws(seed_, kSpamStream, stream.key, static_cast<std::uint32_t>(slice));
            sim::multinomial(sim::poisson(mean, draws), stream.shares, drawn, draws);
        }
        for (std::size_t part = 0; part < stream.fate.size(); ++part) {
            const double messages = whole_ ? static_cast<double>(drawn[part]) : mean * stream.shares[part];
            stream.counts[part] += messages;
            hash = sim::join64(hash, drawn[part]);
            if (board == nullptr) continue;
            if (!stream.place) stream.place = board->place(stream.source, stream.judge);
            board->add(*stream.place, MailClass::kSpam, stream.fate[part], messages);
        }
        digest += sim::join64(stream.key, hash);
    }
    return digest;
}

void SpamTraffic::book(std::vector<Booking>& bookings) {
    for (Stream& stream : streams_) book(stream, bookings);
}

void SpamTraffic::save(sim::ArchiveWriter& archive) const {
    for (const Stream& stream : streams_) archive(stream.counts);
}

void SpamTraffic::load(sim::ArchiveReader& archive) {
    for (Stream& stream : streams_) {
        archive.sized(stream.counts);
        stream.place.reset();  // found again on the board
    }
}

void SpamTraffic::book(Stream& stream, std::vector<Booking>& bookings) {
    const LedgerKey key{stream.source, stream.receiver, MailClass::kSpam};
    for (std::size_t part = 0; part < stream.fate.size(); ++part) {
        double& messages = stream.counts[part];
        if (messages == 0) continue;
        bookings.push_back({key, {}, {}, messages});
        bookings.push_back({key, stream.fate[part].outcome, stream.fate[part].cause, messages});
        messages = 0;
    }
}

}  // namespace mailrift
