// Receivers' policies at work: what each remembers of each source, and the verdicts that follow.
#include "models/control/judgement.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "models/delivery/archive.h"
#include "sim/counts.h"
#include "sim/distributions.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kSplitStream = sim::hash64("receivers tell operators apart");
constexpr std::uint64_t kFilterStream = sim::hash64("receivers judge: content filters");
constexpr std::uint64_t kReportStream = sim::hash64("receivers judge: reports of users");

/// Adds a verdict on one key to those on the others.
void add(const Verdict& one, Verdict& sum) {
    sum.accept += one.accept;
    for (const VerdictPart& part : one.parts) {
        const auto same = [&](const VerdictPart& other) { return other.outcome == part.outcome && other.policy == part.policy; };
        const auto found = std::find_if(sum.parts.begin(), sum.parts.end(), same);
        if (found == sum.parts.end()) {
            sum.parts.push_back(part);
        } else {
            found->share += part.share;
        }
    }
}

Change change_of(EntityId source, EntityId receiver, Verdict verdict) {
    Change change;
    change.kind = ChangeKind::kJudge;
    change.source = source;
    change.receiver = receiver;
    change.verdict = std::move(verdict);
    return change;
}

}  // namespace

Judgement::Judgement(const Model& model, bool whole) : model_(model), whole_(whole) {
    for (std::size_t p = 0; p < model.policies.size(); ++p) {
        for (const EntityId receiver : model.policies[p].receivers) at_[receiver].push_back(id_of<PolicyId>(p));
    }
    for (auto& entry : at_) {
        std::stable_sort(entry.second.begin(), entry.second.end(),
                         [&](PolicyId a, PolicyId b) { return policy(a).stage() < policy(b).stage(); });
    }
}

Proposal Judgement::first_proposal(PolicyId id) const {
    std::vector<double> nothing(policy(id).memory());
    return policy(id).propose(nothing, 0);
}

std::vector<PolicyId> Judgement::applied(EntityId receiver, sim::Tick tick) const {
    const auto found = at_.find(receiver);
    std::vector<PolicyId> policies = found == at_.end() ? std::vector<PolicyId>{} : found->second;
    std::erase_if(policies, [&](PolicyId id) { return start_of(id) > std::max(tick, sim::Tick{0}); });
    return policies;
}

Verdict Judgement::verdict_on_strangers(EntityId receiver, sim::Tick tick) const {
    const std::vector<PolicyId> policies = applied(receiver, tick);
    std::vector<std::pair<PolicyId, Proposal>> proposals;
    for (const PolicyId id : policies) proposals.emplace_back(id, first_proposal(id));
    return combine(proposals, count_before_rcpt(policies));
}

void Judgement::begin(MailState& state) const {
    for (const auto& [receiver, policies] : at_) {
        for (const PolicyId id : policies) {
            if (const auto greylist = policy(id).greylist()) state.greylists.insert_or_assign(id, *greylist);
        }
        const Verdict verdict = verdict_on_strangers(receiver, 0);
        if (!(verdict == Verdict{})) state.verdicts.set_strangers(receiver, verdict);
    }
}

std::size_t Judgement::count_before_rcpt(const std::vector<PolicyId>& policies) const {
    const auto before = [&](PolicyId id) { return policy(id).stage() < Stage::kRcpt; };
    return static_cast<std::size_t>(std::count_if(policies.begin(), policies.end(), before));
}

void Judgement::count_keys(Row& row) const {
    std::uint64_t pairs = 1;
    std::uint64_t most = 1;
    double operators = 1;
    for (const EntityId id : {row.source, row.receiver}) {
        const Entity& entity = model_.world.entities[index(id)];
        operators *= static_cast<double>(entity.count);
        if (entity.count == 1) continue;
        pairs *= std::min(entity.count, entity.representatives);
        most = std::max(most, entity.representatives);
    }
    row.keys = whole_ ? static_cast<std::size_t>(std::min(pairs, most)) : 1;
    row.sampled = static_cast<double>(row.keys) / operators;
}

Judgement::Row Judgement::make_row(EntityId source, EntityId receiver, sim::Tick tick) const {
    Row row;
    row.source = source;
    row.receiver = receiver;
    if (model_.botnet && source == *model_.botnet) return row;
    for (const EntityId entity : {receiver, source}) row.key = sim::join64(row.key, sim::hash64(model_.world.entities[index(entity)].id));
    count_keys(row);
    const std::vector<PolicyId> policies = applied(receiver, tick);
    row.before_rcpt = count_before_rcpt(policies);
    for (const PolicyId id : policies) row.opinions.push_back(new_opinion(id, row.keys, tick));
    return row;
}

