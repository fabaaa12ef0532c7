// Receivers' policies at work: how what came in a slice is told apart by keys, judged, and remembered.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/control/judgement.h"
#include "sim/counts.h"
#include "sim/distributions.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kSplitStream = sim::hash64("receivers tell operators apart");
constexpr std::uint64_t kFilterStream = sim::hash64("receivers judge: content filters");
constexpr std::uint64_t kReportStream = sim::hash64("receivers judge: reports of users");
constexpr std::uint64_t kHostingStream = sim::hash64("receivers judge: hosting suppliers");

}  // namespace

double Judgement::thinned(double messages, double probability, sim::Draws& draws) const {
    if (!whole_) return messages * probability;
    return static_cast<double>(sim::binomial(static_cast<std::uint64_t>(messages), std::clamp(probability, 0.0, 1.0), draws));
}

void Judgement::learn(std::span<const SourceTally> slice, sim::Tick tick, std::span<const SenderTally> senders) {
    lists_.learn(slice, tick);
    exemptions_.learn(slice, tick);
    shared_seen_.clear();
    std::map<std::size_t, std::vector<SenderTally>> by_row;
    for (const SenderTally& sender : senders) by_row[sender.row].push_back(sender);
    for (std::size_t i = 0; i < slice.size(); ++i) {
        const SourceTally& tally = slice[i];
        Row& row = row_of(tally, i, tick);
        if (row.stranger || tally.reached[0] + tally.reached[1] + tally.offered[0] + tally.offered[1] == 0) continue;
        for (std::size_t c = 0; c < 2 && row.reviewed; ++c) row.sent[c] += tally.offered[c];
        learn(row, tally, tick);
        if (row.accounts.told_apart()) learn_accounts(row, tally, by_row[i], tick);
        learn_shared(row, tally, tick);
    }
    for (const auto& [place, counts] : shared_seen_) remember(shared_[place], 0, counts, tick);
}

/// The row of a tally that stands at `place`. The mail of a warm-up is another traffic model's, which may have met the sources in another order.
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

void Judgement::learn(Row& row, const SourceTally& tally, sim::Tick tick) {
    if (std::all_of(row.held.begin(), row.held.end(), [](const Held& held) { return held.shared.has_value(); })) return;
    std::map<std::pair<std::size_t, double>, std::map<std::size_t, Sent>>
        by_grain;                                        // ranges and domains are told apart otherwise than addresses
    std::optional<std::pair<Judge, JudgedCounts>> last;  // of all the row's mail: equal judges say the same
    for (Held& held : row.held) {
        if (held.shared) continue;
        const Policy& rule = policy(held.policy);
        if (rule.key() == Key::kAccount) continue;  // see learn_accounts()
        const Grain grain = grain_of(rule.key(), row);
        const bool one_key = grain.keys == 1 && grain.sampled == 1;
        if (one_key && rule.memory() == 0) {  // so that it does not matter how it would judge
            held.own.seen[0] = tick + 1;
            continue;
        }
        const bool inbox = rule.judge().evidence == Evidence::kInbox;
        sim::Draws draws(model_.seed, inbox ? kReportStream : kFilterStream, row.key, static_cast<std::uint32_t>(tick));
        const double seen = rule.key() == Key::kDomain ? facts_[index(row.source)].authenticated : 1;
        const auto take = [&](std::size_t k, const Sent& messages) {
            remember(held.own, k, judged(rule, seen < 1 ? authenticated(messages, seen, draws) : messages, draws), tick);
        };
        const Sent all{tally.reached, tally.inbox, tally.offered[0] + tally.offered[1]};
        if (one_key && seen >= 1) {
            if (!last || last->first != rule.judge()) last.emplace(rule.judge(), judged(rule, all, draws));
            remember(held.own, 0, last->second, tick);
            continue;
        }
        if (one_key) {
            take(0, all);
            continue;
        }
        const auto [found, is_first] = by_grain.try_emplace({grain.keys, grain.sampled});
        if (is_first) found->second = split(row, tally, grain, tick);
        for (const auto& [k, messages] : found->second) take(k, messages);
    }
}

/// What of it passes, so that it has a domain.
Judgement::Sent Judgement::authenticated(const Sent& sent, double share, sim::Draws& draws) const {
    Sent passing{{}, {}, sent.offered};
    for (std::size_t c = 0; c < 2; ++c) {
        passing.inbox[c] = thinned(sent.inbox[c], share, draws);
        passing.reached[c] = passing.inbox[c] + thinned(sent.reached[c] - sent.inbox[c], share, draws);
    }
    return passing;
}

