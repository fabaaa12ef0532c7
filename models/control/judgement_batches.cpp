// Receivers' policies at work: those that judge all keys of a receiver at once.
#include <algorithm>
#include <cassert>
#include <map>
#include <string_view>

#include "models/control/judgement.h"
#include "models/control/rotation.h"

namespace mailrift {

/// Receivers and keys come by their ids, so that a policy which remembers from call to call does not see the order of the document.
void Judgement::judge_batches(PolicyId id, const BatchPolicy& rule, sim::Tick tick) {
    const auto name_of = [&](EntityId entity) -> std::string_view { return model_.world.entities[index(entity)].id; };
    std::map<std::string_view, std::map<std::string_view, std::pair<const Row*, Opinion*>>> receivers;
    for (Row& row : rows_) {
        for (Held& held : row.held) {
            assert(held.policy != id || !held.shared);
            if (held.policy == id && !row.stranger) receivers[name_of(row.receiver)][name_of(row.source)] = {&row, &held.own};
        }
    }
    for (const auto& [receiver, sources] : receivers) {
        Batch batch;
        batch.receiver = receiver;
        batch.at = model_.grid.start(tick);
        double good = 0;
        for (const auto& [source, asked] : sources) {
            const Row& row = *asked.first;
            const Entity& entity = model_.world.entities[index(row.source)];
            const auto operators = static_cast<std::size_t>(std::min(entity.count, entity.representatives));
            for (std::size_t k = 0; k < row.keys; ++k) {
                const JudgedCounts counts = rule.counts(memory_of(*asked.second, k));
                batch.sources.push_back(source);
                batch.keys.push_back(static_cast<std::int64_t>(k));
                batch.addresses.push_back(fresh_addresses(entity.rotation, k % operators, operators, tick, model_.grid.slice));
                batch.good.push_back(counts.good);
                batch.bad.push_back(counts.bad);
                batch.offered.push_back(counts.offered);
                batch.operators.push_back(1 / (row.sampled * static_cast<double>(count_of(row.receiver))));
                good += counts.good * batch.operators.back();
            }
        }
        for (const double own : batch.good) batch.share.push_back(good > 0 ? std::min(own / good, 1.0) : 0);
        const std::vector<Proposal> proposals = rule.propose_all(batch);
        assert(proposals.size() == batch.sources.size());
        std::size_t next = 0;
        for (const auto& [source, asked] : sources) {
            for (Proposal& proposed : asked.second->proposed) proposed = proposals[next++];
            std::fill(asked.second->memory.begin(), asked.second->memory.end(), 0.0);
        }
    }
}

}  // namespace mailrift
