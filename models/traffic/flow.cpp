// Traffic model `flow`: random whole numbers of wanted mail and replies. It costs a draw for each pair of pools and slice, and for each slice into
// which a pair's answers fall: these are more where there are more messages, up to all slices.
#include "models/traffic/flow.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <tuple>

#include "models/delivery/fate.h"
#include "models/traffic/flow_groups.h"
#include "models/traffic/reply_kernel.h"
#include "models/traffic/spam.h"
#include "models/traffic/start_means.h"
#include "models/traffic/streams.h"
#include "models/traffic/waiting_answers.h"
#include "models/traffic/wanted_queue.h"
#include "sim/counts.h"
#include "sim/hash.h"
#include "sim/poisson_batch.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kStartStream = sim::hash64("flow: conversations started");
constexpr std::uint64_t kSplitStream = sim::hash64("flow: conversations by stream");
constexpr std::uint64_t kFateStream = sim::hash64("flow: outcomes and answers");
constexpr std::uint64_t kMoveStream = sim::hash64("flow: answers that move");

class Flow final : public TrafficModel {
public:
    Flow(const TrafficSetup& setup, const StateView& start)
        : setup_(setup),
          table_(build_cells(setup.world, setup.population, setup.mixing, setup.mail, setup.lumping, setup.memory_bytes)),
          streams_(build_streams(setup.world, table_)),
          answers_(reply_kernel(setup.mail.reply_delay, setup.slice, static_cast<std::size_t>(setup.slices) + 1), setup.mail.reply,
                   2 * streams_.streams.size(), setup.memory_bytes),
          means_(setup_, table_, streams_),
          queue_(setup_, start.state, true),
          late_inbox_(2 * streams_.streams.size()),
          spam_(setup, start, true),
          board_(setup.world, setup.tallies) {
        check_volume(setup_);
        make_groups();
        started_.resize(streams_.streams.size());
        unanswered_.resize(2 * streams_.streams.size());
        for (const Stream& stream : streams_.streams) {
            for (const std::uint64_t way : {0U, 1U}) series_keys_.push_back(sim::join64(stream.key, way));
        }
        for (const PoolPair& pair : streams_.pairs) {
            pair_keys_.push_back(pair.key);
            all_plain_ = all_plain_ && pair.plain == 1 && pair.last - pair.first == 1;
        }
        pair_means_.resize(streams_.pairs.size());
        pair_counts_.resize(streams_.pairs.size());
        read_state(start);
    }

    Tallies advance(const MailView& view, sim::Tick slice, const sim::StopFlag&) override {
        if (!view.changes.empty()) {
            std::map<std::pair<SeatId, SeatId>, std::uint64_t> moves;  // two responses may move the same members in one slice
            for (const Change& change : view.changes) {
                if (change.kind == ChangeKind::kMove) move(change, slice, moves[{change.block.seat, change.to}]++);
            }
            read_state(view.state);
        }
        start_conversations(slice);
        Tallies tallies;
        board_.clear();
        for (StreamGroup& group : groups_) group.clear();
        tallies.digest += try_again(view.state, slice);
        for (StreamGroup& group : groups_) {
            const bool alike = fares_alike(group);
            if (alike) tallies.digest += write_alike(group, started_);
            for (std::size_t i = 0; !alike && i < group.streams.size(); ++i) tallies.digest += converse(group, i, slice);
        }
        answers_.answer_later(unanswered_, series_keys_, setup_.seed, static_cast<std::uint32_t>(slice));
        answers_.next();
        tallies.digest += spam_.advance(view.state, slice, setup_.lumping.apart ? &board_ : nullptr);
        tallies.sources = board_.rows();
        tallies.senders = board_.senders();
        if (setup_.watch) count_cohorts(groups_, table_, setup_.population, tallies);
        if (setup_.watch_sent) count_sent(groups_, table_, queue_.late_failures(), tallies);
        return tallies;
    }

