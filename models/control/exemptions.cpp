// Who is too large for a receiver to reject: sources' shares of the wanted mail that receivers are offered.
#include "models/control/exemptions.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include "models/blocking/decay.h"
#include "models/delivery/archive.h"

namespace mailrift {
namespace {

constexpr sim::Duration kHalfLife = sim::kDay * 7;  // assumed, as the default of other counts

}  // namespace

double Exemptions::at(const Count& count, sim::Tick tick) const {
    std::array<double, 1> messages{count.messages};
    if (tick > count.tick) decay(messages, model_.grid.slice * (tick - count.tick), kHalfLife);
    return messages[0];
}

void Exemptions::learn(std::span<const SourceTally> slice, sim::Tick tick) {
    std::set<EntityId> counting;
    for (const NamedPolicy& named : model_.policies) {
        if (named.asks_for_size() && named.applies(model_.grid, tick)) counting.insert(named.receivers.begin(), named.receivers.end());
    }
    if (counting.empty()) return;
    for (const SourceTally& tally : slice) {
        const double wanted = tally.offered[0];
        if (wanted <= 0 || !counting.contains(tally.judge)) continue;
        Receiver& receiver = receivers_[tally.judge];
        for (Count* count : {&receiver.all, &receiver.sources[tally.source]}) *count = {at(*count, tick) + wanted, tick};
    }
}

double Exemptions::share(EntityId source, EntityId receiver, sim::Tick tick) const {
    const auto known = receivers_.find(receiver);
    if (known == receivers_.end()) return 0;
    const auto own = known->second.sources.find(source);
    if (own == known->second.sources.end()) return 0;
    const double all = at(known->second.all, tick);
    const double operators = static_cast<double>(model_.world.entities[index(source)].count);
    return all > 0 ? std::min(at(own->second, tick) / operators / all, 1.0) : 0;
}

void Exemptions::save(sim::ArchiveWriter& archive) const {
    archive(std::uint64_t{receivers_.size()});
    for (const auto& [judge, receiver] : receivers_) {
        archive(judge, receiver.all.messages, receiver.all.tick, std::uint64_t{receiver.sources.size()});
        for (const auto& [source, count] : receiver.sources) archive(source, count.messages, count.tick);
    }
}

void Exemptions::load(sim::ArchiveReader& archive) {
    receivers_.clear();
    std::uint64_t receivers = 0;
    archive(receivers);
    for (; receivers > 0; --receivers) {
        EntityId judge;
        archive(judge);
        Receiver& receiver = receivers_[judge];
        std::uint64_t sources = 0;
        archive(receiver.all.messages, receiver.all.tick, sources);
        for (; sources > 0; --sources) {
            EntityId source;
            archive(source);
            Count& count = receiver.sources[source];
            archive(count.messages, count.tick);
        }
    }
}

}  // namespace mailrift
