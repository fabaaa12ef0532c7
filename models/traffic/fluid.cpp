// Traffic model `fluid`: expected counts of wanted mail and replies, no traffic noise.
#include "models/traffic/fluid.h"

#include <algorithm>
#include <cassert>

#include <Eigen/Core>

#include "models/delivery/fate.h"
#include "models/traffic/booking.h"
#include "models/traffic/reply_kernel.h"
#include "models/traffic/spam.h"
#include "models/traffic/start_means.h"
#include "models/traffic/wanted_queue.h"
#include "sim/delay_line.h"
#include "sim/fingerprint.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

using Array = Eigen::ArrayXd;

/// Greatest error of the reply kernel, as a share of the whole.
constexpr double kTolerance = 1e-13;

/// One direction of all cells: from the starter to the partner, or back.
struct Direction {
    std::vector<Fate> fates;                           ///< by cell: of what ends in the slice of its writing
    std::vector<std::vector<WaitPart>> waits;          ///< by cell: what else
    std::vector<std::vector<AddressShare>> addresses;  ///< by cell: those that its mail names
    Array delivered;                                   ///< share in the inbox in the slice of its writing, by cell
    Array waiting;                                     ///< share that waits then, by cell
    Array late_inbox;                                  ///< messages of earlier slices in the inbox in this one, by cell
    Array late_failed;                                 ///< such that ended elsewhere, by cell
    Array written;                                     ///< messages of the slice, by cell
    Array unbooked;                                    ///< messages since the last booking, by cell
};

class Fluid final : public TrafficModel {
public:
    Fluid(const TrafficSetup& setup, const StateView& start)
        : mail_(setup.mail),
          watch_(setup.watch),
          watch_sent_(setup.watch_sent),
          population_(setup.population),
          table_(build_cells(setup.world, setup.population, setup.mixing, setup.mail, setup.lumping, setup.memory_bytes)),
          kernel_(reply_kernel(setup.mail.reply_delay, setup.slice, static_cast<std::size_t>(setup.slices) + 1)),
          waiting_(kernel_, 2 * table_.cells.size(), kTolerance, setup.memory_bytes),
          slice_(setup.slice),
          first_(setup.first),
          apart_(setup.lumping.apart),
          queue_(setup, start.state, false),
          spam_(setup, start, false),
          board_(setup.world, setup.tallies) {
        const auto n = static_cast<Eigen::Index>(table_.cells.size());
        for (Direction* direction : {&out_, &back_}) {
            direction->fates.resize(table_.cells.size());
            direction->waits.resize(table_.cells.size());
            for (Array* values : {&direction->waiting, &direction->late_inbox, &direction->late_failed}) *values = Array::Zero(n);
            direction->addresses.resize(table_.cells.size());
            direction->delivered = Array::Zero(n);
            direction->written = Array::Zero(n);
            direction->unbooked = Array::Zero(n);
        }
        answered_ = Array::Zero(2 * n);
        for (const Cell& cell : table_.cells) zones_.push_back(cell.zone);
        started_ = Array::Zero(n);
        read_state(start);
    }

    Tallies advance(const MailView& view, sim::Tick slice, const sim::StopFlag&) override {
        if (!view.changes.empty()) {
            for (const Change& change : view.changes) {
                if (change.kind == ChangeKind::kMove) move(change);
            }
            read_state(view.state);
        }
        board_.clear();
        const std::uint64_t late = try_again(view.state, slice);
        write(slice);
        Tallies tallies = tally();
        if (late != 0) tallies.digest = sim::join64(tallies.digest, late);
        if (apart_) judge();
        const std::uint64_t spam = spam_.advance(view.state, slice, apart_ ? &board_ : nullptr);
        if (!spam_.empty()) tallies.digest = sim::join64(tallies.digest, spam);
        tallies.sources = board_.rows();
        tallies.senders = board_.senders();
        return tallies;
    }

    void settle(Ledger& ledger) override {
        enter(booked_, ledger);
        book_all(ledger);
        queue_.book(false, booked_);
        spam_.book(booked_);
        enter(booked_, ledger);
    }

