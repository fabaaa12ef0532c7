// What becomes of single messages: for every pair of classes of seats, the law of a try under the present state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/delivery/attempt.h"
#include "models/delivery/change.h"
#include "models/delivery/state.h"

namespace mailrift {

/// A way in which a message can end, or be deferred (kQueued).
struct LawEnd {
    bool own = true;  ///< by the recipient's present address; else by that of seat `to`
    SeatId to{};
    Outcome outcome = Outcome::kInbox;
    Cause cause;
    bool operator==(const LawEnd&) const = default;
};

enum class StepKind : std::uint8_t { kReject, kDefer, kGreylist };

/// A policy that a try meets.
struct LawStep {
    StepKind kind = StepKind::kReject;
    PolicyId policy;
    double probability = 0;  ///< given that nobody before it decided; unused for a greylist
    std::uint32_t end = 0;   ///< into DeliveryLaw::ends; of what is deferred `end` is kQueued and `end` + 1 kExpired
    bool operator==(const LawStep&) const = default;
};

/// Mail by one address of the recipient.
struct LawBranch {
    double up_to = 1;  ///< running sum of the shares of addresses
    std::vector<LawStep> steps;
    std::vector<double> accepted;  ///< running sums of the shares of what passes all steps
    std::uint32_t first = 0;       ///< end of the first accepted part, or of everything if there are no parts
    bool operator==(const LawBranch&) const = default;
};

/// What becomes of a try between two seats.
struct DeliveryLaw {
    std::vector<LawBranch> branches;
    std::vector<LawEnd> ends;
    bool operator==(const DeliveryLaw&) const = default;
};

/// How much it takes to decide on a first try.
enum class LawKind : std::uint8_t {
    kOpen,    ///< nothing: kOpenLaw
    kSplits,  ///< one number: one address, nothing is refused or deferred, and what is accepted ends in 2 to kMostSplits ways
    kOther,
};
inline constexpr std::size_t kMostSplits = 4;

/// A law of kind kSplits, without its causes.
struct Split {
    std::array<std::uint64_t, kMostSplits - 1> up_to{};  ///< rising running sums of shares, in units of 2^-53; beyond the last but one 2^54
    std::array<Outcome, kMostSplits> outcomes{};         ///< by end
    std::uint32_t inbox = 0;                             ///< the end in the inbox, which is the last
    std::uint64_t inbox_from = 0;                        ///< where it begins; 2^54: nothing comes there

    /// The end that 53 random bits stand for.
    [[nodiscard]] std::uint32_t end_of(std::uint64_t bits) const noexcept {
        std::uint32_t end = 0;
        for (const std::uint64_t sum : up_to) end += bits >= sum ? 1U : 0U;
        return end;
    }
};

/// The law that lets everything into the inbox of the recipient's present address: number 0 of every table.
inline constexpr std::uint32_t kOpenLaw = 0;

/// Laws by pairs of classes. Seats are one class if no order, move or policy can tell them apart: a singled-out seat is a class of its own,
/// others are classes by provider, gateway and relay. Messages are counted in slots: one an end of a pair's law.
class DeliveryTable {
public:
    /// What counts messages of a pair, and by which law.
    struct Entry {
        std::uint32_t law = kOpenLaw;
        std::uint32_t slot = 0;  ///< of its first end; under kOpenLaw the pair itself
    };

    /// \param singled_out by cohort
    /// \throws sim::Error kTooLarge above 2^16 classes, or before it would take more than `memory_bytes`.
    DeliveryTable(const StateView& start, const std::vector<bool>& singled_out, std::size_t threads, std::size_t memory_bytes);

    [[nodiscard]] std::uint32_t class_of(SeatId seat) const noexcept { return class_of_[index(seat)]; }
    [[nodiscard]] std::span<const std::uint16_t> class_by_seat() const noexcept { return class_of_; }
    [[nodiscard]] std::size_t classes() const noexcept { return seats_.size(); }
    [[nodiscard]] SeatId seat_of(std::uint32_t mail_class) const noexcept { return seats_[mail_class]; }  ///< a member of the class
    [[nodiscard]] std::size_t pair(std::uint32_t from, std::uint32_t to) const noexcept { return from * seats_.size() + to; }
    [[nodiscard]] std::size_t pairs() const noexcept { return entries_.size(); }
    [[nodiscard]] SeatId sender_of(std::size_t pair) const noexcept { return seats_[pair / seats_.size()]; }
    [[nodiscard]] SeatId recipient_of(std::size_t pair) const noexcept { return seats_[pair % seats_.size()]; }
    [[nodiscard]] const Entry& entry(std::size_t pair) const noexcept { return entries_[pair]; }
    [[nodiscard]] const Entry* entries() const noexcept { return entries_.data(); }
    [[nodiscard]] const DeliveryLaw& law(std::uint32_t law) const noexcept { return laws_[law]; }

    /// The law of a try of mail that waits in its sender's queue.
    [[nodiscard]] std::uint32_t law_in_queue(std::size_t pair) const;

    /// By pair: kind of its law. All that most mail needs to know, in as few bytes as possible.
    [[nodiscard]] const LawKind* kinds() const noexcept { return kinds_.data(); }

    /// By law, of those of kind kSplits.
    [[nodiscard]] const Split* splits() const noexcept { return splits_.data(); }

    [[nodiscard]] std::size_t slots() const noexcept { return pair_of_extra_.size() + entries_.size(); }
    [[nodiscard]] std::size_t pair_of(std::uint32_t slot) const noexcept {
        return slot < entries_.size() ? slot : pair_of_extra_[slot - entries_.size()];
    }

    /// Follows changes of state. `before(pair)` is called for each pair whose law changes, while it is still the old one.
    void update(const StateView& view, std::span<const Change> changes, const std::function<void(std::size_t pair)>& before);

private:
    void add_judges(const StateView& view, const Route& route, std::uint32_t mail_class);
    void make_classes(const StateView& view, const std::vector<bool>& singled_out);
    void read(const StateView& view, std::uint32_t from, std::uint32_t to, const std::function<void(std::size_t pair)>& before);
    void read_seat(const StateView& view, SeatId seat, const std::function<void(std::size_t pair)>& before);
    [[nodiscard]] std::uint32_t intern(DeliveryLaw law);

    std::vector<std::uint16_t> class_of_;  ///< by seat
    std::vector<SeatId> seats_;            ///< by class
    std::vector<Entry> entries_;           ///< by pair
    std::vector<DeliveryLaw> laws_;
    std::vector<Split> splits_;                                                   ///< by law
    std::vector<LawKind> kinds_;                                                  ///< by pair
    std::unordered_multimap<std::uint64_t, std::uint32_t> known_;                 ///< laws by hash
    std::unordered_map<std::size_t, std::uint32_t> in_queue_;                     ///< by pair, where mail in a queue meets another law
    std::map<std::pair<std::size_t, std::uint32_t>, std::uint32_t> extra_slots_;  ///< by pair and law
    std::vector<std::size_t> pair_of_extra_;                                      ///< by slot beyond the pairs
    std::vector<std::pair<EntityId, std::uint32_t>> source_of_class_;             ///< sorted
    std::vector<std::pair<EntityId, std::uint32_t>> judge_of_class_;  ///< sorted; all judges of each, also of an address that was lost
    std::vector<std::pair<std::pair<EntityId, EntityId>, std::uint32_t>>
        seen_at_class_;  ///< sorted: sources and judges that meet whoever wrote
};

}  // namespace mailrift
