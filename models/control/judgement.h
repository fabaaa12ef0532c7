// Receivers' policies at work: what each remembers of each source, and the verdicts that follow.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "models/control/model.h"
#include "models/delivery/change.h"
#include "models/traffic/source_tallies.h"

namespace mailrift {

/// The state of all policies of a run. It learns from tallies alone, and proposes changes of verdicts.
///
/// A key is a sending pool (`address`). A counted source stands for many operators, each with its own address: up to `representatives` of them are
/// remembered one by one, each with its part of the volume (binomial, or its expectation), and the verdict on the entry is the mean of theirs. A counted
/// receiver is one of its operators, who sees that part of the mail. The background botnet has so many addresses that none comes twice: no policy that
/// judges by address ever remembers one, so it is accepted.
class Judgement {
public:
    /// \param whole whether counts are whole numbers, so that they are drawn
    Judgement(const Model& model, bool whole);

    /// What the receivers saw in slice `tick`.
    void learn(std::span<const SourceTally> slice, sim::Tick tick);

    /// The verdicts of policies whose period ends at `tick`; some may be what they were.
    [[nodiscard]] std::vector<Change> judge(sim::Tick tick);

private:
    /// One policy at one receiver.
    struct Instance {
        PolicyId policy;
        std::map<EntityId, std::vector<double>> memory;      ///< by source: numbers of each of its keys, one key after the other
        std::map<EntityId, std::vector<Proposal>> proposed;  ///< by source, of each key
    };

    void learn(Instance& instance, const SourceTally& tally, sim::Tick tick);
    [[nodiscard]] std::size_t keys_of(EntityId source) const;
    [[nodiscard]] Verdict verdict(EntityId receiver, EntityId source) const;
    [[nodiscard]] double thinned(double messages, double probability, sim::Draws& draws) const;
    [[nodiscard]] const Policy& policy(const Instance& instance) const { return *model_.policies[index(instance.policy)].policy; }

    const Model& model_;
    bool whole_;
    std::map<EntityId, std::vector<Instance>> at_;  ///< by receiver, in the order in which they decide
};

}  // namespace mailrift
