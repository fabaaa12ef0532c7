// The future event list: pending events in one total order, so no tie depends on the heap's shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "sim/time.h"

namespace sim {

/// One pending event. Plain data, so that a queue can be hashed, saved and compared.
struct Event {
    Time at;                    ///< absolute simulated time
    std::uint64_t seq = 0;      ///< order of scheduling; set by EventQueue::push
    std::uint32_t subject = 0;  ///< dense id of what the event is about
    std::uint16_t kind = 0;     ///< index into the model's handler table
    std::uint16_t rank = 0;     ///< at equal times the lower rank runs first
};

/// Pending events ordered by (at, rank, seq). One queue per run; not thread-safe.
class EventQueue {
public:
    /// Adds an event in O(log n) and returns its sequence number, the handle for cancel().
    /// \throws Error (kTimeTravel) if `event.at` is earlier than now().
    std::uint64_t push(Event event);

    /// The first event, which stays. Precondition: !empty().
    [[nodiscard]] const Event& top() const noexcept { return heap_.front(); }

    /// Removes and returns the first event in O(log n) amortised. Precondition: !empty().
    Event pop();

    /// Takes a pending event out in O(1) amortised; false if it is not pending any more.
    bool cancel(std::uint64_t seq);

    [[nodiscard]] bool empty() const noexcept { return pending_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return pending_.size(); }
    [[nodiscard]] Time now() const noexcept { return now_; }  ///< time of the last pop

private:
    void drop_cancelled();

    std::vector<Event> heap_;                     ///< its front is never a cancelled event
    std::unordered_set<std::uint64_t> pending_;  ///< looked up only, never iterated
    std::uint64_t next_seq_ = 0;
    Time now_{};
};

}  // namespace sim
