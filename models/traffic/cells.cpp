// Exact lumping for expected counts: pairs of seats whose mail has the same dynamics share one cell.
#include "models/traffic/cells.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "sim/error.h"
#include "sim/hash.h"
#include "sim/json.h"

namespace mailrift {
namespace {

/// What tells a seat apart from others as far as singled-out partners are concerned.
struct LumpKey {
    std::optional<SeatId> seat;  ///< of a singled-out cohort: the seat itself
    std::size_t zone = 0;
    std::vector<EntityId> bound;  ///< entities of the route, in the order provider, gateway, outbound, forwarding, that an order can bind
    auto operator<=>(const LumpKey&) const = default;
};

/// What the ledger and, if receivers judge, the verdicts know of a route: source, provider, who judges first, and after the provider.
using Pool = std::tuple<EntityId, EntityId, EntityId, std::optional<EntityId>>;

Pool pool_of(const Route& route, bool by_judge) {
    if (!by_judge) return {source_of(route), route.provider, route.provider, std::nullopt};
    return {source_of(route), route.provider, judge_of(route), route.forward_to};
}

class Builder {
public:
    Builder(const World& world, const Population& population, const Eigen::MatrixXd& mixing, const MailParams& mail, const Lumping& lumping,
            std::size_t memory_bytes)
        : world_(world), population_(population), mixing_(mixing), mail_(mail), lumping_(lumping), memory_bytes_(memory_bytes) {}

    CellTable build() {
        find_zones();
        check_memory();
        find_lumps();
        add_plain_cells();
        add_singled_out_cells();
        for (auto& cell : table_.cells) normalise(cell);
        if (lumping_.apart) set_apart();
        return std::move(table_);
    }

private:
    [[nodiscard]] Pool pool(const Route& route) const { return pool_of(route, lumping_.by_judge || lumping_.apart); }
    [[nodiscard]] bool singled_out(SeatId seat) const { return lumping_.singled_out[index(population_.seats[index(seat)].cohort)]; }
    [[nodiscard]] const Route& route(SeatId seat) const { return world_.routes[index(population_.seats[index(seat)].route)]; }
    [[nodiscard]] const Cohort& cohort(SeatId seat) const { return population_.cohorts[index(population_.seats[index(seat)].cohort)]; }

    /// Where people write at the same rate all day, the hour does not matter.
    [[nodiscard]] sim::Duration offset_of(const Cohort& cohort) const {
        return mail_.profile.empty() ? sim::Duration{0} : cohort.utc_offset;
    }

    [[nodiscard]] std::size_t zone_of(const Cohort& cohort) const {
        const auto found = std::find(table_.zones.begin(), table_.zones.end(), offset_of(cohort));
        return static_cast<std::size_t>(found - table_.zones.begin());
    }

    void find_zones() {
        for (const auto& cohort : population_.cohorts) {
            if (zone_of(cohort) == table_.zones.size()) table_.zones.push_back(offset_of(cohort));
        }
    }

    /// Before any pair is made. Other seats than singled-out ones meet as pools of mail, of which there are at most as many as routes.
    void check_memory() const {
        constexpr double kPlainPair = 80;        // a strand, and its number among all pairs of pools
        constexpr double kSingledOutPair = 400;  // a cell of two directions, with its strand
        double singled = 0;
        for (std::size_t s = 0; s < population_.seats.size(); ++s) singled += singled_out(id_of<SeatId>(s)) ? 1 : 0;
        const auto seats = static_cast<double>(population_.seats.size());
        const auto routes = static_cast<double>(world_.routes.size());
        const double plain = std::min((seats - singled) * (seats - singled), routes * routes * static_cast<double>(table_.zones.size()));
        const double bytes = kPlainPair * plain + kSingledOutPair * singled * (2 * seats - singled);
        if (bytes <= static_cast<double>(memory_bytes_)) return;
        throw sim::Error(sim::Code::kTooLarge, {},
                         "pairs of seats for at most " + std::to_string(memory_bytes_ >> 20U) + " MiB (traffic \"none\" needs no pairs)",
                         std::to_string(population_.seats.size()) + " seats, " + sim::format_number(singled) + " of them apart");
    }

    void find_lumps() {
        std::map<LumpKey, std::size_t> lumps;
        for (std::size_t s = 0; s < population_.seats.size(); ++s) {
            const SeatId seat = id_of<SeatId>(s);
            LumpKey key{std::nullopt, zone_of(cohort(seat)), {}};
            if (singled_out(seat)) {
                key.seat = seat;
            } else {
                const Route& way = route(seat);
                for (const auto& entity : {std::optional<EntityId>(way.provider), way.gateway, way.outbound, way.forward_to}) {
                    if (entity && lumping_.bound[index(*entity)]) key.bound.push_back(*entity);
                }
            }
            const auto [found, is_new] = lumps.try_emplace(key, lumps.size());
            if (is_new) lump_keys_.push_back(hash_of(key));
            table_.lump_of.push_back(found->second);
        }
        table_.lumps = lumps.size();
        table_.runs.resize(table_.lumps * table_.lumps);
    }

