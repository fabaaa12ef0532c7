// What receivers saw of sources in a slice: all that policies may learn from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "models/delivery/archive.h"
#include "models/delivery/chain.h"
#include "models/delivery/fate.h"
#include "models/delivery/ledger.h"

namespace mailrift {

/// Which policies see the whole message (stage `data`), and what of mail is counted.
struct TallyRules {
    std::vector<bool> at_data{};        ///< by PolicyId; more policies: none of them
    bool offered = false;               ///< whether SourceTally::offered is wanted
    std::vector<bool> judges{};         ///< by entity: who has policies; more entities: none of them
    std::vector<bool> tell_accounts{};  ///< by entity: who wants SenderTally; more entities: none of them
    std::vector<bool> have_accounts{};  ///< by named sender: whether they are told apart; more: none of them
};

/// Mail of one source at one judge (a gateway, a provider, or where a mailbox forwards to) in a slice, by class: wanted, spam. Mail that an order
/// refused, or to a closed account, is not in it.
struct SourceTally {
    EntityId source;  ///< by whom the judge takes it to be sent
    EntityId judge;
    std::array<double, 2> reached{};    ///< messages that came to stage `data`, whatever was done there: what a content filter sees
    std::array<double, 2> inbox{};      ///< of them in the inbox: what users report
    std::array<double, 2> offered{};    ///< messages at their first try, whatever policies did; 0 unless TallyRules ask for it
    std::array<double, 2> passed_on{};  ///< of them those that another judge let pass before
};

/// Part of the mail of one SourceTally, where its judge tells accounts apart: a named sender's, or what the source sends on for others.
struct SenderTally {
    std::size_t row = 0;                    ///< place of the tally that it is part of
    std::optional<std::uint32_t> sender{};  ///< none: what is sent on
    std::array<double, 2> reached{};        ///< as in the tally
    std::array<double, 2> inbox{};
    std::array<double, 2> offered{};
};

/// Place of a class in SourceTally; bulk mail counts as wanted.
[[nodiscard]] constexpr std::size_t tally_index(MailClass mail_class) noexcept { return mail_class == MailClass::kSpam ? 1 : 0; }

/// The tallies of a slice, one for each pair that can meet.
class TallyBoard {
public:
    explicit TallyBoard(const World& world, TallyRules rules = {}) : world_(world), rules_(std::move(rules)) {}

    /// The place of mail of a source along a chain of judges, which is made if it is new; places stay.
    /// \param sender the named one that sends it
    std::size_t place(EntityId source, Chain chain, std::optional<std::uint32_t> sender = {}) {
        if (sender && (*sender >= rules_.have_accounts.size() || !rules_.have_accounts[*sender])) sender.reset();
        const bool one = !judges(chain.provider) || chain.judge == chain.provider;
        if (one && !(chain.forward_to && judges(*chain.forward_to))) chain = {chain.judge, chain.judge};
        const auto [found, is_new] = ways_.try_emplace({source, chain, sender}, by_way_.size());
        if (is_new) by_way_.push_back(stops_of(source, chain, sender));
        return found->second;
    }

    /// Counts messages with one fate, at each judge that they came to.
    /// \param first whether it is that of their first try
    void add(std::size_t place, MailClass mail_class, const FatePart& part, double messages, bool first = true) {
        const bool inbox = part.outcome == Outcome::kInbox;
        const bool accepted = inbox || is_accepted(part.outcome);
        const std::size_t c = tally_index(mail_class);
        const std::optional<PolicyId>& policy = part.cause.policy;
        const std::size_t ends_at = policy ? hop_of(*policy) : inbox ? kNoHop : 0;
        for (const Stop& stop : by_way_[place]) {
            const bool marked = part.outcome == Outcome::kJunk && stop.marked_too;
            if (stop.hop > ends_at && !marked) break;
            SourceTally& row = rows_[stop.row];
            const bool reached = accepted || ends_at > stop.hop || (ends_at == stop.hop && sees_all(policy));
            const bool offered = rules_.offered && first && (inbox || policy);
            if (reached) row.reached[c] += messages;
            if (inbox) row.inbox[c] += messages;
            if (offered) row.offered[c] += messages;
            if (offered && stop.hop > 0) row.passed_on[c] += messages;
            if (!stop.sender_row) continue;
            SenderTally& own = senders_[*stop.sender_row];
            if (reached) own.reached[c] += messages;
            if (inbox) own.inbox[c] += messages;
            if (offered) own.offered[c] += messages;
        }
    }

