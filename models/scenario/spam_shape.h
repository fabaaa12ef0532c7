// What a named spam sender looks like in a scenario document.
#pragma once

#include "sim/shape.h"
#include "sim/shape_view.h"

namespace mailrift {

/// An item of `spam_senders`. Refers to names that the scenario's world declares.
[[nodiscard]] sim::Shape spam_sender_shape();

/// Messages a day of a checked item at full volume: as given, what its budget buys (0 if nothing), or those of all its accounts.
[[nodiscard]] double spam_per_day(const sim::View& sender);

}  // namespace mailrift
