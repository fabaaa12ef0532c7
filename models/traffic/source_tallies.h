// What receivers saw of sources in a slice: all that policies may learn from.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "models/delivery/archive.h"
#include "models/delivery/fate.h"
#include "models/delivery/ledger.h"

namespace mailrift {

/// Mail of one source at one judge (the gateway, or the provider where there is none) in a slice, by class: wanted, spam. Mail that an order
/// refused, or to a closed account, is not in it; nor what a policy deferred, which it never saw, or rejected.
struct SourceTally {
    EntityId source;
    EntityId judge;
    std::array<double, 2> reached{};  ///< messages that policies accepted, marked or not: what a content filter sees
    std::array<double, 2> inbox{};    ///< of them in the inbox: what users report
};

/// Place of a class in SourceTally; bulk mail counts as wanted.
[[nodiscard]] constexpr std::size_t tally_index(MailClass mail_class) noexcept { return mail_class == MailClass::kSpam ? 1 : 0; }

/// The tallies of a slice, one for each pair that can meet.
class TallyBoard {
public:
    /// The place of a pair, which is made if it is new; places stay.
    std::size_t place(EntityId source, EntityId judge) {
        const auto [found, is_new] = places_.try_emplace({source, judge}, rows_.size());
        if (is_new) rows_.push_back({source, judge, {}, {}});
        return found->second;
    }

    /// Counts messages with one fate.
    void add(std::size_t place, MailClass mail_class, const FatePart& part, double messages) {
        const bool inbox = part.outcome == Outcome::kInbox;
        if (!inbox && part.outcome != Outcome::kJunk) return;
        SourceTally& row = rows_[place];
        const std::size_t c = tally_index(mail_class);
        row.reached[c] += messages;
        if (inbox) row.inbox[c] += messages;
    }

    [[nodiscard]] const std::vector<SourceTally>& rows() const noexcept { return rows_; }

    /// Begins a slice.
    void clear() {
        for (SourceTally& row : rows_) row.reached = row.inbox = {};
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
    std::map<std::pair<EntityId, EntityId>, std::size_t> places_;
    std::vector<SourceTally> rows_;
};

}  // namespace mailrift
