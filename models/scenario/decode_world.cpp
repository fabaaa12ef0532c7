// From a checked world document to a World.
#include "models/scenario/decode_world.h"

#include <algorithm>
#include <cassert>
#include <tuple>

#include "models/scenario/words.h"

namespace mailrift {
namespace {

std::vector<sim::View> sorted_by(const std::vector<sim::View>& items, const char* key) {
    std::vector<sim::View> sorted = items;
    std::sort(sorted.begin(), sorted.end(), [&](const sim::View& a, const sim::View& b) { return a[key].text() < b[key].text(); });
    return sorted;
}

std::string name_or(const sim::View& item, const std::string& other) { return item.has("name") ? item["name"].text() : other; }

JurisdictionId jurisdiction_of(const World& world, const sim::View& view) {
    const auto found = find_jurisdiction(world, view.text());
    assert(found);
    return *found;
}

EntityId entity_of(const World& world, const sim::View& view) {
    const auto found = find_entity(world, view.text());
    assert(found);
    return *found;
}

void decode_jurisdictions(const sim::View& document, World& world) {
    const auto items = sorted_by(document["jurisdictions"].items(), "code");
    for (const auto& item : items) {
        world.jurisdictions.push_back(
            {item["code"].text(), item["name"].text(), item["mail_users"].number(), item["utc_offset"].duration(), {}});
    }
    for (std::size_t j = 0; j < items.size(); ++j) {
        if (items[j].has("host")) world.jurisdictions[j].host = jurisdiction_of(world, items[j]["host"]);
    }
    for (const auto& item : sorted_by(document["blocs"].items(), "code")) {
        Bloc bloc{item["code"].text(), name_or(item, item["code"].text()), {}, item["shield"].number()};
        for (const auto& member : item["members"].items()) bloc.members.push_back(jurisdiction_of(world, member));
        std::sort(bloc.members.begin(), bloc.members.end());
        world.blocs.push_back(std::move(bloc));
    }
}

Entity decode_operator(const sim::View& item, const World& world, bool provider) {
    Entity entity;
    entity.id = item["id"].text();
    entity.name = name_or(item, entity.id);
    for (const auto& control : item["control"].items()) {
        Control decoded{{}, value_of<Via>(via_words(), control["via"].text()), control["strength"].number()};
        if (control.has("jurisdiction")) decoded.jurisdiction = jurisdiction_of(world, control["jurisdiction"]);
        entity.control.push_back(decoded);
    }
    if (!provider) {
        entity.layer = value_of<Layer>(layer_words(), item["layer"].text());
        return entity;
    }
    entity.kind = value_of<ProviderKind>(provider_kind_words(), item["kind"].text());
    entity.service = value_of<Service>(service_words(), item["service"].text());
    entity.retry = item["retry"].text();
    if (item.has("queue_interval")) entity.queue_interval = item["queue_interval"].duration();
    entity.count = static_cast<std::uint64_t>(item["count"].integer());
    entity.outbound_spam = item["outbound_spam"].number();
    entity.authenticated = item["authenticated"].number();
    entity.dkim_signed = item.has("dkim_signed") ? item["dkim_signed"].number() : entity.authenticated;
    entity.srs = item["srs"].flag();
    entity.trusts_gateway = item["trusts_gateway"].flag();
    entity.representatives = static_cast<std::uint64_t>(item["representatives"].integer());
    return entity;
}

void decode_dependencies(const std::vector<sim::View>& items, World& world) {
    for (const auto& item : items) {
        Entity& entity = world.entities[index(*find_entity(world, item["id"].text()))];
        for (const auto& need : item["depends_on"].items()) {
            Requirement requirement{
                value_of<Layer>(layer_words(), need["layer"].text()), value_of<Mode>(mode_words(), need["mode"].text()), {}, {}};
            for (const auto& supplier : need["suppliers"].items()) requirement.suppliers.push_back(entity_of(world, supplier));
            for (const auto& share : need["shares"].items()) requirement.shares.push_back(share.number());
            entity.depends_on.push_back(std::move(requirement));
        }
    }
}

void decode_entities(const sim::View& document, World& world) {
    const auto providers = sorted_by(document["providers"].items(), "id");
    const auto suppliers = sorted_by(document["suppliers"].items(), "id");
    for (const auto& item : providers) world.entities.push_back(decode_operator(item, world, true));
    for (const auto& item : suppliers) world.entities.push_back(decode_operator(item, world, false));
    decode_dependencies(providers, world);
    decode_dependencies(suppliers, world);
}

std::vector<RouteShare> decode_routes(const sim::View& routes, World& world) {
    std::vector<std::pair<Route, double>> rows;
    if (routes.alternative() == 1) {
        for (const auto& row : routes.members())
            rows.push_back({{*find_entity(world, row.key), {}, {}, Address::kOwn, {}}, row.value.number()});
    } else {
        for (const auto& row : routes.items()) {
            Route route{entity_of(world, row["provider"]), {}, {}, value_of<Address>(address_words(), row["address"].text()), {}};
            if (row.has("gateway")) route.gateway = entity_of(world, row["gateway"]);
            if (row.has("outbound")) route.outbound = entity_of(world, row["outbound"]);
            if (row.has("forward_to")) route.forward_to = entity_of(world, row["forward_to"]);
            rows.push_back({route, row["share"].number()});
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<RouteShare> shares;
    for (const auto& row : rows) shares.push_back({intern_route(world.routes, row.first), row.second});
    return shares;
}

Market decode_market(const sim::View& item, World& world) {
    Market market;
    market.unknown = item["unknown"].number();
    market.sample = item.has("sample") ? item["sample"].number() : 0;
    market.routes = decode_routes(item["routes"], world);
    for (const auto& region : item["regions"].members()) {
        market.regions.push_back({region.key, region.value["mail_users"].number(), region.value["unknown"].number(),
                                  decode_routes(region.value["routes"], world)});
    }
    std::sort(market.regions.begin(), market.regions.end(), [](const Region& a, const Region& b) { return a.name < b.name; });
    return market;
}

void decode_groups(const sim::View& document, World& world) {
    for (const auto& item : sorted_by(document["domains"].items(), "id"))
        world.domains.push_back({item["id"].text(), name_or(item, item["id"].text())});
    for (const auto& item : sorted_by(document["groups"].items(), "id")) {
        Group group;
        group.id = item["id"].text();
        group.name = name_or(item, group.id);
        group.jurisdiction = jurisdiction_of(world, item["jurisdiction"]);
        group.users = item["users"].number();
        group.personal_account = item["account"].text() == "personal";
        if (item.has("domain")) {
            const std::string& id = item["domain"].text();
            const auto found = std::find_if(world.domains.begin(), world.domains.end(), [&](const Domain& d) { return d.id == id; });
            group.domain = id_of<DomainId>(static_cast<std::size_t>(found - world.domains.begin()));
        }
        group.market.routes = decode_routes(item["routes"], world);
        world.groups.push_back(std::move(group));
    }
}

void decode_mixing(const sim::View& mixing, World& world) {
    world.mixing.home = mixing["home"].number();
    world.mixing.bloc = mixing["bloc"].number();
    for (const auto& item : mixing["affinities"].items()) {
        world.mixing.affinities.push_back({item["from"].text(), item["to"].text(), item["share"].number()});
    }
    std::sort(world.mixing.affinities.begin(), world.mixing.affinities.end(),
              [](const Affinity& a, const Affinity& b) { return std::tie(a.from, a.to, a.share) < std::tie(b.from, b.to, b.share); });
    for (const auto& pool : mixing["home_pools"].items()) {
        std::vector<JurisdictionId> members;
        for (const auto& member : pool.items()) members.push_back(jurisdiction_of(world, member));
        world.mixing.home_pools.push_back(std::move(members));
    }
}

}  // namespace

World decode_world(const sim::View& document) {
    World world;
    world.name = document["name"].text();
    world.title = document.has("title") ? document["title"].text() : world.name;
    world.unit = value_of<Unit>(unit_words(), document["unit"].text());
    world.weight = document.has("weight") ? document["weight"].text() : "";
    world.missing = value_of<Missing>(missing_words(), document["missing"].text());
    decode_jurisdictions(document, world);
    decode_entities(document, world);
    world.markets.resize(world.jurisdictions.size());
    std::vector<sim::MemberView> markets = document["markets"].members();
    std::vector<std::size_t> order(markets.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return markets[a].key < markets[b].key; });
    for (const std::size_t i : order)
        world.markets[index(*find_jurisdiction(world, markets[i].key))] = decode_market(markets[i].value, world);
    decode_groups(document, world);
    decode_mixing(document["mixing"], world);
    return world;
}

}  // namespace mailrift
