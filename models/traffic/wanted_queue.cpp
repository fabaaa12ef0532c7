// The queues of wanted mail in `fluid` and `flow`: by seat of the sender and address.
#include "models/traffic/wanted_queue.h"

#include <algorithm>

#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kQueueStream = sim::hash64("wanted mail in queues");

}  // namespace

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<WantedQueue::Late> late) {
    archive(late.ends);
    archive.choice(late.outcome, kOutcomes);
    archive(late.cause);
}

WantedQueue::WantedQueue(const TrafficSetup& setup, const MailState& start, bool whole)
    : world_(setup.world),
      population_(setup.population),
      plans_(setup, start),
      queue_(whole, setup.seed, kQueueStream, setup.memory_bytes) {
    if (!setup.watch_sent) return;
    for (const Seat& seat : population_.seats) watched_.push_back(setup.lumping.singled_out[index(seat.cohort)]);
}

WritingLaw WantedQueue::writing_law(const StateView& view, SeatId from, SeatId to, const Fate& fate) {
    const Receptions receptions = receptions_of(view, from, to);
    if (std::none_of(receptions.begin(), receptions.end(), [](const Reception& at) { return defers(at); })) return {fate, {}};
    std::vector<AttemptLaw> laws;
    for (const Reception& at : receptions) laws.push_back(attempt_law(at));
    WritingLaw writing;
    for (std::size_t i = 0; i < laws.size(); ++i) {
        const SeatId address = receptions[i].to;
        const double unknown = laws[i].greylist ? plans_.unknown_at(laws[i].greylist->policy) : 0;
        plans_.add(laws[i], receptions[i].share, unknown, address, source_of(view.route(from)), law_of(from, address), writing);
    }
    return writing;
}

std::uint32_t WantedQueue::law_of(SeatId from, SeatId address) {
    const auto [found, is_new] = places_.try_emplace({from, address}, static_cast<std::uint32_t>(ends_.size()));
    if (is_new) {
        ends_.emplace_back(from, address);
        stale_ = true;
    }
    return found->second;
}

std::uint64_t WantedQueue::advance(const StateView& view, sim::Tick slice, const std::function<std::uint64_t(std::size_t)>& key,
                                   const std::function<void(const QueueEnd&)>& end) {
    late_failures_.assign(watched_.size(), 0.0);
    if (queue_.empty()) return 0;
    if (stale_) {
        laws_.clear();
        for (const auto& [from, address] : ends_) laws_.push_back(attempt_law(reception_at(view, from, address, 1, true)));
        stale_ = false;
    }
    return queue_.advance(slice, plans_, laws_, key, [&](const QueueEnd& ended) {
        late_[{ends_[ended.law], ended.outcome, ended.cause}] += ended.messages;
        const std::size_t from = index(ends_[ended.law].first);
        if (ended.outcome != Outcome::kInbox && from < watched_.size() && watched_[from]) late_failures_[from] += ended.messages;
        end(ended);
    });
}

void WantedQueue::book(const Late& late, double messages, bool written, std::vector<Booking>& bookings) const {
    const auto route = [&](SeatId seat) -> const Route& { return world_.routes[index(population_.seats[index(seat)].route)]; };
    const auto [from, address] = late.ends;
    const LedgerKey key{source_of(route(from)), route(address).provider, MailClass::kWanted};
    if (written) bookings.push_back({key, {}, {}, messages});
    bookings.push_back({key, late.outcome, late.cause, messages});
}

void WantedQueue::book(bool written, std::vector<Booking>& bookings) {
    for (const auto& [late, messages] : late_) book(late, messages, written, bookings);
    late_.clear();
    for (const auto& [series, batches] : queue_.waiting()) {
        for (const QueuedBatch& batch : batches) {
            double messages = 0;
            for (const double count : batch.counts) messages += count;
            book({ends_[batch.law], Outcome::kQueued, {{}, batch.last}}, messages, written, bookings);
        }
    }
}

void WantedQueue::save(sim::ArchiveWriter& archive) const {
    auto [used, plans] = queue_.used();
    std::sort(used.begin(), used.end(), [this](std::uint32_t a, std::uint32_t b) { return ends_[a] < ends_[b]; });
    std::map<std::uint32_t, std::uint32_t> laws;
    std::vector<std::pair<SeatId, SeatId>> ends;
    for (const std::uint32_t law : used) {
        laws[law] = static_cast<std::uint32_t>(ends.size());
        ends.push_back(ends_[law]);
    }
    const auto numbers = plans_.save(archive, plans);
    archive(ends);
    queue_.save(archive, laws, numbers);
    std::vector<std::pair<Late, double>> late(late_.begin(), late_.end());
    archive(late);
}

void WantedQueue::load(sim::ArchiveReader& archive, std::size_t series) {
    const std::vector<std::uint32_t> plans = plans_.load(archive);
    std::vector<std::pair<SeatId, SeatId>> ends;
    archive(ends);
    std::vector<std::uint32_t> laws;
    for (const auto& [from, address] : ends) laws.push_back(law_of(from, address));
    queue_.load(archive, series, laws, plans, plans_);
    std::vector<std::pair<Late, double>> late;
    archive(late);
    late_.clear();
    late_.insert(late.begin(), late.end());
}

}  // namespace mailrift
