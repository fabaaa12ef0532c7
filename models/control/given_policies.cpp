// Policies that the calling program brings to a run, beside those of its scenario.
#include "models/control/given_policies.h"

#include <algorithm>

#include "sim/error.h"

namespace mailrift {
namespace {

[[noreturn]] void refuse(sim::Code code, const GivenPolicy& policy, const std::string& member, const std::string& expected,
                         const std::string& got, const std::string& nearest = "") {
    throw sim::Error(code, {"", "/policies/" + policy.id + member, 0, 0}, expected, got, nearest);
}

void check_receiver(const GivenPolicy& policy, const World& world) {
    if (policy.receiver == "*" || find_entity(world, policy.receiver)) return;
    std::vector<std::string> known;
    for (const Entity& entity : world.entities) known.push_back(entity.id);
    refuse(sim::Code::kReference, policy, "/receiver", "a provider or gateway of the world, or \"*\"", sim::in_quotes(policy.receiver),
           sim::nearest_name(policy.receiver, known));
}

}  // namespace

void add_policies(std::span<const GivenPolicy> given, sim::Duration warm_up, Model& model) {
    for (const GivenPolicy& policy : given) {
        const auto has_id = [&](const NamedPolicy& other) { return other.id == policy.id; };
        if (std::any_of(model.policies.begin(), model.policies.end(), has_id)) {
            refuse(sim::Code::kRepeatedId, policy, "", "an id that no other policy has", sim::in_quotes(policy.id));
        }
        check_receiver(policy, model.world);
        std::vector<EntityId> receivers = judges_at(model.world, policy.receiver);
        if (receivers.empty()) {
            refuse(sim::Code::kInconsistent, policy, "/receiver", "a gateway in use, or a provider with mail that no gateway judges",
                   sim::in_quotes(policy.receiver));
        }
        if (policy.until && *policy.until <= policy.from) {
            refuse(sim::Code::kInconsistent, policy, "/ends", "an end after \"begins\", " + sim::format_duration({policy.from.us}),
                   sim::format_duration({policy.until->us}));
        }
        const sim::Duration period = policy.policy->period();
        if (period.us % model.grid.slice.us != 0) {
            refuse(sim::Code::kInconsistent, policy, "/period", "a multiple of \"slice\", " + sim::format_duration(model.grid.slice),
                   sim::format_duration(period));
        }
        model.policies.push_back({policy.id, std::move(receivers), policy.policy, policy.from, policy.until, std::nullopt});
    }
    if (given.empty() || !learn_before_start(model.policies)) return;
    if (warm_up.us % model.grid.slice.us != 0) {
        refuse(sim::Code::kInconsistent, given.front(), "",
               "a \"warm_up\" that is a multiple of \"slice\", " + sim::format_duration(model.grid.slice), sim::format_duration(warm_up));
    }
    model.warm_up = warm_up.us / model.grid.slice.us;
}

}  // namespace mailrift
