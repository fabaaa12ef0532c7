// Who can be compelled: an issuer's territory, and the ties by which it commands an entity (DESIGN section 3).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "models/network/enum_set.h"
#include "models/world/world.h"

namespace mailrift {

/// A set of ties. Default: `operator` and `parent`. An order with `secondary` has `market` besides.
using ViaSet = EnumSet<Via, Via::kOperator, Via::kParent>;

/// A set of layers. Default: the mailbox providers alone.
using LayerSet = EnumSet<Layer, Layer::kMailbox>;

/// Every layer, mailbox providers included.
[[nodiscard]] LayerSet all_layers();

/// Where an issuer's orders hold.
struct Territory {
    std::vector<bool> jurisdictions;  ///< by jurisdiction
    std::optional<EntityId> itself;   ///< of an entity that decides on its own: nobody else is bound
};

/// A state's own jurisdiction; not what it hosts, since a court has immunity from the state it sits in.
[[nodiscard]] Territory territory_of(const World& world, JurisdictionId issuer);
/// The members of a bloc.
[[nodiscard]] Territory territory_of(const World& world, BlocId issuer);
/// An entity that decides on its own.
[[nodiscard]] Territory territory_of(const World& world, EntityId issuer);
/// Of the jurisdiction, bloc, provider or supplier of this name; empty for any other name.
[[nodiscard]] Territory territory_of(const World& world, std::string_view issuer);

/// The greatest strength among the entity's control entries that lie in the territory and are among `vias`, 0..1; 0: it cannot be compelled.
///
/// A `market` entry lies in no jurisdiction: it counts for every state or bloc if `vias` has it. An entity that decides on its own binds
/// itself and its representatives, with strength 1, whatever `vias` says. Whoever is `bound_by_all` is bound with strength 1.
[[nodiscard]] double compelled_strength(const World& world, const Territory& territory, EntityId entity, const ViaSet& vias);

/// The entities of these layers that can be compelled, in the order of their ids.
[[nodiscard]] std::vector<EntityId> who_can_be_compelled(const World& world, const Territory& territory, const ViaSet& vias,
                                                         const LayerSet& layers);

}  // namespace mailrift
