// Spam: what leaves providers besides wanted mail, named senders, and a background botnet.
#include "models/traffic/spam.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <string>

#include "models/delivery/chain.h"
#include "sim/counts.h"
#include "sim/error.h"
#include "sim/hash.h"
#include "sim/json.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kSpamStream = sim::hash64("spam sent");
constexpr double kDayUs = 86'400e6;
constexpr double kMostSpam = 0x1p50;  // in a slice: what a Poisson number can be drawn for, with room for its spread
constexpr std::uint64_t kQueueStream = sim::hash64("spam in queues");

/// What becomes of a bot's spam under a verdict: it does not try again, so what is deferred is lost, and no greylist knows it. Of a provider's: if
/// nothing can be deferred.
Fate fate_of_spam(const Verdict& verdict, bool tries_again) {
    Fate fate;
    const bool held = verdict.greylist && !tries_again;
    double left = 1;
    for (std::size_t i = 0; i < verdict.parts.size(); ++i) {
        const VerdictPart& part = verdict.parts[i];
        const bool kept_before = part.outcome == Outcome::kJunk && held && hop_of(verdict.greylist->policy) == kForwardedTo &&
                                 hop_of(part.policy) < kForwardedTo;
        if (held && !kept_before && (i >= verdict.greylist->before || part.outcome == Outcome::kJunk)) continue;
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

/// To an account that an order closed: policies that decide before the recipient is named come first.
AttemptLaw law_to_closed(const Verdict& verdict, OrderId order) {
    return attempt_law(Reception{{}, 1, Asked::kBeforeRcpt, Outcome::kClosedAccount, {order, {}}, &verdict});
}

}  // namespace

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<SpamTraffic::Late> late) {
    archive(late.series);
    archive.choice(late.outcome, kOutcomes);
    archive(late.cause);
}

SpamTraffic::SpamTraffic(const TrafficSetup& setup, const StateView& start, bool whole)
    : world_(setup.world),
      mail_(setup.mail),
      whole_(whole),
      seed_(setup.seed),
      grid_{setup.slice},
      days_(static_cast<double>(setup.slice.us) / kDayUs),
      senders_(setup.spam_senders),
      full_days_(setup.spam_senders.size()),
      first_(setup.first),
      pools_(setup.world),
      audiences_(1),
      background_(spam_volumes(setup.world, setup.population, setup.mail, setup.spam_senders).background),
      plans_(setup, start.state),
      queue_(whole, setup.seed, kQueueStream, setup.memory_bytes) {
    if (whole) check_size(setup);
    std::set<EntityId> sources;
    for (const Route& route : setup.world.routes) {
        if (setup.world.entities[index(route.provider)].outbound_spam > 0) sources.insert(source_of(route));
    }
    const auto key = [this](EntityId source) { return sim::hash64(world_.entities[index(source)].id); };
    for (const EntityId source : sources) add_streams({source}, key(source));
    if (setup.botnet && background_ > 0) add_streams({*setup.botnet, false}, key(*setup.botnet));
    add_senders();
    std::vector<Booking> none;
    read_state(start, none);
}

/// Refuses more spam in a slice than can be counted, however members move.
void SpamTraffic::check_size(const TrafficSetup& setup) const {
    double most = background_;
    for (const Cohort& cohort : setup.population.cohorts) {
        double worst = 0;
        for (const Entity& entity : setup.world.entities) worst = std::max(worst, entity.outbound_spam / (1 - entity.outbound_spam));
        most += cohort.users * mail_.scale * mail_.messages_per_day * worst;
    }
    for (const SpamSender& sender : senders_) most += sender.daily * mail_.scale;
    if (most * days_ <= kMostSpam) return;
    throw sim::Error(sim::Code::kTooLarge, {}, "at most 2^50 spam messages in a slice", sim::format_number(most * days_));
}