    void save(sim::ArchiveWriter& archive) const override {
        waiting_.save(archive);
        board_.save(archive);
        spam_.save(archive);
        queue_.save(archive);
        for (const Direction* direction : {&out_, &back_}) {
            archive(std::vector<double>(direction->unbooked.begin(), direction->unbooked.end()));
        }
        archive(booked_);
    }

    void load(sim::ArchiveReader& archive) override {
        waiting_.load(archive);
        board_.load(archive);
        spam_.load(archive);
        queue_.load(archive, 2 * table_.cells.size());
        for (Direction* direction : {&out_, &back_}) {
            std::vector<double> unbooked(table_.cells.size());
            archive.sized(unbooked);
            std::copy(unbooked.begin(), unbooked.end(), direction->unbooked.begin());
        }
        archive(booked_);
    }

private:
    /// Fates and shares of all cells under a new state; mail moved so far is booked under the fates it had.
    void read_state(const StateView& view) {
        for (std::size_t c = 0; c < table_.cells.size(); ++c) {
            const Cell& cell = table_.cells[c];
            started_[static_cast<Eigen::Index>(c)] = cell.started * (cell.from_moves ? view.state.share[index(cell.from)] : 1) *
                                                     (cell.to_moves ? view.state.share[index(cell.to)] : 1);
            read_fate(view, c, cell.from, cell.to, out_, false);
            read_fate(view, c, cell.to, cell.from, back_, true);
        }
        const auto some = [](const std::vector<WaitPart>& parts) { return !parts.empty(); };
        some_wait_ = std::any_of(out_.waits.begin(), out_.waits.end(), some) || std::any_of(back_.waits.begin(), back_.waits.end(), some);
        world_ = &view.world;
        queue_.forget_laws();
        spam_.read_state(view, booked_);
    }

    /// What receivers see of the slice's mail.
    void judge() {
        for (std::size_t c = 0; c < table_.cells.size(); ++c) {
            judge(out_, c, table_.cells[c].from);
            judge(back_, c, table_.cells[c].to);
        }
    }

    void judge(const Direction& direction, std::size_t c, SeatId from) {
        const EntityId source = source_of(route_of(from));
        for (const FatePart& part : direction.fates[c]) {
            const double messages = direction.written[static_cast<Eigen::Index>(c)] * part.share;
            board_.add(board_.place(source, chain_of(route_of(part.to))), MailClass::kWanted, part, messages);
        }
        for (const WaitPart& part : direction.waits[c]) {
            const double messages = direction.written[static_cast<Eigen::Index>(c)] * part.share;
            board_.defer(board_.place(source, chain_of(route_of(queue_.ends_of(part.law).second))), MailClass::kWanted, messages);
        }
    }

    void read_fate(const StateView& view, std::size_t c, SeatId from, SeatId to, Direction& direction, bool back) {
        WritingLaw law = queue_.writing_law(view, from, to, fate_of(view, from, to));
        if (law.ends == direction.fates[c] && law.waits == direction.waits[c]) return;
        book(c, direction, back);
        double inbox = 0;
        for (const FatePart& part : law.ends) inbox += part.outcome == Outcome::kInbox ? part.share : 0;
        double waiting = 0;
        for (const WaitPart& part : law.waits) waiting += part.share;
        direction.delivered[static_cast<Eigen::Index>(c)] = inbox;
        direction.waiting[static_cast<Eigen::Index>(c)] = waiting;
        direction.fates[c] = std::move(law.ends);
        direction.waits[c] = std::move(law.waits);
        direction.addresses[c] = addresses_of(view, to);
    }

    /// Those who move take along the answers that they owe and those that are owed to them.
    void move(const Change& change) {
        const std::size_t from = table_.lump_of[index(change.block.seat)];
        const std::size_t to = table_.lump_of[index(change.to)];
        for (std::size_t other = 0; other < table_.lumps; ++other)
            move_cells(table_.find(from, other), table_.find(to, other), change.fraction);
        for (std::size_t other = 0; other < table_.lumps; ++other)
            move_cells(table_.find(other, from), table_.find(other, to), change.fraction);
    }

    void move_cells(CellRun from, CellRun to, double fraction) {
        assert(from.count == 0 || to.count == 0 || from.count == to.count);
        for (std::size_t i = 0; i < std::min(from.count, to.count); ++i) {
            for (std::size_t direction = 0; direction < 2; ++direction) {
                const std::pair<std::size_t, std::size_t> series{2 * (from.first + i) + direction, 2 * (to.first + i) + direction};
                waiting_.move(series.first, series.second, fraction);
                queue_.move({&series, 1}, fraction, nullptr);
            }
        }
    }

