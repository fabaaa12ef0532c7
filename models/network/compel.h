// Who can be compelled: an issuer's territory, and the ties by which it commands an entity (DESIGN section 3).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/world/world.h"

namespace mailrift {

/// A set of ties. Default: `operator` and `parent`.
class ViaSet {
public:
    ViaSet() : ViaSet(std::vector<Via>{Via::kOperator, Via::kParent}) {}
    explicit ViaSet(const std::vector<Via>& vias);

    [[nodiscard]] bool has(Via via) const noexcept { return (bits_ >> static_cast<unsigned>(via) & 1U) != 0; }

private:
    unsigned bits_ = 0;
};

/// Where an issuer's orders hold.
struct Territory {
    std::vector<bool> jurisdictions;  ///< by jurisdiction
};

/// The jurisdiction, or the members of the bloc, that `issuer` names; empty for any other name.
[[nodiscard]] Territory territory_of(const World& world, std::string_view issuer);

/// The greatest strength among the entity's control entries that lie in the territory and are among `vias`, 0..1; 0: it cannot be compelled. A `market`
/// entry lies in no jurisdiction: it counts wherever `vias` has it.
[[nodiscard]] double compelled_strength(const World& world, const Territory& territory, EntityId entity, const ViaSet& vias);

}  // namespace mailrift
