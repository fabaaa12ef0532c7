// A scenario and its world, read and checked.
#include "models/scenario/scenario.h"

#include <algorithm>
#include <map>
#include <optional>
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

std::vector<NamedResponse> responses_of(const sim::View& scenario, const World& world) {
    Population named;
    named.cohorts = cohorts_of(world);
    return decode_responses(scenario, world, named);
}

/// Providers to which responses can move members.
std::set<EntityId> moved_to(const std::vector<Destination>& moves) {
    std::set<EntityId> providers;
    for (const Destination& move : moves) {
        if (!move.outbound) providers.insert(move.provider);
    }
    return providers;
}

/// Takes away, again and again, the nodes from which no way leads on.
void take_ends_away(const std::vector<std::vector<std::size_t>>& ways, const std::vector<std::vector<std::size_t>>& back,
                    std::vector<bool>& left) {
    std::vector<std::size_t> degree(ways.size());
    std::vector<std::size_t> open;
    for (std::size_t node = 0; node < ways.size(); ++node) {
        if (!left[node]) continue;
        for (const std::size_t next : ways[node]) degree[node] += left[next] ? 1U : 0U;
        if (degree[node] == 0) open.push_back(node);
    }
    while (!open.empty()) {
        const std::size_t node = open.back();
        open.pop_back();
        left[node] = false;
        for (const std::size_t before : back[node]) {
            if (left[before] && --degree[before] == 0) open.push_back(before);
        }
    }
}

/// Nodes of a graph, by number, that lie on circles or between them.
std::vector<bool> on_circles(const std::vector<std::vector<std::size_t>>& ways) {
    std::vector<bool> left(ways.size(), true);
    std::vector<std::vector<std::size_t>> back(ways.size());
    for (std::size_t node = 0; node < ways.size(); ++node) {
        for (const std::size_t next : ways[node]) back[next].push_back(node);
    }
    take_ends_away(ways, back, left);
    take_ends_away(back, ways, left);
    return left;
}

/// Who sends members, or mail, to whom by responses of one kind: entities by number, then responses.
std::vector<std::vector<std::size_t>> ways_of(const std::vector<NamedResponse>& responses, const std::string& kind,
                                              const std::set<Destination>& moves, std::size_t entities) {
    std::vector<std::vector<std::size_t>> ways(entities + responses.size());
    for (std::size_t r = 0; r < responses.size(); ++r) {
        if (responses[r].kind != kind) continue;
        const Response& response = *responses[r].response;
        for (const EntityId sender : response.senders()) ways[index(sender)].push_back(entities + r);
        std::set<std::size_t> targets;
        for (const Destination& move : response.destinations(moves)) targets.insert(index(move.outbound.value_or(move.provider)));
        ways[entities + r].assign(targets.begin(), targets.end());
    }
    return ways;
}

/// Refuses providers that decide for members whom they will never have, or in a circle; twice by one kind of response; and a relay that is many.
void check_senders(const sim::View& scenario, const World& world, const sim::Places& places) {
    const auto responses = responses_of(scenario, world);
    if (std::all_of(responses.begin(), responses.end(), [](const NamedResponse& r) { return r.response->senders().empty(); })) return;
    const auto refuse = [&](std::size_t r, const std::string& expected, EntityId got) {
        const std::string what = sim::in_quotes(world.entities[index(got)].id);
        throw sim::Error(sim::Code::kInconsistent, places.place(scenario["responses"].items()[r]["providers"].place()), expected, what);
    };
    const auto all = moves_of(responses);
    std::set<EntityId> with_members = moved_to(all);
    for (const Route& route : world.routes) with_members.insert(route.provider);
    const std::set<Destination> moves(all.begin(), all.end());
    std::map<std::string, std::set<EntityId>> deciding;
    for (std::size_t r = 0; r < responses.size(); ++r) {
        for (const EntityId sender : responses[r].response->senders()) {
            if (!with_members.contains(sender)) refuse(r, "providers with members", sender);
            if (!deciding[responses[r].kind].insert(sender).second) refuse(r, "each provider in one response of the kind", sender);
        }
        for (const Destination& move : responses[r].response->destinations(moves)) {
            if (move.outbound && world.entities[index(*move.outbound)].count > 1) refuse(r, "a relay that is one operator", *move.outbound);
        }
    }
    for (const auto& [kind, senders] : deciding) {
        const auto left = on_circles(ways_of(responses, kind, moves, world.entities.size()));
        for (std::size_t r = 0; r < responses.size(); ++r) {
            if (!left[world.entities.size() + r]) continue;
            for (const EntityId sender : responses[r].response->senders()) {
                if (left[index(sender)]) refuse(r, "providers whose members do not come back to them", sender);
            }
        }
    }
}

/// Refuses a policy that would never act, because its receiver judges nobody's mail.
void check_receivers(const sim::View& scenario, const World& world, const sim::Places& places) {
    std::optional<std::set<EntityId>> brought;
    for (const auto& policy : scenario["blocking"].items()) {
        const sim::View receiver = policy["receiver"];
        if (receiver.text() == "*") continue;
        const EntityId id = *find_entity(world, receiver.text());
        const auto judges = [&](const Route& route) { return route.gateway == id || route.provider == id || route.forward_to == id; };
        if (std::any_of(world.routes.begin(), world.routes.end(), judges)) continue;
        if (!brought) brought = moved_to(moves_of(responses_of(scenario, world)));
        if (brought->contains(id)) continue;
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
    check_account_keys({scenario.document, shape}, scenario.world, places);
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
