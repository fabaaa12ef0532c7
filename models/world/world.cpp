// Look-ups in a world.
#include "models/world/world.h"

#include <algorithm>

namespace mailrift {
namespace {

template <class IdType, class Items, class Project>
std::optional<IdType> find_by(const Items& items, std::string_view name, Project project) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return project(item) == name; });
    if (found == items.end()) return std::nullopt;
    return id_of<IdType>(static_cast<std::size_t>(found - items.begin()));
}

}  // namespace

std::optional<JurisdictionId> find_jurisdiction(const World& world, std::string_view code) {
    return find_by<JurisdictionId>(world.jurisdictions, code, [](const Jurisdiction& j) -> const std::string& { return j.code; });
}

std::optional<BlocId> find_bloc(const World& world, std::string_view code) {
    return find_by<BlocId>(world.blocs, code, [](const Bloc& b) -> const std::string& { return b.code; });
}

std::optional<EntityId> find_entity(const World& world, std::string_view id) {
    return find_by<EntityId>(world.entities, id, [](const Entity& e) -> const std::string& { return e.id; });
}

RouteId intern_route(std::vector<Route>& routes, const Route& route) {
    const auto found = std::find(routes.begin(), routes.end(), route);
    if (found != routes.end()) return id_of<RouteId>(static_cast<std::size_t>(found - routes.begin()));
    routes.push_back(route);
    return id_of<RouteId>(routes.size() - 1);
}

bool is_member(const World& world, const Bloc& bloc, JurisdictionId jurisdiction) {
    const auto lists = [&](JurisdictionId id) { return std::find(bloc.members.begin(), bloc.members.end(), id) != bloc.members.end(); };
    const auto& host = world.jurisdictions[index(jurisdiction)].host;
    return lists(jurisdiction) || (host && lists(*host));
}

std::optional<EntityId> hosting_of(const World& world, EntityId entity) {
    for (const Requirement& requirement : world.entities[index(entity)].depends_on) {
        if (requirement.layer != Layer::kHosting) continue;
        if (requirement.mode == Mode::kSplit && requirement.suppliers.size() > 1) return std::nullopt;
        return requirement.suppliers.front();
    }
    return std::nullopt;
}

}  // namespace mailrift
