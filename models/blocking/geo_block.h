// Policy `geo_block`: refuses sources by where their addresses lie.
#pragma once

#include <string>
#include <vector>

#include "models/blocking/policy.h"

namespace mailrift {

/// Mail from the share of a source's addresses that lie in `jurisdictions` is refused; where a source does not say where its addresses lie, they lie
/// where those sit who run it (assumed). Sources in `unblocked` were taken out of the rule by hand. Verizon refused European and Asian ranges so from
/// December 2004 to May 2005.
class GeoBlock final : public Policy {
public:
    GeoBlock(std::vector<std::string> jurisdictions, std::vector<std::string> unblocked, bool junk)
        : jurisdictions_(std::move(jurisdictions)), unblocked_(std::move(unblocked)), junk_(junk) {}

    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return sim::kCentury; }  // its proposal is always the same
    [[nodiscard]] Proposal propose(std::span<double> key, const KeyFacts& facts) const override;
    [[nodiscard]] bool knows_source() const override { return true; }

private:
    std::vector<std::string> jurisdictions_;
    std::vector<std::string> unblocked_;
    bool junk_;
};

}  // namespace mailrift