    /// The tries in the slice of mail that waits. Returns a hash of what became of it.
    std::uint64_t try_again(const StateView& view, sim::Tick slice) {
        for (Direction* direction : {&out_, &back_}) {
            direction->late_inbox.setZero();
            direction->late_failed.setZero();
        }
        return queue_.advance(view, slice, {}, [this](const QueueEnd& end) {
            const auto [from, address] = queue_.ends_of(end.law);
            const auto cell = static_cast<Eigen::Index>(end.series / 2);
            Direction& direction = end.series % 2 == 0 ? out_ : back_;
            (end.outcome == Outcome::kInbox ? direction.late_inbox : direction.late_failed)[cell] += end.messages;
            if (!apart_) return;
            const std::size_t place = board_.place(source_of(route_of(from)), chain_of(route_of(address)));
            board_.add(place, MailClass::kWanted, {address, end.outcome, end.cause, 1}, end.messages, false);
        });
    }

    void write(sim::Tick slice) {
        const double reply = mail_.reply;
        const double now = reply * kernel_.front();
        const std::vector<double> factors = days_of_writing(mail_, table_.zones, slice_, first_ + slice);
        const double* const due = waiting_.due().data();
        const double* const out_delivered = out_.delivered.data();
        const double* const back_delivered = back_.delivered.data();
        const double* const out_late = out_.late_inbox.data();
        const double* const back_late = back_.late_inbox.data();
        double* const out_written = out_.written.data();
        double* const back_written = back_.written.data();
        for (std::size_t c = 0; c < zones_.size(); ++c) {
            const double started = started_.data()[c] * factors[zones_[c]];
            const double owed_out = started + reply * due[2 * c + 1] + now * back_late[c];  // answers to what came back
            const double owed_back = reply * due[2 * c] + now * out_late[c];
            const double gain_out = now * out_delivered[c];
            const double gain_back = now * back_delivered[c];
            out_written[c] = (owed_out + gain_back * owed_back) / (1 - gain_out * gain_back);
            back_written[c] = owed_back + gain_out * out_written[c];
            answered_.data()[2 * c] = out_written[c] * out_delivered[c] + out_late[c];
            answered_.data()[2 * c + 1] = back_written[c] * back_delivered[c] + back_late[c];
        }
        if (some_wait_) put_in_queue(slice);
        waiting_.push({answered_.data(), static_cast<std::size_t>(answered_.size())});
        out_.unbooked += out_.written;
        back_.unbooked += back_.written;
    }

    void put_in_queue(sim::Tick slice) {
        for (std::size_t c = 0; c < table_.cells.size(); ++c) {
            const auto i = static_cast<Eigen::Index>(c);
            for (const WaitPart& part : out_.waits[c]) queue_.put(2 * c, slice, part, out_.written[i] * part.share, nullptr);
            for (const WaitPart& part : back_.waits[c]) queue_.put(2 * c + 1, slice, part, back_.written[i] * part.share, nullptr);
        }
    }

    [[nodiscard]] Tallies tally() const {
        Tallies tallies;
        sim::Fingerprint fingerprint;
        for (std::size_t c = 0; c < zones_.size(); ++c) {
            fingerprint.add(out_.written.data()[c]);
            fingerprint.add(back_.written.data()[c]);
        }
        tallies.digest = fingerprint.value();
        if (watch_sent_) count_sent(tallies.sent);
        if (!watch_) return tallies;
        tallies.cohorts.resize(population_.cohorts.size());
        for (std::size_t c = 0; c < table_.cells.size(); ++c) {
            const Cell& cell = table_.cells[c];
            if (cell.from_moves) count(cell.from, c, tallies);
            if (cell.to_moves && population_.seats[index(cell.to)].cohort != population_.seats[index(cell.from)].cohort)
                count(cell.to, c, tallies);
        }
        return tallies;
    }

