// The streams of `flow` whose mail fares alike: what becomes of it, and what is counted of it.
#include "models/traffic/flow_groups.h"

namespace mailrift {

void count_cohorts(const std::vector<StreamGroup>& groups, const CellTable& cells, const Population& population, Tallies& tallies) {
    tallies.cohorts.resize(population.cohorts.size());
    for (const StreamGroup& group : groups) {
        const Cell& cell = cells.cells[group.cell];
        const CohortId starter = population.seats[index(cell.from)].cohort;
        const CohortId partner = population.seats[index(cell.to)].cohort;
        const auto add = [&](CohortId cohort) {
            tallies.cohorts[index(cohort)].written += static_cast<double>(group.written);
            tallies.cohorts[index(cohort)].failed += static_cast<double>(group.failed);
        };
        if (cell.from_moves) add(starter);
        if (cell.to_moves && partner != starter) add(partner);
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
