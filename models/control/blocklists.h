// Blocklists at work: what each list knows of each source, and what its subscribers are told.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "models/control/model.h"
#include "models/traffic/source_tallies.h"
#include "sim/archive.h"

namespace mailrift {

/// The state of all lists of a run. A list knows sources by their operators: of a counted entry as many as its `representatives`, in expectation all alike. Hits of
/// traps are Poisson numbers; in expectation, as in the limit of large volumes, their means. Mistakes are drawn operator by operator; in expectation the
/// share m L / (1 + m L) of all operators is listed by mistake at any time, with L a listing's mean length (alternating renewal).
class Blocklists {
public:
    /// \param whole whether hits are drawn
    Blocklists(const Model& model, bool whole);

    [[nodiscard]] bool empty() const noexcept { return lists_.empty(); }

    /// What the lists saw in slice `tick`.
    void learn(std::span<const SourceTally> slice, sim::Tick tick);

    /// The place of a list, by its id. Precondition: there is one.
    [[nodiscard]] std::size_t place(std::string_view id) const;

    /// Share of the mail of key k of K of a source that is on a list in slice `tick`, as far as its subscribers are told, 0..1: from listed
    /// addresses, of a listed domain (of the mail that authenticates), or of whom it vouches for.
    [[nodiscard]] double listed(std::size_t list, EntityId source, std::size_t key, sim::Tick tick) const;

    void save(sim::ArchiveWriter& archive) const;
    void load(sim::ArchiveReader& archive);

private:
    struct List {
        const ListRule* rule = nullptr;
        std::map<EntityId, std::vector<Listing>> sources;   ///< by source: one an operator that is remembered
        std::vector<std::map<EntityId, SpreadTo>> regions;  ///< by level, by supplier
        std::vector<bool> known{};                          ///< by entity: whether it vouches for it
    };

    void learn(List& list, EntityId source, double spam, double wanted, sim::Tick tick);
    void answer(List& list, EntityId source, std::size_t key, Listing& listing, sim::Tick tick) const;
    [[nodiscard]] sim::Tick slices(sim::Duration duration) const { return (duration.us + model_.grid.slice.us - 1) / model_.grid.slice.us; }
    void escalate(List& list, sim::Tick tick);
    [[nodiscard]] std::optional<EntityId> region_of(EntityId source, Spread spread) const;
    [[nodiscard]] Key key_of(const List& list) const { return list.rule->zone == Zone::kDomain ? Key::kDomain : Key::kAddress; }
    [[nodiscard]] std::size_t keys_of(const List& list, EntityId source) const;
    [[nodiscard]] double bad(const List& list, EntityId source, std::size_t key, sim::Tick tick) const;
    [[nodiscard]] double mistaken_share(const ListRule& rule, EntityId source) const;

    const Model& model_;
    bool whole_;
    std::vector<List> lists_;
    std::vector<bool> has_users_;  ///< by entity: whether mail of members leaves by it
};

}  // namespace mailrift
