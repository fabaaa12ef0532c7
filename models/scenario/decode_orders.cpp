// From a checked scenario document to orders and responses over a population.
#include "models/scenario/decode_orders.h"

#include <algorithm>
#include <cassert>
#include <set>

#include "models/blocking/registry.h"
#include "models/response/registry.h"
#include "models/sanction/registry.h"
#include "models/scenario/words.h"

namespace mailrift {
namespace {

ComplianceRule decode_rule(const sim::View& view) { return {view["probability"].number(), view["delay"].distribution()}; }

std::shared_ptr<const Measure> decode_measure(const sim::View& view) {
    const std::string& kind = view.alternative() == 0 ? view.text() : view["kind"].text();
    for (const auto& entry : measure_registry()) {
        if (entry.kind == kind) return entry.make(view);
    }
    assert(false);
    return nullptr;
}

Order decode_order(const sim::View& view, const World& world, const Population& population) {
    Order order;
    order.id = view["id"].text();
    order.issuer = view["issuer"].text();
    order.at = sim::Time{view["at"].duration().us};
    if (view.has("until")) order.until = sim::Time{view["until"].duration().us};
    order.notice = view["notice"].duration();
    order.target = decode_who(view["target"], world, population);
    for (const auto& measure : view["measures"].items()) {
        order.measures.push_back({measure.alternative() == 0 ? measure.text() : measure["kind"].text(), decode_measure(measure)});
    }
    std::vector<Via> vias;
    for (const auto& via : view["via"].items()) vias.push_back(value_of<Via>(via_words(), via.text()));
    order.via = ViaSet(vias);
    for (const auto& layer : view["layers"].items()) order.layers.push_back(value_of<Layer>(layer_words(), layer.text()));
    order.direction = value_of<Direction>(direction_words(), view["direction"].text());
    order.compliance = decode_rule(view["compliance"]);
    for (const auto& other : view["compliance"]["overrides"].members()) {
        order.overrides.push_back({*find_entity(world, other.key), decode_rule(other.value)});
    }
    order.follow = {view["follow"]["probability"].number(), view["follow"]["delay"].distribution()};
    order.restore = view["restore"].duration();
    order.legal_basis = view.has("legal_basis") ? view["legal_basis"].text() : "";
    return order;
}

/// What stands for the operators of an entity: itself, or its representatives.
std::vector<EntityId> operators_of(const World& world, EntityId entity) {
    std::vector<EntityId> operators;
    for (std::size_t e = 0; e < world.entities.size(); ++e) {
        if (world.entities[e].stands_for == world.entities[index(entity)].id) operators.push_back(id_of<EntityId>(e));
    }
    return operators.empty() ? std::vector{entity} : operators;
}

}  // namespace

std::vector<CohortId> decode_who(const sim::View& who, const World& world, const Population& population) {
    std::vector<CohortId> cohorts;
    for (const char* kind : {"groups", "jurisdictions"}) {
        for (const auto& name : who[kind].items()) {
            for (const CohortId cohort : select_cohorts(world, population, name.text())) cohorts.push_back(cohort);
        }
    }
    std::sort(cohorts.begin(), cohorts.end());
    cohorts.erase(std::unique(cohorts.begin(), cohorts.end()), cohorts.end());
    return cohorts;
}

std::vector<Order> decode_orders(const sim::View& scenario, const World& world, const Population& population) {
    std::vector<Order> orders;
    for (const auto& item : scenario["orders"].items()) orders.push_back(decode_order(item, world, population));
    return orders;
}

std::vector<NamedResponse> decode_responses(const sim::View& scenario, const World& world, const Population& population) {
    const ResponseContext context{
        [&](const sim::View& who) { return decode_who(who, world, population); },
        [&](const std::string& id) { return *find_entity(world, id); },
        [&](const std::string& id) { return operators_of(world, *find_entity(world, id)); },
        [&](EntityId provider) { return cohorts_at(world, population, provider); },
    };
    std::vector<NamedResponse> responses;
    for (const auto& item : scenario["responses"].items()) {
        for (const auto& entry : response_registry()) {
            if (entry.kind != item["kind"].text()) continue;
            responses.push_back({item["id"].text(), item["kind"].text(), entry.make(item, context)});
        }
    }
    return responses;
}

std::vector<Destination> moves_of(const std::vector<NamedResponse>& responses) {
    std::set<Destination> known;
    std::vector<Destination> moves;  // in the order of the responses, in which their seats are made
    for (std::size_t before = moves.size() + 1; before != moves.size();) {
        before = moves.size();
        for (const NamedResponse& named : responses) {
            for (const Destination& move : named.response->destinations(known)) {
                if (known.insert(move).second) moves.push_back(move);
            }
        }
    }
    return moves;
}

bool learn_before_start(const std::vector<NamedPolicy>& policies) {
    return std::any_of(policies.begin(), policies.end(), [](const NamedPolicy& p) {
        return !p.policy->list().empty() || (p.from.us == 0 && (p.policy->memory() > 0 || p.policy->review() || p.exempt));
    });
}

std::vector<EntityId> judges_at(const World& world, std::string_view receiver) {
    std::vector<EntityId> judges;
    for (const Route& route : world.routes) {
        for (const std::optional<EntityId>& judge : {route.gateway, std::optional(route.provider), route.forward_to}) {
            if (judge) judges.push_back(*judge);
        }
    }
    std::sort(judges.begin(), judges.end());
    judges.erase(std::unique(judges.begin(), judges.end()), judges.end());
    if (receiver == "*") return judges;
    const EntityId named = *find_entity(world, receiver);
    std::erase_if(judges, [&](EntityId judge) {
        const Entity& entity = world.entities[index(judge)];
        return judge != named && entity.stands_for != world.entities[index(named)].id;
    });
    return judges;
}

std::vector<NamedPolicy> decode_policies(const sim::View& scenario, const World& world) {
    std::vector<NamedPolicy> policies;
    for (const auto& item : scenario["blocking"].items()) {
        const std::vector<EntityId> receivers = judges_at(world, item["receiver"].text());
        for (const auto& entry : policy_registry()) {
            if (entry.kind != item["kind"].text()) continue;
            NamedPolicy named{item["id"].text(), receivers, entry.make(item), {item["from"].duration().us}, std::nullopt, std::nullopt};
            if (item.has("until")) named.until = sim::Time{item["until"].duration().us};
            if (item.has("exempt")) named.exempt = item["exempt"].number();
            policies.push_back(std::move(named));
        }
    }
    return policies;
}

}  // namespace mailrift
