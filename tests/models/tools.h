// Small worlds and scenarios as texts, and runs of them, for the tests of the models.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/control/run.h"
#include "models/scenario/scenario.h"
#include "sim/error.h"

namespace mailrift::testing {

/// Three countries and four providers, typed by hand: `big` and `search` are commanded by US, `alpha` by AA, `beta` by BB. AA and BB form the
/// bloc AB. The group `court` (100 members of XC, hosted in AA) is on `big` with its own domain; `guests` (50) with addresses of `big`.
inline std::string hand_world() {
    return R"({
 "schema": 1, "name": "hand", "unit": "users",
 "jurisdictions": [
  {"code": "US", "name": "Issuer", "mail_users": 0, "utc_offset": "-5 h"},
  {"code": "AA", "name": "First", "mail_users": 1000, "utc_offset": "1 h"},
  {"code": "BB", "name": "Second", "mail_users": 3000, "utc_offset": "1 h"},
  {"code": "CC", "name": "Third", "mail_users": 6000, "utc_offset": "8 h"},
  {"code": "XC", "name": "Court", "host": "AA", "mail_users": 150, "utc_offset": "1 h"}],
 "blocs": [{"code": "AB", "members": ["AA", "BB"]}],
 "suppliers": [{"id": "gate", "layer": "gateway", "control": [{"jurisdiction": "US", "via": "operator"}]}],
 "providers": [
  {"id": "big", "kind": "global", "control": [{"jurisdiction": "US", "via": "operator"}]},
  {"id": "search", "kind": "global", "control": [{"jurisdiction": "US", "via": "parent"}]},
  {"id": "alpha", "kind": "national", "control": [{"jurisdiction": "AA", "via": "operator"}]},
  {"id": "beta", "kind": "national", "control": [{"jurisdiction": "BB", "via": "operator"}]}],
 "markets": {
  "AA": {"routes": {"big": 0.5, "search": 0.1, "alpha": 0.4}},
  "BB": {"routes": {"big": 0.2, "alpha": 0.1, "beta": 0.7}},
  "CC": {"routes": [{"provider": "big", "share": 0.3}, {"provider": "beta", "gateway": "gate", "share": 0.2}, {"provider": "beta", "share": 0.5}]}},
 "domains": [{"id": "court-domain", "owner": "court"}],
 "groups": [
  {"id": "court", "jurisdiction": "XC", "users": 100, "domain": "court-domain", "routes": [{"provider": "big", "share": 1, "address": "own"}]},
  {"id": "guests", "jurisdiction": "XC", "users": 50, "routes": [{"provider": "big", "share": 1, "address": "provider"}]}],
 "mixing": {"home": 0.6, "bloc": 0.3}
})";
}

/// `text` with the first `from` replaced by `to`, which must be there.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::logic_error("not in the text: " + std::string(from));
    return text.replace(at, from.size(), to);
}

/// The same where beta, some of whose mail comes through a gateway, judges it by who sent it.
inline std::string trusting_world() { return replaced(hand_world(), R"({"id": "beta", )", R"({"id": "beta", "trusts_gateway": true, )"); }

/// A scenario over world "hand" with the given members added ("\"orders\": [...]"), 10 days in hourly slices.
inline std::string scenario_text(std::string_view members = "", std::string_view horizon = "10 d") {
    std::string text = R"({"schema": 1, "name": "small", "world": "hand", "horizon": ")" + std::string(horizon) + "\"";
    if (!members.empty()) text += ", " + std::string(members);
    return text + "}";
}

/// An order of US against the court from day 1 on that everybody obeys at once; `measures` is a JSON list.
inline std::string order_text(std::string_view measures, std::string_view more = "", double probability = 1) {
    return R"({"id": "eo", "issuer": "US", "at": "1 d", "target": {"groups": ["court"]}, "measures": )" + std::string(measures) +
           R"(, "compliance": {"probability": )" + std::to_string(probability) + "}" + (more.empty() ? "" : ", ") + std::string(more) + "}";
}

/// Reads a scenario whose world is `world`.
inline Scenario read(const std::string& scenario, const std::string& world = hand_world()) {
    return read_scenario(scenario, "small.json", [&](std::string_view kind, std::string_view name) -> std::string {
        if (kind == "world" && name == "hand") return world;
        throw sim::Error(sim::Code::kReference, {}, "the world \"hand\"", "\"" + std::string(name) + "\"");
    });
}

inline Run run(const std::string& scenario, const std::string& world = hand_world(), std::uint64_t seed = 1,
               Traffic traffic = Traffic::kFluid) {
    RunOptions options;
    options.seed = seed;
    options.traffic = traffic;
    return run_scenario(read(scenario, world), options);
}

/// Reachability between two names at the end of a run.
inline double reach_at_end(const Run& run, std::string_view from, std::string_view to, PairMeasure measure = &reachability) {
    return measure_over_time(run, measure, from, to, {run.model.slices}, Weights::kPopulation).front();
}

}  // namespace mailrift::testing
