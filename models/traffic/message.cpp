// Traffic model `message`: what one slice needs from all its couriers.
#include "models/traffic/message.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "models/population/chunks.h"
#include "models/traffic/booking.h"
#include "models/traffic/courier.h"
#include "models/traffic/spam.h"
#include "models/traffic/start_means.h"
#include "sim/counts.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kCountStream = sim::hash64("message: conversations started");
constexpr std::size_t kPiece = 16 * 1024;  ///< messages that one courier takes at once
constexpr std::uint32_t kNoPlace = static_cast<std::uint32_t>(-1);

MailOffice open_office(const TrafficSetup& setup, const StateView& start) {
    DeliveryTable table(start, setup.lumping.singled_out, setup.threads, setup.memory_bytes);
    People people(setup, table.class_by_seat());
    MailOffice office{setup, std::move(table), std::move(people), sim::SampleTable(setup.mail.reply_delay), {}, {}, {}, {}, 0};
    for (std::uint32_t c = 0; c < office.table.classes(); ++c) {
        const Entity& source = setup.world.entities[index(source_of(start.route(office.table.seat_of(c))))];
        office.schedules.push_back(schedule_by_name(source.retry, source.queue_interval));
        office.source_keys.push_back(sim::hash64(source.id));
    }
    office.greylists.resize(setup.policy_keys.size());
    for (const auto& [policy, rule] : start.state.greylists) office.greylists[index(policy)] = rule;
    return office;
}

/// Order of late ends in maps.
auto order_of(const LateEnd& late) { return std::tuple(late.pair, late.end.own, late.end.to, late.end.outcome, late.end.cause); }
struct ByOrder {
    bool operator()(const LateEnd& a, const LateEnd& b) const { return order_of(a) < order_of(b); }
};

class Message final : public TrafficModel {
public:
    Message(const TrafficSetup& setup, const StateView& start)
        : setup_(setup),
          office_(open_office(setup_, start)),
          couriers_(setup.threads, Courier(office_)),
          totals_(office_.table.slots()),
          spam_(setup_, start, true),
          board_(setup.world, setup.tallies),
          places_(setup.lumping.apart ? office_.table.pairs() : 0, kNoPlace) {
        for (const CohortPersons& cohort : office_.people.persons().cohorts) {
            const sim::Duration offset = setup.population.cohorts[index(cohort.cohort)].utc_offset;
            zones_.push_back(setup.mail.profile.empty() ? sim::Duration{0} : offset);
        }
    }

    Tallies advance(const MailView& view, sim::Tick slice, const sim::StopFlag& stop) override {
        office_.slice = slice;
        if (!view.changes.empty()) follow(view, slice);
        const std::vector<StartBlock> starts = starts_of(slice);
        const std::vector<Task> tasks = tasks_of(starts, slice);
        if (setup_.stages != nullptr) (*setup_.stages)(SliceStage::kSlice);
        for_chunks(tasks.size(), setup_.threads, stop, [&](std::size_t t, std::size_t worker) { do_task(tasks[t], couriers_[worker]); });
        return close_slice(view.state, slice);
    }

    void settle(Ledger& ledger) override {
        for (std::size_t pair = 0; pair < office_.table.pairs(); ++pair) book(pair);
        for (const auto& [late, messages] : late_) book(late, static_cast<double>(messages));
        for (const auto& [late, messages] : queued()) book(late, static_cast<double>(messages));
        late_.clear();
        spam_.book(bookings_);
        enter(bookings_, ledger);
    }

    std::vector<TracedTry> take_trace() override {
        if (!couriers_.front().trace.on()) return {};
        for (std::size_t c = 1; c < couriers_.size(); ++c) couriers_.front().trace.add(couriers_[c].trace);
        return couriers_.front().trace.take();
    }

    void save(sim::ArchiveWriter& archive) const override {
        office_.people.save(archive);
        office_.greylist_memory.save(archive);
        board_.save(archive);
        spam_.save(archive);
        archive(complete_, waiting(&Courier::answers), waiting(&Courier::queue));
        for (std::size_t pair = 0; pair < office_.table.pairs(); ++pair) {
            const DeliveryTable::Entry& entry = office_.table.entry(pair);
            for (std::size_t end = 0; end < office_.table.law(entry.law).ends.size(); ++end) archive(totals_[entry.slot + end]);
        }
        std::vector<std::pair<LateEnd, std::uint64_t>> late(late_.begin(), late_.end());
        archive(late, bookings_);
    }

