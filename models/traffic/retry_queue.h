// Mail that waits at its senders, counted by class: whole messages, or expected ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "models/traffic/retry_plans.h"
#include "sim/random.h"

namespace mailrift {

/// Waiting mail of one series that the model need not tell apart.
struct QueuedBatch {
    sim::Tick written = 0;
    std::uint32_t law = 0;
    std::uint32_t plan = 0;
    bool held = false;
    PolicyId last;
    Passed passed;
    std::vector<double> counts;  ///< messages by class of the plan

    [[nodiscard]] bool joins(const QueuedBatch& other) const {
        return written == other.written && law == other.law && plan == other.plan && held == other.held && last == other.last &&
               passed == other.passed;
    }
};

/// Mail that came to its end in a later slice than that of its writing.
struct QueueEnd {
    std::size_t series = 0;
    std::uint32_t law = 0;
    Outcome outcome = Outcome::kInbox;
    Cause cause;
    double messages = 0;
};

/// How messages fall into parts: in proportion to `weights` (draws: none), or as a multinomial.
void split_messages(double messages, std::span<const double> weights, std::span<double> parts, sim::Draws* draws);

/// The queues of all senders. Each slice, the tries that fall into it are decided on at once, by class (tries_in_slice); what is still deferred
/// waits on, or expires with the policy that deferred it last.
class RetryQueue {
public:
    /// \param whole whether messages are counted one by one, and their ends drawn
    RetryQueue(bool whole, std::uint64_t seed, std::uint64_t stream, std::size_t memory_bytes)
        : whole_(whole), seed_(seed), stream_(stream), memory_bytes_(memory_bytes) {}

    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }

    /// Adds mail written in the present slice.
    void put(std::size_t series, sim::Tick written, const WaitPart& part, double messages, sim::Draws* draws);

    /// The tries of a slice, before anything is written in it; `laws` decide, by number. `end` is called in the order of series and of writing; `key` gives the key of a
    /// series' random numbers. Returns a hash of all ends, 0 if there is none.
    /// \throws sim::Error kTooLarge if what waits takes more than `memory_bytes`.
    std::uint64_t advance(sim::Tick slice, const RetryPlans& plans, std::span<const AttemptLaw> laws,
                          const std::function<std::uint64_t(std::size_t series)>& key, const std::function<void(const QueueEnd&)>& end);

    /// Moves a fraction of what waits in each `first` to `second`.
    void move(std::span<const std::pair<std::size_t, std::size_t>> series, double fraction, sim::Draws* draws);

    /// Everything that waits, by series.
    [[nodiscard]] const std::map<std::size_t, std::vector<QueuedBatch>>& waiting() const noexcept { return waiting_; }

    /// Laws and plans that waiting mail refers to, in rising order of number.
    [[nodiscard]] std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> used() const;

    /// Numbers of laws and plans differ between two runs that go on alike, so an archive has its own.
    /// \param laws, numbers of plans: in the archive, by number here
    void save(sim::ArchiveWriter& archive, const std::map<std::uint32_t, std::uint32_t>& laws,
              const std::map<std::uint32_t, std::uint32_t>& numbers) const;
    /// \param laws, numbers of plans: here, by number in the archive
    /// \throws sim::Error kFile for a series, law, plan or class that is not there, or a number of messages that cannot be.
    void load(sim::ArchiveReader& archive, std::size_t series, std::span<const std::uint32_t> laws, std::span<const std::uint32_t> numbers,
              const RetryPlans& plans);

private:
    class Slice;

    bool whole_;
    std::uint64_t seed_;
    std::uint64_t stream_;
    std::size_t memory_bytes_;
    std::map<std::size_t, std::vector<QueuedBatch>> waiting_;
};

}  // namespace mailrift
