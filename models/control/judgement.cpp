// Receivers' policies at work: what each remembers of each source, and the verdicts that follow.
#include "models/control/judgement.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "models/delivery/archive.h"
#include "sim/counts.h"
#include "sim/distributions.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kJudgeStream = sim::hash64("receivers judge");

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
    return policy(id).propose(nothing);
}

void Judgement::begin(MailState& state) const {
    for (const auto& [receiver, policies] : at_) {
        std::vector<std::pair<PolicyId, Proposal>> proposals;
        for (const PolicyId id : policies) {
            proposals.emplace_back(id, first_proposal(id));
            if (const auto greylist = policy(id).greylist()) state.greylists.insert_or_assign(id, *greylist);
        }
        const Verdict verdict = combine(proposals);
        if (!(verdict == Verdict{})) state.verdicts.set_strangers(receiver, verdict);
    }
}

/// In expectation all operators of an entry are alike.
std::size_t Judgement::keys_of(EntityId source) const {
    const Entity& entity = model_.world.entities[index(source)];
    return whole_ ? static_cast<std::size_t>(std::min(entity.count, entity.representatives)) : 1;
}

Judgement::Row Judgement::make_row(const SourceTally& tally) const {
    Row row{tally.source, tally.judge, {}, false};
    const auto found = at_.find(tally.judge);
    if (found == at_.end() || (model_.botnet && tally.source == *model_.botnet)) return row;
    const std::size_t keys = keys_of(tally.source);
    for (const PolicyId id : found->second) {
        Opinion opinion{id, sim::hash64(model_.policies[index(id)].id), {}, {}, {}};
        for (const EntityId entity : {tally.judge, tally.source}) {
            opinion.key = sim::join64(opinion.key, sim::hash64(model_.world.entities[index(entity)].id));
        }
        opinion.memory.resize(keys * policy(id).memory());
        opinion.seen.resize(keys);
        opinion.proposed.assign(keys, first_proposal(id));
        row.opinions.push_back(std::move(opinion));
    }
    return row;
}

double Judgement::thinned(double messages, double probability, sim::Draws& draws) const {
    if (!whole_) return messages * probability;
    return static_cast<double>(sim::binomial(static_cast<std::uint64_t>(messages), std::clamp(probability, 0.0, 1.0), draws));
}

void Judgement::learn(std::span<const SourceTally> slice, sim::Tick tick) {
    for (std::size_t i = 0; i < slice.size(); ++i) {
        if (i == rows_.size()) rows_.push_back(make_row(slice[i]));
        if (slice[i].attempts[0] + slice[i].attempts[1] == 0) continue;
        for (Opinion& opinion : rows_[i].opinions) learn(rows_[i], opinion, slice[i], tick);
    }
}

void Judgement::learn(Row& row, Opinion& opinion, const SourceTally& tally, sim::Tick tick) const {
    const bool alone = model_.world.entities[index(row.source)].count == 1 && model_.world.entities[index(row.receiver)].count == 1;
    if (!alone) return learn_of_many(row, opinion, tally, tick);
    sim::Draws draws(model_.seed, kJudgeStream, opinion.key, static_cast<std::uint32_t>(tick));
    const bool inbox = policy(opinion.policy).judge().evidence == Evidence::kInbox;
    remember(opinion, 0, inbox ? tally.inbox : tally.reached, tick, draws);
}

