// The streams of `flow` whose mail fares alike: what becomes of it, and what is counted of it.
#include "models/traffic/flow_groups.h"

#include "sim/error.h"
#include "sim/json.h"

namespace mailrift {

std::uint64_t write_alike(StreamGroup& group, std::span<const std::uint64_t> started) {
    StreamWay& way = group.ways[0];
    const std::size_t* const streams = group.streams.data();
    const std::uint64_t* const keys = group.keys.data();
    std::uint64_t* const counts = way.counts.data();
    std::uint64_t written = 0;
    std::uint64_t digest = 0;
    for (std::size_t i = 0; i < group.streams.size(); ++i) {
        const std::uint64_t n = started[streams[i]];
        counts[i] += n;
        written += n;
        digest += (keys[i] | 1U) * n;  // a digest is linear: what is the same for all is multiplied at last
    }
    const bool inbox = group.count(0, way.fate[0].outcome, written) == written;
    return digest * digest_of(1, {1, 0}, {inbox ? 1U : 0U, 0});
}

void check_volume(const TrafficSetup& setup) {
    double users = 0;
    for (const Cohort& cohort : setup.population.cohorts) users += cohort.users;
    const double most = users * setup.mail.scale * setup.mail.messages_per_day * static_cast<double>(setup.slice.us) / 86'400e6;
    if (most <= 0x1p48) return;
    throw sim::Error(sim::Code::kTooLarge, {}, "at most 2^48 messages in a slice", sim::format_number(most));
}

void count_cohorts(const std::vector<StreamGroup>& groups, const CellTable& cells, const Population& population, Tallies& tallies) {
    tallies.cohorts.resize(population.cohorts.size());
    for (const StreamGroup& group : groups) {
        const Cell& cell = cells.cells[group.cell];
        const CohortId starter = population.seats[index(cell.from)].cohort;
        const CohortId partner = population.seats[index(cell.to)].cohort;
        const auto add = [&](CohortId cohort) {
            tallies.cohorts[index(cohort)].written += static_cast<double>(group.written[0] + group.written[1]);
            tallies.cohorts[index(cohort)].failed += static_cast<double>(group.failed[0] + group.failed[1] + group.late);
        };
        if (cell.from_moves) add(starter);
        if (cell.to_moves && partner != starter) add(partner);
    }
}

void count_sent(const std::vector<StreamGroup>& groups, const CellTable& cells, const std::vector<double>& late, Tallies& tallies) {
    for (const double failed : late) tallies.sent.push_back({0, failed});
    for (const StreamGroup& group : groups) {
        const Cell& cell = cells.cells[group.cell];
        const auto add = [&](SeatId seat, std::size_t way) {
            tallies.sent[index(seat)].written += static_cast<double>(group.written[way] - group.unsent[way]);
            tallies.sent[index(seat)].failed += static_cast<double>(group.failed[way] - group.unsent[way]);
        };
        if (cell.from_moves) add(cell.from, 0);
        if (cell.to_moves) add(cell.to, 1);
    }
}

void book_way(StreamGroup& group, std::size_t way_index, const FlowWorld& world, std::vector<Booking>& bookings) {
    StreamWay& way = group.ways[way_index];
    const Cell& cell = world.cells.cells[group.cell];
    const SeatId to = way_index == 0 ? cell.to : cell.from;
    for (std::size_t i = 0; i < group.streams.size(); ++i) {
        const Stream& stream = world.streams.streams[group.streams[i]];
        const Route& leaves = way_index == 0 ? stream.from : stream.to;
        const Route& arrives = way_index == 0 ? stream.to : stream.from;
        for (std::size_t part = 0; part < way.fate.size(); ++part) {
            std::uint64_t& messages = way.counts[i * way.fate.size() + part];
            if (messages == 0) continue;
            const FatePart& end = way.fate[part];
            const Route& other = world.world.routes[index(world.population.seats[index(end.to)].route)];
            const LedgerKey key{source_of(leaves), end.to == to ? arrives.provider : other.provider, MailClass::kWanted};
            bookings.push_back({key, {}, {}, static_cast<double>(messages)});
            bookings.push_back({key, end.outcome, end.cause, static_cast<double>(messages)});
            messages = 0;
        }
    }
}

}  // namespace mailrift