    void settle(Ledger& ledger) override {
        for (StreamGroup& group : groups_) {
            book(group, 0);
            book(group, 1);
        }
        queue_.book(true, bookings_);
        spam_.book(bookings_);
        enter(bookings_, ledger);
    }

    void save(sim::ArchiveWriter& archive) const override {
        answers_.save(archive);
        board_.save(archive);
        spam_.save(archive);
        queue_.save(archive);
        for (const StreamGroup& group : groups_) archive(group.ways[0].counts, group.ways[1].counts);
        archive(bookings_);
    }

    void load(sim::ArchiveReader& archive) override {
        answers_.load(archive);
        board_.load(archive);
        spam_.load(archive);
        queue_.load(archive, late_inbox_.size());
        for (StreamGroup& group : groups_) {
            for (StreamWay& way : group.ways) archive.sized(way.counts);
            place_way(group.ways[0], table_.cells[group.cell].from);
            place_way(group.ways[1], table_.cells[group.cell].to);
        }
        archive(bookings_);
    }

private:
    void make_groups() {
        constexpr auto kPlain = static_cast<std::size_t>(-1);
        for (std::size_t s = 0; s < streams_.streams.size(); ++s) {
            const Stream& stream = streams_.streams[s];
            const auto [found, is_new] =
                group_of_.try_emplace(stream.plain && !setup_.lumping.apart ? kPlain : stream.cell, groups_.size());
            if (is_new) groups_.push_back({stream.cell, {}, {}, {}, 1, {}, {}, {}, 0});
            StreamGroup& group = groups_[found->second];
            places_.push_back({found->second, group.streams.size()});
            group.streams.push_back(s);
            group.keys.push_back(stream.key);
        }
    }

    /// Whether there is nothing to draw in the slice but how much it writes.
    [[nodiscard]] bool fares_alike(const StreamGroup& group) const {
        const StreamWay& way = group.ways[0];
        return !answers_.any() && late_series_.empty() && way.shares.size() == 1 && way.waits.empty() && way.places.empty();
    }

    /// Fates and rates of all groups under a new state; mail moved so far is booked under the fates it had.
    void read_state(const StateView& view) {
        world_ = &view.world;
        for (StreamGroup& group : groups_) {
            const Cell& cell = table_.cells[group.cell];
            group.scale =
                (cell.from_moves ? view.state.share[index(cell.from)] : 1) * (cell.to_moves ? view.state.share[index(cell.to)] : 1);
            read_fate(view, group, 0, cell.from, cell.to);
            read_fate(view, group, 1, cell.to, cell.from);
        }
        queue_.forget_laws();
        spam_.read_state(view, bookings_);
    }

    void read_fate(const StateView& view, StreamGroup& group, std::size_t way_index, SeatId from, SeatId to) {
        WritingLaw law = queue_.writing_law(view, from, to, fate_of(view, from, to));
        StreamWay& way = group.ways[way_index];
        if (law.ends == way.fate && law.waits == way.waits) return;
        book(group, way_index);
        way.shares.clear();
        for (const FatePart& part : law.ends) way.shares.push_back(part.share);
        for (const WaitPart& part : law.waits) way.shares.push_back(part.share);
        way.counts.assign(group.streams.size() * law.ends.size(), 0);
        way.fate = std::move(law.ends);
        way.waits = std::move(law.waits);
        place_way(way, from);
    }

    /// Where what becomes of mail from a seat is counted, if receivers judge it.
    void place_way(StreamWay& way, SeatId from) {
        way.places.clear();
        if (!setup_.lumping.apart) return;
        for (const FatePart& part : way.fate) way.places.push_back(board_.place(source_of(route_of(from)), chain_of(route_of(part.to))));
    }