/// What a policy thinks of a source before it saw any of its mail; `tick` is the first slice that it can see.
Judgement::Opinion Judgement::new_opinion(PolicyId id, std::size_t keys, sim::Tick tick) const {
    Opinion opinion{id, std::vector<double>(keys * policy(id).memory()), std::vector<sim::Tick>(keys, tick), {}};
    opinion.proposed.assign(keys, first_proposal(id));
    return opinion;
}

void Judgement::introduce(sim::Tick tick, std::vector<Change>& changes) {
    for (const auto& [receiver, all] : at_) {
        if (std::none_of(all.begin(), all.end(), [&](PolicyId id) { return start_of(id) == tick; })) continue;
        std::set<EntityId> unknown;
        for (const Route& route : model_.world.routes) unknown.insert(source_of(route));
        if (model_.botnet) unknown.insert(*model_.botnet);
        for (Row& row : rows_) {
            if (row.receiver != receiver || (model_.botnet && row.source == *model_.botnet)) continue;
            unknown.erase(row.source);
            std::vector<Opinion> before = std::exchange(row.opinions, {});
            const std::vector<PolicyId> policies = applied(receiver, tick);
            row.before_rcpt = count_before_rcpt(policies);
            for (const PolicyId id : policies) {
                const auto known = std::find_if(before.begin(), before.end(), [&](const Opinion& o) { return o.policy == id; });
                row.opinions.push_back(known == before.end() ? new_opinion(id, row.keys, tick) : std::move(*known));
            }
        }
        const Verdict verdict = verdict_on_strangers(receiver, tick);
        if (verdict == verdict_on_strangers(receiver, tick - 1)) continue;
        for (const EntityId source : unknown) changes.push_back(change_of(source, receiver, verdict));
    }
}

double Judgement::thinned(double messages, double probability, sim::Draws& draws) const {
    if (!whole_) return messages * probability;
    return static_cast<double>(sim::binomial(static_cast<std::uint64_t>(messages), std::clamp(probability, 0.0, 1.0), draws));
}

void Judgement::learn(std::span<const SourceTally> slice, sim::Tick tick) {
    for (std::size_t i = 0; i < slice.size(); ++i) {
        Row& row = row_of(slice[i], i, tick);
        if (row.opinions.empty() || slice[i].reached[0] + slice[i].reached[1] == 0) continue;
        learn(row, slice[i], tick);
    }
}

/// The mail of a warm-up is another traffic model's, which may have met the sources in another order.
Judgement::Row& Judgement::row_of(const SourceTally& tally, std::size_t place, sim::Tick tick) {
    if (place < placed_.size()) {
        Row& last = rows_[placed_[place]];
        if (last.source == tally.source && last.receiver == tally.judge) return last;
    }
    const auto [found, is_new] = row_at_.try_emplace({tally.source, tally.judge}, rows_.size());
    if (is_new) rows_.push_back(make_row(tally.source, tally.judge, tick));
    placed_.resize(std::max(placed_.size(), place + 1));
    placed_[place] = found->second;
    return rows_[found->second];
}

void Judgement::learn(Row& row, const SourceTally& tally, sim::Tick tick) const {
    const std::map<std::size_t, Sent> sent = split(row, tally, tick);
    for (Opinion& opinion : row.opinions) {
        const bool inbox = policy(opinion.policy).judge().evidence == Evidence::kInbox;
        sim::Draws draws(model_.seed, inbox ? kReportStream : kFilterStream, row.key, static_cast<std::uint32_t>(tick));
        for (const auto& [k, messages] : sent) remember(opinion, k, inbox ? messages.inbox : messages.reached, tick, draws);
    }
}

