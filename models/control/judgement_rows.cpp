// Receivers' policies at work: whom they judge, what they do with strangers, and which policies they have.
#include <algorithm>
#include <set>

#include "models/control/judgement.h"
#include "models/control/units.h"
#include "models/delivery/archive.h"
#include "models/delivery/chain.h"
#include "sim/hash.h"
#include "sim/random.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kChanceStream = sim::hash64("receivers: what chance decides once for a key");

/// Where an operator's addresses lie: as it says, or where those sit who run it.
std::vector<Located> located(const World& world, const Entity& entity) {
    std::vector<Located> places;
    for (const LocatedShare& part : entity.located) places.push_back({world.jurisdictions[index(part.jurisdiction)].code, part.share});
    if (!places.empty()) return places;
    for (const Control& control : entity.control) {
        if (control.via == Via::kOperator && control.jurisdiction)
            places.push_back({world.jurisdictions[index(*control.jurisdiction)].code, 1});
    }
    for (Located& place : places) place.share /= static_cast<double>(places.size());
    return places;
}

/// Bots of the background are where mail users are, and nothing of theirs authenticates (assumed).
SourceFacts background(const World& world, const Entity& botnet) {
    SourceFacts facts{botnet.id, 0, {}, false};
    double users = 0;
    for (const Jurisdiction& jurisdiction : world.jurisdictions) users += jurisdiction.mail_users;
    for (const Jurisdiction& jurisdiction : world.jurisdictions) {
        if (jurisdiction.mail_users > 0) facts.located.push_back({jurisdiction.code, jurisdiction.mail_users / users});
    }
    return facts;
}

/// All that mail can come from.
std::set<EntityId> sources_of(const Model& model) {
    std::set<EntityId> sources;
    if (model.botnet) sources.insert(*model.botnet);
    for (const SpamSender& sender : model.spam_senders) {
        for (const SpamSource& source : sender.sources) sources.insert(source.entity);
    }
    for (const Route& route : model.world.routes) {
        sources.insert(source_of(route));
        for (const Hop& hop : hops_of(model.world, chain_of(route))) {
            if (hop.seen) sources.insert(*hop.seen);
        }
    }
    return sources;
}

}  // namespace

Judgement::Judgement(const Model& model, bool whole) : model_(model), whole_(whole), lists_(model, whole), exemptions_(model) {
    vouches_ = std::any_of(model.lists.begin(), model.lists.end(), [](const ListRule& list) { return list.zone == Zone::kAllow; });
    for (std::size_t p = 0; p < model.policies.size(); ++p) {
        const std::string_view list = model.policies[p].policy->list();
        list_of_.push_back(list.empty() ? 0 : lists_.place(list));
        for (const EntityId receiver : model.policies[p].receivers) at_[receiver].push_back(id_of<PolicyId>(p));
    }
    for (const Route& route : model.world.routes) {
        for (const Hop& hop : hops_of(model.world, chain_of(route))) {
            const bool srs = hop.place == kForwardedTo && model.world.entities[index(route.provider)].srs;
            if (hop.seen) forwards_.try_emplace({*hop.seen, hop.judge}, false).first->second |= srs;
        }
    }
    for (const auto& [receiver, policies] : at_) {
        const auto tells = [&](PolicyId id) { return policy(id).key() == Key::kAccount; };
        if (std::any_of(policies.begin(), policies.end(), tells)) tell_accounts_.insert(receiver);
    }
    if (!tell_accounts_.empty()) {
        const MailState start = initial_state(model.world, model.population);
        count_members({model.world, model.population, start});
        members_at_start_ = members_;
    }
    find_meetings();
    for (const SpamSender& sender : model.spam_senders) {
        if (!sender.authenticates) continue;
        for (const SpamSource& source : sender.sources) posts_.insert(source.entity);
    }
    for (auto& entry : at_) {
        std::stable_sort(entry.second.begin(), entry.second.end(),
                         [&](PolicyId a, PolicyId b) { return policy(a).stage() < policy(b).stage(); });
    }
    for (std::size_t e = 0; e < model.world.entities.size(); ++e) {
        const Entity& entity = model.world.entities[e];
        const bool is_background = model.botnet && index(*model.botnet) == e;
        facts_.push_back(is_background ? background(model.world, entity)
                                       : SourceFacts{entity.id, entity.authenticated, located(model.world, entity), false});
    }
}