    void load(sim::ArchiveReader& archive) override {
        office_.people.load(archive);
        office_.greylist_memory.load(archive);
        board_.load(archive);
        std::fill(places_.begin(), places_.end(), kNoPlace);
        spam_.load(archive);
        std::map<sim::Tick, std::vector<WaitingAnswer>> answers;
        std::map<sim::Tick, std::vector<QueuedMail>> queue;
        archive(complete_, answers, queue);
        const auto valid = [&](sim::Tick slice, const auto& item) {
            const bool known = item.from < office_.people.persons().count && item.to < office_.people.persons().count;
            archive.want(known && slice >= complete_ && slice <= setup_.slices, "mail of persons of this world, in a later slice",
                         "other mail");
        };
        for (const auto& [slice, items] : answers) {
            for (const WaitingAnswer& item : items) {
                valid(slice, item);
                couriers_.front().answers.push(slice, item);
            }
        }
        for (const auto& [slice, items] : queue) {
            for (const QueuedMail& item : items) {
                valid(slice, item);
                archive.want(item.mail_class < office_.table.classes() && index(without_hop(item.policy)) < setup_.policy_keys.size() &&
                                 item.first_try >= 0 && item.next_try >= item.first_try && item.next_try <= 10 * sim::kCentury.us,
                             "mail of a class and a policy of this model", "other mail");
                couriers_.front().queue.push(slice, item);
            }
        }
        for (std::size_t pair = 0; pair < office_.table.pairs(); ++pair) {
            const DeliveryTable::Entry& entry = office_.table.entry(pair);
            for (std::size_t end = 0; end < office_.table.law(entry.law).ends.size(); ++end) archive(totals_[entry.slot + end]);
        }
        std::vector<std::pair<LateEnd, std::uint64_t>> late;
        archive(late, bookings_);
        for (const auto& [end, messages] : late) {
            archive.want(end.pair < office_.table.pairs(), "a pair of classes below " + std::to_string(office_.table.pairs()),
                         std::to_string(end.pair));
            late_[end] += messages;
        }
    }

private:
    enum class Kind : std::uint8_t { kStart, kAnswer, kTryAgain };

    /// A piece of a slice's work.
    struct Task {
        Kind kind;
        std::span<const StartBlock> starts;
        std::span<const Waiting<WaitingAnswer>::Chunk> answers;
        std::span<const Waiting<QueuedMail>::Chunk> mail;
    };
    using LateCounts = std::map<LateEnd, std::uint64_t, ByOrder>;

    void follow(const MailView& view, sim::Tick slice) {
        for (const Change& change : view.changes) {
            if (change.kind == ChangeKind::kMove) office_.people.move(change, setup_.seed, slice);
        }
        office_.table.update(view.state, view.changes, [&](std::size_t pair) { book(pair); });
        totals_.resize(office_.table.slots());
        spam_.follow(view.state, view.changes, bookings_);
    }

    /// How many conversations the members of each block start, in pieces.
    [[nodiscard]] std::vector<StartBlock> starts_of(sim::Tick slice) const {
        std::vector<StartBlock> starts;
        const std::vector<double> days = days_of_writing(setup_.mail, zones_, setup_.slice, setup_.first + slice);
        for (const SenderBlock& block : office_.people.senders().blocks) {
            const double users = office_.people.persons().cohorts[block.rank].users * block.share;
            const double mean = users * setup_.mail.messages_per_day * (1 - setup_.mail.reply) * days[block.rank];
            sim::Draws draws(setup_.seed, kCountStream, block.key, static_cast<std::uint32_t>(slice));
            const std::uint64_t n = sim::poisson(mean, draws);
            for (std::uint64_t i = 0; i < n; i += kPiece) starts.push_back({&block, i, std::min(n, i + kPiece)});
        }
        return starts;
    }