    /// Draws how many conversations each stream starts in the slice.
    void start_conversations(sim::Tick slice) {
        const std::vector<double>& days = means_.days(slice);
        const Eigen::VectorXd& plain = means_.plain(slice);
        const auto tick = static_cast<std::uint32_t>(slice);
        if (all_plain_) return sim::poisson_many({plain.data(), started_.size()}, setup_.seed, kStartStream, pair_keys_, tick, started_);
        for (std::size_t p = 0; p < streams_.pairs.size(); ++p) {
            const PoolPair& pair = streams_.pairs[p];
            pair_means_[p] = plain[static_cast<Eigen::Index>(p)];
            for (std::size_t s = pair.first + pair.plain; s < pair.last; ++s) pair_means_[p] += special_mean(s, days);
        }
        sim::poisson_many(pair_means_, setup_.seed, kStartStream, pair_keys_, tick, pair_counts_);
        for (std::size_t p = 0; p < streams_.pairs.size(); ++p) {
            const PoolPair& pair = streams_.pairs[p];
            if (pair.last - pair.first == 1) {
                started_[pair.first] = pair_counts_[p];
            } else if (pair_counts_[p] == 0) {
                std::fill(started_.begin() + static_cast<std::ptrdiff_t>(pair.first),
                          started_.begin() + static_cast<std::ptrdiff_t>(pair.last), 0);
            } else {
                split(p, pair_counts_[p], days, tick);
            }
        }
    }

    [[nodiscard]] double special_mean(std::size_t s, const std::vector<double>& days) const {
        const Stream& stream = streams_.streams[s];
        return stream.rate * groups_[places_[s].group].scale * days[table_.cells[stream.cell].zone];
    }

    /// Splits the conversations of a pair over its streams, in proportion to their means.
    void split(std::size_t p, std::uint64_t started, const std::vector<double>& days, std::uint32_t tick) {
        const PoolPair& pair = streams_.pairs[p];
        parts_.clear();
        for (std::size_t s = pair.first; s < pair.last; ++s) {
            parts_.push_back(s < pair.first + pair.plain ? means_.plain_part(s, p, days) : special_mean(s, days));
        }
        sim::Draws draws(setup_.seed, kSplitStream, pair.key, tick);
        sim::multinomial(started, parts_, {started_.data() + pair.first, pair.last - pair.first}, draws);
    }

    /// The tries in the slice of mail that waits. Returns a hash of what became of it.
    std::uint64_t try_again(const StateView& view, sim::Tick slice) {
        for (const std::size_t series : late_series_) late_inbox_[series] = 0;
        late_series_.clear();
        const auto key = [this](std::size_t series) { return streams_.streams[series / 2].key + series % 2; };
        return queue_.advance(view, slice, key, [this](const QueueEnd& end) {
            const auto [from, address] = queue_.ends_of(end.law);
            const FatePart part{address, end.outcome, end.cause, 1};
            if (setup_.lumping.apart) {
                const std::size_t place = board_.place(source_of(route_of(from)), chain_of(route_of(address)));
                board_.add(place, MailClass::kWanted, part, end.messages, false);
            }
            const auto messages = static_cast<std::uint64_t>(end.messages);
            if (end.outcome == Outcome::kInbox) {
                if (late_inbox_[end.series] == 0) late_series_.push_back(end.series);
                late_inbox_[end.series] += messages;
            } else {
                groups_[places_[end.series / 2].group].late += messages;
            }
        });
    }

