// Policy `blocklist`: asks a list whether an address is on it.
#pragma once

#include <string>

#include "models/blocking/policy.h"

namespace mailrift {

/// Mail whose address is on the list is refused (554 5.7.1) or marked. What the list lists is its own affair (models/blocking/listing.h): all who subscribe to it get the
/// same answer for an address.
class Blocklist final : public Policy {
public:
    Blocklist(std::string list, bool junk) : list_(std::move(list)), junk_(junk) {}

    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return {}; }
    [[nodiscard]] Proposal propose(std::span<double> key, const KeyFacts& facts) const override;
    [[nodiscard]] bool knows_source() const override { return true; }
    [[nodiscard]] bool reads_offered() const override { return true; }  // for the list
    [[nodiscard]] std::string_view list() const override { return list_; }
    [[nodiscard]] std::string_view reject_reply() const override { return "554 5.7.1"; }

private:
    std::string list_;
    bool junk_;
};

}  // namespace mailrift