/// A try of key k is in the inbox with probability prod (1 - defer - reject - junk) over policies, and marked with what prod (1 - defer - reject) is
/// more than that; what is in the inbox, or marked, is a key's in proportion to these.
std::map<std::size_t, Judgement::Sent> Judgement::split(const Row& row, const SourceTally& tally, sim::Tick tick) const {
    std::map<std::size_t, Sent> sent;
    if (row.sampled == 1 && row.keys == 1) {
        sent[0] = {tally.reached, tally.inbox};
        return sent;
    }
    std::vector<double> to_inbox(row.keys, 1.0);
    std::vector<double> marked(row.keys, 1.0);
    for (std::size_t k = 0; k < row.keys; ++k) {
        for (const Opinion& opinion : row.opinions) {
            const Proposal& said = opinion.proposed[k];
            to_inbox[k] *= 1 - said.defer - said.reject - said.junk;
            marked[k] *= 1 - said.defer - said.reject;
        }
        marked[k] -= to_inbox[k];
    }
    sim::Draws draws(model_.seed, kSplitStream, row.key, static_cast<std::uint32_t>(tick));
    for (std::size_t c = 0; c < 2; ++c) {
        for (const auto& [k, messages] : share_out(thinned(tally.inbox[c], row.sampled, draws), to_inbox, draws)) {
            sent[k].inbox[c] += messages;
            sent[k].reached[c] += messages;
        }
        for (const auto& [k, messages] : share_out(thinned(tally.reached[c] - tally.inbox[c], row.sampled, draws), marked, draws)) {
            sent[k].reached[c] += messages;
        }
    }
    return sent;
}

/// Messages by place, each in proportion to the weights (0..1) independently; places with none are left out, and nobody has any where all weights are 0.
std::map<std::size_t, double> Judgement::share_out(double messages, std::span<const double> weights, sim::Draws& draws) const {
    std::map<std::size_t, double> parts;
    double left = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (left <= 0) return parts;
    if (whole_ && messages <= 4 * left) {  // cheaper one by one
        for (double n = 0; n < messages;) {
            const auto k = static_cast<std::size_t>(sim::uniform_below(weights.size(), draws));
            if (weights[k] < 1 && sim::uniform(0, 1, draws) >= weights[k]) continue;
            parts[k] += 1;
            n += 1;
        }
        return parts;
    }
    std::size_t last = weights.size() - 1;
    while (weights[last] <= 0) --last;
    for (std::size_t k = 0; k <= last && messages > 0; ++k) {
        const double own = k == last ? messages : thinned(messages, weights[k] / left, draws);
        left -= weights[k];
        messages -= own;
        if (own > 0) parts[k] = own;
    }
    return parts;
}

void Judgement::remember(Opinion& opinion, std::size_t key, const std::array<double, 2>& seen, sim::Tick tick, sim::Draws& draws) const {
    const Policy& rule = policy(opinion.policy);
    const Judge judge = rule.judge();
    const double bad = thinned(seen[0], judge.false_positive, draws) + thinned(seen[1], judge.true_positive, draws);
    catch_up(opinion, key, tick);
    rule.observe({seen[0] + seen[1] - bad, bad}, model_.grid.slice, {opinion.memory.data() + key * rule.memory(), rule.memory()});
    opinion.seen[key] = tick + 1;
}

/// Slices in which nothing came, all at once.
void Judgement::catch_up(Opinion& opinion, std::size_t key, sim::Tick tick) const {
    const sim::Tick silent = tick - opinion.seen[key];
    if (silent <= 0) return;
    const Policy& rule = policy(opinion.policy);
    rule.observe({}, model_.grid.slice * silent, {opinion.memory.data() + key * rule.memory(), rule.memory()});
    opinion.seen[key] = tick;
}