/// A stream to each pool, with everything else as in `like`.
void SpamTraffic::add_streams(const Stream& like, std::uint64_t key) {
    for (std::size_t pool = 0; pool < pools_.size(); ++pool) {
        Stream stream = like;
        stream.chain = pools_.chain(pool);
        stream.pool = pool;
        stream.key = key;
        for (const auto& entity :
             {std::optional(stream.chain.provider), std::optional(stream.chain.judge), stream.chain.forward_to, stream.chain.resender}) {
            if (entity) stream.key = sim::join64(stream.key, sim::hash64(world_.entities[index(*entity)].id));
        }
        streams_.push_back(std::move(stream));
    }
}

void SpamTraffic::add_senders() {
    for (std::size_t s = 0; s < senders_.size(); ++s) {
        const SpamSender& sender = senders_[s];
        const std::size_t audience = audience_of(sender);
        for (const SpamSource& source : sender.sources) {
            const double daily = sender.daily * mail_.scale * source.share;
            add_streams({source.entity, sender.tries_again, static_cast<std::uint32_t>(s), audience, daily},
                        sim::join64(sim::hash64(sender.id), sim::hash64(world_.entities[index(source.entity)].id)));
        }
    }
}

/// Its place; made if nobody had the same targets.
std::size_t SpamTraffic::audience_of(const SpamSender& sender) {
    if (!sender.targets) return 0;
    const auto same = [&](const Audience& audience) { return !audience.everybody && audience.targets == *sender.targets; };
    const auto found = std::find_if(audiences_.begin(), audiences_.end(), same);
    if (found != audiences_.end()) return static_cast<std::size_t>(found - audiences_.begin());
    audiences_.push_back({*sender.targets, false});
    return audiences_.size() - 1;
}

void SpamTraffic::read_state(const StateView& view, std::vector<Booking>& bookings) {
    if (streams_.empty()) return;
    for (Audience& audience : audiences_) read_mailboxes(view, pools_, audience);
    const std::vector<double> sent = spam_sent(view, mail_);
    stale_ = true;
    for (Stream& stream : streams_) {
        if (!stream.sender) stream.daily = stream.tries_again ? sent[index(stream.source)] : background_;
        read_verdict(view, stream, bookings);
    }
}

void SpamTraffic::follow(const StateView& view, std::span<const Change> changes, std::vector<Booking>& bookings) {
    std::set<std::pair<EntityId, EntityId>> judged;  // sources, and by whom
    std::vector<bool> by(world_.entities.size());
    for (const Change& change : changes) {
        if (change.kind != ChangeKind::kJudge) return read_state(view, bookings);
        judged.emplace(change.source, change.receiver);
        by[index(change.receiver)] = true;
    }
    for (Stream& stream : streams_) {
        const Chain& chain = stream.chain;
        if (!by[index(chain.judge)] && !by[index(chain.provider)] && !(chain.forward_to && by[index(*chain.forward_to)])) continue;
        const Hops hops = hops_of(world_, chain);
        const auto other = [&](const Hop& hop) { return judged.contains({hop.seen.value_or(stream.source), hop.judge}); };
        if (std::any_of(hops.begin(), hops.end(), other)) read_verdict(view, stream, bookings);
    }
}

void SpamTraffic::read_verdict(const StateView& view, Stream& stream, std::vector<Booking>& bookings) {
    Verdict verdict = verdict_on(view, stream);
    const std::map<OrderId, double>& closed = audiences_[stream.audience].closed[stream.pool];
    if (verdict == stream.verdict && closed == stream.closed) return;
    stale_ = true;
    WritingLaw law = law_of(stream, verdict);
    stream.verdict = std::move(verdict);
    stream.closed = closed;
    if (law.ends == stream.fate && law.waits == stream.waits) return;
    book(stream, bookings);
    stream.shares.clear();
    for (const FatePart& part : law.ends) stream.shares.push_back(part.share);
    for (const WaitPart& part : law.waits) stream.shares.push_back(part.share);
    stream.counts.assign(law.ends.size(), 0);
    stream.fate = std::move(law.ends);
    stream.waits = std::move(law.waits);
}

