// The list of responses: one line each, from which reader, messages, schema and tables come.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/response/response.h"
#include "sim/shape.h"
#include "sim/shape_check.h"
#include "sim/shape_view.h"

namespace mailrift {

/// How a response finds what its parameters name.
struct ResponseContext {
    std::function<std::vector<CohortId>(const sim::View& who)> cohorts;  ///< of {"groups": [...], "jurisdictions": [...]}
    std::function<EntityId(const std::string& id)> provider;
    std::function<std::vector<EntityId>(const std::string& id)>
        operators;                                                    ///< a provider, or what stands for each operator of a counted one
    std::function<std::vector<CohortId>(EntityId provider)> members;  ///< cohorts of which some are there at t = 0
};

/// One response: its `kind` in documents, its meaning, its parameters and how it is made from them.
struct ResponseEntry {
    std::string kind;
    std::string text;
    std::vector<sim::Field> params;
    sim::Check check;  ///< of the parameters together
    std::function<std::shared_ptr<const Response>(const sim::View&, const ResponseContext&)> make;
};

/// All responses, in the order of the reference table.
[[nodiscard]] std::vector<ResponseEntry> response_registry();

/// The shape of `who`: groups and jurisdictions of the world, at least one.
[[nodiscard]] sim::Shape who_shape();

}  // namespace mailrift
