// The future event list: pending events in one total order, so no tie depends on the heap's shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/time.h"

namespace sim {

/// One pending event. Plain data, so that a queue can be hashed, saved and compared.
struct Event {
    Time at{};                  ///< absolute simulated time
    std::uint64_t seq = 0;      ///< order of scheduling; set by EventQueue::push
    std::uint32_t subject = 0;  ///< dense id of what the event is about
    std::uint16_t kind = 0;     ///< index into the model's handler table
    std::uint16_t rank = 0;     ///< at equal times the lower rank runs first

    bool operator==(const Event&) const = default;
};

/// Pending events ordered by (at, rank, seq). One queue per run; not thread-safe.
class EventQueue {
public:
    /// Adds an event in O(log n) and returns its sequence number, the handle for cancel().
    /// \throws Error (kTimeTravel) if `event.at` is earlier than now().
    std::uint64_t push(Event event);

    /// Takes a pending event out, in O(log n) amortised; false if it has run, was cancelled, or never was.
    bool cancel(std::uint64_t seq);

    /// Removes and returns the first event in O(log n) amortised. Precondition: !empty().
    Event pop();

    /// The first event, which stays. Precondition: !empty().
    [[nodiscard]] const Event& top() const noexcept { return heap_.front(); }

    [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return heap_.size() - cancelled_; }
    [[nodiscard]] Time now() const noexcept { return now_; }  ///< time of the last pop

private:
    /// Which sequence numbers are pending, a bit each. A page without any holds no memory, so that one event far in the future does
    /// not keep the bits of all that come and go before it.
    struct Page {
        std::vector<std::uint64_t> words;
        std::uint32_t pending = 0;
    };

    [[nodiscard]] bool is_pending(std::uint64_t seq) const noexcept;
    void mark_pending(std::uint64_t seq);
    void mark_gone(std::uint64_t seq);
    void pop_heap();
    void drop_cancelled();

    std::vector<Event> heap_;  ///< may hold cancelled events, but never at its front
    std::vector<Page> pages_;
    std::size_t cancelled_ = 0;  ///< of those in the heap
    std::uint64_t next_seq_ = 0;
    Time now_{};
};

}  // namespace sim
