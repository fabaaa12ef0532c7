// Policy `blocklist`: asks a list whether an address is on it.
#include "models/blocking/blocklist.h"

#include <memory>

#include "models/blocking/registry.h"

namespace mailrift {

Proposal Blocklist::propose(std::span<double> /*key*/, const KeyFacts& facts) const {
    Proposal proposal;
    proposal.*action_ = facts.listed;
    return proposal;
}

PolicyEntry blocklist() {
    return {
        "blocklist",
        "Refuses or marks mail that a list (`blocklists`) has on it, or accepts it past other policies: one answer for all who subscribe.",
        "delay, lifetime and share of time of a listing (listing_test.cpp)",
        {
            sim::required("list", sim::reference({"blocklists"}), "which list is asked"),
            sim::defaulted(
                "action", sim::choice({"reject", "junk", "accept"}), sim::make_text("reject"),
                "what is done with mail that is listed; `junk`: the list is one score of several; `accept`, of a list of good sources alone: later policies before "
                "stage `data` have no say"),
        },
        {},
        [](const sim::View& view) {
            const std::string& action = view["action"].text();
            return std::make_shared<const Blocklist>(view["list"].text(), action == "junk"     ? &Proposal::junk
                                                                          : action == "accept" ? &Proposal::accept
                                                                                               : &Proposal::reject);
        }};
}

}  // namespace mailrift
