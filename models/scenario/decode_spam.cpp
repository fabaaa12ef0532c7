// From a checked scenario document to named spam senders, and the entities that they send by.
#include "models/scenario/decode_spam.h"

#include <algorithm>

#include "models/scenario/decode_orders.h"
#include "models/scenario/spam_shape.h"
#include "sim/error.h"

namespace mailrift {
namespace {

/// One with so many addresses as operators.
Entity decode_addresses(const sim::View& view, const World& world) {
    Entity entity;
    entity.id = entity.name = view["id"].text();
    if (view.has("retry")) entity.retry = view["retry"].text();
    entity.count = static_cast<std::uint64_t>(view["sources"].integer());
    entity.representatives = static_cast<std::uint64_t>(view["representatives"].integer());
    entity.authenticated = entity.dkim_signed = view["authenticated"].number();
    for (const auto& member : view["located"].members()) {
        entity.located.push_back({*find_jurisdiction(world, member.key), member.value.number()});
    }
    std::sort(entity.located.begin(), entity.located.end(),
              [](const LocatedShare& a, const LocatedShare& b) { return a.jurisdiction < b.jurisdiction; });
    if (view.has("rotation")) entity.rotation = view["rotation"].duration();
    if (view["kind"].text() == "snowshoe") entity.ranges = entity.count;
    if (view.has("ranges")) entity.ranges = static_cast<std::uint64_t>(view["ranges"].integer());
    return entity;
}

SpamSender decode_sender(const sim::View& view, const World& world, const Population& population) {
    SpamSender sender;
    sender.id = view["id"].text();
    sender.daily = spam_per_day(view);
    sender.tries_again = view["kind"].text() != "botnet";
    if (view.has("targets")) sender.targets = decode_who(view["targets"], world, population);
    sender.from = {view["from"].duration().us};
    if (view.has("until")) sender.until = sim::Time{view["until"].duration().us};
    if (view.has("takedown")) {
        const sim::View loss = view["takedown"];
        sender.takedown = {{loss["at"].duration().us}, loss["left"].number(), loss["recovery"].duration()};
    }
    return sender;
}

/// Members of a provider, those with an unknown operator spread like the others.
double members_of(const World& world, EntityId provider) {
    double members = 0;
    for (const Cohort& cohort : cohorts_of(world)) {
        const Market& market = cohort.group ? world.groups[*cohort.group].market : *world.markets[index(cohort.jurisdiction)];
        for (const RouteShare& row : market.routes) {
            if (world.routes[index(row.route)].provider == provider) members += cohort.users * row.share / (1 - market.unknown);
        }
    }
    return members;
}

}  // namespace

std::vector<SpamSource> own_pools(const World& world, const std::string& provider) {
    std::vector<SpamSource> pools;
    const EntityId whole = *find_entity(world, provider);
    const auto operators = static_cast<double>(world.entities[index(whole)].count);
    for (std::size_t e = 0; e < world.entities.size(); ++e) {
        if (world.entities[e].stands_for != provider) continue;
        pools.push_back({id_of<EntityId>(e), static_cast<double>(world.entities[e].count) / operators});
    }
    return pools.empty() ? std::vector<SpamSource>{{whole, 1}} : pools;
}

void check_spam_accounts(const sim::View& scenario, const World& world, const sim::Places& places) {
    if (world.unit == Unit::kOrganisations) return;  // each has many
    for (const auto& view : scenario["spam_senders"].items()) {
        if (view["kind"].text() != "compromised_accounts") continue;
        const double members = members_of(world, *find_entity(world, view["provider"].text()));
        if (static_cast<double>(view["accounts"].integer()) <= members * (1 + 1e-9)) continue;
        throw sim::Error(sim::Code::kInconsistent, places.place(view["accounts"].place()),
                         "at most as many accounts as the provider has members, " + sim::format_number(members),
                         std::to_string(view["accounts"].integer()));
    }
}

void check_account_keys(const sim::View& scenario, const World& world, const sim::Places& places) {
    if (world.unit != Unit::kOrganisations) return;
    for (const auto& view : scenario["blocking"].items()) {
        if (!view.has("key") || view["key"].text() != "account") continue;
        throw sim::Error(sim::Code::kInconsistent, places.place(view["key"].place()),
                         "a world of users or mailboxes, of which each has an account", "a world of organisations");
    }
}

void check_spam_targets(const sim::View& scenario, const World& world, const sim::Places& places) {
    Population named;
    named.cohorts = cohorts_of(world);
    const auto check = [&](const sim::View& who) {
        if (!who.present() || users_in(named, decode_who(who, world, named)) > 0) return;
        throw sim::Error(sim::Code::kInconsistent, places.place(who.place()), "targets with mail users", "nobody");
    };
    for (const auto& view : scenario["spam_senders"].items()) check(view["targets"]);
    for (const auto& view : scenario["mailing_lists"].items()) check(view["subscribers"]);
}

std::vector<SpamSender> decode_spam_senders(const sim::View& scenario, World& world, const Population& population, sim::Time end) {
    auto items = scenario["spam_senders"].items();
    std::sort(items.begin(), items.end(), [](const sim::View& a, const sim::View& b) { return a["id"].text() < b["id"].text(); });
    std::vector<SpamSender> senders;
    for (const sim::View& view : items) {
        SpamSender sender = decode_sender(view, world, population);
        if (sender.daily <= 0 || sender.from >= end) continue;
        if (view["kind"].text() == "compromised_accounts") {
            sender.sources = own_pools(world, view["provider"].text());
            sender.by = sender.id;
            sender.accounts = static_cast<double>(view["accounts"].integer());
            sender.of_members = true;
        } else {
            if (find_entity(world, sender.id)) {
                throw sim::Error(sim::Code::kRepeatedId, {"", "/spam_senders", 0, 0}, "a spam sender with a name of its own",
                                 sim::in_quotes(sender.id));
            }
            world.entities.push_back(decode_addresses(view, world));
            sender.sources = {{id_of<EntityId>(world.entities.size() - 1), 1}};
        }
        senders.push_back(std::move(sender));
    }
    return senders;
}

}  // namespace mailrift
