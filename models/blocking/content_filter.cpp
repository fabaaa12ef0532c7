// Policy `content_filter`: reads the message, and tells wanted mail from spam with errors.
#include "models/blocking/content_filter.h"

#include <memory>

#include "models/blocking/registry.h"

namespace mailrift {

Proposal ContentFilter::of_class(const Proposal& /*proposal*/, MailClass mail_class) const {
    const double taken = mail_class == MailClass::kSpam ? params_.true_positive : params_.false_positive;
    Proposal proposal;
    switch (params_.action) {
        case Outcome::kRejected: proposal.reject = taken; break;
        case Outcome::kDiscarded: proposal.discard = taken; break;
        default: proposal.junk = taken; break;
    }
    return proposal;
}

PolicyEntry content_filter() {
    using sim::defaulted;
    using sim::figure;
    using sim::make_number;
    const auto share = [] { return figure(sim::number("share", 0, 1)); };
    return {
        "content_filter",
        "Stage `data`. Spam is taken for spam with probability `true_positive`, wanted mail with `false_positive`; what is, is marked, refused or "
        "dropped.",
        "its own error rates (content_filter_test.cpp)",
        {
            defaulted("true_positive", share(), make_number(0.999), "probability that spam is taken for spam", "gmail-errors-2015"),
            defaulted("false_positive", share(), make_number(0.0005), "probability that wanted mail is taken for spam",
                      "gmail-errors-2015"),
            defaulted("action", sim::choice({"junk", "reject", "discard"}), sim::make_text("junk"),
                      "what is done with what is taken for spam"),
        },
        {},
        [](const sim::View& view) {
            const std::string action = view["action"].text();
            const Outcome outcome = action == "reject" ? Outcome::kRejected : action == "discard" ? Outcome::kDiscarded : Outcome::kJunk;
            return std::make_shared<const ContentFilter>(
                ContentFilterParams{view["true_positive"].number(), view["false_positive"].number(), outcome});
        }};
}

}  // namespace mailrift
