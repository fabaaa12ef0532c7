// Policy `authentication`: refuses or marks mail that nobody can be held to.
#pragma once

#include "models/blocking/policy.h"

namespace mailrift {

/// Of a source's mail the share that passes neither SPF, DKIM nor DMARC is refused (550 5.7.26) or marked, with probability `enforced`: 1 - a of it,
/// a the source's `authenticated`. Gmail, Yahoo and Microsoft demand all three of bulk senders since 2024 and 2025.
class Authentication final : public Policy {
public:
    Authentication(bool junk, double enforced) : junk_(junk), enforced_(enforced) {}

    [[nodiscard]] Stage stage() const override { return Stage::kData; }
    [[nodiscard]] sim::Duration period() const override { return sim::kCentury; }  // its proposal is always the same
    [[nodiscard]] Proposal propose(std::span<double> key, const KeyFacts& facts) const override;
    [[nodiscard]] bool knows_source() const override { return true; }
    [[nodiscard]] std::string_view reject_reply() const override { return "550 5.7.26"; }

private:
    bool junk_;
    double enforced_;
};

}  // namespace mailrift
