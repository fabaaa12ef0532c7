// A scenario and its world, read and checked.
#include "models/scenario/scenario.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/scenario/decode_orders.h"
#include "models/scenario/decode_spam.h"
#include "models/scenario/decode_world.h"
#include "models/scenario/scenario_shape.h"
#include "models/scenario/words.h"
#include "models/scenario/world_shape.h"
#include "sim/shape_check.h"

namespace mailrift {
namespace {

sim::Value checked(sim::Value document, const sim::Shape& shape, const sim::Places& places, const sim::Names& outside) {
    if (const auto error = sim::first_error(document, shape, places, outside)) throw *error;
    return document;
}

/// The text of the world that a scenario names; a name that does not exist is an error of the scenario.
std::string resolve_world(const sim::Resolver& resolver, const sim::Value& name, const sim::Places& places) {
    try {
        return resolver("world", name.text);
    } catch (const sim::Error& error) {
        if (error.place() == sim::Place{}) throw error.at(places.place(name.place));
        throw;
    }
}

/// Hourly factors rescaled to mean 1, so that `messages_per_day` stays a mean.
std::vector<double> decode_profile(const sim::View& profile) {
    std::vector<double> factors;
    double sum = 0;
    for (const auto& factor : profile.items()) {
        factors.push_back(factor.number());
        sum += factors.back();
    }
    for (double& factor : factors) factor *= static_cast<double>(factors.size()) / sum;
    return factors;
}

void decode_scenario(const sim::View& view, Scenario& scenario) {
    scenario.name = view["name"].text();
    scenario.title = view.has("title") ? view["title"].text() : scenario.name;
    scenario.question = view.has("question") ? view["question"].text() : "";
    scenario.horizon = view["horizon"].duration();
    scenario.slice = view["slice"].duration();
    scenario.warm_up = view["warm_up"].duration();
    scenario.seed = static_cast<std::uint64_t>(view["seed"].integer());
    scenario.traffic = value_of<Traffic>(traffic_words(), view["traffic"].text());
    scenario.missing = view.has("missing") ? value_of<Missing>(missing_words(), view["missing"].text()) : scenario.world.missing;
    const sim::View mail = view["mail"];
    scenario.mail = {
        mail["messages_per_day"].number(), mail["reply"].number(), mail["reply_delay"].distribution(), {}, decode_profile(mail["profile"])};
    const sim::View contacts = mail["contacts"];
    scenario.mail.scale = view["scale"].number();
    scenario.mail.contacts = {contacts["mean_contacts"].number(),
                              contacts["tail_exponent"].number(),
                              static_cast<std::uint32_t>(contacts["max_contacts"].integer()),
                              contacts["reciprocity"].number(),
                              contacts["clustering"].number(),
                              static_cast<std::uint32_t>(contacts["community_size"].integer())};
    scenario.mail.senders = {contacts["rate_power"].number(), contacts["rate_sigma"].number()};
    if (mail.has("spam_share")) scenario.mail.spam_share = mail["spam_share"].number();
    for (const auto& item : view["observe"].items()) {
        scenario.observe.push_back({item["measure"].text(), item["from"].text(), item["to"].text(), item["every"].duration(),
                                    item["weights"].text() == "contacts"});
    }
}

/// Whether a response can move members to `provider`.
bool is_moved_to(EntityId provider, const sim::View& scenario, const World& world) {
    Population named;
    named.cohorts = cohorts_of(world);
    const auto moves = moves_of(decode_responses(scenario, world, named));
    return std::any_of(moves.begin(), moves.end(), [&](const Destination& move) { return move.provider == provider && !move.outbound; });
}

/// Whether members of `from` can come back to it by moves of providers that decide for them.
bool leads_back(EntityId from, const std::multimap<EntityId, EntityId>& moves) {
    std::set<EntityId> reached;
    std::vector<EntityId> open{from};
    while (!open.empty()) {
        const EntityId here = open.back();
        open.pop_back();
        for (auto [move, end] = moves.equal_range(here); move != end; ++move) {
            if (move->second == from) return true;
            if (reached.insert(move->second).second) open.push_back(move->second);
        }
    }
    return false;
}

/// Refuses providers that decide for members whom they will never have, or in a circle; twice by one kind of response; and a relay that is many.
void check_senders(const sim::View& scenario, const World& world, const sim::Places& places) {
    Population named;
    named.cohorts = cohorts_of(world);
    const auto responses = decode_responses(scenario, world, named);
    const auto refuse = [&](std::size_t i, const std::string& expected, EntityId got) {
        const std::string what = sim::in_quotes(world.entities[index(got)].id);
        throw sim::Error(sim::Code::kInconsistent, places.place(scenario["responses"].items()[i]["providers"].place()), expected, what);
    };
    std::map<std::string, std::set<EntityId>> deciding;
    std::map<std::string, std::multimap<EntityId, EntityId>> moves;
    for (std::size_t i = 0; i < responses.size(); ++i) {
        const Response& response = *responses[i].response;
        for (const EntityId sender : response.senders()) {
            const auto there = [&](const Route& route) { return route.provider == sender; };
            if (std::none_of(world.routes.begin(), world.routes.end(), there) && !is_moved_to(sender, scenario, world)) {
                refuse(i, "providers with members", sender);
            }
            if (!deciding[responses[i].kind].insert(sender).second) refuse(i, "each provider in one response of the kind", sender);
            for (const Destination& move : response.destinations({})) {
                if (move.outbound && world.entities[index(*move.outbound)].count > 1)
                    refuse(i, "a relay that is one operator", *move.outbound);
                if (!move.outbound || move.provider == sender)
                    moves[responses[i].kind].emplace(sender, move.outbound.value_or(move.provider));
            }
            if (leads_back(sender, moves[responses[i].kind])) refuse(i, "providers whose members do not come back to them", sender);
        }
    }
}

/// Refuses a policy that would never act, because its receiver judges nobody's mail.
void check_receivers(const sim::View& scenario, const World& world, const sim::Places& places) {
    for (const auto& policy : scenario["blocking"].items()) {
        const sim::View receiver = policy["receiver"];
        if (receiver.text() == "*") continue;
        const EntityId id = *find_entity(world, receiver.text());
        const auto judges = [&](const Route& route) { return route.gateway == id || route.provider == id || route.forward_to == id; };
        if (std::any_of(world.routes.begin(), world.routes.end(), judges) || is_moved_to(id, scenario, world)) continue;
        throw sim::Error(sim::Code::kInconsistent, places.place(receiver.place()), "a provider with mail, or a gateway in use",
                         sim::in_quotes(receiver.text()) + ", where no mail comes in");
    }
}

/// The default of `warm_up` need not fit where nothing is learned before t = 0.
void check_default_warm_up(const sim::View& scenario, const World& world, const sim::Places& places) {
    const sim::View warm_up = scenario["warm_up"];
    const sim::View slice = scenario["slice"];
    if (warm_up.written() || warm_up.duration().us % slice.duration().us == 0) return;
    if (!learn_before_start(decode_policies(scenario, world))) return;
    throw sim::Error(sim::Code::kInconsistent, places.place(slice.place()),
                     "a slice that divides the default \"warm_up\", " + warm_up.value().text + ", or another \"warm_up\"",
                     sim::format_duration(slice.duration()));
}

}  // namespace

World read_world(std::string_view text, std::string_view file, const sim::Resolver& resolver) {
    sim::Places places;
    const sim::Shape shape = world_shape();
    const sim::Value document = checked(sim::load_with_extends(text, file, "world", resolver, places), shape, places, {});
    return decode_world({document, shape});
}

Scenario read_scenario(std::string_view text, std::string_view file, const sim::Resolver& resolver) {
    sim::Places places;
    const sim::Shape shape = scenario_shape();
    const sim::Shape worlds = world_shape();
    Scenario scenario;
    scenario.document = sim::load_with_extends(text, file, "scenario", resolver, places);
    sim::Names outside;
    const sim::Value* world = scenario.document.find("world");
    // A name that is no name is left to the shape, which says so; nobody is asked for it.
    if (world != nullptr && !sim::first_error(*world, sim::identifier(), places)) {
        const std::string world_file = world->text + ".json";
        const std::string world_text = resolve_world(resolver, *world, places);
        scenario.world_document = std::make_shared<const sim::Value>(
            checked(sim::load_with_extends(world_text, world_file, "world", resolver, places), worlds, places, {}));
        outside = sim::declared_names(*scenario.world_document, worlds);
    }
    scenario.document = checked(std::move(scenario.document), shape, places, outside);
    scenario.world = decode_world({*scenario.world_document, worlds});
    check_receivers({scenario.document, shape}, scenario.world, places);
    check_senders({scenario.document, shape}, scenario.world, places);
    check_spam_targets({scenario.document, shape}, scenario.world, places);
    check_spam_accounts({scenario.document, shape}, scenario.world, places);
    check_default_warm_up({scenario.document, shape}, scenario.world, places);
    decode_scenario({scenario.document, shape}, scenario);
    return scenario;
}

std::vector<SourcedFigure> figures_of(const Scenario& scenario) {
    std::vector<SourcedFigure> figures;
    for (auto& use : sim::figures_used(scenario.document, scenario_shape())) figures.push_back({"scenario", std::move(use)});
    for (auto& use : sim::figures_used(*scenario.world_document, world_shape())) figures.push_back({"world", std::move(use)});
    return figures;
}

}  // namespace mailrift
