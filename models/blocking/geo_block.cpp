// Policy `geo_block`: refuses sources by where their addresses lie.
#include "models/blocking/geo_block.h"

#include <algorithm>
#include <memory>

#include "models/blocking/registry.h"

namespace mailrift {

Proposal GeoBlock::propose(std::span<double> /*key*/, const KeyFacts& facts) const {
    const auto has = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    Proposal proposal;
    if (has(unblocked_, facts.source.id)) return proposal;
    double& share = junk_ ? proposal.junk : proposal.reject;
    for (const Located& place : facts.source.located) share += has(jurisdictions_, place.code) ? place.share : 0;
    share = std::min(share, 1.0);
    return proposal;
}

PolicyEntry geo_block() {
    return {"geo_block",
            "Refuses mail from addresses in named jurisdictions, but for sources that were taken out of the rule by hand.",
            "the share of addresses that lie there (strangers_test.cpp)",
            {
                sim::required("jurisdictions", sim::list(sim::reference({"jurisdictions"}), 1), "whose addresses are refused"),
                sim::defaulted("unblocked", sim::list(sim::reference({"providers", "suppliers"})), sim::make_list({}),
                               "sources that the rule does not hold for"),
                sim::defaulted("action", sim::choice({"reject", "junk"}), sim::make_text("reject"), "what is done with their mail"),
            },
            {},
            [](const sim::View& view) {
                std::vector<std::string> jurisdictions;
                std::vector<std::string> unblocked;
                for (const auto& item : view["jurisdictions"].items()) jurisdictions.push_back(item.text());
                for (const auto& item : view["unblocked"].items()) unblocked.push_back(item.text());
                return std::make_shared<const GeoBlock>(std::move(jurisdictions), std::move(unblocked), view["action"].text() == "junk");
            }};
}

}  // namespace mailrift