    /// By ids: equal for a document in another order, or with a provider more.
    [[nodiscard]] std::uint64_t hash_of(const LumpKey& key) const {
        if (key.seat) return seat_key(world_, population_, *key.seat);
        auto hash = static_cast<std::uint64_t>(table_.zones[key.zone].us);
        for (const EntityId entity : key.bound) hash = sim::join64(hash, sim::hash64(world_.entities[index(entity)].id));
        return hash;
    }

    /// Conversations a day that members of cohort a start with members of cohort b.
    [[nodiscard]] double started(CohortId a, CohortId b) const {
        const double share = mixing_(static_cast<Eigen::Index>(index(a)), static_cast<Eigen::Index>(index(b)));
        return population_.cohorts[index(a)].users * mail_.scale * mail_.messages_per_day * (1 - mail_.reply) * share;
    }

    /// Pairs without a singled-out seat: one cell a zone.
    void add_plain_cells() {
        find_pools();
        std::vector<std::vector<double>> by_zone(table_.zones.size(), std::vector<double>(pools_.size() * pools_.size()));
        std::vector<std::optional<std::pair<SeatId, SeatId>>> stands_for(table_.zones.size());
        for (std::size_t a = 0; a < population_.cohorts.size(); ++a) {
            if (!lumping_.singled_out[a]) add_plain_cohort(id_of<CohortId>(a), by_zone[zone_of(population_.cohorts[a])], stands_for);
        }
        for (std::size_t z = 0; z < table_.zones.size(); ++z) {
            if (!stands_for[z]) continue;
            Cell cell{stands_for[z]->first, stands_for[z]->second, false, false, z, 0, 0, {}};
            const auto met = std::count_if(by_zone[z].begin(), by_zone[z].end(), [](double weight) { return weight > 0; });
            cell.strands.reserve(static_cast<std::size_t>(met));
            for (std::size_t from = 0; from < pools_.size(); ++from) {
                for (std::size_t to = 0; to < pools_.size(); ++to) {
                    const double weight = by_zone[z][from * pools_.size() + to];
                    if (weight > 0) cell.strands.push_back({world_.routes[index(pools_[from])], world_.routes[index(pools_[to])], weight});
                }
            }
            table_.cells.push_back(std::move(cell));
        }
    }

    /// Adds what one cohort writes: its pools times what each pool of its partners gets, so that partners are visited once.
    void add_plain_cohort(CohortId a, std::vector<double>& pairs, std::vector<std::optional<std::pair<SeatId, SeatId>>>& stands_for) const {
        std::vector<double> arriving(pools_.size());
        std::optional<SeatId> partner;
        for (std::size_t b = 0; b < population_.cohorts.size(); ++b) {
            if (lumping_.singled_out[b]) continue;
            const double messages = started(a, id_of<CohortId>(b));
            if (messages <= 0) continue;
            for (const SeatId to : population_.seats_of[b]) {
                const Seat& seat = population_.seats[index(to)];
                arriving[pool_of_[index(seat.route)]] += messages * seat.share;
                if (!partner) partner = to;
            }
        }
        if (!partner) return;
        for (const SeatId from : population_.seats_of[index(a)]) {
            const Seat& seat = population_.seats[index(from)];
            double* const row = pairs.data() + pool_of_[index(seat.route)] * pools_.size();
            for (std::size_t to = 0; to < pools_.size(); ++to) row[to] += seat.share * arriving[to];
            auto& pair = stands_for[zone_of(population_.cohorts[index(a)])];
            if (!pair) pair = {from, *partner};
        }
    }

    /// Pools: the first route of each that the ledger and the verdicts tell apart, in their order.
    void find_pools() {
        std::map<Pool, RouteId> first;
        for (std::size_t r = 0; r < world_.routes.size(); ++r) first.try_emplace(pool(world_.routes[r]), id_of<RouteId>(r));
        for (const auto& [ends, route] : first) {
            places_.emplace(ends, pools_.size());
            pools_.push_back(route);
        }
        for (const Route& way : world_.routes) pool_of_.push_back(places_.at(pool(way)));
    }