/// Policies of a receiver that are applied in slice `tick`, in the order in which they decide.
std::vector<PolicyId> Judgement::applied(EntityId receiver, sim::Tick tick) const {
    const auto found = at_.find(receiver);
    std::vector<PolicyId> policies = found == at_.end() ? std::vector<PolicyId>{} : found->second;
    std::erase_if(policies, [&](PolicyId id) { return !model_.policies[index(id)].applies(model_.grid, tick); });
    return policies;
}

KeyFacts Judgement::facts_of(PolicyId id, const Row& row, std::size_t key, bool hosted, sim::Tick tick) const {
    const bool asks = !policy(id).list().empty();
    KeyFacts facts{facts_[index(row.source)], 0, hosted, asks ? lists_.listed(list_of_[index(id)], row.source, key % row.keys, tick) : 0,
                   std::nullopt};
    if (whole_ && policy(id).reads_chance()) {
        sim::Draws draws(model_.seed, kChanceStream, sim::join64(row.key, sim::hash64(model_.policies[index(id)].id)),
                         static_cast<std::uint32_t>(key));
        facts.chance = sim::uniform(0, 1, draws);
    }
    return facts;
}

/// What a policy says of a key that it never saw.
Proposal Judgement::first_proposal(PolicyId id, const Row& row, std::size_t key, bool hosted, sim::Tick tick) const {
    std::vector<double> nothing(policy(id).memory());
    return ask(policy(id), nothing, facts_of(id, row, key, hosted, tick));
}

/// What a policy says of a key. Mail that does not authenticate is of no domain.
Proposal Judgement::ask(const Policy& rule, std::span<double> memory, const KeyFacts& facts) const {
    Proposal proposal = rule.propose(memory, facts);
    if (rule.key() != Key::kDomain) return proposal;
    for (double* share : {&proposal.junk, &proposal.reject, &proposal.defer, &proposal.discard}) *share *= facts.source.authenticated;
    return proposal;
}

std::size_t Judgement::count_before_rcpt(const std::vector<PolicyId>& policies) const {
    const auto before = [&](PolicyId id) { return policy(id).stage() < Stage::kRcpt; };
    return static_cast<std::size_t>(std::count_if(policies.begin(), policies.end(), before));
}

bool Judgement::knows_sources(EntityId receiver, sim::Tick tick) const {
    const std::vector<PolicyId> policies = applied(receiver, tick);
    return std::any_of(policies.begin(), policies.end(), [&](PolicyId id) { return policy(id).knows_source(); });
}

/// A source that a receiver never saw.
Judgement::Row Judgement::first_row(EntityId source, EntityId receiver, sim::Tick tick) const {
    Row row = bare_row(source, receiver);
    for (const PolicyId id : applied(receiver, tick))
        row.held.push_back({id, std::nullopt, fresh(id, row, hosting_for(id, row).has_value(), tick), false});
    find_review(row);
    return row;
}

void Judgement::begin(MailState& state) const {
    std::set<EntityId> sources = sources_of(model_);
    state.judges.assign(model_.world.entities.size(), false);
    for (const auto& [receiver, policies] : at_) {
        state.judges[index(receiver)] = true;
        for (const PolicyId id : policies) {
            if (const auto greylist = policy(id).greylist()) state.greylists.insert_or_assign(id, *greylist);
            for (const ListRule& list : model_.lists) {
                if (list.id == policy(id).list() && list.zone != Zone::kAllow && model_.policies[index(id)].from.us == 0)
                    state.subscribers[list.list].push_back(receiver);
            }
        }
        if (!knows_sources(receiver, 0)) {
            const Verdicts verdicts = mean_verdicts(first_row(*sources.begin(), receiver, 0));
            if (!(verdicts == Verdicts{})) state.verdicts.set_strangers(receiver, verdicts);
            continue;
        }
        for (const EntityId source : sources) {
            const Row row = first_row(source, receiver, 0);
            state.verdicts.set(source, receiver, mean_verdicts(row), verdicts_by_answer(row, 0));
        }
    }
}

Grain Judgement::count_keys(Key key, const Row& row) const {
    const Entity& source = model_.world.entities[index(row.source)];
    std::uint64_t pairs = 1;
    std::uint64_t most = 1;
    double all = 1;
    for (const EntityId id : {row.source, row.receiver}) {
        const Entity& entity = model_.world.entities[index(id)];
        const std::uint64_t units = id == row.source ? units_of(model_, id, key) : entity.count;
        all *= static_cast<double>(units);
        if (units == 1) continue;
        pairs *= std::min(units, entity.representatives);
        most = std::max(most, entity.representatives);
    }
    const bool ages = source.rotation.us > 0 && changes_with_address(source, key);
    const std::size_t keys = whole_ || ages ? static_cast<std::size_t>(std::min(pairs, most)) : 1;
    return {keys, static_cast<double>(keys) / all};
}