/// The mean over the keys of a row.
Verdict Judgement::mean_verdict(const Row& row) const {
    Verdict mean{0, {}, {}};
    for (std::size_t k = 0; k < row.keys; ++k) {
        std::vector<std::pair<PolicyId, Proposal>> policies;
        for (const Opinion& opinion : row.opinions) policies.emplace_back(opinion.policy, opinion.proposed[k]);
        const Verdict one = combine(policies, row.before_rcpt);
        if (row.keys == 1) return one;
        mean.greylist = one.greylist;
        add(one, mean);
    }
    mean.accept /= static_cast<double>(row.keys);
    for (VerdictPart& part : mean.parts) part.share /= static_cast<double>(row.keys);
    const auto rank = [&](PolicyId id) {
        return std::find_if(row.opinions.begin(), row.opinions.end(), [&](const Opinion& o) { return o.policy == id; }) -
               row.opinions.begin();
    };
    const auto place = [&](const VerdictPart& part) {
        return std::tuple(rank(part.policy), part.outcome == Outcome::kJunk, part.outcome == Outcome::kQueued);
    };
    std::stable_sort(mean.parts.begin(), mean.parts.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
    const auto parts_before = [&](std::ptrdiff_t policy) {
        const auto is_before = [&](const VerdictPart& part) { return rank(part.policy) < policy; };
        return static_cast<std::size_t>(std::count_if(mean.parts.begin(), mean.parts.end(), is_before));
    };
    mean.before_rcpt = parts_before(static_cast<std::ptrdiff_t>(row.before_rcpt));
    if (mean.greylist) mean.greylist->before = parts_before(rank(mean.greylist->policy));
    return mean;
}

/// What one operator of each receiver remembers as wanted of all sources together, by the policies whose period ends. A key stands for as many pairs
/// of operators as a row has to each that is remembered.
std::map<std::pair<PolicyId, EntityId>, double> Judgement::wanted_by_receiver(sim::Tick tick) {
    std::map<std::pair<PolicyId, EntityId>, double> wanted;
    for (Row& row : rows_) {
        for (Opinion& opinion : row.opinions) {
            const Policy& rule = policy(opinion.policy);
            if (tick % (rule.period().us / model_.grid.slice.us) != 0) continue;
            double sum = 0;
            for (std::size_t k = 0; k < opinion.proposed.size(); ++k) {
                catch_up(opinion, k, tick);
                sum += rule.wanted({opinion.memory.data() + k * rule.memory(), rule.memory()});
            }
            wanted[{opinion.policy, row.receiver}] +=
                sum / row.sampled / static_cast<double>(model_.world.entities[index(row.receiver)].count);
        }
    }
    return wanted;
}

std::vector<Change> Judgement::judge(sim::Tick tick) {
    std::vector<Change> changes;
    const auto ends_now = [&](const NamedPolicy& named) { return tick % (named.policy->period().us / model_.grid.slice.us) == 0; };
    const auto begins_now = [&](const NamedPolicy& named) { return tick > 0 && model_.grid.tick_at_or_after(named.from) == tick; };
    const bool any_begins = std::any_of(model_.policies.begin(), model_.policies.end(), begins_now);
    if (!any_begins && std::none_of(model_.policies.begin(), model_.policies.end(), ends_now)) return changes;
    if (any_begins) introduce(tick, changes);
    auto wanted = wanted_by_receiver(tick);
    for (Row& row : rows_) {
        bool any = false;
        bool other = false;  // than to accept
        for (Opinion& opinion : row.opinions) {
            const Policy& rule = policy(opinion.policy);
            const NamedPolicy& named = model_.policies[index(opinion.policy)];
            any = any || ends_now(named) || begins_now(named);
            for (std::size_t k = 0; k < opinion.proposed.size(); ++k) {
                if (ends_now(named)) {
                    const double all = wanted[{opinion.policy, row.receiver}];
                    const std::span<double> memory{opinion.memory.data() + k * rule.memory(), rule.memory()};
                    const double share = all > 0 ? std::min(rule.wanted(memory) / all, 1.0) : 0;
                    opinion.proposed[k] = rule.propose(memory, share);
                    if (named.exempt && share > *named.exempt) opinion.proposed[k].reject = 0;
                }
                other = other || !(opinion.proposed[k] == Proposal{});
            }
        }
        if (!any || (!other && !row.spoken_of)) continue;
        row.spoken_of = other;
        changes.push_back(change_of(row.source, row.receiver, mean_verdict(row)));
    }
    return changes;
}

void Judgement::save(sim::ArchiveWriter& archive) const {
    archive(std::uint64_t{rows_.size()});
    for (const Row& row : rows_) {
        archive(row.source, row.receiver, row.spoken_of, std::uint64_t{row.opinions.size()});
        for (const Opinion& opinion : row.opinions) archive(opinion.policy, opinion.memory, opinion.seen, opinion.proposed);
    }
}

void Judgement::load(sim::ArchiveReader& archive, sim::Tick tick) {
    std::uint64_t rows = 0;
    archive(rows);
    rows_.clear();
    row_at_.clear();
    placed_.clear();
    for (std::uint64_t i = 0; i < rows; ++i) {
        EntityId source;
        EntityId receiver;
        archive(source, receiver);
        Row row = make_row(source, receiver, tick - 1);
        std::uint64_t opinions = 0;
        archive(row.spoken_of, opinions);
        archive.want(opinions == row.opinions.size(), "opinions of " + std::to_string(row.opinions.size()) + " policies",
                     std::to_string(opinions));
        for (Opinion& opinion : row.opinions) {
            PolicyId id;
            archive(id);
            archive.want(id == opinion.policy, "opinions in the order in which policies decide", "another order");
            archive.sized(opinion.memory);
            archive.sized(opinion.seen);
            archive.sized(opinion.proposed);
        }
        row_at_[{source, receiver}] = rows_.size();
        rows_.push_back(std::move(row));
    }
}

MailState start_state(const Model& model) {
    MailState state = initial_state(model.world, model.population);
    Judgement(model, false).begin(state);
    return state;
}

}  // namespace mailrift