/// One receiving operator's part of a row's mail, for what is remembered of hosting suppliers.
void Judgement::learn_shared(const Row& row, const SourceTally& tally, sim::Tick tick) {
    const double part = 1 / static_cast<double>(count_of(row.receiver));
    for (const Held& held : row.held) {
        if (!held.shared) continue;
        sim::Draws draws(model_.seed, kHostingStream, row.key, static_cast<std::uint32_t>(tick));
        Sent sent;
        for (std::size_t c = 0; c < 2; ++c) {
            sent.inbox[c] = part == 1 ? tally.inbox[c] : thinned(tally.inbox[c], part, draws);
            sent.reached[c] = part == 1 ? tally.reached[c] : sent.inbox[c] + thinned(tally.reached[c] - tally.inbox[c], part, draws);
        }
        sent.offered = (tally.offered[0] + tally.offered[1]) * part;
        const JudgedCounts counts = judged(policy(held.policy), sent, draws);
        JudgedCounts& sum = shared_seen_[*held.shared];
        sum.good += counts.good;
        sum.bad += counts.bad;
        sum.offered += counts.offered;
    }
}

JudgedCounts Judgement::judged(const Policy& rule, const Sent& sent, sim::Draws& draws) const {
    const Judge judge = rule.judge();
    const std::array<double, 2>& seen = judge.evidence == Evidence::kInbox ? sent.inbox : sent.reached;
    const double bad = thinned(seen[0], judge.false_positive, draws) + thinned(seen[1], judge.true_positive, draws);
    return {seen[0] + seen[1] - bad, bad, sent.offered};
}

/// A try of key k is in the inbox with probability prod (1 - defer - reject - discard - junk) over policies, and comes to stage `data` with what
/// prod (1 - defer - reject) of the policies before that is more; what is in the inbox, or came so far, is a key's in proportion to these.
/// Precondition: there is more than one key, or not all of the mail is theirs.
std::map<std::size_t, Judgement::Sent> Judgement::split(const Row& row, const SourceTally& tally, const Grain& grain,
                                                        sim::Tick tick) const {
    std::map<std::size_t, Sent> sent;
    std::vector<double> to_inbox(grain.keys, 0.0);
    std::vector<double> other(grain.keys, 0.0);
    const double largest =
        std::ceil(static_cast<double>(row.keys) / static_cast<double>(grain.keys));  // number of addresses, so that weights are in 0..1
    const bool by_cell = row.accounts.told_apart() && row.reviewed;                  // each has a case of its own
    const std::vector<double> shares = by_cell ? cell_shares(row.accounts, {}, members_[index(row.source)]) : std::vector<double>();
    for (const CellAnswer& asked : answers(row, asked_twice(row), by_cell ? row.cells() : row.keys)) {
        const double weight = asked.weight * (by_cell ? shares[asked.cell] : 1);
        const Passing passed = passing(row, asked, false);
        const double inbox = passed.inbox * weight;
        const double reached = passed.reached * weight;
        to_inbox[asked.cell % row.keys % grain.keys] += inbox / largest;
        other[asked.cell % row.keys % grain.keys] += (reached - inbox) / largest;
    }
    const std::uint64_t key = grain.keys == row.keys ? row.key : sim::join64(row.key, grain.keys);
    sim::Draws draws(model_.seed, kSplitStream, key, static_cast<std::uint32_t>(tick));
    for (std::size_t c = 0; c < 2; ++c) {
        for (const auto& [k, messages] : share_out(thinned(tally.inbox[c], grain.sampled, draws), to_inbox, draws)) {
            sent[k].inbox[c] += messages;
            sent[k].reached[c] += messages;
        }
        for (const auto& [k, messages] : share_out(thinned(tally.reached[c] - tally.inbox[c], grain.sampled, draws), other, draws)) {
            sent[k].reached[c] += messages;
        }
    }
    const double offered = tally.offered[0] + tally.offered[1];
    if (offered == 0) return sent;
    for (const auto& [k, messages] : share_out(thinned(offered, grain.sampled, draws), std::vector<double>(grain.keys, 1.0), draws)) {
        sent[k].offered += messages;
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

void Judgement::remember(Opinion& opinion, std::size_t key, const JudgedCounts& counts, sim::Tick tick) const {
    catch_up(opinion, key, tick);
    const Policy& rule = policy(opinion.policy);
    rule.observe(counts, model_.grid.slice, {opinion.memory.data() + key * rule.memory(), rule.memory()});
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

}  // namespace mailrift
