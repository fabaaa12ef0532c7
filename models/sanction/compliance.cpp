// Who obeys which order, and when: drawn once per order and entity.
#include "models/sanction/compliance.h"

#include <algorithm>

#include "sim/hash.h"
#include "sim/random.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kObeyStream = sim::hash64("sanction.obey");
constexpr std::uint64_t kShieldStream = sim::hash64("sanction.shield");
constexpr std::uint64_t kFollowStream = sim::hash64("sanction.follow");

/// The draws of one order about one thing; ids cannot contain the separator.
sim::Draws draws_of(std::uint64_t seed, std::uint64_t stream, const Order& order, const std::string& subject) {
    return {seed, stream, sim::hash64(order.id + "/" + subject), 0};
}

/// No draw of a uniform number is greater: only a probability of 1 is above it.
constexpr double kLargestBelowOne = 1 - 0x1p-53;

/// A drawn delay as a duration; draws beyond a century, the longest horizon, are the same as never.
sim::Duration seconds(double value) {
    constexpr double kCentury = 3.15576e9;
    return {static_cast<std::int64_t>(std::min(value, kCentury) * 1e6)};
}

double strength_of(const World& world, const Order& order, EntityId entity) {
    const Entity& e = world.entities[index(entity)];
    if (e.layer != Layer::kMailbox && std::find(order.layers.begin(), order.layers.end(), e.layer) == order.layers.end()) return 0;
    return compelled_strength(world, territory_of(world, order.issuer), entity, order.via);
}

const ComplianceRule& rule_for(const Order& order, const World& world, EntityId entity) {
    const Entity& e = world.entities[index(entity)];
    for (const auto& other : order.overrides) {
        if (other.entity == entity || world.entities[index(other.entity)].id == e.stands_for) return other.rule;
    }
    return order.compliance;
}

Obedience decide(const World& world, const Order& order, OrderId id, EntityId entity, double strength, std::uint64_t seed,
                 Compliance compliance) {
    const Entity& e = world.entities[index(entity)];
    const ComplianceRule& rule = rule_for(order, world, entity);
    const bool surely = compliance == Compliance::kLegal || e.bound_by_all;
    Obedience decision{id, entity, surely ? 1 : rule.probability * strength, false, {}, {}};
    sim::Draws draws = draws_of(seed, kObeyStream, order, e.id);
    decision.obeys = sim::bernoulli(decision.probability, draws);
    const double delay = sim::sample(rule.delay, draws);
    decision.from = order.at + order.notice + (surely ? sim::Duration{0} : seconds(delay));
    if (order.until) decision.until = *order.until + order.restore;
    if (order.until && decision.from >= *order.until) decision.obeys = false;
    return decision;
}

}  // namespace

std::vector<Obedience> decide_compliance(const World& world, const std::vector<Order>& orders, std::uint64_t seed, Compliance compliance) {
    std::vector<Obedience> decisions;
    for (std::size_t o = 0; o < orders.size(); ++o) {
        for (std::size_t e = 0; e < world.entities.size(); ++e) {
            const double strength = strength_of(world, orders[o], id_of<EntityId>(e));
            if (strength <= 0) continue;
            decisions.push_back(decide(world, orders[o], id_of<OrderId>(o), id_of<EntityId>(e), strength, seed, compliance));
        }
    }
    return decisions;
}

Shielded apply_shields(const World& world, const Population& population, const Order& order, std::uint64_t seed, Compliance compliance) {
    Shielded result;
    const auto issuer = find_jurisdiction(world, order.issuer);
    sim::Draws draws = draws_of(seed, kShieldStream, order, "");
    const double draw = compliance == Compliance::kLegal ? kLargestBelowOne : sim::uniform01(draws);
    for (const CohortId cohort : order.target) {
        const JurisdictionId home = population.cohorts[index(cohort)].jurisdiction;
        double shield = 0;
        for (const Bloc& bloc : world.blocs) {
            const bool both = issuer && is_member(world, bloc, *issuer) && is_member(world, bloc, home);
            if (both && home != *issuer) shield = std::max(shield, bloc.shield);
        }
        (draw < shield ? result.shielded : result.reached).push_back(cohort);
    }
    return result;
}

std::optional<sim::Duration> decide_follow(const Order& order, const Cohort& target, std::uint64_t seed, Compliance compliance) {
    sim::Draws draws = draws_of(seed, kFollowStream, order, target.id);
    if (compliance == Compliance::kLegal) return order.follow.probability > 0 ? std::optional(sim::Duration{0}) : std::nullopt;
    const bool follows = sim::bernoulli(order.follow.probability, draws);
    const double delay = sim::sample(order.follow.delay, draws);
    if (!follows) return std::nullopt;
    return seconds(delay);
}

}  // namespace mailrift