    /// Everything that one stream writes in the slice, generation by generation. Returns a hash of its counts.
    std::uint64_t converse(StreamGroup& group, std::size_t i, sim::Tick slice) {
        const std::size_t s = group.streams[i];
        std::array<std::uint64_t, 2> now{started_[s] + answers_.due(2 * s), answers_.due(2 * s + 1)};
        const std::array<std::uint64_t, 2> late{late_inbox_[2 * s], late_inbox_[2 * s + 1]};
        unanswered_[2 * s] = unanswered_[2 * s + 1] = 0;
        if (now[0] + now[1] + late[0] + late[1] == 0) return 0;
        const std::uint64_t key = streams_.streams[s].key;
        if (!answers_.any() && group.ways[0].shares.size() == 1 && group.ways[0].waits.empty()) {  // nothing to draw
            const std::uint64_t inbox = deliver_alike(group, 0, i, now[0]);
            return digest_of(key, {now[0], 0}, {inbox, 0});
        }
        sim::Draws draws(setup_.seed, kFateStream, key, static_cast<std::uint32_t>(slice));
        const std::array<std::uint64_t, 2> first = now;
        for (std::size_t way = 0; way < 2; ++way) {
            now[1 - way] += answers_.answered_at_once(late[way], draws);
        }
        std::array<std::uint64_t, 2> answered = {now[0] - first[0], now[1] - first[1]};  // at once, by who answers
        std::array<std::uint64_t, 2> written{};
        std::array<std::uint64_t, 2> delivered{};
        while (now[0] + now[1] > 0) {
            std::array<std::uint64_t, 2> next{};
            for (std::size_t way = 0; way < 2; ++way) {
                if (now[way] == 0) continue;
                const std::uint64_t inbox = deliver(group, way, i, now[way], {slice, draws});
                written[way] += now[way];
                delivered[way] += inbox;
                next[1 - way] = answers_.answered_at_once(inbox, draws);
                answered[1 - way] += next[1 - way];
            }
            now = next;
        }
        for (std::size_t way = 0; way < 2; ++way) {
            unanswered_[2 * s + (1 - way)] = late[way] + delivered[way] - answered[1 - way];
        }
        return digest_of(key, written, delivered);
    }

    /// The same where all end alike. Returns how many came to the inbox.
    std::uint64_t deliver_alike(StreamGroup& group, std::size_t way_index, std::size_t i, std::uint64_t n) {
        StreamWay& way = group.ways[way_index];
        way.counts[i] += n;
        if (!way.places.empty()) board_.add(way.places[0], MailClass::kWanted, way.fate[0], static_cast<double>(n));
        return group.count(way_index, way.fate[0].outcome, n);
    }

    struct Chance {
        sim::Tick slice;
        sim::Draws& draws;
    };

    /// What becomes in the slice of n messages that a stream of the group writes one way. Returns how many came to the inbox.
    std::uint64_t deliver(StreamGroup& group, std::size_t way_index, std::size_t i, std::uint64_t n, const Chance& chance) {
        StreamWay& way = group.ways[way_index];
        const std::size_t parts = way.fate.size();
        if (parts == 1 && way.waits.empty()) return deliver_alike(group, way_index, i, n);
        std::uint64_t* const counts = way.counts.data() + i * parts;
        outcome_.resize(way.shares.size());
        sim::multinomial(n, way.shares, outcome_, chance.draws);
        std::uint64_t inbox = 0;
        for (std::size_t part = 0; part < parts; ++part) {
            counts[part] += outcome_[part];
            if (!way.places.empty()) board_.add(way.places[part], MailClass::kWanted, way.fate[part], static_cast<double>(outcome_[part]));
            inbox += group.count(way_index, way.fate[part].outcome, outcome_[part]);
        }
        for (std::size_t part = 0; part < way.waits.size(); ++part) {
            group.written[way_index] += outcome_[parts + part];
            const auto messages = static_cast<double>(outcome_[parts + part]);
            if (setup_.tallies.offered) {
                const auto [from, address] = queue_.ends_of(way.waits[part].law);
                board_.defer(board_.place(source_of(route_of(from)), chain_of(route_of(address))), MailClass::kWanted, messages);
            }
            queue_.put(2 * group.streams[i] + way_index, chance.slice, way.waits[part], messages, &chance.draws);
        }
        return inbox;
    }

