// Policies that the calling program brings to a run, beside those of its scenario.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "models/blocking/batch_policy.h"
#include "models/control/model.h"

namespace mailrift {

/// A policy as an item of `blocking` would say it.
struct GivenPolicy {
    std::string id;
    std::string receiver = "*";  ///< who judges: a provider or a gateway, or all
    sim::Time from{};            ///< when they begin to apply it
    std::shared_ptr<const BatchPolicy> policy{};
    std::optional<sim::Time> until{};  ///< when they cease to
};

/// Puts them after the model's own, in their order.
/// \throws sim::Error with the pointer /policies/ID/...: kRepeatedId for an id that is taken, kReference for an unknown receiver,
/// kInconsistent for one that judges nobody's mail or a period that is no multiple of the slice.
void add_policies(std::span<const GivenPolicy> given, sim::Duration warm_up, Model& model);

}  // namespace mailrift
