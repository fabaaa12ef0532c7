// Policy `authentication`: refuses or marks mail that nobody can be held to.
#include "models/blocking/authentication.h"

#include <memory>

#include "models/blocking/registry.h"

namespace mailrift {

Proposal Authentication::propose(std::span<double> /*key*/, const KeyFacts& facts) const {
    Proposal proposal;
    const double passes = facts.source.spf_of_server && !aligned_ ? 1 : facts.source.authenticated;
    (junk_ ? proposal.junk : proposal.reject) = enforced_ * (1 - passes);
    return proposal;
}

PolicyEntry authentication() {
    using sim::defaulted;
    return {"authentication",
            "Stage `data`. The share of a source's mail that does not pass SPF, DKIM and DMARC (1 - `authenticated`) is refused or marked.",
            "that share (strangers_test.cpp)",
            {
                defaulted("action", sim::choice({"reject", "junk"}), sim::make_text("reject"), "what is done with mail that does not pass"),
                defaulted("enforced", sim::figure(sim::number("share", 0, 1)), sim::make_number(1),
                          "share of such mail that meets the rule", "assumed"),
                defaulted("aligned", sim::flag(), sim::make_bool(true),
                          "whether what passes must be of the writer's domain, as DMARC asks; matters for mail forwarded with SRS"),
            },
            {},
            [](const sim::View& view) {
                return std::make_shared<const Authentication>(view["action"].text() == "junk", view["enforced"].number(),
                                                              view["aligned"].flag());
            }};
}

}  // namespace mailrift
