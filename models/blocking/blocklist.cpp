// Policy `blocklist`: asks a list whether an address is on it.
#include "models/blocking/blocklist.h"

#include <memory>

#include "models/blocking/registry.h"

namespace mailrift {

Proposal Blocklist::propose(std::span<double> /*key*/, const KeyFacts& facts) const {
    Proposal proposal;
    (junk_ ? proposal.junk : proposal.reject) = facts.listed;
    return proposal;
}

PolicyEntry blocklist() {
    return {"blocklist",
            "Refuses or marks mail from addresses that a list (`blocklists`) has on it: one answer for all who subscribe.",
            "delay, lifetime and share of time of a listing (listing_test.cpp)",
            {
                sim::required("list", sim::reference({"blocklists"}), "which list is asked"),
                sim::defaulted("action", sim::choice({"reject", "junk"}), sim::make_text("reject"),
                               "what is done with mail from a listed address; `junk`: the list is one score of several"),
            },
            {},
            [](const sim::View& view) { return std::make_shared<const Blocklist>(view["list"].text(), view["action"].text() == "junk"); }};
}

}  // namespace mailrift