    void count(SeatId seat, std::size_t c, Tallies& tallies) const {
        const auto i = static_cast<Eigen::Index>(c);
        MailTally& cohort = tallies.cohorts[index(population_.seats[index(seat)].cohort)];
        cohort.written += out_.written[i] + back_.written[i];
        const auto failed = [i](const Direction& direction) {
            return direction.written[i] * (1 - direction.delivered[i] - direction.waiting[i]) + direction.late_failed[i];
        };
        cohort.failed += failed(out_) + failed(back_);
    }

    void count_sent(std::vector<MailTally>& sent) const {
        sent.resize(population_.seats.size());
        const auto add = [&](SeatId seat, const Direction& direction, std::size_t c) {
            MailTally& tally = sent[index(seat)];
            const double messages = direction.written[static_cast<Eigen::Index>(c)];
            for (const FatePart& part : direction.fates[c]) {
                if (part.outcome == Outcome::kUnsent) continue;
                tally.written += messages * part.share;
                if (part.outcome != Outcome::kInbox) tally.failed += messages * part.share;
            }
            for (const WaitPart& part : direction.waits[c]) tally.written += messages * part.share;
        };
        for (std::size_t c = 0; c < table_.cells.size(); ++c) {
            if (table_.cells[c].from_moves) add(table_.cells[c].from, out_, c);
            if (table_.cells[c].to_moves) add(table_.cells[c].to, back_, c);
        }
        for (std::size_t s = 0; s < sent.size(); ++s) sent[s].failed += queue_.late_failures()[s];
    }

    void book_all(Ledger& ledger) {
        for (std::size_t c = 0; c < table_.cells.size(); ++c) {
            book(c, out_, false, &ledger);
            book(c, back_, true, &ledger);
        }
        enter(booked_, ledger);
    }

    /// Spreads a cell's unbooked mail over its strands: what was written by the addresses it named, what became of it by the fate.
    /// \param ledger where bookings are entered as soon as there are many; none: they are kept
    void book(std::size_t c, Direction& direction, bool back, Ledger* ledger = nullptr) {
        constexpr std::size_t kAtOnce = 512;  // bookings that stay in the first-level cache
        double& messages = direction.unbooked[static_cast<Eigen::Index>(c)];
        if (messages == 0) return;
        const Cell& cell = table_.cells[c];
        const SeatId to = back ? cell.from : cell.to;
        for (const Strand& strand : cell.strands) {
            const Route& leaves = back ? strand.to : strand.from;
            const Route& arrives = back ? strand.from : strand.to;
            const auto key = [&](SeatId address) {
                return LedgerKey{source_of(leaves), address == to ? arrives.provider : provider_of(address), MailClass::kWanted};
            };
            const double sent = messages * strand.weight;
            for (const AddressShare& address : direction.addresses[c]) booked_.push_back({key(address.to), {}, {}, sent * address.share});
            for (const FatePart& part : direction.fates[c]) booked_.push_back({key(part.to), part.outcome, part.cause, sent * part.share});
            if (ledger != nullptr && booked_.size() >= kAtOnce) enter(booked_, *ledger);
        }
        messages = 0;
    }

    [[nodiscard]] const Route& route_of(SeatId seat) const { return world_->routes[index(population_.seats[index(seat)].route)]; }
    [[nodiscard]] EntityId provider_of(SeatId seat) const { return route_of(seat).provider; }

    MailParams mail_;
    bool watch_;
    bool watch_sent_;
    const Population& population_;
    const World* world_ = nullptr;
    CellTable table_;
    std::vector<double> kernel_;
    sim::DelayLine waiting_;  ///< answers by series 2 c (to starters' mail) and 2 c + 1 (to partners' mail)
    sim::Duration slice_;
    sim::Tick first_;  ///< tick of slice 0
    bool apart_;
    bool some_wait_ = false;  ///< whether any cell's mail does, under the present state
    WantedQueue queue_;       ///< series as of `waiting_`
    SpamTraffic spam_;
    TallyBoard board_;
    Direction out_;
    Direction back_;
    std::vector<std::size_t> zones_;  ///< by cell, side by side: each slice reads them
    Array started_;
    Array answered_;
    std::vector<Booking> booked_;
};

}  // namespace

std::unique_ptr<TrafficModel> make_fluid(const TrafficSetup& setup, const StateView& start) {
    return std::make_unique<Fluid>(setup, start);
}

}  // namespace mailrift
