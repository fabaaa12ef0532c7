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
#include "sim/archive.h"

namespace mailrift {

/// The state of all policies of a run. It learns from tallies alone, and proposes changes of verdicts.
///
/// A key is a sending pool (`address`). A counted source stands for many operators, each with its own address: up to `representatives` of them are
/// remembered one by one, each with its part of the volume (every message is one of theirs with that probability; in expectation they are alike, so one
/// is enough), and the verdict on the entry is the mean of theirs. A counted receiver is one of its operators, who sees that part of the mail. The
/// background botnet has so many addresses that none comes twice: no policy that judges by address ever remembers one, so it is accepted.
class Judgement {
public:
    /// \param whole whether counts are whole numbers, so that they are drawn
    Judgement(const Model& model, bool whole);

    /// Sets, in the state at t = 0, what receivers do with sources that they never saw, and their greylists.
    void begin(MailState& state) const;

    /// What the receivers saw in slice `tick`. Rows keep their places from slice to slice; new ones come at the end.
    void learn(std::span<const SourceTally> slice, sim::Tick tick);

    /// The verdicts of policies whose period ends at `tick`; some may be what they were.
    [[nodiscard]] std::vector<Change> judge(sim::Tick tick);

    /// What every policy remembers.
    void save(sim::ArchiveWriter& archive) const;
    void load(sim::ArchiveReader& archive);

private:
    /// What one policy remembers of one source.
    struct Opinion {
        PolicyId policy;
        std::uint64_t key = 0;           ///< of its draws
        std::vector<double> memory;      ///< numbers of each key of the source, one key after the other
        std::vector<sim::Tick> seen;     ///< by key: slices up to here are in its memory
        std::vector<Proposal> proposed;  ///< by key
    };

    /// A row of the tallies: a source at a receiver, judged by all its policies in the order in which they decide.
    struct Row {
        EntityId source;
        EntityId receiver;
        std::vector<Opinion> opinions;
        bool spoken_of = false;  ///< whether some verdict was other than to accept
    };

    [[nodiscard]] Proposal first_proposal(PolicyId id) const;
    [[nodiscard]] Row make_row(const SourceTally& tally) const;
    [[nodiscard]] std::size_t keys_of(EntityId source) const;
    void learn(Row& row, Opinion& opinion, const SourceTally& tally, sim::Tick tick) const;
    void learn_of_many(Row& row, Opinion& opinion, const SourceTally& tally, sim::Tick tick) const;
    void remember(Opinion& opinion, std::size_t key, const std::array<double, 2>& seen, sim::Tick tick, sim::Draws& draws) const;
    void catch_up(Opinion& opinion, std::size_t key, sim::Tick tick) const;
    [[nodiscard]] Verdict mean_verdict(const Row& row) const;
    [[nodiscard]] double thinned(double messages, double probability, sim::Draws& draws) const;
    [[nodiscard]] const Policy& policy(PolicyId id) const { return *model_.policies[index(id)].policy; }

    const Model& model_;
    bool whole_;
    std::map<EntityId, std::vector<PolicyId>> at_;  ///< by receiver, in the order in which they decide
    std::vector<Row> rows_;
};

/// The state at t = 0, with what receivers do with strangers.
[[nodiscard]] MailState start_state(const Model& model);

}  // namespace mailrift
