// What receivers saw of sources in a slice: all that policies may learn from.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "models/delivery/archive.h"
#include "models/delivery/fate.h"
#include "models/delivery/ledger.h"

namespace mailrift {

/// Which policies see the whole message (stage `data`), and what of mail is counted.
struct TallyRules {
    std::vector<bool> at_data{};  ///< by PolicyId; more policies: none of them
    bool offered = false;         ///< whether SourceTally::offered is wanted
};

/// Mail of one source at one judge (the gateway, or the provider where there is none) in a slice, by class: wanted, spam. Mail that an order
/// refused, or to a closed account, is not in it.
struct SourceTally {
    EntityId source;
    EntityId judge;
    std::array<double, 2> reached{};  ///< messages that came to stage `data`, whatever was done there: what a content filter sees
    std::array<double, 2> inbox{};    ///< of them in the inbox: what users report
    std::array<double, 2> offered{};  ///< messages at their first try, whatever policies did; 0 unless TallyRules ask for it
};

/// Place of a class in SourceTally; bulk mail counts as wanted.
[[nodiscard]] constexpr std::size_t tally_index(MailClass mail_class) noexcept { return mail_class == MailClass::kSpam ? 1 : 0; }

/// The tallies of a slice, one for each pair that can meet.
class TallyBoard {
public:
    explicit TallyBoard(TallyRules rules = {}) : rules_(std::move(rules)) {}

    /// The place of a pair, which is made if it is new; places stay.
    std::size_t place(EntityId source, EntityId judge) {
        const auto [found, is_new] = places_.try_emplace({source, judge}, rows_.size());
        if (is_new) rows_.push_back({source, judge, {}, {}, {}});
        return found->second;
    }

    /// Counts messages with one fate.
    /// \param first whether it is that of their first try
    void add(std::size_t place, MailClass mail_class, const FatePart& part, double messages, bool first = true) {
        const bool inbox = part.outcome == Outcome::kInbox;
        SourceTally& row = rows_[place];
        const std::size_t c = tally_index(mail_class);
        const std::optional<PolicyId>& policy = part.cause.policy;
        const bool at_data = policy && index(*policy) < rules_.at_data.size() && rules_.at_data[index(*policy)];
        if (inbox || is_accepted(part.outcome) || at_data) row.reached[c] += messages;
        if (inbox) row.inbox[c] += messages;
        if (rules_.offered && first && (inbox || policy)) row.offered[c] += messages;
    }

    /// Counts messages whose first try was deferred, where that is wanted.
    void defer(EntityId source, EntityId judge, MailClass mail_class, double messages) {
        if (rules_.offered) rows_[place(source, judge)].offered[tally_index(mail_class)] += messages;
    }

    [[nodiscard]] const std::vector<SourceTally>& rows() const noexcept { return rows_; }

    /// Begins a slice.
    void clear() {
        for (SourceTally& row : rows_) row.reached = row.inbox = row.offered = {};
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
        for (const auto& [source, judge] : pairs) place(source, judge);
        archive.want(rows_.size() == pairs.size(), "each source once at each judge", "one that is there twice");
    }

private:
    TallyRules rules_;
    std::map<std::pair<EntityId, EntityId>, std::size_t> places_;
    std::vector<SourceTally> rows_;
};

}  // namespace mailrift