MailClass SpamTraffic::class_of(const Stream& stream) const {
    return stream.sender ? senders_[*stream.sender].mail_class : MailClass::kSpam;
}

Verdict SpamTraffic::verdict_on(const StateView& view, const Stream& stream) const {
    const std::optional<bool> authenticates = stream.sender ? senders_[*stream.sender].authenticates : std::nullopt;
    return verdict_along(view, stream.source, stream.chain, class_of(stream), authenticates, stream.sender);
}

WritingLaw SpamTraffic::law_of(const Stream& stream, const Verdict& verdict) {
    const std::map<OrderId, double>& closed = audiences_[stream.audience].closed[stream.pool];
    if (!stream.tries_again || !defers(attempt_law(verdict))) {
        return {closed.empty() ? fate_of_spam(verdict, stream.tries_again) : fate_of_spam(verdict, stream.tries_again, closed), {}};
    }
    WritingLaw law;
    const auto number = static_cast<std::uint32_t>(&stream - streams_.data());
    double open = 1;
    for (const auto& [order, share] : closed) open -= share;
    if (open > 0) plans_.add(attempt_law(verdict), open, 1, {}, stream.source, number_of({number, std::nullopt}), law);
    for (const auto& [order, share] : closed) {
        plans_.add(law_to_closed(verdict, order), share, 1, {}, stream.source, number_of({number, order}), law);
    }
    return law;
}

std::uint32_t SpamTraffic::number_of(const LawName& name) {
    const auto [found, is_new] = numbers_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (is_new) {
        names_.push_back(name);
        stale_ = true;
    }
    return found->second;
}

AttemptLaw SpamTraffic::queue_law(const LawName& name, const StateView& view) const {
    const Stream& stream = streams_[name.first];
    const Verdict verdict = verdict_on(view, stream);
    return name.second ? law_to_closed(verdict, *name.second) : attempt_law(verdict);
}

/// The tries in the slice of what waits. Returns a hash of what became of it.
std::uint64_t SpamTraffic::try_again(const StateView& view, sim::Tick slice, TallyBoard* board) {
    if (queue_.empty()) return 0;
    if (stale_) {
        laws_.clear();
        for (const LawName& name : names_) laws_.push_back(queue_law(name, view));
        stale_ = false;
    }
    const auto key = [this](std::size_t series) { return streams_[series].key; };
    return queue_.advance(slice, plans_, laws_, key, [&](const QueueEnd& end) {
        Stream& stream = streams_[end.series];
        late_[{static_cast<std::uint32_t>(end.series), end.outcome, end.cause}] += end.messages;
        if (board == nullptr) return;
        if (!stream.place) stream.place = board->place(stream.source, stream.chain, stream.sender);
        board->add(*stream.place, class_of(stream), {{}, end.outcome, end.cause, 1}, end.messages, false);
    });
}

std::uint64_t SpamTraffic::advance(const StateView& view, sim::Tick slice, TallyBoard* board) {
    std::uint64_t digest = try_again(view, slice, board);
    const sim::Tick tick = std::max(slice + first_, sim::Tick{0});  // before t = 0 they send as they do then
    for (std::size_t s = 0; s < senders_.size(); ++s) full_days_[s] = full_days(senders_[s], grid_.start(tick), grid_.start(tick + 1));
    for (std::size_t s = 0; s < streams_.size(); ++s) {
        const Stream& stream = streams_[s];
        const double days = stream.sender ? full_days_[*stream.sender] : days_;
        const double mean = stream.daily * audiences_[stream.audience].mailboxes[stream.pool] * days;
        if (mean > 0) digest += sim::join64(stream.key, send(s, slice, mean, board));
    }
    return digest;
}