Judgement::Row Judgement::bare_row(EntityId source, EntityId receiver) const {
    Row row;
    row.source = source;
    row.receiver = receiver;
    row.stranger = model_.botnet && source == *model_.botnet;
    for (const EntityId entity : {receiver, source}) row.key = sim::join64(row.key, sim::hash64(model_.world.entities[index(entity)].id));
    if (row.stranger) return row;
    const Grain addresses = count_keys(Key::kAddress, row);
    row.keys = addresses.keys;
    row.sampled = addresses.sampled;
    const auto stands_for_others = [&](EntityId id) { return !model_.world.entities[index(id)].stands_for.empty(); };
    row.is_sample = !is_spam_sender(model_, source) && (row.keys > 1 || stands_for_others(source) || stands_for_others(receiver));
    return row;
}

void Judgement::find_review(Row& row) const {
    const auto found =
        std::find_if(row.held.begin(), row.held.end(), [&](const Held& held) { return policy(held.policy).review().has_value(); });
    row.reviewed.reset();
    if (found == row.held.end()) {
        row.cases.clear();
        row.sent = {};
        std::fill(row.sent_by.begin(), row.sent_by.end(), std::array<double, 2>{});
        return;
    }
    row.reviewed = found->policy;
    row.cases.resize(row.cells());
    if (policy(found->policy).review()->notice.us == 0) return;
    for (Case& own : row.cases) own.spared = own.since ? own.spared : 1;  // who is refused from the start is under notice
}

Judgement::Row Judgement::make_row(EntityId source, EntityId receiver, sim::Tick tick) {
    Row row = bare_row(source, receiver);
    tell_accounts(row, tick);
    for (const PolicyId id : applied(receiver, tick)) row.held.push_back(new_held(id, row, tick));
    find_review(row);
    return row;
}

/// The hosting supplier by which a policy judges a source, if it does.
std::optional<EntityId> Judgement::hosting_for(PolicyId id, const Row& row) const {
    return policy(id).key() == Key::kHosting && !row.stranger ? hosting_of(model_.world, row.source) : std::nullopt;
}

/// How many keys of a row a policy remembers. Without accounts that come twice: what it says of strangers.
std::size_t Judgement::keys_of(const Policy& rule, const Row& row) const {
    if (row.stranger) return 1;
    if (rule.key() == Key::kAccount) return row.accounts.told_apart() ? row.accounts.keys : 1;
    return grain_of(rule.key(), row).keys;
}

/// What a policy thinks of keys before it saw any of their mail; `tick` is the first slice that it can see.
Opinion Judgement::fresh(PolicyId id, const Row& row, bool hosted, sim::Tick tick) const {
    const std::size_t keys = hosted ? 1 : keys_of(policy(id), row);
    Opinion opinion{id, std::vector<double>(keys * policy(id).memory()), std::vector<sim::Tick>(keys, tick), {}};
    for (std::size_t k = 0; k < keys; ++k) opinion.proposed.push_back(first_proposal(id, row, k, hosted, tick));
    return opinion;
}

Judgement::Held Judgement::new_held(PolicyId id, const Row& row, sim::Tick tick) {
    const std::optional<EntityId> hosting = hosting_for(id, row);
    if (!hosting) return {id, std::nullopt, fresh(id, row, false, tick), false};
    const SharedKey key{row.receiver, id, *hosting};
    const auto [found, is_new] = shared_places_.try_emplace(key, shared_.size());
    if (is_new) {
        shared_.push_back(fresh(id, row, true, tick));
        shared_keys_.push_back(key);
    }
    return {id, found->second, {}, false};
}

