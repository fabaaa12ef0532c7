// Policy `content_filter`: reads the message, and tells wanted mail from spam with errors.
#pragma once

#include "models/blocking/policy.h"

namespace mailrift {

struct ContentFilterParams {
    double true_positive = 0.999;     ///< probability that spam is taken for spam, 0..1
    double false_positive = 0.0005;   ///< probability that wanted mail is, 0..1
    Outcome action = Outcome::kJunk;  ///< kJunk, kRejected or kDiscarded
};

/// Of spam the share `true_positive`, of wanted mail the share `false_positive`, is marked as junk, refused (550 5.7.1) or accepted and dropped;
/// drawn once a message. The only policy that treats the two unlike: the others know a source, not a message. Errors of Gmail as published in
/// 2015: below 0.1 % of spam in the inbox, below 0.05 % of wanted mail among the junk (FACTS: gmail-errors-2015).
class ContentFilter final : public Policy {
public:
    explicit ContentFilter(const ContentFilterParams& params) : params_(params) {}

    [[nodiscard]] Stage stage() const override { return Stage::kData; }
    [[nodiscard]] sim::Duration period() const override { return sim::kCentury; }  // its proposal is always the same
    [[nodiscard]] Proposal propose(std::span<double>, const KeyFacts&) const override { return {}; }
    [[nodiscard]] Proposal of_class(const Proposal& proposal, MailClass mail_class) const override;
    [[nodiscard]] bool knows_class() const override { return true; }

private:
    ContentFilterParams params_;
};

}  // namespace mailrift
