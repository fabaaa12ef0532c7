// Policy `greylist`: defers the first tries of senders that it does not know.
#pragma once

#include "models/blocking/policy.h"

namespace mailrift {

/// A try of an unknown key (source, sender, recipient) is deferred with 450 4.2.0 until `delay` has passed since an earlier try of that key, and not
/// more than `window`; then the key is known until `memory` has passed since its last accepted mail (Harris 2003; RFC 6647; postgrey: 300 s,
/// 2 d, 35 d). A source is one key, since its addresses lie in one network (IPv4 /24). It learns at the end of a slice: mail of a key in the
/// slice in which that becomes known meets it as it was, but for the message's own tries.
class GreylistPolicy final : public Policy {
public:
    explicit GreylistPolicy(const Greylist& rule) : rule_(rule) {}

    [[nodiscard]] Stage stage() const override { return Stage::kRcpt; }
    [[nodiscard]] sim::Duration period() const override { return sim::kCentury; }  // its proposal is always the same
    [[nodiscard]] Proposal propose(std::span<double>, const KeyFacts&) const override { return {0, 0, 0, true}; }
    [[nodiscard]] std::optional<Greylist> greylist() const override { return rule_; }
    [[nodiscard]] std::string_view defer_reply() const override { return "450 4.2.0"; }

private:
    Greylist rule_;
};

}  // namespace mailrift
