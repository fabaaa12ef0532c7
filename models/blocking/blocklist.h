// Policy `blocklist`: asks a list whether an address is on it.
#pragma once

#include <string>

#include "models/blocking/policy.h"

namespace mailrift {

/// Mail whose address, or domain, is on the list is refused (554 5.7.1) or marked; or, where it is a list of good sources, accepted past
/// all later policies of the receiver before stage `data`, as Postfix does with `permit_dnswl_client`: in the order of the document it stands before
/// what it spares from. A greylist still sees unknown senders, and what reads the message still reads it. What the list lists is its own affair
/// (models/blocking/listing.h): all who subscribe to it get the same answer for an address.
class Blocklist final : public Policy {
public:
    Blocklist(std::string list, double Proposal::*action) : list_(std::move(list)), action_(action) {}

    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return {}; }
    [[nodiscard]] Proposal propose(std::span<double> key, const KeyFacts& facts) const override;
    [[nodiscard]] bool knows_source() const override { return true; }
    [[nodiscard]] bool reads_offered() const override { return true; }  // for the list
    [[nodiscard]] std::string_view list() const override { return list_; }
    [[nodiscard]] std::string_view reject_reply() const override { return "554 5.7.1"; }

private:
    std::string list_;
    double Proposal::*action_;  ///< what is done with listed mail
};

}  // namespace mailrift
