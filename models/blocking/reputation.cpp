// Policy `reputation`: blocks sources by the share of their mail that was judged bad.
#include "models/blocking/reputation.h"

#include <algorithm>
#include <array>
#include <memory>

#include "models/blocking/decay.h"
#include "models/blocking/registry.h"

namespace mailrift {
namespace {

void check_cut_offs(const sim::View& view, sim::Findings& findings) {
    const std::array<std::string, 3> names{"junk", "defer", "reject"};
    const std::string* lower = nullptr;
    for (const std::string& name : names) {
        if (!view.has(name)) continue;
        if (lower != nullptr && view[*lower].number() > view[name].number()) {
            findings.add(view[*lower].place(), sim::Code::kInconsistent, "a cut-off of at most \"" + name + "\"", "a higher one");
        }
        lower = &name;
    }
    if (lower == nullptr) findings.add(view.place(), sim::Code::kMissingKey, "the key \"junk\", \"defer\" or \"reject\"", "none of them");
}

ReputationParams decode(const sim::View& view) {
    ReputationParams params;
    if (view.has("junk")) params.junk = view["junk"].number();
    if (view.has("defer")) params.defer = view["defer"].number();
    if (view.has("reject")) params.reject = view["reject"].number();
    params.min_volume = view["min_volume"].number();
    params.prior_good = view["prior"]["good"].number();
    params.prior_bad = view["prior"]["bad"].number();
    params.window = view["window"].text() == "tumbling" ? Window::kTumbling : Window::kExponential;
    params.half_life = view["half_life"].duration();
    params.period = view["period"].duration();
    params.judge = {view["evidence"].text() == "inbox" ? Evidence::kInbox : Evidence::kAttempts, view["true_positive"].number(),
                    view["false_positive"].number()};
    params.key = read_key(view);
    return params;
}

sim::Shape share() { return sim::number("share", 0, 1); }

sim::Shape prior_shape() {
    const auto messages = [] { return sim::figure(sim::number("messages", 0, 1e12)); };
    return sim::object({
        sim::defaulted("good", messages(), sim::make_number(0), "good messages that every key begins with", "assumed"),
        sim::defaulted("bad", messages(), sim::make_number(0), "bad messages that every key begins with", "assumed"),
    });
}

}  // namespace

void Reputation::observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const {
    if (params_.window == Window::kExponential) decay(key, slice, params_.half_life);
    key[0] += counts.good;
    key[1] += counts.bad;
}

bool Reputation::past(double theta, double good, double bad) const {
    if (good + bad < std::max(params_.min_volume, 1.0) * (1 - kSlack)) return false;
    return bad + params_.prior_bad >= theta * (good + bad + params_.prior_good + params_.prior_bad) * (1 - kSlack);
}

Proposal Reputation::propose(std::span<double> key, const KeyFacts& /*facts*/) const {
    Proposal proposal;
    if (params_.reject && past(*params_.reject, key[0], key[1])) {
        proposal.reject = 1;
    } else if (params_.defer && past(*params_.defer, key[0], key[1])) {
        proposal.defer = 1;
    } else if (params_.junk && past(*params_.junk, key[0], key[1])) {
        proposal.junk = 1;
    }
    if (params_.window == Window::kTumbling) std::fill(key.begin(), key.end(), 0.0);
    return proposal;
}

PolicyEntry reputation() {
    using sim::defaulted;
    using sim::figure;
    using sim::make_number;
    using sim::make_text;
    const sim::Duration least{1'000'000};
    std::vector<sim::Field> params{
        sim::optional("junk", figure(share()), "cut-off at or above which mail is marked as junk"),
        sim::optional("defer", figure(share()), "cut-off at or above which mail is deferred (421 4.7.0), to be tried again"),
        sim::optional("reject", figure(share()), "cut-off at or above which mail is refused"),
        defaulted("min_volume", figure(sim::number("messages", 0, 1e12)), make_number(100),
                  "counted messages below which a source is accepted", "assumed"),
        defaulted("prior", prior_shape(), sim::make_object({}), "Beta prior of the ratio"),
        defaulted("window", sim::choice({"exponential", "tumbling"}), make_text("exponential"),
                  "counts decay, or begin anew in each period"),
    };
    params.push_back(key_field());
    for (sim::Field& field : memory_fields(least)) params.push_back(std::move(field));
    return {
        "reputation",
        "Decayed counts G and B of a source's mail judged good and bad; at or above a cut-off theta iff G + B >= max(min_volume, 1) and "
        "B >= theta (G + B), with the prior added to both counts.",
        "the binomial tail, 30 cells (windows_test.cpp)",
        std::move(params),
        check_cut_offs,
        [](const sim::View& view) { return std::make_shared<const Reputation>(decode(view)); }};
}

}  // namespace mailrift
