// Who is too large for a receiver to reject: sources' shares of the wanted mail that receivers are offered.
#pragma once

#include <map>
#include <span>

#include "models/control/model.h"
#include "models/traffic/source_tallies.h"
#include "sim/archive.h"

namespace mailrift {

/// What receivers know of the size of sources, for policies that spare large ones (`exempt`) and count no wanted mail themselves. With
/// w_s(t) the wanted mail that a source's operators offered a receiver at its first try, decayed with a half-life of 7 d (assumed), and n_s their number, one operator's share is
///     x_s = (w_s / n_s) / sum over all sources of w.
/// What policies did with the mail does not matter: users miss what is refused, and their receiver knows it (assumed; without errors).
/// A review beside `due_process`: it takes rejections away and proposes nothing.
class Exemptions {
public:
    explicit Exemptions(const Model& model) : model_(model) {}

    /// What the receivers saw in slice `tick`; counted where a policy with an exemption is applied in it.
    void learn(std::span<const SourceTally> slice, sim::Tick tick);

    /// The share of one operator of a source, 0..1; 0 where nothing was counted.
    [[nodiscard]] double share(EntityId source, EntityId receiver, sim::Tick tick) const;

    void save(sim::ArchiveWriter& archive) const;
    void load(sim::ArchiveReader& archive);

private:
    /// Messages, decayed up to a slice.
    struct Count {
        double messages = 0;
        sim::Tick tick = 0;
    };
    struct Receiver {
        Count all;
        std::map<EntityId, Count> sources;
    };

    [[nodiscard]] double at(const Count& count, sim::Tick tick) const;

    const Model& model_;
    std::map<EntityId, Receiver> receivers_;
};

}  // namespace mailrift
