// Policy `quarantine`: keeps mail of newcomers out of the inbox.
#pragma once

#include "models/blocking/policy.h"

namespace mailrift {

/// Mail of a source is marked as junk, or deferred with 421 4.7.0, until `age` has passed since the end of the slice of its first try at this receiver; from
/// then on it is taken as any other. So of a source that writes in every slice, each of length s, and never changes its address, the share
///     1 at t < s + age, 0 from then on
/// is marked; of one that takes a fresh address every T, min(1, (s + age) / T). Nobody publishes such a rule or its age: assumed. Age is counted for the
/// receiver alone: that others know a source, or when its domain was registered, does not help it.
class Quarantine final : public Policy {
public:
    Quarantine(sim::Duration age, bool defer) : age_(age), defer_(defer) {}

    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return {}; }
    [[nodiscard]] std::size_t memory() const override { return 1; }  // microseconds since the end of the slice of the first try, plus one
    void observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const override;
    [[nodiscard]] Proposal propose(std::span<double> key, const KeyFacts& facts) const override;
    [[nodiscard]] bool reads_offered() const override { return true; }
    [[nodiscard]] bool defers() const override { return defer_; }

private:
    sim::Duration age_;
    bool defer_;
};

}  // namespace mailrift
