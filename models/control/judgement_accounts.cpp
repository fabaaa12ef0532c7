// Receivers' policies at work: those that judge the accounts of a provider by themselves.
#include <algorithm>
#include <cmath>
#include <map>

#include "models/control/judgement.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kSplitStream = sim::hash64("receivers tell accounts apart");
constexpr std::uint64_t kFilterStream = sim::hash64("receivers judge accounts: content filters");
constexpr std::uint64_t kReportStream = sim::hash64("receivers judge accounts: reports of users");

/// Weights in 0..1, as large as they can be.
void scale_up(std::vector<double>& weights) {
    const double most = *std::max_element(weights.begin(), weights.end());
    for (double& weight : weights) weight = most > 0 ? weight / most : 0;
}

}  // namespace

void Judgement::count_members(const StateView& view) {
    if (!tell_accounts_.empty()) members_ = members_by_pool(view, model_.mail.scale);
}

/// A row's mail by kind: of members, spam of nobody in particular, and what each named sender sends by its accounts.
std::vector<Judgement::Part> Judgement::parts_of(const Row& row, const SourceTally& tally, std::span<const SenderTally> senders) const {
    const auto shares = [&](const MailKind& kind) { return cell_shares(row.accounts, kind, members_of(row)); };
    std::vector<Part> parts;
    for (const bool spam : {false, true}) {
        const std::size_t c = spam ? 1 : 0;
        parts.push_back({c, tally.reached[c], tally.inbox[c], tally.offered[c], shares({spam})});
    }
    std::map<std::uint32_t, Part> named;
    for (const SenderTally& own : senders) {
        const SpamSender& sender = model_.spam_senders[own.sender];
        if (sender.by.empty()) continue;
        const auto [found, is_new] = named.try_emplace(own.sender);
        Part& part = found->second;
        if (is_new) part = {tally_index(sender.mail_class), 0, 0, 0, shares({false, own.sender})};
        part.reached += own.reached;
        part.inbox += own.inbox;
        part.offered += own.offered;
    }
    for (auto& [sender, part] : named) {
        Part& rest = parts[part.mail_class];
        rest.reached = std::max(rest.reached - part.reached, 0.0);
        rest.inbox = std::max(rest.inbox - part.inbox, 0.0);
        rest.offered = std::max(rest.offered - part.offered, 0.0);
        parts.push_back(std::move(part));
    }
    return parts;
}

/// As split(), part by part: what is in the inbox, or came so far, is a cell's in proportion to its share of the part and to how much of it the
/// verdicts on the cell let reach it.
/// \param grain the keys that are told apart; null: accounts
std::map<std::size_t, Judgement::Sent> Judgement::split_parts(const Row& row, const std::vector<Part>& parts, const Grain* grain,
                                                              sim::Tick tick) const {
    const double receivers = static_cast<double>(count_of(row.receiver));
    const std::size_t keys = grain != nullptr ? grain->keys : row.accounts.keys;
    const auto key_of = [&](std::size_t cell) { return grain != nullptr ? cell % row.keys % keys : row.accounts.key_of(cell); };
    std::vector<double> own(keys, grain != nullptr ? grain->sampled : 1);  // share of what is a key's that is the remembered one's
    for (const AccountGroup& group : row.accounts.groups) {
        if (grain != nullptr) break;
        const double share = group.known ? own_share(group, receivers, members_of(row), row.accounts) : 0;
        for (std::size_t k = 0; k < group.keys; ++k) own[group.key + k] = share;
    }
    std::vector<double> inbox(row.cells());
    std::vector<double> reached(row.cells());
    for (const CellAnswer& asked : answers(row, asked_twice(row))) {
        double to_inbox = asked.weight;
        double to_data = asked.weight;
        for (const Held& held : row.held) {
            const Proposal proposed = revised(row, held, asked, said(row, held, asked));
            to_inbox *= 1 - proposed.defer - proposed.reject - proposed.discard - proposed.junk;
            if (policy(held.policy).stage() < Stage::kData) to_data *= 1 - proposed.defer - proposed.reject;
        }
        inbox[asked.cell] += to_inbox;
        reached[asked.cell] += to_data;
    }
    std::map<std::size_t, Sent> sent;
    sim::Draws draws(model_.seed, kSplitStream, sim::join64(row.key, keys), static_cast<std::uint32_t>(tick));
    const auto share = [&](double messages, const Part& part, const auto& chance, const auto& take) {
        if (messages <= 0) return;
        std::vector<double> weights(keys);
        for (std::size_t k = 0; k < row.cells(); ++k) weights[key_of(k)] += part.shares[k] * chance(k);
        scale_up(weights);
        for (const auto& [k, its] : share_out(messages, weights, draws)) {
            const double remembered = thinned(its, own[k], draws);
            if (remembered > 0) take(sent[k], remembered);
        }
    };
    for (const Part& part : parts) {
        const std::size_t c = part.mail_class;
        share(
            part.inbox, part, [&](std::size_t k) { return inbox[k]; },
            [&](Sent& to, double messages) {
                to.inbox[c] += messages;
                to.reached[c] += messages;
            });
        share(
            part.reached - part.inbox, part, [&](std::size_t k) { return reached[k] - inbox[k]; },
            [&](Sent& to, double messages) { to.reached[c] += messages; });
        share(
            part.offered, part, [](std::size_t) { return 1.0; }, [](Sent& to, double messages) { to.offered += messages; });
    }
    return sent;
}

void Judgement::learn_accounts(const Row& row, Held& held, const std::vector<Part>& parts, sim::Tick tick) {
    const Policy& rule = policy(held.policy);
    const std::uint64_t stream = rule.judge().evidence == Evidence::kInbox ? kReportStream : kFilterStream;
    sim::Draws draws(model_.seed, stream, row.key, static_cast<std::uint32_t>(tick));
    for (const auto& [k, messages] : split_parts(row, parts, nullptr, tick)) remember(held.own, k, judged(rule, messages, draws), tick);
}

/// What one operator of the receiver remembers as wanted of all accounts.
double Judgement::wanted_of_accounts(const Row& row, Held& held, sim::Tick tick) const {
    const double receivers = static_cast<double>(count_of(row.receiver));
    double wanted = 0;
    for (const AccountGroup& group : row.accounts.groups) {
        if (!group.known) continue;
        const double own = own_share(group, receivers, members_of(row), row.accounts);
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
            const bool spam = of.mail_class == MailClass::kSpam;
            Verdict own = mean_verdict(row, mail, {spam, sender}, before_rcpt, of.authenticates);
            if (of.authenticates || !(own == verdicts.of(of.mail_class))) verdicts.by_sender.emplace_back(sender, std::move(own));
        }
    }
    std::sort(verdicts.by_sender.begin(), verdicts.by_sender.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

}  // namespace mailrift
