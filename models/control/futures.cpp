// Which scenarios a run may be gone on with, and whom its traffic must tell apart for all of them.
#include "models/control/futures.h"

#include <algorithm>
#include <array>

#include "sim/error.h"

namespace mailrift {
namespace {

/// Keys in which two futures of one run may differ. Orders, responses and policies are compared item by item; seed and traffic are the run's.
constexpr std::array<std::string_view, 15> kFree{"name",    "title",   "question", "about", "sources", "levers",    "schema",  "orders",
                                                 "extends", "horizon", "observe",  "seed",  "traffic", "responses", "blocking"};

bool is_free(std::string_view key) { return key.starts_with("x-") || std::find(kFree.begin(), kFree.end(), key) != kFree.end(); }

[[noreturn]] void refuse(const std::string& pointer, const std::string& expected, const std::string& got) {
    throw sim::Error(sim::Code::kInconsistent, {"", pointer, 0, 0}, expected, got);
}

/// What one of two documents does not write has its default; a default that is written out counts as another value.
void check_members(const sim::Value& saved, const sim::Value& other) {
    for (const auto& member : saved.members) {
        if (is_free(member.key)) continue;
        const sim::Value* found = other.find(member.key);
        if (found == nullptr) refuse("/" + member.key, "the value that the run began with", "the default");
        if (!(*found == member.value)) refuse("/" + member.key, "the value that the run began with", "another one");
    }
    for (const auto& member : other.members) {
        if (!is_free(member.key) && saved.find(member.key) == nullptr) {
            refuse("/" + member.key, "the default, with which the run began", "a value");
        }
    }
}

/// An item of a document that acts before the present.
struct Acting {
    std::string id;
    const sim::Value* item = nullptr;
    bool goes_on = false;  ///< whether it has an end that is still to come, which may be another one in a future
};

std::vector<const sim::Value*> items_of(const Scenario& scenario, std::string_view key) {
    std::vector<const sim::Value*> items;
    if (const sim::Value* list = scenario.document.find(key)) {
        for (const sim::Value& item : list->items) items.push_back(&item);
    }
    return items;
}

std::vector<Acting> orders_before(const Scenario& scenario, const Model& model, sim::Tick tick) {
    std::vector<Acting> acting;
    const auto items = items_of(scenario, "orders");
    for (std::size_t o = 0; o < items.size(); ++o) {
        if (model.grid.tick_at_or_after(model.orders[o].at) < tick) acting.push_back({model.orders[o].id, items[o]});
    }
    return acting;
}

std::vector<Acting> responses_before(const Scenario& scenario, const Model& model, sim::Tick tick) {
    std::vector<Acting> acting;
    const auto items = items_of(scenario, "responses");
    for (std::size_t r = 0; r < items.size(); ++r) {
        if (model.grid.tick_at_or_after(model.responses[r].response->first()) < tick) acting.push_back({model.responses[r].id, items[r]});
    }
    return acting;
}

/// Those of the start act before it, if there is a warm-up.
std::vector<Acting> policies_before(const Scenario& scenario, const Model& model, sim::Tick tick) {
    std::vector<Acting> acting;
    const auto items = items_of(scenario, "blocking");
    for (std::size_t p = 0; p < items.size(); ++p) {
        const sim::Tick first = model.grid.tick_at_or_after(model.policies[p].from);
        if (first < tick || (first == 0 && model.warm_up > 0)) {
            const auto& until = model.policies[p].until;
            acting.push_back({model.policies[p].id, items[p], !until || model.grid.tick_at_or_after(*until) >= tick});
        }
    }
    return acting;
}

bool same(const Acting& saved, const Acting& other) {
    if (!saved.goes_on || !other.goes_on) return *saved.item == *other.item;
    const auto without_end = [](const Acting& acting) {
        sim::Value item = *acting.item;
        std::erase_if(item.members, [](const auto& member) { return member.key == "until"; });
        return item;
    };
    return without_end(saved) == without_end(other);
}

void check_acting(const std::string& key, const std::vector<Acting>& saved, const std::vector<Acting>& other, const std::string& time) {
    for (std::size_t i = 0; i < std::max(saved.size(), other.size()); ++i) {
        if (i >= saved.size()) refuse("/" + key, "nothing new that begins before " + time, sim::in_quotes(other[i].id));
        const std::string expected = sim::in_quotes(saved[i].id) + " as the run began with it, since it acts before " + time;
        if (i >= other.size()) refuse("/" + key, expected, "nothing");
        if (saved[i].id != other[i].id) refuse("/" + key, expected, sim::in_quotes(other[i].id));
        if (!same(saved[i], other[i])) refuse("/" + key, expected, "another one of that name");
    }
}

/// Adds what one member needs.
void add_to(Cover& cover, const Model& model) {
    const auto unite = [](const std::vector<bool>& part, std::vector<bool>& all) {
        all.resize(part.size());
        for (std::size_t i = 0; i < part.size(); ++i) all[i] = all[i] || part[i];
    };
    const Involved involved = involved_in(model);
    unite(involved.cohorts, cover.involved.cohorts);
    unite(involved.entities, cover.involved.entities);
    cover.policies = cover.policies || !model.policies.empty();
    cover.judges.resize(model.world.entities.size());
    for (const NamedPolicy& named : model.policies) {
        for (const EntityId receiver : named.receivers) cover.judges[index(receiver)] = true;
    }
    cover.watch = together(cover.watch, watched_by(model));
    cover.slices = std::max(cover.slices, model.slices);
}

}  // namespace

std::vector<Scenario> family_of(const Scenario& scenario, const std::vector<Scenario>& futures) {
    std::vector<std::pair<std::string, const Scenario*>> members{{sim::write_json(scenario.document, 0), &scenario}};
    for (const Scenario& future : futures) {
        check_same_base(scenario, future);
        members.emplace_back(sim::write_json(future.document, 0), &future);
    }
    std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    members.erase(std::unique(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
                  members.end());
    std::vector<Scenario> family;
    for (const auto& member : members) family.push_back(*member.second);
    return family;
}

Cover cover_of(const std::vector<Scenario>& family, const Scenario& scenario, const Model& model) {
    Cover cover;
    for (const Scenario& member : family) {
        if (member.document == scenario.document) {
            add_to(cover, model);
        } else {
            add_to(cover, make_model(member, model.seed, model.compliance, kModelBytes, family));
        }
    }
    return cover;
}

void check_covered(const Scenario& other, const std::vector<Scenario>& family, const Cover& cover, const Model& model) {
    const std::string expected = "a scenario that was named in `futures` when the run began";
    std::vector<Scenario> wider = family;
    wider.push_back(other);
    const Model whole = make_model(other, model.seed, model.compliance, kModelBytes, wider);
    const auto same = [](const Entity& a, const Entity& b) {
        return a.id == b.id && a.count == b.count && a.representatives == b.representatives;
    };
    const auto& now = model.world.entities;
    if (!std::equal(now.begin(), now.end(), whole.world.entities.begin(), whole.world.entities.end(), same)) {
        refuse("", expected, "one whose orders bind, or whose responses ask, counted operators that were one until now");
    }
    if (whole.population.seats.size() != model.population.seats.size()) refuse("/responses", expected, "one with moves to other providers");
    const auto within = [](const std::vector<bool>& part, const std::vector<bool>& all) {
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (part[i] && !all[i]) return false;
        }
        return true;
    };
    const Involved involved = involved_in(model);
    if (!within(involved.cohorts, cover.involved.cohorts)) refuse("", expected, "one that singles out other people");
    if (!within(involved.entities, cover.involved.entities)) refuse("/orders", expected, "one whose orders other entities obey");
    if (!model.policies.empty() && !cover.policies) refuse("/blocking", expected, "one in which receivers judge mail");
    if (!is_within(watched_by(model), cover.watch))
        refuse("/responses", expected, "one whose responses ask for other mail, or further back");
    if (model.slices > cover.slices) {
        refuse("/horizon", expected + ", or a horizon of at most " + sim::format_duration({model.grid.start(cover.slices).us}),
               sim::format_duration({model.grid.start(model.slices).us}));
    }
}

void check_same_base(const Scenario& saved, const Scenario& other) {
    check_members(saved.document, other.document);
    const bool same_world = saved.world_document == other.world_document || *saved.world_document == *other.world_document;
    if (!same_world) refuse("/world", "the world that the run began with", "another one");
}

void check_same_past(const Scenario& saved, const Model& saved_model, const Scenario& other, const Model& other_model, sim::Tick tick) {
    const std::string time = sim::format_duration({saved_model.grid.start(tick).us});
    if (other_model.slices < tick) {
        refuse("/horizon", "a horizon of at least " + time, sim::format_duration({other_model.grid.start(other_model.slices).us}));
    }
    check_acting("orders", orders_before(saved, saved_model, tick), orders_before(other, other_model, tick), time);
    check_acting("blocking", policies_before(saved, saved_model, tick), policies_before(other, other_model, tick), time);
    check_acting("responses", responses_before(saved, saved_model, tick), responses_before(other, other_model, tick), time);
}

}  // namespace mailrift