    void add_singled_out_cells() {
        std::vector<SeatId> all;
        std::vector<SeatId> singled;
        for (std::size_t s = 0; s < population_.seats.size(); ++s) {
            all.push_back(id_of<SeatId>(s));
            if (singled_out(all.back())) singled.push_back(all.back());
        }
        for (const SeatId from : all) {
            for (const SeatId to : singled_out(from) ? all : singled) add_singled_out_pair(from, to);
        }
    }

    void add_singled_out_pair(SeatId from, SeatId to) {
        const Seat& a = population_.seats[index(from)];
        const Seat& b = population_.seats[index(to)];
        const double weight = started(a.cohort, b.cohort) * (singled_out(from) ? 1 : a.share) * (singled_out(to) ? 1 : b.share);
        if (weight <= 0) return;
        CellRun& run = table_.runs[table_.lump_of[index(from)] * table_.lumps + table_.lump_of[index(to)]];
        if (run.count == 0) {
            run = {table_.cells.size(), 1};
            const std::uint64_t key = sim::join64(lump_keys_[table_.lump_of[index(from)]], lump_keys_[table_.lump_of[index(to)]]);
            table_.cells.push_back({from, to, singled_out(from), singled_out(to), zone_of(cohort(from)), 0, key, {}});
        }
        table_.cells[run.first].strands.push_back({route(from), route(to), weight});
    }

    /// Merges strands between the same pools and turns their weights into shares.
    void normalise(Cell& cell) const {
        const auto pools = [this](const Strand& s) { return std::pair(pool(s.from), pool(s.to)); };
        const auto before = [&](const Strand& x, const Strand& y) { return pools(x) < pools(y); };
        const bool plain = !cell.from_moves && !cell.to_moves;  // then its strands were made in their order, each once
        if (!plain && !std::is_sorted(cell.strands.begin(), cell.strands.end(), before)) {
            std::stable_sort(cell.strands.begin(), cell.strands.end(), before);
        }
        std::size_t merged = 0;
        for (std::size_t s = 0; s < cell.strands.size(); ++s) {
            const Strand& strand = cell.strands[s];
            cell.started += strand.weight;
            if (!plain && merged > 0 && pools(cell.strands[merged - 1]) == pools(strand)) {
                cell.strands[merged - 1].weight += strand.weight;
            } else {
                if (merged != s) cell.strands[merged] = strand;
                ++merged;
            }
        }
        cell.strands.erase(cell.strands.begin() + static_cast<std::ptrdiff_t>(merged), cell.strands.end());
        for (Strand& strand : cell.strands) strand.weight /= cell.started;
    }

    /// Makes a cell of each strand. A plain end is represented by any plain seat of its pool.
    void set_apart() {
        std::vector<std::optional<SeatId>> seats(pools_.size());
        for (std::size_t s = 0; s < population_.seats.size(); ++s) {
            std::optional<SeatId>& seat = seats[pool_of_[index(population_.seats[s].route)]];
            if (!seat && !singled_out(id_of<SeatId>(s))) seat = id_of<SeatId>(s);
        }
        const auto stands_for = [&](bool moves, SeatId seat, const Route& way) { return moves ? seat : *seats[places_.at(pool(way))]; };
        std::vector<std::size_t> first;
        std::vector<Cell> cells;
        for (const Cell& cell : table_.cells) {
            first.push_back(cells.size());
            for (const Strand& strand : cell.strands) {
                cells.push_back({stands_for(cell.from_moves, cell.from, strand.from),
                                 stands_for(cell.to_moves, cell.to, strand.to),
                                 cell.from_moves,
                                 cell.to_moves,
                                 cell.zone,
                                 cell.started * strand.weight,
                                 cell.key,
                                 {{strand.from, strand.to, 1}}});
            }
        }
        first.push_back(cells.size());
        for (CellRun& run : table_.runs) {
            if (run.count > 0) run = {first[run.first], first[run.first + 1] - first[run.first]};
        }
        table_.cells = std::move(cells);
    }

    const World& world_;
    const Population& population_;
    const Eigen::MatrixXd& mixing_;
    const MailParams& mail_;
    const Lumping& lumping_;
    std::size_t memory_bytes_;
    CellTable table_;
    std::vector<std::uint64_t> lump_keys_;
    std::vector<RouteId> pools_;
    std::map<Pool, std::size_t> places_;  ///< in pools_
    std::vector<std::size_t> pool_of_;    ///< by route
};

}  // namespace

CellTable build_cells(const World& world, const Population& population, const Eigen::MatrixXd& mixing, const MailParams& mail,
                      const Lumping& lumping, std::size_t memory_bytes) {
    return Builder(world, population, mixing, mail, lumping, memory_bytes).build();
}

}  // namespace mailrift
