// Policy `default_deny`: refuses sources until somebody at the receiver registered them by hand.
#pragma once

#include <string>
#include <vector>

#include "models/blocking/policy.h"

namespace mailrift {

struct DefaultDenyParams {
    std::vector<std::string> registered;  ///< sources known from the start
    sim::Duration delay;                  ///< from the end of the slice of the first try to the answer
    double success = 1;                   ///< probability that the answer is yes, 0..1
};

/// All mail of a source is refused (554 5.7.1) until its operator, who learns of it at the first try, asked and was registered: after `delay`, with
/// probability `success`, drawn once for each sending and receiving operator; who was turned down stays out. So of the operators that write since
/// time 0 (and not in a warm-up before), the share let in is 0 until the end of the first slice + `delay`, and `success` from then on. T-Online refuses addresses that it does not know so, and answers
/// by hand within hours to days (FACTS V20).
class DefaultDeny final : public Policy {
public:
    explicit DefaultDeny(DefaultDenyParams params) : params_(std::move(params)) {}

    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return {}; }
    [[nodiscard]] std::size_t memory() const override { return 1; }  // microseconds since the end of the slice of the first try, plus one
    void observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const override;
    [[nodiscard]] Proposal propose(std::span<double> key, const KeyFacts& facts) const override;
    [[nodiscard]] bool knows_source() const override { return true; }
    [[nodiscard]] bool reads_offered() const override { return true; }
    [[nodiscard]] bool reads_chance() const override { return true; }
    [[nodiscard]] std::string_view reject_reply() const override { return "554 5.7.1"; }

private:
    DefaultDenyParams params_;
};

}  // namespace mailrift
