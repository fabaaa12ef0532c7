// Receivers' policies at work: those that judge the accounts of a provider by themselves.
#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

#include "models/control/judgement.h"
#include "models/control/units.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kSplitStream = sim::hash64("receivers tell accounts apart");
constexpr std::uint64_t kFilterStream = sim::hash64("receivers judge accounts: content filters");
constexpr std::uint64_t kReportStream = sim::hash64("receivers judge accounts: reports of users");

}  // namespace

void Judgement::count_members(const StateView& view) {
    if (tell_accounts_.empty()) return;
    const std::vector<double> before = std::exchange(members_, members_by_pool(view, model_.mail.scale));
    other_members_.assign(members_.size(), false);
    for (std::size_t e = 0; e < before.size(); ++e) other_members_[e] = members_[e] != before[e];
}

/// Whether a policy of the receiver that judges by account has begun.
bool Judgement::tells_accounts(EntityId receiver, sim::Tick tick) const {
    if (!tell_accounts_.contains(receiver)) return false;
    const std::vector<PolicyId>& policies = at_.at(receiver);
    return std::any_of(policies.begin(), policies.end(), [&](PolicyId id) {
        return policy(id).key() == Key::kAccount &&
               model_.grid.tick_at_or_after(model_.policies[index(id)].from) <= std::max(tick, sim::Tick{0});
    });
}

/// From the first policy on that does so, to the end: each cell goes on from what was known of its address.
void Judgement::tell_accounts(Row& row, sim::Tick tick) const {
    if (row.accounts.told_apart() || row.stranger || !tells_accounts(row.receiver, tick) || is_spam_sender(model_, row.source)) return;
    row.accounts = accounts_at(model_, row.source, row.receiver, row.keys, members_at_start_[index(row.source)], whole_);
    row.sent_by.resize(row.accounts.groups.size());
    for (std::size_t c = row.cases.size(); !row.cases.empty() && c < row.cells(); ++c) row.cases.push_back(row.cases[c % row.keys]);
    row.record.widen(row.cells());
    for (const AccountGroup& group : row.accounts.groups) row.is_sample = row.is_sample || (group.share > 0 && group.keys > 1);
}

/// What came by known accounts: what members wrote, and what each named sender sent by its own. What the source sent on for others came by nobody's.
std::vector<Judgement::Part> Judgement::parts_of(const SourceTally& tally, std::span<const SenderTally> senders) const {
    std::vector<Part> parts{{{}, tally.reached[0], tally.inbox[0], tally.offered[0]}};
    std::vector<SenderTally> sorted(senders.begin(), senders.end());  // so that sums have one order
    std::sort(sorted.begin(), sorted.end(), [](const SenderTally& a, const SenderTally& b) { return a.sender < b.sender; });
    for (const SenderTally& own : sorted) {
        parts[0].reached -= own.reached[0];
        parts[0].inbox -= own.inbox[0];
        parts[0].offered -= own.offered[0];
        if (!own.sender) continue;
        const SpamSender& sender = model_.spam_senders[*own.sender];
        const std::size_t c = tally_index(sender.mail_class);
        parts.push_back({{sender.mail_class, holder_of(sender), *own.sender}, own.reached[c], own.inbox[c], own.offered[c]});
    }
    parts[0].inbox = std::max(parts[0].inbox, 0.0);  // in expectation sums are rounded
    parts[0].reached = std::max(parts[0].reached, parts[0].inbox);
    parts[0].offered = std::max(parts[0].offered, 0.0);
    return parts;
}

/// What policies let pass of a cell's mail.
/// \param by_account whether those that judge by account count too
Judgement::Passing Judgement::passing(const Row& row, const CellAnswer& asked, bool by_account) const {
    Passing passed;
    for (const Held& held : row.held) {
        if (!by_account && policy(held.policy).key() == Key::kAccount) continue;
        const Proposal proposed = revised(row, held, asked, said(row, held, asked));
        passed.inbox *= 1 - proposed.defer - proposed.reject - proposed.discard - proposed.junk;
        if (policy(held.policy).stage() < Stage::kData) passed.reached *= 1 - proposed.defer - proposed.reject;
    }
    return passed;
}

/// As split(), by account: what is in the inbox, or came so far, is a cell's in proportion to its share of the part and to how much of it the verdicts on
/// the cell let reach it; and of that, one account's in proportion to those that it stands for.
std::map<std::size_t, Judgement::Sent> Judgement::split_accounts(const Row& row, const std::vector<Part>& parts, sim::Tick tick) const {
    std::vector<double> inbox(row.cells());
    std::vector<double> other(row.cells());
    for (const CellAnswer& asked : answers(row, asked_twice(row), row.cells())) {
        const Passing passed = passing(row, asked, true);
        inbox[asked.cell] += asked.weight * passed.inbox;
        other[asked.cell] += asked.weight * (passed.reached - passed.inbox);
    }
    std::map<std::size_t, Sent> sent;
    sim::Draws draws(model_.seed, kSplitStream, row.key, static_cast<std::uint32_t>(tick));
    const auto receivers = static_cast<double>(count_of(row.receiver));
    const auto share = [&](double messages, const std::vector<double>& shares, const std::vector<double>& chance, const auto& take) {
        if (messages <= 0) return;
        std::vector<double> weights(row.accounts.keys);
        for (std::size_t c = 0; c < row.cells(); ++c) weights[row.accounts.key_of[c]] += shares[c] * chance[c];
        const double most = *std::max_element(weights.begin(), weights.end());
        for (double& weight : weights) weight = most > 0 ? weight / most : 0;
        for (const auto& [k, its] : share_out(messages, weights, draws)) {
            const auto after = [&, k = k](const AccountGroup& group) { return k < group.key + group.keys; };
            const AccountGroup& group = *std::find_if(row.accounts.groups.begin(), row.accounts.groups.end(), after);
            if (group.holder == Holder::kNobody) continue;
            const double own = thinned(its, own_share(row.accounts, group, receivers, members_[index(row.source)]), draws);
            if (own > 0) take(sent[k], own);
        }
    };
    for (const Part& part : parts) {
        const std::size_t c = tally_index(part.kind.mail_class);
        const std::vector<double> shares = cell_shares(row.accounts, part.kind, members_[index(row.source)]);
        share(part.inbox, shares, inbox, [&](Sent& to, double messages) {
            to.inbox[c] += messages;
            to.reached[c] += messages;
        });
        share(part.reached - part.inbox, shares, other, [&](Sent& to, double messages) { to.reached[c] += messages; });
    }
    return sent;
}

