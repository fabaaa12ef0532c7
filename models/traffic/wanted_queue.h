// The queues of wanted mail in `fluid` and `flow`: by seat of the sender and address.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "models/traffic/booking.h"
#include "models/traffic/retry_queue.h"

namespace mailrift {

/// Waiting mail keeps the provider that it was handed in at and the address that it names, whoever moves meanwhile; its later tries meet what the
/// address's receiver then does. A series is one way of one stream of conversations: it says to whom answers go.
class WantedQueue {
public:
    /// A way in which waiting mail ended.
    struct Late {
        std::pair<SeatId, SeatId> ends;  ///< sender and address
        Outcome outcome = Outcome::kInbox;
        Cause cause;
        auto operator<=>(const Late&) const = default;
    };

    /// \param whole whether messages are counted one by one
    WantedQueue(const TrafficSetup& setup, const MailState& start, bool whole);

    /// What becomes of mail from one seat to another in the slice of its writing. Without deferral `fate` as it is.
    [[nodiscard]] WritingLaw writing_law(const StateView& view, SeatId from, SeatId to, const Fate& fate);

    /// Another state decides on waiting mail from now on.
    void forget_laws() { stale_ = true; }

    /// As RetryQueue; what ends is kept for the ledger.
    void put(std::size_t series, sim::Tick written, const WaitPart& part, double messages, sim::Draws* draws) {
        queue_.put(series, written, part, messages, draws);
    }
    std::uint64_t advance(const StateView& view, sim::Tick slice, const std::function<std::uint64_t(std::size_t series)>& key,
                          const std::function<void(const QueueEnd&)>& end);
    void move(std::span<const std::pair<std::size_t, std::size_t>> series, double fraction, sim::Draws* draws) {
        queue_.move(series, fraction, draws);
    }
    [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }

    /// By seat of the sender: mail that came to an end in the slice, and not in an inbox; of those alone that can move, where it is wanted.
    [[nodiscard]] const std::vector<double>& late_failures() const noexcept { return late_failures_; }

    /// Sender and address of a law.
    [[nodiscard]] const std::pair<SeatId, SeatId>& ends_of(std::uint32_t law) const noexcept { return ends_[law]; }

    /// Books what came to its end since the last booking, and as queued what waits.
    /// \param written whether it is booked as written, too; else that was done when it was written
    void book(bool written, std::vector<Booking>& bookings);

    void save(sim::ArchiveWriter& archive) const;
    void load(sim::ArchiveReader& archive, std::size_t series);

private:
    std::uint32_t law_of(SeatId from, SeatId address);
    void book(const Late& late, double messages, bool written, std::vector<Booking>& bookings) const;

    const World& world_;
    const Population& population_;
    RetryPlans plans_;
    RetryQueue queue_;
    std::vector<std::pair<SeatId, SeatId>> ends_;  ///< by law
    std::map<std::pair<SeatId, SeatId>, std::uint32_t> places_;
    std::vector<AttemptLaw> laws_;  ///< of the present state unless stale
    bool stale_ = false;
    std::map<Late, double> late_;
    std::vector<bool> watched_;  ///< by seat; empty: nobody asks
    std::vector<double> late_failures_;
};

}  // namespace mailrift
