// Policy `quarantine`: keeps mail of newcomers out of the inbox.
#include "models/blocking/quarantine.h"

#include <memory>

#include "models/blocking/registry.h"

namespace mailrift {

void Quarantine::observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const {
    if (key[0] > 0) {
        key[0] += static_cast<double>(slice.us);
    } else if (counts.offered > 0) {
        key[0] = 1;
    }
}

Proposal Quarantine::propose(std::span<double> key, const KeyFacts& /*facts*/) const {
    Proposal proposal;
    if (key[0] <= static_cast<double>(age_.us)) (defer_ ? proposal.defer : proposal.junk) = 1;
    return proposal;
}

PolicyEntry quarantine() {
    return {
        "quarantine",
        "Marks, or defers, mail of a source that wrote to this receiver for the first time less than `age` ago.",
        "the share marked, 1 until the first slice and `age` are over and 0 from then on, and that of rotating senders (quarantine_test.cpp)",
        {
            sim::defaulted("age", sim::figure(sim::duration({0})), sim::make_text("3 d"),
                           "from the end of the slice of the first try until a source is no newcomer", "assumed"),
            sim::defaulted("action", sim::choice({"junk", "defer"}), sim::make_text("junk"), "what is done with mail of a newcomer"),
        },
        {},
        [](const sim::View& view) { return std::make_shared<const Quarantine>(view["age"].duration(), view["action"].text() == "defer"); },
        false};
}

}  // namespace mailrift