void Judgement::learn_accounts(Row& row, const SourceTally& tally, std::span<const SenderTally> senders, sim::Tick tick) {
    const std::vector<Part> parts = parts_of(tally, senders);
    for (std::size_t g = 0; row.reviewed && g < row.sent_by.size(); ++g) {
        const AccountGroup& group = row.accounts.groups[g];
        row.sent_by[g][0] += writing_share(row.accounts, group, members_[index(row.source)]) * parts[0].offered;
        for (std::size_t p = 1; p < parts.size(); ++p) {
            const bool is_its = std::find(group.senders.begin(), group.senders.end(), parts[p].kind.sender) != group.senders.end();
            if (is_its) row.sent_by[g][tally_index(parts[p].kind.mail_class)] += parts[p].offered;
        }
    }
    std::map<std::size_t, Sent> sent;
    bool is_split = false;
    for (Held& held : row.held) {
        const Policy& rule = policy(held.policy);
        if (rule.key() != Key::kAccount) continue;
        assert(!rule.reads_offered());
        if (!is_split) sent = split_accounts(row, parts, tick);
        is_split = true;
        const std::uint64_t stream = rule.judge().evidence == Evidence::kInbox ? kReportStream : kFilterStream;
        sim::Draws draws(model_.seed, stream, row.key, static_cast<std::uint32_t>(tick));
        for (const auto& [k, messages] : sent) remember(held.own, k, judged(rule, messages, draws), tick);
    }
}

/// What one operator of the receiver remembers as wanted of all accounts.
double Judgement::wanted_of_accounts(const Row& row, Held& held, sim::Tick tick) const {
    const auto receivers = static_cast<double>(count_of(row.receiver));
    double wanted = 0;
    for (const AccountGroup& group : row.accounts.groups) {
        if (group.holder == Holder::kNobody) continue;
        const double own = own_share(row.accounts, group, receivers, members_[index(row.source)]);
        for (std::size_t k = group.key; k < group.key + group.keys; ++k) {
            catch_up(held.own, k, tick);
            wanted += policy(held.policy).wanted(memory_of(held.own, k)) / own;
        }
    }
    return wanted / receivers;
}

/// What named senders meet whose accounts are judged by themselves, where that is not what others of their class meet.
void Judgement::add_by_sender(const Row& row, std::span<const CellAnswer> mail, std::size_t before_rcpt, Verdicts& verdicts) const {
    for (const AccountGroup& group : row.accounts.groups) {
        for (const std::uint32_t sender : group.senders) {
            const SpamSender& of = model_.spam_senders[sender];
            const MailClass as = of.mail_class == MailClass::kSpam ? MailClass::kSpam : MailClass::kWanted;
            Verdict own = mean_verdict(row, mail, {as, group.holder, sender}, before_rcpt, of.authenticates);
            if (of.authenticates.has_value() || !(own == verdicts.of(as))) verdicts.by_sender.emplace_back(sender, std::move(own));
        }
    }
    std::sort(verdicts.by_sender.begin(), verdicts.by_sender.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

/// The remembered keys of a row, each with how many it stands for: where accounts are told apart those of members, each group a sample of its own.
void Judgement::add_samples(const Row& row, const std::vector<double>& means, std::vector<SampledPair>& sample) const {
    const auto receivers = static_cast<double>(count_of(row.receiver));
    if (!row.accounts.told_apart()) {
        const double pairs = static_cast<double>(count_of(row.source)) * receivers;
        for (const double rejected : means) sample.push_back({rejected, pairs / static_cast<double>(means.size())});
        return;
    }
    const double at_start = members_at_start_[index(row.source)];
    const double pairs = std::max(at_start > 0 ? at_start : members_[index(row.source)], 1.0) * receivers;
    for (std::size_t g = 0; g < row.accounts.groups.size(); ++g) {
        const AccountGroup& group = row.accounts.groups[g];
        if (group.share <= 0) continue;
        std::vector<double> rejected(group.keys);
        for (std::size_t c = group.cell; c < group.cell + group.cells; ++c)
            rejected[row.accounts.key_of[c] - group.key] += means[c] * static_cast<double>(group.keys) / static_cast<double>(group.cells);
        for (const double own : rejected) sample.push_back({own, pairs * group.share / static_cast<double>(group.keys), g});
    }
}

}  // namespace mailrift
