// Policy `cost`: blocks a source where its spam costs the receiver more than the loss of its wanted mail would.
#pragma once

#include "models/blocking/policy.h"

namespace mailrift {

struct CostParams {
    double spam_cost = 1;  ///< c_s: harm of one spam that comes in, any unit, >= 0
    double loss_cost = 1;  ///< c_h: harm of one wanted message that is blocked, in that unit, >= 0
    double churn_cost =
        20;  ///< kappa: harm of one wanted message that is blocked where all wanted mail comes from that source, on top, >= 0
    double min_volume = 100;  ///< counted messages below which a source is accepted, >= 0
    bool junk = false;        ///< marks instead of rejecting
    sim::Duration half_life;
    sim::Duration period;
    Judge judge;
    Key key = Key::kAddress;
};

/// With g and b the decayed counts of a key's mail judged good and bad, and x the key's share of all that this receiver judged good, it blocks iff
///     g + b >= max(min_volume, 1)   and   c_s b > c_h g + kappa g x:
/// users complain of each wanted message that is lost, and leave the sooner the more of their mail it is (DESIGN section 5; assumed, no receiver
/// publishes such a rule). With r = b / g the decision flips at x* = (c_s r - c_h) / kappa: a source with a larger share is not blocked, whatever it
/// sends besides, and a smaller one with the same ratio is. Counts decay with the half-life, so a blocked source that falls silent is forgiven.
class Cost final : public Policy {
public:
    explicit Cost(const CostParams& params) : params_(params) {}

    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return params_.period; }
    [[nodiscard]] Judge judge() const override { return params_.judge; }
    [[nodiscard]] Key key() const override { return params_.key; }
    [[nodiscard]] std::size_t memory() const override { return 2; }
    [[nodiscard]] bool compares() const override { return true; }
    [[nodiscard]] bool counts_wanted() const override { return true; }
    [[nodiscard]] double wanted(std::span<const double> key) const override { return key[0]; }
    void observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const override;
    [[nodiscard]] Proposal propose(std::span<double> key, const KeyFacts& facts) const override;

private:
    CostParams params_;
};

}  // namespace mailrift
