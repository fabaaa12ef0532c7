// The run loop: slice after slice, with progress and a stop that loses nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "sim/time.h"

namespace sim {

/// Asks a run to stop after its current slice. May be set from any thread or signal context.
class StopFlag {
public:
    void request_stop() noexcept { stop_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool stop_requested() const noexcept { return stop_.load(std::memory_order_relaxed); }

private:
    std::atomic<bool> stop_{false};
};

/// How much of long work is done.
struct Progress {
    std::int64_t done = 0;
    std::int64_t total = 0;

    bool operator==(const Progress&) const = default;
};

struct RunOutcome {
    Tick finished = 0;         ///< slices that are complete
    bool interrupted = false;  ///< whether a stop came before the last
};

/// Calls `slice(0)`, ..., `slice(slices - 1)`, looking at `stop` before each. Reports after every hundredth part of the slices, by
/// count and never by a clock, and after the last one finished. What a callback throws passes through.
RunOutcome run_ticks(Tick slices, const StopFlag& stop, const std::function<void(const Progress&)>& progress,
                     const std::function<void(Tick)>& slice);

}  // namespace sim
