// Policy `neighbourhood`: blocks all sources at a hosting supplier for what comes from some of them.
#include "models/blocking/neighbourhood.h"

#include <algorithm>
#include <memory>

#include "models/blocking/decay.h"
#include "models/blocking/registry.h"

namespace mailrift {

void Neighbourhood::observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const {
    decay(key, slice, params_.half_life);
    key[0] += counts.good;
    key[1] += counts.bad;
}

Proposal Neighbourhood::propose(std::span<double> key, const KeyFacts& facts) const {
    const double all = key[0] + key[1];
    if (!facts.hosted || all < std::max(params_.min_volume, 1.0) * (1 - kSlack)) return {};
    Proposal proposal;
    (params_.junk ? proposal.junk : proposal.reject) = key[1] >= params_.bad_share * all * (1 - kSlack) ? 1 : 0;
    return proposal;
}

PolicyEntry neighbourhood() {
    using sim::defaulted;
    using sim::figure;
    using sim::make_number;
    std::vector<sim::Field> params{
        defaulted("bad_share", figure(sim::number("share", 0, 1)), make_number(0.1),
                  "share of bad mail from a hosting supplier at or above which all its sources are blocked", "assumed"),
        defaulted("min_volume", figure(sim::number("messages", 0, 1e12)), make_number(1000),
                  "counted messages of a supplier's sources below which none is blocked", "assumed"),
        defaulted("action", sim::choice({"reject", "junk"}), sim::make_text("reject"),
                  "what is done with mail of such a supplier's sources"),
    };
    for (sim::Field& field : memory_fields({1'000'000})) params.push_back(std::move(field));
    return {
        "neighbourhood",
        "Decayed counts of good and bad mail of all sources at a hosting supplier: all are blocked where the bad share is at or above a cut-off.",
        "the cut-off, and innocents beside a spammer (neighbourhood_test.cpp)",
        std::move(params),
        {},
        [](const sim::View& view) {
            const Judge judge{view["evidence"].text() == "inbox" ? Evidence::kInbox : Evidence::kAttempts, view["true_positive"].number(),
                              view["false_positive"].number()};
            return std::make_shared<const Neighbourhood>(NeighbourhoodParams{view["bad_share"].number(), view["min_volume"].number(),
                                                                             view["action"].text() == "junk", view["half_life"].duration(),
                                                                             view["period"].duration(), judge});
        }};
}

}  // namespace mailrift