/// Takes policies that begin at `tick` into the opinions on known sources, drops those that end, and says what becomes of unknown ones.
void Judgement::introduce(sim::Tick tick, std::vector<Change>& changes) {
    const auto stops = [&](PolicyId id) { return stops_at(model_.policies[index(id)], tick); };
    std::erase_if(shared_places_, [&](const auto& place) { return stops(std::get<1>(place.first)); });
    for (const auto& [receiver, all] : at_) {
        const auto changes_at = [&](PolicyId id) { return starts_at(model_.policies[index(id)], tick) || stops(id); };
        if (std::none_of(all.begin(), all.end(), changes_at) && !meets_others_at(receiver, tick)) continue;
        std::set<EntityId> unknown = sources_of(model_);
        for (Row& row : rows_) {
            if (row.receiver != receiver) continue;
            unknown.erase(row.source);
            tell_accounts(row, tick);
            std::vector<Held> before = std::exchange(row.held, {});
            for (const PolicyId id : applied(receiver, tick)) {
                const auto known = std::find_if(before.begin(), before.end(), [&](const Held& held) { return held.policy == id; });
                row.held.push_back(known == before.end() ? new_held(id, row, tick) : std::move(*known));
            }
            find_review(row);
            row.is_new = true;
        }
        for (const EntityId source : unknown) {
            Change change;
            change.kind = ChangeKind::kJudge;
            change.source = source;
            change.receiver = receiver;
            const Row row = first_row(source, receiver, tick);
            const Row before = first_row(source, receiver, tick - 1);
            change.verdicts = mean_verdicts(row);
            change.by_answer = verdicts_by_answer(row, tick);
            if (change.verdicts == mean_verdicts(before) && change.by_answer == verdicts_by_answer(before, tick - 1)) continue;
            changes.push_back(std::move(change));
        }
    }
}

void Judgement::save(sim::ArchiveWriter& archive) const {
    const auto put = [&](const Opinion& opinion) { archive(opinion.policy, opinion.memory, opinion.seen, opinion.proposed); };
    archive(std::uint64_t{rows_.size()});
    for (const Row& row : rows_) {
        archive(row.source, row.receiver, std::uint64_t{row.held.size()});
        for (const Held& held : row.held) {
            archive(held.exempt);
            if (!held.shared) put(held.own);
        }
        if (row.is_sample) row.record.save(archive);
        if (!row.reviewed) continue;
        archive(row.sent[0], row.sent[1], row.sent_by);
        for (const Case& own : row.cases) archive(own.since, own.spared);
    }
    archive(std::uint64_t{shared_places_.size()});
    for (const auto& [key, place] : shared_places_) {
        archive(std::get<0>(key), std::get<2>(key));
        put(shared_[place]);
    }
    lists_.save(archive);
    exemptions_.save(archive);
}

void Judgement::load(sim::ArchiveReader& archive, sim::Tick tick) {
    const auto get = [&](Opinion& opinion) {
        PolicyId id;
        archive(id);
        archive.want(id == opinion.policy, "opinions in the order in which policies decide", "another order");
        archive.sized(opinion.memory);
        archive.sized(opinion.seen);
        archive.sized(opinion.proposed);
    };
    std::uint64_t rows = 0;
    archive(rows);
    rows_.clear();
    row_at_.clear();
    placed_.clear();
    shared_.clear();
    shared_keys_.clear();
    shared_places_.clear();
    for (std::uint64_t i = 0; i < rows; ++i) {
        EntityId source;
        EntityId receiver;
        archive(source, receiver);
        Row row = make_row(source, receiver, tick - 1);
        std::uint64_t policies = 0;
        archive(policies);
        archive.want(policies == row.held.size(), "opinions of " + std::to_string(row.held.size()) + " policies", std::to_string(policies));
        for (Held& held : row.held) {
            archive(held.exempt);
            if (!held.shared) get(held.own);
        }
        if (row.is_sample) row.record.load(archive, row.cells());
        if (row.reviewed) {
            archive(row.sent[0], row.sent[1]);
            archive.sized(row.sent_by);
            for (Case& own : row.cases) archive(own.since, own.spared);
        }
        row_at_[{source, receiver}] = rows_.size();
        rows_.push_back(std::move(row));
    }
    std::uint64_t shared = 0;
    archive(shared);
    archive.want(shared == shared_.size(), "opinions on " + std::to_string(shared_.size()) + " hosting suppliers", std::to_string(shared));
    for (const auto& [key, place] : shared_places_) {
        EntityId receiver;
        EntityId hosting;
        archive(receiver, hosting);
        archive.want(receiver == std::get<0>(key) && hosting == std::get<2>(key), "an opinion on each hosting supplier, in their order",
                     "another");
        get(shared_[place]);
    }
    lists_.load(archive);
    exemptions_.load(archive);
}

MailState start_state(const Model& model, bool whole) {
    MailState state = initial_state(model.world, model.population);
    Judgement(model, whole).begin(state);
    return state;
}

}  // namespace mailrift
