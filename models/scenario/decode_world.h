// From a checked world document to a World.
#pragma once

#include "models/world/world.h"
#include "sim/shape_view.h"

namespace mailrift {

/// Reads a document that passed first_error() against world_shape(). Entities, jurisdictions, blocs, domains and groups are put in the order of
/// their ids, and routes in the order of their operators' ids, so that the order of the document changes no result.
[[nodiscard]] World decode_world(const sim::View& document);

}  // namespace mailrift
