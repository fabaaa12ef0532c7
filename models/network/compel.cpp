// Who can be compelled: an issuer's territory, and the ties by which it commands an entity (DESIGN section 3).
#include "models/network/compel.h"

#include <algorithm>

namespace mailrift {
namespace {

Territory nowhere(const World& world) { return {std::vector<bool>(world.jurisdictions.size(), false), std::nullopt}; }

}  // namespace

LayerSet all_layers() {
    LayerSet layers;
    for (std::size_t layer = 0; layer < kLayers; ++layer) layers = layers.with(static_cast<Layer>(layer));
    return layers;
}

Territory territory_of(const World& world, JurisdictionId issuer) {
    Territory territory = nowhere(world);
    territory.jurisdictions[index(issuer)] = true;
    return territory;
}

Territory territory_of(const World& world, BlocId issuer) {
    Territory territory = nowhere(world);
    for (const JurisdictionId member : world.blocs[index(issuer)].members) territory.jurisdictions[index(member)] = true;
    return territory;
}

Territory territory_of(const World& world, EntityId issuer) {
    Territory territory = nowhere(world);
    territory.itself = issuer;
    return territory;
}

Territory territory_of(const World& world, std::string_view issuer) {
    if (const auto jurisdiction = find_jurisdiction(world, issuer)) return territory_of(world, *jurisdiction);
    if (const auto bloc = find_bloc(world, issuer)) return territory_of(world, *bloc);
    if (const auto entity = find_entity(world, issuer)) return territory_of(world, *entity);
    return nowhere(world);
}

double compelled_strength(const World& world, const Territory& territory, EntityId entity, const ViaSet& vias) {
    const Entity& bound = world.entities[index(entity)];
    if (bound.bound_by_all) return 1;
    if (territory.itself) return *territory.itself == entity || world.entities[index(*territory.itself)].id == bound.stands_for ? 1 : 0;
    double strength = 0;
    for (const Control& control : bound.control) {
        const bool inside = control.jurisdiction ? territory.jurisdictions[index(*control.jurisdiction)] : control.via == Via::kMarket;
        if (inside && vias.has(control.via)) strength = std::max(strength, control.strength);
    }
    return strength;
}

std::vector<EntityId> who_can_be_compelled(const World& world, const Territory& territory, const ViaSet& vias, const LayerSet& layers) {
    std::vector<EntityId> compelled;
    for (std::size_t e = 0; e < world.entities.size(); ++e) {
        const auto entity = id_of<EntityId>(e);
        if (layers.has(world.entities[e].layer) && compelled_strength(world, territory, entity, vias) > 0) compelled.push_back(entity);
    }
    return compelled;
}

}  // namespace mailrift
