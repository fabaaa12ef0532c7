// The list of inbound policies: one line each, from which reader, messages, schema and tables come.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/blocking/policy.h"
#include "sim/shape.h"
#include "sim/shape_check.h"
#include "sim/shape_view.h"

namespace mailrift {

/// One policy: its `kind` in documents, its meaning with formula and source, its parameters and how it is made from them.
struct PolicyEntry {
    std::string kind;
    std::string text;     ///< begins with its stage, unless that is `connect`
    std::string held_to;  ///< the form that its test checks, with the test's file
    std::vector<sim::Field> params;
    sim::Check check;  ///< of the parameters together
    std::function<std::shared_ptr<const Policy>(const sim::View&)> make;
    bool rejects = true;  ///< whether it can reject mail, so that `exempt` has a meaning
    bool single = false;  ///< whether a receiver has at most one of the kind
};

/// All policies, in the order of the reference table.
[[nodiscard]] std::vector<PolicyEntry> policy_registry();

}  // namespace mailrift
