// Blocklists in a scenario document: how they look, and what they come to.
#pragma once

#include <vector>

#include "models/blocking/listing.h"
#include "models/world/world.h"
#include "sim/shape.h"
#include "sim/shape_check.h"
#include "sim/shape_view.h"

namespace mailrift {

/// An item of `blocklists`.
[[nodiscard]] sim::Shape list_shape();

/// That lists of good sources are asked whom to accept, and no others are.
void check_subscriptions(const sim::View& scenario, sim::Findings& findings);

/// The lists of a scenario document, in its order.
[[nodiscard]] std::vector<ListRule> decode_lists(const sim::View& scenario, const World& world);

}  // namespace mailrift