    /// Those who move take along the answers that they owe and those that are owed to them.
    void move(const Change& change, sim::Tick slice, std::uint64_t earlier) {
        const std::size_t from = table_.lump_of[index(change.block.seat)];
        const std::size_t to = table_.lump_of[index(change.to)];
        const std::uint64_t key = seat_key(setup_.world, setup_.population, change.block.seat);
        const std::uint64_t new_key = seat_key(setup_.world, setup_.population, change.to);
        const std::uint64_t both = sim::join64(key, new_key);
        sim::Draws draws(setup_.seed, kMoveStream, earlier == 0 ? both : sim::join64(both, earlier), static_cast<std::uint32_t>(slice));
        for (const bool starts : {true, false}) {
            std::vector<std::pair<std::size_t, std::size_t>> series;
            for (std::size_t other = 0; other < table_.lumps; ++other) {
                if (starts) {
                    add_moved(table_.find(from, other), table_.find(to, other), true, series);
                } else {
                    add_moved(table_.find(other, from), table_.find(other, to), false, series);
                }
            }
            answers_.move(series, change.fraction, draws);
            queue_.move(series, change.fraction, &draws);
        }
    }

    /// Pairs each stream of cell `from` with the one of cell `to` that has the same pool at the end that stays.
    void add_moved(CellRun from, CellRun to, bool starter, std::vector<std::pair<std::size_t, std::size_t>>& series) const {
        assert(from.count == 0 || to.count == 0 || from.count == to.count);
        for (std::size_t i = 0; i < std::min(from.count, to.count); ++i) add_moved(from.first + i, to.first + i, starter, series);
    }

    void add_moved(std::size_t from, std::size_t to, bool starter, std::vector<std::pair<std::size_t, std::size_t>>& series) const {
        const StreamGroup& before = groups_[group_of_.at(from)];
        const StreamGroup& after = groups_[group_of_.at(to)];
        const auto stays = [&](std::size_t s) {
            const Route& route = starter ? streams_.streams[s].to : streams_.streams[s].from;
            return std::pair(source_of(route), chain_of(route));
        };
        for (const std::size_t s : before.streams) {
            const auto& others = after.streams;
            const auto found = std::find_if(others.begin(), others.end(), [&](std::size_t t) { return stays(t) == stays(s); });
            assert(found != others.end());
            for (std::size_t way = 0; way < 2; ++way) series.emplace_back(2 * s + way, 2 * *found + way);
        }
    }

    void book(StreamGroup& group, std::size_t way) { book_way(group, way, {streams_, table_, setup_.population, *world_}, bookings_); }

    [[nodiscard]] const Route& route_of(SeatId seat) const { return world_->routes[index(setup_.population.seats[index(seat)].route)]; }

    TrafficSetup setup_;
    const World* world_ = nullptr;
    CellTable table_;
    StreamTable streams_;
    WaitingAnswers answers_;  ///< series 2 s: answers that starters write; 2 s + 1: their partners
    StartMeans means_;
    WantedQueue queue_;                      ///< series as of `answers_`, but of what they answer: 2 s is written by starters
    std::vector<std::uint64_t> unanswered_;  ///< by series of `answers_`: delivered in this slice, and not answered in it
    std::vector<std::uint64_t> series_keys_;
    std::vector<std::uint64_t> late_inbox_;  ///< by series: of mail of earlier slices, in this one
    std::vector<std::size_t> late_series_;   ///< where it is not 0
    std::vector<StreamGroup> groups_;
    std::map<std::size_t, std::size_t> group_of_;  ///< by cell with a singled-out seat, or by any where each is apart
    std::vector<StreamPlace> places_;              ///< by stream
    bool all_plain_ = true;                        ///< each pair is one plain stream
    std::vector<std::uint64_t> pair_keys_;         ///< by pair of pools
    std::vector<double> pair_means_;               ///< of the present slice
    std::vector<std::uint64_t> pair_counts_;
    std::vector<std::uint64_t> started_;  ///< by stream, in the present slice
    std::vector<double> parts_;           ///< of a split, reused
    std::vector<std::uint64_t> outcome_;  ///< of a fate, reused
    SpamTraffic spam_;
    TallyBoard board_;
    std::vector<Booking> bookings_;
};

}  // namespace

std::unique_ptr<TrafficModel> make_flow(const TrafficSetup& setup, const StateView& start) { return std::make_unique<Flow>(setup, start); }

}  // namespace mailrift
