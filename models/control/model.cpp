// A scenario made ready to run: unknown shares resolved, seats laid out, orders and responses bound to them, compliance drawn.
#include "models/control/model.h"

#include <algorithm>

#include "models/control/judgement.h"
#include "models/population/mixing.h"
#include "models/scenario/decode_spam.h"
#include "models/scenario/mailing_lists.h"
#include "models/scenario/scenario_shape.h"
#include "models/world/transform.h"
#include "sim/error.h"

namespace mailrift {
namespace {

/// Counted entities that some order can bind: they keep state by operator.
std::vector<bool> keeps_state(const World& world, const std::vector<Order>& orders) {
    std::vector<bool> keeps(world.entities.size(), false);
    for (const Obedience& bound : decide_compliance(world, orders, 0, Compliance::kLegal)) {
        keeps[index(bound.entity)] = world.entities[index(bound.entity)].count > 1;
    }
    return keeps;
}

Population cohorts_only(const World& world) {
    Population population;
    population.cohorts = cohorts_of(world);
    return population;
}

/// Whom the ledger names as the source of background spam; no document can have the id.
EntityId add_botnet(World& world) {
    Entity botnet;
    botnet.id = "~botnet";
    botnet.name = "background botnet";
    botnet.authenticated = botnet.dkim_signed = 0;
    world.entities.push_back(std::move(botnet));
    return id_of<EntityId>(world.entities.size() - 1);
}

/// All members have the same entities, so a sender that begins before any of them ends is there in all.
sim::Time last_horizon(std::span<const Scenario> family) {
    sim::Time last{0};
    for (const Scenario& member : family) last = std::max(last, sim::Time{member.horizon.us});
    return last;
}

constexpr double kSeatBytes = 256;  ///< of a seat, its state and its place in the tables

/// Before anything of that size is made: the mixing matrix, and what each seat takes.
void check_memory(const Population& population, std::size_t memory_bytes) {
    const auto cohorts = static_cast<double>(population.cohorts.size());
    const auto seats = static_cast<double>(population.seats.size());
    if (8 * cohorts * cohorts + kSeatBytes * seats <= static_cast<double>(memory_bytes)) return;
    throw sim::Error(sim::Code::kTooLarge, {}, "a model of at most " + std::to_string(memory_bytes >> 20U) + " MiB",
                     std::to_string(population.cohorts.size()) + " cohorts on " + std::to_string(population.seats.size()) + " seats");
}

}  // namespace

Model make_model(const Scenario& scenario, std::uint64_t seed, Compliance compliance, std::size_t memory_bytes,
                 std::span<const Scenario> family) {
    if (family.empty()) family = {&scenario, 1};
    Model model;
    const sim::Shape shape = scenario_shape();
    const sim::View document(scenario.document, shape);
    model.world = with_missing(scenario.world, scenario.missing);
    const Population named = cohorts_only(model.world);
    check_memory(named, memory_bytes);
    std::vector<bool> keeps(model.world.entities.size(), false);
    for (const Scenario& member : family) {
        const std::vector<bool> own = keeps_state(model.world, decode_orders({member.document, shape}, model.world, named));
        for (std::size_t e = 0; e < keeps.size(); ++e) keeps[e] = keeps[e] || own[e];
        for (const auto& named_response : decode_responses({member.document, shape}, model.world, named)) {
            for (const EntityId sender : named_response.response->senders()) {
                keeps[index(sender)] = keeps[index(sender)] || model.world.entities[index(sender)].count > 1;
            }
        }
    }
    model.world = with_representatives(model.world, keeps);
    std::vector<Destination> destinations;
    for (const Scenario& member : family) {
        for (const Destination& move : moves_of(decode_responses({member.document, shape}, model.world, named)))
            destinations.push_back(move);
    }
    model.population = build_population(model.world, destinations);
    model.responses = decode_responses(document, model.world, named);
    check_memory(model.population, memory_bytes);
    model.policies = decode_policies(document, model.world);
    model.lists = decode_lists(document, model.world);
    if (scenario.mail.spam_share) model.botnet = add_botnet(model.world);
    model.spam_senders = decode_spam_senders(document, model.world, model.population, last_horizon(family));
    add_mailing_lists(document, model.world, model.population, model.spam_senders);
    model.mixing = mixing_matrix(model.world, model.population);
    model.orders = decode_orders(document, model.world, model.population);
    for (Order& order : model.orders) {
        Shielded split = apply_shields(model.world, model.population, order, seed, compliance);
        order.target = std::move(split.reached);
        model.shielded.push_back(std::move(split.shielded));
    }
    model.obedience = decide_compliance(model.world, model.orders, seed, compliance);
    model.mail = scenario.mail;
    model.grid = sim::Grid{scenario.slice};
    model.slices = scenario.horizon.us / scenario.slice.us;
    if (learn_before_start(model.policies)) model.warm_up = scenario.warm_up.us / scenario.slice.us;
    model.seed = seed;
    model.compliance = compliance;
    return model;
}

Involved involved_in(const Model& model) {
    Involved involved{std::vector<bool>(model.population.cohorts.size(), false), std::vector<bool>(model.world.entities.size(), false)};
    const MailState start = start_state(model, false);
    const StateView view{model.world, model.population, start};
    const sim::Time end = model.grid.start(model.slices);
    for (const Obedience& bound : model.obedience) {
        if (!bound.obeys || bound.from > end) continue;
        involved.entities[index(bound.entity)] = true;
        const Order& order = model.orders[index(bound.order)];
        std::vector<SeatId> seats = known_seats(order, view);
        for (const SeatId seat : new_seats(order, view)) seats.push_back(seat);
        for (const auto& named : order.measures) {
            for (const Change& change : named.measure->effects(order, bound.order, bound.entity, seats, view)) {
                involved.cohorts[index(view.seat(change.block.seat).cohort)] = true;
            }
        }
    }
    for (const Destination& move : moves_of(model.responses)) involved.cohorts[index(move.cohort)] = true;
    return involved;
}

}  // namespace mailrift
