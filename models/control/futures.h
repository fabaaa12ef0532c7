// Which scenarios a run may be gone on with, and whom its traffic must tell apart for all of them.
#pragma once

#include <string>
#include <vector>

#include "models/control/mail_records.h"
#include "models/control/model.h"

namespace mailrift {

/// The scenario and its futures, each once, in the order of their texts: the same list whichever of them a run begins with.
[[nodiscard]] std::vector<Scenario> family_of(const Scenario& scenario, const std::vector<Scenario>& futures);

/// What traffic must be prepared for.
struct Cover {
    Involved involved;
    bool policies = false;
    std::vector<bool> judges{};  ///< by entity: who has policies in any of them
    MailWatch watch{};
    sim::Tick slices = 0;
};

/// What all members of a family need together. `model` is that of `scenario`, made with the family.
[[nodiscard]] Cover cover_of(const std::vector<Scenario>& family, const Scenario& scenario, const Model& model);

/// That `other`, which need not be a member, has the same world and seats as the family, and that traffic is prepared for it.
/// \throws sim::Error kInconsistent
void check_covered(const Scenario& other, const std::vector<Scenario>& family, const Cover& cover, const Model& model);

/// That two scenarios are the same in all that can act before `tick`. Models: of the two, with the same family.
/// \throws sim::Error kInconsistent
void check_same_past(const Scenario& saved, const Model& saved_model, const Scenario& other, const Model& other_model, sim::Tick tick);

/// That a future is the same but for orders, responses, policies, horizon, observations and texts.
/// \throws sim::Error kInconsistent
void check_same_base(const Scenario& saved, const Scenario& other);

}  // namespace mailrift
