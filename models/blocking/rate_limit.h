// Policy `rate_limit`: takes so many messages of a source an hour, fewer while it is new.
#pragma once

#include "models/blocking/policy.h"

namespace mailrift {

struct RateLimitParams {
    double limit = 1000;       ///< messages an hour of a source with a good history, > 0
    double first = 1000;       ///< of one without, > 0
    double growth = 1;         ///< factor for each day of good history, >= 1
    double bad_share = 0.003;  ///< share of bad mail above which a day's history is bad, 0..1
    sim::Duration idle;        ///< without mail for so long, it is new again
    Judge judge;
    Key key = Key::kAddress;
};

/// With d days of good history a source, or whatever the key is, may bring L = min(limit, first growth^d) messages an hour; of y tries an hour the
/// share max(0, 1 - L/y) is deferred (421 4.7.0), where y is the mean of slices before, with weights that halve every four hours: what was taken in each,
/// divided by the share that was. So a source that writes W > L an hour, whose queue does not give up, is taken L an hour once as many tries come in
/// one slice as in the next, and full use of the limit is reached after ln(limit / first) / ln(growth) days. A day in which mail came is good if at
/// most `bad_share` of it was judged bad; a bad one begins the history anew. Published plans for new senders (10 to 20 messages a day, 500 to 1,000
/// after three weeks, anew after 30 to 60 idle days) are of this kind (FACTS 4.3).
class RateLimit final : public Policy {
public:
    explicit RateLimit(const RateLimitParams& params) : params_(params) {}

    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return {}; }
    [[nodiscard]] Key key() const override { return params_.key; }
    [[nodiscard]] Judge judge() const override { return params_.judge; }
    [[nodiscard]] std::size_t memory() const override { return 7; }
    void observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const override;
    [[nodiscard]] Proposal propose(std::span<double> key, const KeyFacts& facts) const override;
    [[nodiscard]] bool defers() const override { return true; }

    /// L after `days` of good history.
    [[nodiscard]] double allowed(double days) const;

private:
    RateLimitParams params_;
};

}  // namespace mailrift