    [[nodiscard]] std::vector<Task> tasks_of(const std::vector<StartBlock>& starts, sim::Tick slice) const {
        std::vector<Task> tasks;
        for (std::size_t first = 0, last = 0; first < starts.size(); first = last) {
            for (std::uint64_t n = 0; last < starts.size() && n < kPiece; ++last) n += starts[last].end - starts[last].begin;
            tasks.push_back({Kind::kStart, std::span(starts).subspan(first, last - first), {}, {}});
        }
        for (const Courier& courier : couriers_) {
            constexpr std::size_t kChunks = kPiece / Waiting<WaitingAnswer>::kChunk;
            const auto answers = courier.answers.due(slice);
            for (std::size_t i = 0; i < answers.size(); i += kChunks) {
                tasks.push_back({Kind::kAnswer, {}, answers.subspan(i, std::min(kChunks, answers.size() - i)), {}});
            }
            const auto mail = courier.queue.due(slice);
            for (std::size_t i = 0; i < mail.size(); i += kChunks) {
                tasks.push_back({Kind::kTryAgain, {}, {}, mail.subspan(i, std::min(kChunks, mail.size() - i))});
            }
        }
        return tasks;
    }

    static void do_task(const Task& task, Courier& courier) {
        switch (task.kind) {
            case Kind::kStart: return courier.start(task.starts);
            case Kind::kAnswer: return courier.answer(task.answers);
            case Kind::kTryAgain: return courier.try_again(task.mail);
        }
    }

    /// Adds up what the couriers did in a slice that is complete.
    Tallies close_slice(const StateView& view, sim::Tick slice) {
        Tallies tallies;
        board_.clear();
        if (setup_.watch) tallies.cohorts.resize(setup_.population.cohorts.size());
        if (setup_.watch_sent) tallies.sent.resize(setup_.population.seats.size());
        count_all(tallies);
        for (Courier& courier : couriers_) {
            office_.greylist_memory.add(courier.sights, slice * setup_.slice.us);
            tallies.digest += std::exchange(courier.digest, 0);
            courier.touched.clear();
            courier.late.clear();
            courier.sights.clear();
            courier.answers.drop(slice);
            courier.queue.drop(slice);
        }
        complete_ = slice + 1;
        tallies.digest += spam_.advance(view, slice, setup_.lumping.apart ? &board_ : nullptr);
        tallies.sources = board_.rows();
        tallies.senders = board_.senders();
        return tallies;
    }

    /// In an order that does not depend on who carried what: receivers judge sources in the order in which they first meet them.
    void count_all(Tallies& tallies) {
        std::vector<std::uint32_t> slots;
        std::vector<std::pair<LateEnd, std::uint32_t>> lates;
        for (const Courier& courier : couriers_) {
            slots.insert(slots.end(), courier.touched.begin(), courier.touched.end());
            for (const LateEnd& late : courier.late) lates.emplace_back(late, 1);
        }
        std::sort(slots.begin(), slots.end());
        slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
        for (const std::uint32_t slot : slots) {
            std::uint32_t messages = 0;
            for (Courier& courier : couriers_) {
                if (slot < courier.counts.size()) messages += std::exchange(courier.counts[slot], 0);
            }
            const std::size_t pair = office_.table.pair_of(slot);
            const DeliveryTable::Entry& entry = office_.table.entry(pair);
            const LateEnd end{pair, office_.table.law(entry.law).ends[slot - entry.slot]};
            if (end.end.outcome == Outcome::kQueued) {
                lates.emplace_back(end, messages);
                continue;
            }
            totals_[slot] += messages;
            count(end, messages, true, tallies);
        }
        std::sort(lates.begin(), lates.end(), [](const auto& a, const auto& b) { return ByOrder()(a.first, b.first); });
        for (std::size_t first = 0, last = 0; first < lates.size(); first = last) {
            std::uint32_t messages = 0;
            for (; last < lates.size() && order_of(lates[last].first) == order_of(lates[first].first); ++last)
                messages += lates[last].second;
            const LateEnd& late = lates[first].first;
            const bool deferred = late.end.outcome == Outcome::kQueued;
            if (!deferred) late_[late] += messages;
            count(late, messages, deferred, tallies);
        }
    }

    /// Where the board counts mail between two seats.
    std::size_t place_of(const LateEnd& late, SeatId from, SeatId address) {
        const auto find = [&] { return board_.place(source_of(route(from)), chain_of(route(address))); };
        if (!late.end.own) return find();
        std::uint32_t& place = places_[late.pair];
        if (place == kNoPlace) place = static_cast<std::uint32_t>(find());
        return place;
    }

