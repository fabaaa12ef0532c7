// Pending events for very many of them: buckets by the digits of their time, so that an event is moved a few times and never sifted.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/event_chunks.h"
#include "sim/event_queue.h"
#include "sim/time.h"

namespace sim {

/// Pending events in exactly the order of EventQueue, (at, rank, seq). One queue per run; not thread-safe; moved, not copied.
///
/// Multi-level buckets with a heap below (Denardo and Fox, Oper. Res. 27, 1979; Cherkassky, Goldberg and Silverstein, SIAM J. Comput.
/// 28, 1999). An event lies at the level of the highest byte in which its time differs from a base that follows now(), in the bucket
/// of that byte. The first bucket is sorted whole if it is small, else spread over the levels below it. What is pushed into the range
/// of the sorted bucket goes behind its events or into a heap, and if that heap grows large, all of it is spread. So nothing is
/// tuned to the increments: an event is moved at most 8 times whatever they are, and at a steady density once or twice.
///
/// There is no cancel(): it would take a bit for each event, and a look at it at each pop. A model that takes events back keeps its
/// own count in the state of the subject and lets an outdated event pass, or uses EventQueue.
class BucketQueue {
public:
    BucketQueue();

    /// Adds an event in O(1) amortised and returns its sequence number, which counts the calls from 0 on.
    /// \throws Error (kTimeTravel) if `event.at` is earlier than now().
    std::uint64_t push(Event event) {
        if (event.at < now_) refuse(event.at);
        event.seq = next_seq_;
        if (static_cast<std::uint64_t>(event.at.us) < bottom_end_) {
            insert_bottom(event);
        } else {
            insert(event);
        }
        ++size_;
        return next_seq_++;
    }

    /// Removes and returns the first event, in O(1) amortised where a time is shared by few events of different ranks, else
    /// O(log n). Precondition: !empty().
    Event pop() {
        assert(!empty());
        if (!late_.empty() || next_ == run_.size() || next_ >= kPassed) return pop_else();
        --size_;
        const Event& first = run_[next_++];
        now_ = first.at;
        return first;
    }

    /// The first event, which stays; valid until the next push() or pop(). Precondition: !empty().
    [[nodiscard]] const Event& top() const noexcept;

    /// The event that is popped `n` pops after the next one if none is pushed before it, where the queue knows that without any work; else
    /// null. Valid until the next push() or pop(). For hints alone: what will be read when the event runs can be fetched before.
    [[nodiscard]] const Event* ahead(std::size_t n) const noexcept {
        return late_.empty() && n < run_.size() - next_ ? &run_[next_ + n] : nullptr;
    }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] Time now() const noexcept { return now_; }  ///< time of the last pop

    /// Bytes held: at most 128 an event plus 4 MiB, however many there were before.
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

private:
    static constexpr std::size_t kDigitBits = 8;
    static constexpr std::size_t kLevels = 8;
    static constexpr std::size_t kBuckets = std::size_t{1} << kDigitBits;  ///< a level
    static constexpr std::size_t kPassed = 4096;  ///< events of the run that have been popped before their memory is used again
    using Bits = std::array<std::uint64_t, kBuckets / 64>;

    [[nodiscard]] std::size_t first_bucket() const noexcept;
    [[nodiscard]] bool run_comes_first() const noexcept;
    [[noreturn]] void refuse(Time at) const;
    Event pop_else();
    void insert(const Event& event);
    void insert_bottom(const Event& event);
    void refill();
    void spread_bottom();
    void drop_passed();

    EventChunks chunks_;
    std::vector<EventList> buckets_;      ///< [level][digit]
    std::array<Bits, kLevels> filled_{};  ///< which of them hold events
    std::vector<Event> run_;              ///< the bottom: sorted, those from next_ on are pending
    std::vector<Event> late_;             ///< also the bottom: a heap of what was pushed into the midst of it
    std::vector<Event> scratch_;          ///< for sorting
    std::size_t next_ = 0;                ///< in run_
    std::size_t size_ = 0;
    std::uint64_t base_ = 0;        ///< no later than any pending event; buckets are by the difference to it
    std::uint64_t bottom_end_ = 0;  ///< what is earlier belongs to the bottom
    std::uint64_t next_seq_ = 0;
    Time now_{};
};

}  // namespace sim