/// Of operators that stand in for each other, each message is one key's with equal probability; whether it reached the judge is by that key's verdicts.
void Judgement::learn_of_many(Row& row, Opinion& opinion, const SourceTally& tally, sim::Tick tick) const {
    sim::Draws draws(model_.seed, kJudgeStream, opinion.key, static_cast<std::uint32_t>(tick));
    const bool inbox = policy(opinion.policy).judge().evidence == Evidence::kInbox;
    const std::size_t keys = opinion.seen.size();
    const double operators = static_cast<double>(model_.world.entities[index(row.source)].count) *
                             static_cast<double>(model_.world.entities[index(row.receiver)].count);
    std::vector<double> undeferred(keys, 1.0);  // what was deferred is not in the tally
    for (std::size_t k = 0; k < keys; ++k) {
        for (const Opinion& other : row.opinions) undeferred[k] *= 1 - other.proposed[k].defer;
    }
    const double all = std::accumulate(undeferred.begin(), undeferred.end(), 0.0);
    std::map<std::size_t, std::array<double, 2>> sent;
    for (std::size_t c = 0; c < 2; ++c) {
        double rest = all > 0 ? thinned(tally.attempts[c], static_cast<double>(keys) / operators, draws) : 0;
        if (rest > 4 * static_cast<double>(keys) || !whole_) {
            double weight = all;
            for (std::size_t k = 0; k < keys && weight > 0; ++k) {
                const double own = thinned(rest, undeferred[k] / weight, draws);
                weight -= undeferred[k];
                rest -= own;
                sent[k][c] += own;
            }
        } else {
            while (rest > 0) {
                const auto k = static_cast<std::size_t>(sim::uniform_below(keys, draws));
                if (undeferred[k] < 1 && sim::uniform(0, 1, draws) >= undeferred[k]) continue;
                sent[k][c] += 1;
                rest -= 1;
            }
        }
    }
    for (auto& [k, messages] : sent) {
        double passing = 1;
        for (const Opinion& other : row.opinions) {
            const Proposal& said = other.proposed[k];
            const double kept = 1 - said.defer;
            if (kept > 0) passing *= 1 - (said.reject + (inbox ? said.junk : 0)) / kept;
        }
        for (double& count : messages) count = thinned(count, passing, draws);
        remember(opinion, k, messages, tick, draws);
    }
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
    const std::size_t keys = row.opinions.front().proposed.size();
    Verdict mean{0, {}, {}};
    for (std::size_t k = 0; k < keys; ++k) {
        std::vector<std::pair<PolicyId, Proposal>> policies;
        for (const Opinion& opinion : row.opinions) policies.emplace_back(opinion.policy, opinion.proposed[k]);
        const Verdict one = combine(policies);
        if (keys == 1) return one;
        mean.greylist = one.greylist;
        add(one, mean);
    }
    mean.accept /= static_cast<double>(keys);
    for (VerdictPart& part : mean.parts) part.share /= static_cast<double>(keys);
    const auto rank = [&](PolicyId id) {
        return std::find_if(row.opinions.begin(), row.opinions.end(), [&](const Opinion& o) { return o.policy == id; }) -
               row.opinions.begin();
    };
    const auto place = [&](const VerdictPart& part) {
        return std::tuple(rank(part.policy), part.outcome == Outcome::kJunk, part.outcome == Outcome::kQueued);
    };
    std::stable_sort(mean.parts.begin(), mean.parts.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
    if (mean.greylist) {
        mean.greylist->before = static_cast<std::size_t>(std::count_if(mean.parts.begin(), mean.parts.end(), [&](const VerdictPart& part) {
            return rank(part.policy) < rank(mean.greylist->policy);
        }));
    }
    return mean;
}

std::vector<Change> Judgement::judge(sim::Tick tick) {
    std::vector<Change> changes;
    const auto ends_now = [&](const NamedPolicy& named) {
        return tick > 0 && tick % (named.policy->period().us / model_.grid.slice.us) == 0;
    };
    if (std::none_of(model_.policies.begin(), model_.policies.end(), ends_now)) return changes;
    for (Row& row : rows_) {
        bool any = false;
        bool other = false;  // than to accept
        for (Opinion& opinion : row.opinions) {
            const Policy& rule = policy(opinion.policy);
            const bool ends = ends_now(model_.policies[index(opinion.policy)]);
            any = any || ends;
            for (std::size_t k = 0; k < opinion.proposed.size(); ++k) {
                if (ends) {
                    catch_up(opinion, k, tick);
                    opinion.proposed[k] = rule.propose({opinion.memory.data() + k * rule.memory(), rule.memory()});
                }
                other = other || !(opinion.proposed[k] == Proposal{});
            }
        }
        if (!any || (!other && !row.spoken_of)) continue;
        row.spoken_of = other;
        Change change;
        change.kind = ChangeKind::kJudge;
        change.source = row.source;
        change.receiver = row.receiver;
        change.verdict = mean_verdict(row);
        changes.push_back(std::move(change));
    }
    return changes;
}

void Judgement::save(sim::ArchiveWriter& archive) const {
    archive(std::uint64_t{rows_.size()});
    for (const Row& row : rows_) {
        archive(row.source, row.receiver, row.spoken_of);
        for (const Opinion& opinion : row.opinions) archive(opinion.memory, opinion.seen, opinion.proposed);
    }
}

void Judgement::load(sim::ArchiveReader& archive) {
    std::uint64_t rows = 0;
    archive(rows);
    rows_.clear();
    for (std::uint64_t i = 0; i < rows; ++i) {
        SourceTally ends{};
        archive(ends.source, ends.judge);
        Row row = make_row(ends);
        archive(row.spoken_of);
        for (Opinion& opinion : row.opinions) {
            archive.sized(opinion.memory);
            archive.sized(opinion.seen);
            archive.sized(opinion.proposed);
        }
        rows_.push_back(std::move(row));
    }
}

MailState start_state(const Model& model) {
    MailState state = initial_state(model.world, model.population);
    Judgement(model, false).begin(state);
    return state;
}

}  // namespace mailrift
