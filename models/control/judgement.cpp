// Receivers' policies at work: what each remembers of each source, and the verdicts that follow.
#include "models/control/judgement.h"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

#include "models/control/rotation.h"
#include "models/control/units.h"
#include "models/delivery/chain.h"

namespace mailrift {
namespace {

double rejected_share(const Verdict& verdict) {
    double share = 0;
    for (const VerdictPart& part : verdict.parts) share += part.outcome == Outcome::kRejected ? part.share : 0;
    return share;
}

/// By what a source is judged that stands at no hosting supplier.
Key own_key(const Policy& rule) { return rule.key() == Key::kHosting ? Key::kAddress : rule.key(); }

}  // namespace

bool Judgement::ends_at(const NamedPolicy& named, sim::Tick tick) const {
    const sim::Tick slices = named.policy->period().us / model_.grid.slice.us;
    return slices == 0 || tick % slices == 0;
}

const Proposal& Judgement::said(const Row& row, const Held& held, std::size_t cell) const {
    const Opinion& opinion = held.shared ? shared_[*held.shared] : held.own;
    if (!row.accounts.told_apart()) return opinion.proposed[cell % opinion.proposed.size()];
    const bool by_account = policy(held.policy).key() == Key::kAccount;
    return opinion.proposed[by_account ? row.accounts.key_of[cell] : cell % row.keys % opinion.proposed.size()];
}

/// Share of a cell's mail that a policy has a say in: what none before it accepts past it.
double Judgement::heard(const Row& row, const Held& held, const CellAnswer& asked) const {
    if (!vouches_ || policy(held.policy).stage() >= Stage::kData) return 1;
    double share = 1;
    for (const Held& other : row.held) {
        if (other.policy == held.policy) break;
        share *= 1 - said(row, other, asked).accept;
    }
    return share;
}

/// What a policy may do to a cell of what it proposes: but for what is spared.
Proposal Judgement::revised(const Row& row, const Held& held, const CellAnswer& asked, Proposal proposal) const {
    const double say = heard(row, held, asked);
    for (double* share : {&proposal.junk, &proposal.reject, &proposal.defer, &proposal.discard}) *share *= say;
    if (row.reviewed && policy(held.policy).stage() < Stage::kData) proposal.reject *= 1 - row.cases[asked.cell].spared;
    if (held.exempt) proposal.reject = 0;
    return proposal;
}

/// Who is too large to be rejected by policies that count no wanted mail, at the end of their period, or at each slice if they remember
/// nothing. Returns whether any is now that was not, or the other way round.
bool Judgement::exempt(Row& row, const std::vector<bool>& ends, sim::Tick tick) const {
    bool other = false;
    for (Held& held : row.held) {
        const NamedPolicy& named = model_.policies[index(held.policy)];
        if (!named.asks_for_size() || (!ends[index(held.policy)] && named.policy->memory() > 0)) continue;
        const bool before = std::exchange(held.exempt, exemptions_.share(row.source, row.receiver, tick) > *named.exempt);
        other = other || held.exempt != before;
    }
    return other;
}

/// Gives notice, and decides appeals. Returns whether anything else is spared than before.
bool Judgement::review(Row& row, sim::Tick tick) {
    if (!row.reviewed) return false;
    const std::optional<Review> rule = policy(*row.reviewed).review();
    bool other = false;
    for (std::size_t k = 0; k < row.cells(); ++k) {
        Case& own = row.cases[k];
        const double before = own.spared;
        const auto refuses = [&](const Held& held) {
            return !held.exempt && policy(held.policy).stage() < Stage::kData && said(row, held, k).reject * heard(row, held, {k}) > 0;
        };
        const bool refused = std::any_of(row.held.begin(), row.held.end(), refuses);
        if (!refused) {
            own.since.reset();
        } else if (!own.since) {
            own.since = tick;
        }
        if (row.stranger) {  // of whose addresses none comes twice
            own.spared = refused && rule->notice.us > 0 ? 1 : 0;
            other = other || own.spared != before;
            continue;
        }
        const auto refused_for = own.since ? std::optional(model_.grid.slice * (tick - *own.since)) : std::nullopt;
        const bool as_account = row.accounts.told_apart() && std::any_of(row.held.begin(), row.held.end(), [&](const Held& held) {
                                    return policy(held.policy).key() == Key::kAccount && refuses(held);
                                });
        const std::size_t who = as_account ? row.keys + row.accounts.key_of[k] : k % row.keys;
        const std::array<double, 2>& sent = as_account ? row.sent_by[row.accounts.group_of[k]] : row.sent;
        const double spam_share = sent[1] > 0 ? sent[1] / (sent[0] + sent[1]) : 0;
        const double spared = rule->spared(refused_for, spam_share, facts_of(*row.reviewed, row, who, false, tick));
        other = other || spared != before;
        own.spared = spared;
    }
    return other;
}

/// What mail of a kind meets: the mean over the row's cells, and what lists say of each.
Verdict Judgement::mean_verdict(const Row& row, std::span<const CellAnswer> mail, const MailKind& kind, std::size_t before_rcpt,
                                std::optional<bool> forwarded, std::vector<double>* rejected) const {
    const bool by_account = row.accounts.told_apart();
    const std::vector<double> shares = by_account ? cell_shares(row.accounts, kind, members_[index(row.source)]) : std::vector<double>();
    Verdict mean{0, {}, {}};
    SourceFacts facts;
    if (forwarded) {
        facts = facts_[index(row.source)];
        facts.authenticated = *forwarded ? 1 : 0;
        const auto sent_on = forwards_.find({row.source, row.receiver});
        facts.spf_of_server = sent_on == forwards_.end() || sent_on->second;  // a mailing list's envelope is its own
    }
    const auto proposal = [&](const Held& held, const CellAnswer& asked) {
        const bool asks = forwarded && policy(held.policy).reads_authentication();
        return asks ? policy(held.policy).propose({}, {facts}) : said(row, held, asked);
    };
    if (rejected != nullptr) rejected->assign(row.cells(), 0.0);
    bool alike = by_account || mail.size() == 1;  // if they stay so, no mean is taken, which would differ in the last bit
    std::optional<Verdict> first;
    double all = 0;
    for (const CellAnswer& asked : mail) {
        const double weight = by_account ? asked.weight * shares[asked.cell] : asked.weight;
        if (weight == 0 && rejected == nullptr) continue;
        std::vector<std::pair<PolicyId, Proposal>> policies;
        for (const Held& held : row.held)
            policies.emplace_back(held.policy,
                                  revised(row, held, asked, policy(held.policy).of_class(proposal(held, asked), kind.mail_class)));
        const Verdict one = combine(policies, before_rcpt);
        if (rejected != nullptr) (*rejected)[asked.cell] += asked.weight * rejected_share(one);
        if (weight == 0) continue;
        if (!first) first = one;
        alike = alike && one == *first;
        mean.greylist = one.greylist;
        add_verdict(one, weight, mean);
        all += weight;
    }
    assert(first);  // each group of accounts has all addresses, so some of its mail has each answer
    if (alike) return *first;
    mean.accept /= all;
    for (VerdictPart& part : mean.parts) part.share /= all;
    const auto rank = [&](PolicyId id) {
        return std::find_if(row.held.begin(), row.held.end(), [&](const Held& held) { return held.policy == id; }) - row.held.begin();
    };
    const auto place = [&](const VerdictPart& part) {
        return std::tuple(rank(part.policy), part.outcome == Outcome::kJunk, part.outcome == Outcome::kDiscarded,
                          part.outcome == Outcome::kQueued);
    };
    std::stable_sort(mean.parts.begin(), mean.parts.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
    const auto parts_before = [&](std::ptrdiff_t policies) {
        const auto is_before = [&](const VerdictPart& part) { return rank(part.policy) < policies; };
        return static_cast<std::size_t>(std::count_if(mean.parts.begin(), mean.parts.end(), is_before));
    };
    mean.before_rcpt = parts_before(static_cast<std::ptrdiff_t>(before_rcpt));
    if (mean.greylist) mean.greylist->before = parts_before(rank(mean.greylist->policy));
    return mean;
}

Verdicts Judgement::mean_verdicts(const Row& row, std::span<const CellAnswer> mail, std::vector<double>* rejected) const {
    std::vector<PolicyId> policies;
    for (const Held& held : row.held) policies.push_back(held.policy);
    const std::size_t before_rcpt = count_before_rcpt(policies);
    Verdicts verdicts{mean_verdict(row, mail, {}, before_rcpt, {}, rejected), {}};
    const bool asks = std::any_of(policies.begin(), policies.end(), [&](PolicyId id) { return policy(id).reads_authentication(); });
    const bool for_others = forwards_.contains({row.source, row.receiver});
    if ((asks && (for_others || posts_.contains(row.source))) || (for_others && row.accounts.told_apart())) {
        for (const MailClass mail_class : {MailClass::kWanted, MailClass::kSpam}) {
            for (const bool passes : {true, false})
                verdicts.passed_on.push_back(mean_verdict(row, mail, {mail_class, Holder::kNobody}, before_rcpt, passes));
        }
    }
    const bool knows = std::any_of(policies.begin(), policies.end(), [&](PolicyId id) { return policy(id).knows_class(); });
    if (!knows && !row.accounts.told_apart()) return verdicts;
    Verdict spam = mean_verdict(row, mail, {MailClass::kSpam, Holder::kNobody}, before_rcpt);
    if (!(spam == verdicts.wanted)) verdicts.spam = std::move(spam);
    if (row.accounts.told_apart()) add_by_sender(row, mail, before_rcpt, verdicts);
    return verdicts;
}

/// What one operator of each receiver remembers as wanted of all sources together, by the policies whose period ends and that ask for it. A key stands for as many pairs
/// of operators as a row has to each that is remembered.
std::map<std::pair<PolicyId, EntityId>, double> Judgement::wanted_by_receiver(sim::Tick tick) {
    std::map<std::pair<PolicyId, EntityId>, double> wanted;
    bool any = false;
    for (std::size_t p = 0; p < model_.policies.size(); ++p)
        any = any || (asks_for_share(id_of<PolicyId>(p)) && ends_at(model_.policies[p], tick));
    if (!any) return wanted;
    for (Row& row : rows_) {
        for (Held& held : row.held) {
            const Policy& rule = policy(held.policy);
            if (held.shared || row.stranger || !asks_for_share(held.policy) || !ends_at(model_.policies[index(held.policy)], tick))
                continue;
            if (rule.key() == Key::kAccount) {
                if (row.accounts.told_apart()) wanted[{held.policy, row.receiver}] += wanted_of_accounts(row, held, tick);
                continue;
            }
            double sum = 0;
            for (std::size_t k = 0; k < held.own.proposed.size(); ++k) {
                catch_up(held.own, k, tick);
                sum += rule.wanted(memory_of(held.own, k));
            }
            wanted[{held.policy, row.receiver}] += sum / grain_of(rule.key(), row).sampled / static_cast<double>(count_of(row.receiver));
        }
    }
    for (std::size_t s = 0; s < shared_.size(); ++s) {
        const auto [receiver, id, hosting] = shared_keys_[s];
        if (!asks_for_share(id) || !ends_at(model_.policies[index(id)], tick)) continue;
        catch_up(shared_[s], 0, tick);
        wanted[{id, receiver}] += policy(id).wanted(memory_of(shared_[s], 0));
    }
    return wanted;
}

/// A policy at the end of its period. Returns whether it proposes anything else than before.
/// \param wanted what it remembers as wanted of all keys of the receiver
bool Judgement::judge(Opinion& opinion, const Row& row, bool hosted, double wanted, sim::Tick tick) {
    const Policy& rule = policy(opinion.policy);
    const NamedPolicy& named = model_.policies[index(opinion.policy)];
    bool other = false;
    const bool same = rule.memory() == 0 && rule.list().empty() && !asks_for_share(opinion.policy);  // as long as the key is
    for (std::size_t k = 0; k < opinion.proposed.size(); ++k) {
        if (!row.stranger || hosted) catch_up(opinion, k, tick);
        if (same) continue;
        const std::span<double> memory = memory_of(opinion, k);
        KeyFacts facts = facts_of(opinion.policy, row, k, hosted, tick);
        facts.share = wanted > 0 ? std::min(rule.wanted(memory) / wanted, 1.0) : 0;
        Proposal proposal = ask(rule, memory, facts);
        if (named.exempt && facts.share > *named.exempt) proposal.reject = 0;  // by its own counts; of others see exempt()
        other = other || !(proposal == opinion.proposed[k]);
        opinion.proposed[k] = proposal;
    }
    return other;
}

/// Of a fresh address nobody remembers anything.
bool Judgement::take_fresh_addresses(Row& row, sim::Tick tick) {
    const Entity& source = model_.world.entities[index(row.source)];
    const sim::Duration rotation = source.rotation;
    const auto operators = static_cast<std::size_t>(std::min(source.count, source.representatives));
    bool any = false;
    for (std::size_t k = 0; k < row.keys && rotation.us > 0; ++k) {
        if (!takes_fresh_address(rotation, k % operators, operators, tick, model_.grid.slice)) continue;
        any = true;
        for (std::size_t c = k; row.reviewed && c < row.cells(); c += row.keys) row.cases[c] = {};
        for (Held& held : row.held) {
            if (held.shared || !changes_with_address(source, own_key(policy(held.policy)))) continue;
            const std::span<double> memory = memory_of(held.own, k);
            std::fill(memory.begin(), memory.end(), 0.0);
            held.own.seen[k] = tick;
            held.own.proposed[k] = first_proposal(held.policy, row, k, false, tick);
        }
    }
    return any;
}

std::vector<Change> Judgement::judge(sim::Tick tick) {
    std::vector<Change> changes;
    std::vector<bool> ends;
    std::vector<bool> starts;
    bool any_changes = false;
    for (const NamedPolicy& named : model_.policies) {
        ends.push_back(ends_at(named, tick));
        starts.push_back(starts_at(named, tick));
        any_changes = any_changes || starts.back() || stops_at(named, tick);
    }
    if (any_changes) introduce(tick, changes);
    const bool any_ends = std::find(ends.begin(), ends.end(), true) != ends.end();
    std::vector<bool> has_fresh;
    for (Row& row : rows_) has_fresh.push_back(take_fresh_addresses(row, tick));
    auto wanted = any_ends ? wanted_by_receiver(tick) : std::map<std::pair<PolicyId, EntityId>, double>();
    for (std::size_t p = 0; p < ends.size(); ++p) {
        const BatchPolicy* rule = model_.policies[p].policy->in_batches();
        if (rule != nullptr && ends[p] && was_applied(model_.policies[p], tick)) judge_batches(id_of<PolicyId>(p), *rule, tick);
    }
    enum class Said : std::uint8_t { kNotAsked, kSame, kOther };
    std::vector<Said> shared(shared_.size(), Said::kNotAsked);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        Row& row = rows_[i];
        bool any = std::exchange(row.is_new, false) || has_fresh[i] || tick == 0;
        any = any || (row.accounts.told_apart() && other_members_[index(row.source)]);
        for (Held& held : row.held) {
            const std::size_t p = index(held.policy);
            any = any || starts[p];
            if (!ends[p]) continue;
            if (policy(held.policy).in_batches() != nullptr) {
                any = true;
                continue;
            }
            const double all = asks_for_share(held.policy) ? wanted[{held.policy, row.receiver}] : 0;
            if (!held.shared) {
                if (judge(held.own, row, false, all, tick)) any = true;
                continue;
            }
            Said& said = shared[*held.shared];
            if (said == Said::kNotAsked) said = judge(shared_[*held.shared], row, true, all, tick) ? Said::kOther : Said::kSame;
            any = any || said == Said::kOther;
        }
        if (exempt(row, ends, tick)) any = true;
        if (review(row, tick)) any = true;
        if (!any) continue;
        Change change;
        change.kind = ChangeKind::kJudge;
        change.source = row.source;
        change.receiver = row.receiver;
        std::vector<double> rejected;
        change.verdicts = mean_verdicts(row, row.is_sample ? &rejected : nullptr);
        change.by_answer = verdicts_by_answer(row, tick);
        if (row.is_sample) row.record.set(tick, std::move(rejected));
        changes.push_back(std::move(change));
    }
    return changes;
}

std::vector<SampledShare> Judgement::samples(sim::Tick end) const {
    const auto id_of_entry = [&](EntityId id) {
        const Entity& entity = model_.world.entities[index(id)];
        return entity.stands_for.empty() ? entity.id : entity.stands_for;
    };
    std::map<std::pair<std::string, std::string>, std::vector<SampledPair>> pairs;
    for (const Row& row : rows_) {
        if (!row.is_sample) continue;
        const std::vector<double> means = row.record.means(end);
        if (means.empty()) continue;
        add_samples(row, means, pairs[{id_of_entry(row.source), id_of_entry(row.receiver)}]);
    }
    std::vector<SampledShare> samples;
    for (auto& [ids, sample] : pairs) {
        std::stable_sort(sample.begin(), sample.end(), [](const auto& a, const auto& b) { return a.stratum < b.stratum; });
        if (sample.size() >= 2) samples.push_back(estimate(ids.first, ids.second, sample));
    }
    return samples;
}

}  // namespace mailrift
