// What a world document looks like: the one description behind reader, messages, schema and reference table.
#pragma once

#include "sim/shape.h"

namespace mailrift {

/// Namespaces that a world declares: jurisdictions, blocs, providers, suppliers, groups, domains.
[[nodiscard]] sim::Shape world_shape();

}  // namespace mailrift
