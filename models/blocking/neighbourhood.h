// Policy `neighbourhood`: blocks all sources at a hosting supplier for what comes from some of them.
#pragma once

#include "models/blocking/policy.h"

namespace mailrift {

struct NeighbourhoodParams {
    double bad_share = 0.1;    ///< cut-off, 0..1
    double min_volume = 1000;  ///< counted messages below which nobody is blocked, >= 0
    bool junk = false;         ///< marks instead of rejecting
    sim::Duration half_life;
    sim::Duration period;
    Judge judge;
};

/// With G and B the decayed counts of good and bad mail of all sources at a hosting supplier together: every one of them is refused (550 5.7.1) iff
///     G + B >= max(min_volume, 1)   and   B >= bad_share (G + B) (1 - 1e-12).
/// Sources that stand at no supplier of layer `hosting`, or at several, are never blocked. Microsoft refuses whole ranges of hosting suppliers with
/// S3140 and S3150 (FACTS V19), for no published reason: the rule is assumed. Blocking the /24 of a spammer lists "a significant portion" of legitimate servers (Wilcox et al. 2010).
class Neighbourhood final : public Policy {
public:
    explicit Neighbourhood(const NeighbourhoodParams& params) : params_(params) {}

    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return params_.period; }
    [[nodiscard]] Key key() const override { return Key::kHosting; }
    [[nodiscard]] Judge judge() const override { return params_.judge; }
    [[nodiscard]] std::size_t memory() const override { return 2; }
    void observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const override;
    [[nodiscard]] Proposal propose(std::span<double> key, const KeyFacts& facts) const override;

private:
    NeighbourhoodParams params_;
};

}  // namespace mailrift
