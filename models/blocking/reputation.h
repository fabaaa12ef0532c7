// Policy `reputation`: blocks sources by the share of their mail that was judged bad.
#pragma once

#include <optional>

#include "models/blocking/policy.h"

namespace mailrift {

/// How long a receiver remembers.
enum class Window : std::uint8_t {
    kExponential,  ///< counts decay with a half-life
    kTumbling,     ///< counts of the period alone; each period begins with none
};

struct ReputationParams {
    std::optional<double> junk;    ///< cut-off at or above which mail is marked, 0..1
    std::optional<double> defer;   ///< cut-off at or above which it is deferred, 0..1
    std::optional<double> reject;  ///< cut-off at or above which it is refused, 0..1
    double min_volume = 100;       ///< counted messages below which a source is accepted, >= 0
    double prior_good = 0;         ///< messages of a Beta prior, >= 0
    double prior_bad = 0;
    Window window = Window::kExponential;
    sim::Duration half_life;
    sim::Duration period;
    Judge judge;
    Key key = Key::kAddress;
};

/// With G and B the decayed counts of a key's mail judged good and bad, and (a, b) the prior: the key is at or above a cut-off theta iff
///     G + B >= max(min_volume, 1)   and   B + b >= theta (G + B + a + b) (1 - 1e-12),
/// so that a blocked source that falls silent is forgiven. `exponential`: a slice of length s first halves the counts s / half_life times;
/// `tumbling`: they begin at 0 in each period. The rule of Gmail as of 2006 (Taylor, CEAS 2006), with its ratio. Microsoft's SNDS publishes no rule:
/// it shows a source in three colours which share of its mail was judged spam (up to 10 %, up to 90 %, more).
class Reputation final : public Policy {
public:
    explicit Reputation(const ReputationParams& params) : params_(params) {}

    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return params_.period; }
    [[nodiscard]] Judge judge() const override { return params_.judge; }
    [[nodiscard]] Key key() const override { return params_.key; }
    [[nodiscard]] std::size_t memory() const override { return 2; }
    [[nodiscard]] bool counts_wanted() const override { return true; }
    [[nodiscard]] double wanted(std::span<const double> key) const override { return key[0]; }
    void observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const override;
    [[nodiscard]] Proposal propose(std::span<double> key, const KeyFacts& facts) const override;

    [[nodiscard]] bool defers() const override { return params_.defer.has_value(); }

    /// Whether these counts are at or above the cut-off `theta`.
    [[nodiscard]] bool past(double theta, double good, double bad) const;

private:
    ReputationParams params_;
};

}  // namespace mailrift
