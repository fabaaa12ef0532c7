// Policy `default_deny`: refuses sources until somebody at the receiver registered them by hand.
#include "models/blocking/default_deny.h"

#include <algorithm>
#include <memory>

#include "models/blocking/registry.h"

namespace mailrift {

void DefaultDeny::observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const {
    if (key[0] > 0) {
        key[0] += static_cast<double>(slice.us);
    } else if (counts.offered > 0) {
        key[0] = 1;
    }
}

Proposal DefaultDeny::propose(std::span<double> key, const KeyFacts& facts) const {
    if (std::find(params_.registered.begin(), params_.registered.end(), facts.source.id) != params_.registered.end()) return {};
    const bool answered = key[0] > static_cast<double>(params_.delay.us);
    return {0, answered ? 1 - facts.happens(params_.success) : 1};
}

PolicyEntry default_deny() {
    using sim::defaulted;
    using sim::figure;
    const sim::Duration least{0};
    return {"default_deny",
            "Refuses all mail of a source until it was registered by hand: `delay` after its first try, with probability `success`.",
            "the share let in after the delay (strangers_test.cpp)",
            {
                defaulted("registered", sim::list(sim::reference({"providers", "suppliers"})), sim::make_list({}),
                          "sources that are known from the start"),
                defaulted("delay", figure(sim::duration(least)), sim::make_text("12 h"), "from the slice of the first try to the answer",
                          "systemausfall-t-online"),
                defaulted("success", figure(sim::number("share", 0, 1)), sim::make_number(0.9), "probability that the answer is yes",
                          "assumed"),
            },
            {},
            [](const sim::View& view) {
                DefaultDenyParams params{{}, view["delay"].duration(), view["success"].number()};
                for (const auto& item : view["registered"].items()) params.registered.push_back(item.text());
                return std::make_shared<const DefaultDeny>(std::move(params));
            }};
}

}  // namespace mailrift
