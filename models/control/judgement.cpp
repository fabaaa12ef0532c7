// Receivers' policies at work: what each remembers of each source, and the verdicts that follow.
#include "models/control/judgement.h"

#include <algorithm>

#include "sim/counts.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kJudgeStream = sim::hash64("receivers judge");

/// Probability that one message of a key is rejected, by all policies of its receiver that decided before.
struct Passing {
    double reached = 1;
    double inbox = 1;
};

}  // namespace

Judgement::Judgement(const Model& model, bool whole) : model_(model), whole_(whole) {
    for (std::size_t p = 0; p < model.policies.size(); ++p) {
        for (const EntityId receiver : model.policies[p].receivers) at_[receiver].push_back({id_of<PolicyId>(p), {}, {}});
    }
    for (auto& [receiver, instances] : at_) {
        std::stable_sort(instances.begin(), instances.end(),
                         [&](const Instance& a, const Instance& b) { return policy(a).stage() < policy(b).stage(); });
    }
}

std::size_t Judgement::keys_of(EntityId source) const {
    const Entity& entity = model_.world.entities[index(source)];
    return static_cast<std::size_t>(std::min(entity.count, entity.representatives));
}

double Judgement::thinned(double messages, double probability, sim::Draws& draws) const {
    if (!whole_) return messages * probability;
    return static_cast<double>(sim::binomial(static_cast<std::uint64_t>(messages), std::clamp(probability, 0.0, 1.0), draws));
}

void Judgement::learn(std::span<const SourceTally> slice, sim::Tick tick) {
    for (const SourceTally& tally : slice) {
        if (model_.botnet && tally.source == *model_.botnet) continue;
        const auto found = at_.find(tally.judge);
        if (found == at_.end()) continue;
        for (Instance& instance : found->second) learn(instance, tally, tick);
    }
}

void Judgement::learn(Instance& instance, const SourceTally& tally, sim::Tick tick) {
    const Policy& rule = policy(instance);
    const Judge judge = rule.judge();
    const Entity& source = model_.world.entities[index(tally.source)];
    const Entity& receiver = model_.world.entities[index(tally.judge)];
    const std::size_t keys = keys_of(tally.source);
    std::vector<double>& memory = instance.memory.try_emplace(tally.source, keys * rule.memory()).first->second;
    const std::uint64_t key =
        sim::join64(sim::join64(sim::hash64(model_.policies[index(instance.policy)].id), sim::hash64(receiver.id)), sim::hash64(source.id));
    sim::Draws draws(model_.seed, kJudgeStream, key, static_cast<std::uint32_t>(tick));
    const bool alone = source.count == 1 && receiver.count == 1;
    const double part = 1 / (static_cast<double>(source.count) * static_cast<double>(receiver.count));
    for (std::size_t k = 0; k < keys; ++k) {
        std::array<double, 2> seen{};
        for (std::size_t c = 0; c < 2; ++c) {
            const bool inbox = judge.evidence == Evidence::kInbox;
            if (alone) {
                seen[c] = inbox ? tally.inbox[c] : tally.reached[c];
                continue;
            }
            Passing passing;
            for (const Instance& other : at_.at(tally.judge)) {
                const auto proposed = other.proposed.find(tally.source);
                if (proposed == other.proposed.end()) continue;
                passing.reached *= 1 - proposed->second[k].reject;
                passing.inbox *= 1 - proposed->second[k].reject - proposed->second[k].junk;
            }
            seen[c] = thinned(tally.attempts[c], part * (inbox ? passing.inbox : passing.reached), draws);
        }
        const double bad = thinned(seen[0], judge.false_positive, draws) + thinned(seen[1], judge.true_positive, draws);
        rule.observe({seen[0] + seen[1] - bad, bad}, model_.grid.slice, {memory.data() + k * rule.memory(), rule.memory()});
    }
}

std::vector<Change> Judgement::judge(sim::Tick tick) {
    std::vector<Change> changes;
    for (auto& [receiver, instances] : at_) {
        bool any = false;
        for (Instance& instance : instances) {
            const Policy& rule = policy(instance);
            if (tick == 0 || tick % (rule.period().us / model_.grid.slice.us) != 0) continue;
            any = true;
            for (auto& [source, memory] : instance.memory) {
                std::vector<Proposal>& proposed = instance.proposed[source];
                proposed.resize(keys_of(source));
                for (std::size_t k = 0; k < proposed.size(); ++k) {
                    proposed[k] = rule.propose({memory.data() + k * rule.memory(), rule.memory()});
                }
            }
        }
        if (!any) continue;
        std::map<EntityId, bool> sources;
        for (const Instance& instance : instances) {
            for (const auto& entry : instance.proposed) sources[entry.first] = true;
        }
        for (const auto& entry : sources) {
            Change change;
            change.kind = ChangeKind::kJudge;
            change.source = entry.first;
            change.receiver = receiver;
            change.verdict = verdict(receiver, entry.first);
            changes.push_back(std::move(change));
        }
    }
    return changes;
}

/// The mean over the keys of a source.
Verdict Judgement::verdict(EntityId receiver, EntityId source) const {
    const std::size_t keys = keys_of(source);
    Verdict mean{0, {}};
    for (std::size_t k = 0; k < keys; ++k) {
        std::vector<std::pair<PolicyId, Proposal>> policies;
        for (const Instance& instance : at_.at(receiver)) {
            const auto proposed = instance.proposed.find(source);
            if (proposed != instance.proposed.end()) policies.emplace_back(instance.policy, proposed->second[k]);
        }
        const Verdict one = combine(policies);
        mean.accept += one.accept;
        for (const VerdictPart& part : one.parts) {
            const auto same = [&](const VerdictPart& other) { return other.outcome == part.outcome && other.policy == part.policy; };
            const auto found = std::find_if(mean.parts.begin(), mean.parts.end(), same);
            if (found == mean.parts.end()) {
                mean.parts.push_back(part);
            } else {
                found->share += part.share;
            }
        }
    }
    mean.accept /= static_cast<double>(keys);
    for (VerdictPart& part : mean.parts) part.share /= static_cast<double>(keys);
    return mean;
}

}  // namespace mailrift
