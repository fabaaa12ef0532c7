// Policy `cost`: blocks a source where its spam costs the receiver more than the loss of its wanted mail would.
#include "models/blocking/cost.h"

#include <algorithm>
#include <memory>

#include "models/blocking/decay.h"
#include "models/blocking/registry.h"

namespace mailrift {
namespace {

CostParams decode(const sim::View& view) {
    CostParams params;
    params.spam_cost = view["spam_cost"].number();
    params.loss_cost = view["loss_cost"].number();
    params.churn_cost = view["churn_cost"].number();
    params.min_volume = view["min_volume"].number();
    params.junk = view["action"].text() == "junk";
    params.half_life = view["half_life"].duration();
    params.period = view["period"].duration();
    params.judge = {view["evidence"].text() == "inbox" ? Evidence::kInbox : Evidence::kAttempts, view["true_positive"].number(),
                    view["false_positive"].number()};
    params.key = read_key(view);
    return params;
}

}  // namespace

void Cost::observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const {
    decay(key, slice, params_.half_life);
    key[0] += counts.good;
    key[1] += counts.bad;
}

Proposal Cost::propose(std::span<double> key, const KeyFacts& facts) const {
    const double good = key[0];
    const double bad = key[1];
    if (good + bad < std::max(params_.min_volume, 1.0) * (1 - kSlack)) return {};
    const bool blocks = params_.spam_cost * bad > (params_.loss_cost + params_.churn_cost * facts.share) * good * (1 + kSlack);
    Proposal proposal;
    (params_.junk ? proposal.junk : proposal.reject) = blocks ? 1 : 0;
    return proposal;
}

PolicyEntry cost() {
    using sim::defaulted;
    using sim::figure;
    using sim::make_number;
    using sim::make_text;
    const sim::Duration least{1'000'000};
    const auto harm = [] { return figure(sim::number("", 0, 1e12)); };
    std::vector<sim::Field> params{
        defaulted("spam_cost", harm(), make_number(1), "c_s: harm of one spam that comes in, in any unit", "assumed"),
        defaulted("loss_cost", harm(), make_number(1), "c_h: harm of one wanted message that is blocked, in that unit", "assumed"),
        defaulted("churn_cost", harm(), make_number(20),
                  "kappa: further harm of each, times the source's share of the receiver's wanted mail", "assumed"),
        defaulted("min_volume", figure(sim::number("messages", 0, 1e12)), make_number(100),
                  "counted messages below which a source is accepted", "assumed"),
        defaulted("action", sim::choice({"reject", "junk"}), make_text("reject"), "what is done with mail of a source that costs too much"),
    };
    params.push_back(key_field());
    for (sim::Field& field : memory_fields(least)) params.push_back(std::move(field));
    return {
        "cost",
        "With g and b a source's decayed counts of mail judged good and bad, and x its share of all that the receiver judged good: blocks iff "
        "c_s b > c_h g + kappa g x, so at b = r g the decision flips at x* = (c_s r - c_h) / kappa.",
        "x* = (c_s r - c_h) / kappa (cost_test.cpp)",
        std::move(params),
        {},
        [](const sim::View& view) { return std::make_shared<const Cost>(decode(view)); }};
}

}  // namespace mailrift
