// What a scenario document looks like: the one description behind reader, messages, schema and reference table.
#pragma once

#include "sim/shape.h"

namespace mailrift {

/// Refers to names that the scenario's world declares (world_shape()).
[[nodiscard]] sim::Shape scenario_shape();

}  // namespace mailrift
