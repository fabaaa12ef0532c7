// Which classes of tries mail falls into that its receiver defers, and how much of it a greylist holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "models/delivery/archive.h"
#include "models/delivery/fate.h"
#include "models/delivery/retry_classes.h"
#include "models/delivery/slice_tries.h"
#include "models/traffic/setup.h"

namespace mailrift {

/// Mail of the writing slice that waits at its end.
struct WaitPart {
    std::uint32_t law = 0;   ///< that decides on its later tries: number of its owner's
    std::uint32_t plan = 0;  ///< of its tries
    bool held = false;       ///< by a greylist that does not know the sender
    Passed passed;
    PolicyId last;                 ///< the policy that deferred its last try
    double share = 0;              ///< of all mail written
    std::vector<double> by_class;  ///< share by class of the plan; sums to 1
    bool operator==(const WaitPart&) const = default;
};

/// What becomes of mail in the slice in which it is written, answers' moments apart.
struct WritingLaw {
    Fate ends;
    std::vector<WaitPart> waits;  ///< shares of `ends` and `waits` sum to 1
    bool operator==(const WritingLaw&) const = default;
};

/// Share of wanted mail whose sender a greylist does not know, if the two always wrote to each other as they do: P(no message in the last `memory`)
/// = E[rho exp(-rho M)] / E[rho] over pairs, rho their messages a day. A contact gets a = (1 - r) m X / c conversations a day, m
/// `messages_per_day`, c `mean_contacts`, X lognormal of mean 1 and `rate_sigma`; mutual contacts (`reciprocity`) b = the same of another X back, so
/// rho = (a + r b)/(1 - r^2) (assumed: rates in proportion to contacts, rate_power 1).
[[nodiscard]] double unknown_share(const MailParams& mail, sim::Duration memory);

/// The plans of a run, by source and greylist.
class RetryPlans {
public:
    /// \param start whose greylists are those of the whole run
    RetryPlans(const TrafficSetup& setup, const MailState& start);

    /// The number of the plan of mail from a source to a receiver with that greylist.
    std::uint32_t plan(EntityId source, std::optional<PolicyId> greylist);

    [[nodiscard]] const std::vector<RetryClass>& classes(std::uint32_t plan) const noexcept { return plans_[plan]; }
    [[nodiscard]] std::size_t size() const noexcept { return plans_.size(); }

    /// Adds the part `share` of all mail, whose tries go by `tries`.
    /// \param unknown share of it that the greylist does not know, 0..1 \param address by which it goes
    void add(const AttemptLaw& tries, double share, double unknown, SeatId address, EntityId source, std::uint32_t law,
             WritingLaw& writing);

    /// Wanted mail that this greylist does not know, as a share.
    [[nodiscard]] double unknown_at(PolicyId greylist) const { return unknown_.at(without_hop(greylist)); }

    /// Writes these plans in the order of what they are; returns their numbers in the archive.
    [[nodiscard]] std::map<std::uint32_t, std::uint32_t> save(sim::ArchiveWriter& archive, std::vector<std::uint32_t> used) const;

    /// Makes those of an archive that are not here; returns the numbers of all.
    [[nodiscard]] std::vector<std::uint32_t> load(sim::ArchiveReader& archive);

private:
    using Key = std::pair<EntityId, std::optional<PolicyId>>;  ///< source and greylist

    const World& world_;
    sim::Duration slice_;
    std::size_t lags_;
    std::map<PolicyId, Greylist> greylists_;
    std::map<PolicyId, double> unknown_;
    std::vector<Key> keys_;  ///< by plan
    std::map<Key, std::uint32_t> places_;
    std::vector<std::vector<RetryClass>> plans_;
};

}  // namespace mailrift
