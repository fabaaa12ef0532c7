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
        const Verdict verdict = combine(proposals, count_before_rcpt(policies));
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

Judgement::Row Judgement::make_row(const SourceTally& tally) const {
    Row row;
    row.source = tally.source;
    row.receiver = tally.judge;
    const auto found = at_.find(tally.judge);
    if (found == at_.end() || (model_.botnet && tally.source == *model_.botnet)) return row;
    for (const EntityId entity : {row.receiver, row.source}) {
        row.key = sim::join64(row.key, sim::hash64(model_.world.entities[index(entity)].id));
    }
    count_keys(row);
    row.before_rcpt = count_before_rcpt(found->second);
    for (const PolicyId id : found->second) {
        Opinion opinion{id, {}, {}, {}};
        opinion.memory.resize(row.keys * policy(id).memory());
        opinion.seen.resize(row.keys);
        opinion.proposed.assign(row.keys, first_proposal(id));
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
        if (rows_[i].opinions.empty() || slice[i].reached[0] + slice[i].reached[1] == 0) continue;
        learn(rows_[i], slice[i], tick);
    }
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