/// Sends the spam of one stream; returns a hash of its counts.
std::uint64_t SpamTraffic::send(std::size_t series, sim::Tick slice, double mean, TallyBoard* board) {
    Stream& stream = streams_[series];
    if (board != nullptr && !stream.place) stream.place = board->place(stream.source, stream.chain, stream.sender);
    std::optional<sim::Draws> draws;
    drawn_.assign(stream.shares.size(), 0);
    if (whole_) {
        draws.emplace(seed_, kSpamStream, stream.key, static_cast<std::uint32_t>(slice));
        sim::multinomial(sim::poisson(mean, *draws), stream.shares, drawn_, *draws);
    }
    std::uint64_t hash = 0;
    for (std::size_t part = 0; part < stream.shares.size(); ++part) {
        const double messages = whole_ ? static_cast<double>(drawn_[part]) : mean * stream.shares[part];
        hash = sim::join64(hash, whole_ ? drawn_[part] : std::bit_cast<std::uint64_t>(messages));
        if (part >= stream.fate.size()) {
            queue_.put(series, slice, stream.waits[part - stream.fate.size()], messages, draws ? &*draws : nullptr);
            if (board != nullptr) board->defer(*stream.place, class_of(stream), messages);
            continue;
        }
        stream.counts[part] += messages;
        if (board == nullptr) continue;
        board->add(*stream.place, class_of(stream), stream.fate[part], messages);
    }
    return hash;
}

void SpamTraffic::book(std::vector<Booking>& bookings) {
    for (Stream& stream : streams_) book(stream, bookings);
    for (const auto& [series, batches] : queue_.waiting()) {
        for (const QueuedBatch& batch : batches) {
            for (const double messages : batch.counts) {
                late_[{static_cast<std::uint32_t>(series), Outcome::kQueued, {{}, batch.last}}] += messages;
            }
        }
    }
    for (const auto& [late, messages] : std::exchange(late_, {})) {
        const auto& [series, outcome, cause] = late;
        const LedgerKey key{streams_[series].source, streams_[series].chain.provider, class_of(streams_[series])};
        if (messages == 0) continue;
        bookings.push_back({key, {}, {}, messages});
        bookings.push_back({key, outcome, cause, messages});
    }
}

void SpamTraffic::save(sim::ArchiveWriter& archive) const {
    for (const Stream& stream : streams_) archive(stream.counts);
    auto [used, plans] = queue_.used();
    std::sort(used.begin(), used.end(), [this](std::uint32_t a, std::uint32_t b) { return names_[a] < names_[b]; });
    std::map<std::uint32_t, std::uint32_t> laws;
    std::vector<LawName> names;
    for (const std::uint32_t law : used) {
        laws[law] = static_cast<std::uint32_t>(names.size());
        names.push_back(names_[law]);
    }
    const auto numbers = plans_.save(archive, plans);
    archive(names);
    queue_.save(archive, laws, numbers);
    std::vector<std::pair<Late, double>> late(late_.begin(), late_.end());
    archive(late);
}

void SpamTraffic::load(sim::ArchiveReader& archive) {
    for (Stream& stream : streams_) {
        archive.sized(stream.counts);
        stream.place.reset();  // found again on the board
    }
    const std::vector<std::uint32_t> plans = plans_.load(archive);
    std::vector<LawName> names;
    archive(names);
    std::vector<std::uint32_t> laws;
    for (const LawName& name : names) {
        archive.want(name.first < streams_.size(), "a stream of spam of this model", "another");
        laws.push_back(number_of(name));
    }
    queue_.load(archive, streams_.size(), laws, plans, plans_);
    std::vector<std::pair<Late, double>> late;
    archive(late);
    late_.clear();
    for (const auto& [end, messages] : late) {
        archive.want(end.series < streams_.size(), "a stream of spam of this model", "another");
        late_[end] = messages;
    }
}

void SpamTraffic::book(Stream& stream, std::vector<Booking>& bookings) {
    const LedgerKey key{stream.source, stream.chain.provider, class_of(stream)};
    for (std::size_t part = 0; part < stream.fate.size(); ++part) {
        double& messages = stream.counts[part];
        if (messages == 0) continue;
        bookings.push_back({key, {}, {}, messages});
        bookings.push_back({key, stream.fate[part].outcome, stream.fate[part].cause, messages});
        messages = 0;
    }
}

}  // namespace mailrift
