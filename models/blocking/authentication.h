// Policy `authentication`: refuses or marks mail that nobody can be held to.
#pragma once

#include "models/blocking/policy.h"

namespace mailrift {

/// Of a source's mail the share that passes neither SPF, DKIM nor DMARC is refused (550 5.7.26) or marked, with probability `enforced`: 1 - a of it,
/// a the source's `authenticated`. Gmail, Yahoo and Microsoft demand all three of bulk senders since 2024 and 2025.
///
/// Mail that a provider forwards passes by the DKIM signature of its writer's domain alone, the first source's `dkim_signed`: SPF is of the server that
/// sends, and DMARC asks for the domain of the writer (RFC 7960 section 3.1). A receiver that does not ask for it (`aligned` false) takes forwarded
/// mail with SRS for authenticated, whoever wrote.
class Authentication final : public Policy {
public:
    Authentication(bool junk, double enforced, bool aligned = true) : junk_(junk), enforced_(enforced), aligned_(aligned) {}

    [[nodiscard]] Stage stage() const override { return Stage::kData; }
    [[nodiscard]] sim::Duration period() const override { return sim::kCentury; }  // its proposal is always the same
    [[nodiscard]] Proposal propose(std::span<double> key, const KeyFacts& facts) const override;
    [[nodiscard]] bool reads_authentication() const override { return true; }
    [[nodiscard]] bool knows_source() const override { return true; }
    [[nodiscard]] std::string_view reject_reply() const override { return "550 5.7.26"; }

private:
    bool junk_;
    double enforced_;
    bool aligned_;
};

}  // namespace mailrift
