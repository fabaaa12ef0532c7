// The streams of random traffic: mail between two pools whose fate is the same. All streams of a pair of pools come of one Poisson number.
#include "models/traffic/streams.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "sim/hash.h"

namespace mailrift {
namespace {

/// Streams are told apart by where mail leaves and arrives, and who judges it, of both directions.
using Pools = std::tuple<EntityId, EntityId, EntityId, EntityId, EntityId, EntityId, std::optional<EntityId>, std::optional<EntityId>>;

Pools pools_of(const Route& from, const Route& to) {
    return {source_of(from), to.provider, judge_of(to), source_of(to), from.provider, judge_of(from), to.forward_to, from.forward_to};
}

/// Hashes of names: equal for a document in another order, or with a provider more.
class Keys {
public:
    explicit Keys(const World& world) {
        for (const Entity& entity : world.entities) entities_.push_back(sim::hash64(entity.id));
    }

    [[nodiscard]] std::uint64_t pair(EntityId source, EntityId receiver) const {
        return sim::join64(entities_[index(source)], entities_[index(receiver)]);
    }

    [[nodiscard]] std::uint64_t pools(const Route& from, const Route& to) const {
        const std::uint64_t there = sim::join64(pair(source_of(from), to.provider), entities_[index(judge_of(to))]);
        const std::uint64_t back = sim::join64(pair(source_of(to), from.provider), entities_[index(judge_of(from))]);
        std::uint64_t both = sim::join64(there, back);
        for (const Route* route : {&to, &from}) {
            if (route->forward_to) both = sim::join64(both, entities_[index(*route->forward_to)] + (route == &to ? 0 : 1));
        }
        return both;
    }

private:
    std::vector<std::uint64_t> entities_;
};

/// A stream with its rates by zone.
struct Draft {
    Stream stream;
    std::vector<double> rates;  ///< plain: conversations a day by zone
    std::uint64_t cell_key = 0;
};

std::vector<Draft> drafts_of(const CellTable& table, const Keys& keys) {
    std::vector<Draft> drafts;
    std::map<Pools, std::size_t> plain;  // place in drafts
    for (std::size_t c = 0; c < table.cells.size(); ++c) {
        const Cell& cell = table.cells[c];
        for (const Strand& strand : cell.strands) {
            const std::uint64_t pools = keys.pools(strand.from, strand.to);
            const double rate = cell.started * strand.weight;
            if (cell.from_moves || cell.to_moves) {
                drafts.push_back({{strand.from, strand.to, c, false, rate, sim::join64(pools, cell.key)}, {}, cell.key});
                continue;
            }
            const auto [found, is_new] = plain.try_emplace(pools_of(strand.from, strand.to), drafts.size());
            if (is_new) drafts.push_back({{strand.from, strand.to, c, true, 0, pools}, std::vector<double>(table.zones.size()), 0});
            drafts[found->second].rates[cell.zone] += rate;
        }
    }
    std::stable_sort(drafts.begin(), drafts.end(), [](const Draft& a, const Draft& b) {
        const auto place = [](const Draft& d) {
            return std::tuple(source_of(d.stream.from), d.stream.to.provider, !d.stream.plain, d.cell_key,
                              pools_of(d.stream.from, d.stream.to));
        };
        return place(a) < place(b);
    });
    return drafts;
}

}  // namespace

StreamTable build_streams(const World& world, const CellTable& table) {
    const Keys keys(world);
    const std::vector<Draft> drafts = drafts_of(table, keys);
    StreamTable streams;
    bool split_plain = false;
    for (const Draft& draft : drafts) {
        const EntityId source = source_of(draft.stream.from);
        const EntityId receiver = draft.stream.to.provider;
        const bool same =
            !streams.streams.empty() && source_of(streams.streams.back().from) == source && streams.streams.back().to.provider == receiver;
        if (!same) streams.pairs.push_back({streams.streams.size(), streams.streams.size(), 0, keys.pair(source, receiver)});
        streams.streams.push_back(draft.stream);
        ++streams.pairs.back().last;
        streams.pairs.back().plain += draft.stream.plain ? 1 : 0;
        split_plain = split_plain || streams.pairs.back().plain > 1;
    }
    const auto zones = static_cast<Eigen::Index>(table.zones.size());
    streams.plain_rates = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(streams.pairs.size()), zones);
    if (split_plain) streams.plain_parts = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(drafts.size()), zones);
    for (std::size_t p = 0; p < streams.pairs.size(); ++p) {
        for (std::size_t s = streams.pairs[p].first; s < streams.pairs[p].last; ++s) {
            for (std::size_t z = 0; z < drafts[s].rates.size(); ++z) {
                streams.plain_rates(static_cast<Eigen::Index>(p), static_cast<Eigen::Index>(z)) += drafts[s].rates[z];
                if (split_plain) streams.plain_parts(static_cast<Eigen::Index>(s), static_cast<Eigen::Index>(z)) = drafts[s].rates[z];
            }
        }
    }
    return streams;
}

}  // namespace mailrift