    /// Counts mail for the receivers who judge it, and for those who may move because of it.
    void count(const LateEnd& late, std::uint32_t messages, bool written, Tallies& tallies) {
        const SeatId from = office_.table.sender_of(late.pair);
        const SeatId to = office_.table.recipient_of(late.pair);
        const SeatId address = late.end.own ? to : late.end.to;
        if (setup_.lumping.apart) {
            board_.add(place_of(late, from, address), MailClass::kWanted, {address, late.end.outcome, late.end.cause, 1}, messages,
                       written);
        }
        const auto cohort = [&](SeatId seat) { return setup_.population.seats[index(seat)].cohort; };
        const auto add = [&](CohortId id, MailTally& tally) {
            if (!setup_.lumping.singled_out[index(id)]) return;
            if (written) tally.written += messages;
            if (late.end.outcome != Outcome::kInbox && late.end.outcome != Outcome::kQueued) tally.failed += messages;
        };
        if (setup_.watch_sent && late.end.outcome != Outcome::kUnsent) add(cohort(from), tallies.sent[index(from)]);
        if (!setup_.watch) return;
        add(cohort(from), tallies.cohorts[index(cohort(from))]);
        if (cohort(to) != cohort(from)) add(cohort(to), tallies.cohorts[index(cohort(to))]);
    }

    /// Mail that still waits in queues: what was put there in slices that are complete.
    [[nodiscard]] LateCounts queued() const {
        LateCounts counts;
        for (const Courier& courier : couriers_) {
            each_waiting(courier.queue, [&](sim::Tick, const QueuedMail& mail) {
                if (mail.queued_in >= complete_) return;
                const std::size_t pair = office_.table.pair(mail.mail_class, office_.table.class_of(office_.people.seat(mail.to)));
                ++counts[{pair, {true, {}, Outcome::kQueued, {{}, mail.policy}}}];
            });
        }
        return counts;
    }

    /// Enters what a pair's messages came to since the last booking, under the law that they had.
    void book(std::size_t pair) {
        const DeliveryTable::Entry& entry = office_.table.entry(pair);
        const DeliveryLaw& law = office_.table.law(entry.law);
        for (std::size_t end = 0; end < law.ends.size(); ++end) {
            const std::uint64_t messages = std::exchange(totals_[entry.slot + end], 0);
            if (messages > 0) book({pair, law.ends[end]}, static_cast<double>(messages));
        }
    }

    void book(const LateEnd& late, double messages) {
        const SeatId from = office_.table.sender_of(late.pair);
        const SeatId to = office_.table.recipient_of(late.pair);
        const LedgerKey key{source_of(route(from)), route(late.end.own ? to : late.end.to).provider, MailClass::kWanted};
        bookings_.push_back({key, {}, {}, messages});
        bookings_.push_back({key, late.end.outcome, late.end.cause, messages});
    }

    /// What all couriers hold for the slices to come.
    template <class Item>
    [[nodiscard]] std::map<sim::Tick, std::vector<Item>> waiting(Waiting<Item> Courier::*lists) const {
        std::map<sim::Tick, std::vector<Item>> all;
        for (const Courier& courier : couriers_) {
            each_waiting(courier.*lists, [&](sim::Tick slice, const Item& item) { all[slice].push_back(item); });
        }
        return all;
    }

    /// Calls `what` for all that is due in the slices to come.
    template <class Item, class What>
    void each_waiting(const Waiting<Item>& list, const What& what) const {
        for (sim::Tick slice = complete_; slice < static_cast<sim::Tick>(list.slices()); ++slice) {
            for (const auto& chunk : list.due(slice)) {
                for (const Item& item : chunk) what(slice, item);
            }
        }
    }

    [[nodiscard]] const Route& route(SeatId seat) const { return setup_.world.routes[index(setup_.population.seats[index(seat)].route)]; }

    TrafficSetup setup_;
    MailOffice office_;
    std::vector<Courier> couriers_;
    std::vector<std::uint64_t> totals_;  ///< by slot, since the last booking
    LateCounts late_;
    sim::Tick complete_ = 0;            ///< slices
    std::vector<sim::Duration> zones_;  ///< by rank of cohort
    SpamTraffic spam_;
    TallyBoard board_;
    std::vector<std::uint32_t> places_;  ///< by pair: on the board, of mail by the recipient's present address; kNoPlace: none yet
    std::vector<Booking> bookings_;
};

}  // namespace

std::unique_ptr<TrafficModel> make_message(const TrafficSetup& setup, const StateView& start) {
    return std::make_unique<Message>(setup, start);
}

}  // namespace mailrift