    /// Counts messages whose first try was deferred, where that is wanted.
    void defer(std::size_t place, MailClass mail_class, double messages) {
        if (!rules_.offered) return;
        for (const Stop& stop : by_way_[place]) {
            rows_[stop.row].offered[tally_index(mail_class)] += messages;
            if (stop.hop > 0) rows_[stop.row].passed_on[tally_index(mail_class)] += messages;
            if (stop.sender_row) senders_[*stop.sender_row].offered[tally_index(mail_class)] += messages;
        }
    }

    [[nodiscard]] const std::vector<SourceTally>& rows() const noexcept { return rows_; }
    [[nodiscard]] const std::vector<SenderTally>& senders() const noexcept { return senders_; }

    /// Begins a slice.
    void clear() {
        for (SourceTally& row : rows_) row.reached = row.inbox = row.offered = row.passed_on = {};
        for (SenderTally& own : senders_) own.reached = own.inbox = own.offered = {};
    }

    /// Which pairs have which places.
    void save(sim::ArchiveWriter& archive) const {
        std::vector<std::pair<EntityId, EntityId>> pairs;
        for (const SourceTally& row : rows_) pairs.emplace_back(row.source, row.judge);
        archive(pairs);
    }
    void load(sim::ArchiveReader& archive) {
        std::vector<std::pair<EntityId, EntityId>> pairs;
        archive(pairs);
        places_.clear();
        rows_.clear();
        senders_.clear();
        sender_places_.clear();
        ways_.clear();
        by_way_.clear();
        for (const auto& [source, judge] : pairs) row_of(source, judge);
        archive.want(rows_.size() == pairs.size(), "each source once at each judge", "one that is there twice");
    }

private:
    /// A judge on the way of a message who counts it.
    struct Stop {
        std::size_t row = 0;
        std::size_t hop = 0;
        bool marked_too = false;
        std::optional<std::size_t> sender_row{};
    };
    static constexpr std::size_t kNoHop = static_cast<std::size_t>(-1);

    [[nodiscard]] bool tells_accounts(EntityId entity) const {
        return index(entity) < rules_.tell_accounts.size() && rules_.tell_accounts[index(entity)];
    }

    [[nodiscard]] bool judges(EntityId entity) const { return index(entity) < rules_.judges.size() && rules_.judges[index(entity)]; }

    [[nodiscard]] bool sees_all(const std::optional<PolicyId>& policy) const {
        if (!policy) return false;
        const std::size_t place = index(without_hop(*policy));
        return place < rules_.at_data.size() && rules_.at_data[place];
    }

    std::size_t row_of(EntityId source, EntityId judge) {
        const auto [found, is_new] = places_.try_emplace({source, judge}, rows_.size());
        if (is_new) rows_.push_back({source, judge, {}, {}, {}, {}});
        return found->second;
    }

    std::vector<Stop> stops_of(EntityId source, const Chain& chain, std::optional<std::uint32_t> sender) {
        std::vector<Stop> stops;
        for (const Hop& hop : hops_of(world_, chain)) {
            if (hop.place > 0 && !judges(hop.judge)) continue;
            Stop stop{row_of(hop.seen.value_or(source), hop.judge), hop.place, hop.marked_too, {}};
            if (tells_accounts(hop.judge) && (sender || hop.seen)) {
                const std::optional<std::uint32_t> whose = hop.seen ? std::nullopt : sender;
                const auto [found, is_new] = sender_places_.try_emplace({stop.row, whose}, senders_.size());
                if (is_new) senders_.push_back({stop.row, whose, {}, {}, {}});
                stop.sender_row = found->second;
            }
            stops.push_back(stop);
        }
        return stops;
    }

    const World& world_;
    TallyRules rules_;
    std::map<std::pair<EntityId, EntityId>, std::size_t> places_;
    std::map<std::tuple<EntityId, Chain, std::optional<std::uint32_t>>, std::size_t> ways_;
    std::vector<std::vector<Stop>> by_way_;
    std::vector<SourceTally> rows_;
    std::map<std::pair<std::size_t, std::optional<std::uint32_t>>, std::size_t> sender_places_;
    std::vector<SenderTally> senders_;
};

}  // namespace mailrift
