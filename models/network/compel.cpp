// Who can be compelled: an issuer's territory, and the ties by which it commands an entity (DESIGN section 3).
#include "models/network/compel.h"

#include <algorithm>

namespace mailrift {

ViaSet::ViaSet(const std::vector<Via>& vias) {
    for (const Via via : vias) bits_ |= 1U << static_cast<unsigned>(via);
}

Territory territory_of(const World& world, std::string_view issuer) {
    Territory territory{std::vector<bool>(world.jurisdictions.size(), false)};
    if (const auto jurisdiction = find_jurisdiction(world, issuer)) territory.jurisdictions[index(*jurisdiction)] = true;
    if (const auto bloc = find_bloc(world, issuer)) {
        for (const JurisdictionId member : world.blocs[index(*bloc)].members) territory.jurisdictions[index(member)] = true;
    }
    return territory;
}

double compelled_strength(const World& world, const Territory& territory, EntityId entity, const ViaSet& vias) {
    double strength = 0;
    for (const Control& control : world.entities[index(entity)].control) {
        const bool inside = !control.jurisdiction || territory.jurisdictions[index(*control.jurisdiction)];
        if (inside && vias.has(control.via)) strength = std::max(strength, control.strength);
    }
    return strength;
}

}  // namespace mailrift
