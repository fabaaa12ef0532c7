// The run loop: slice after slice, with progress and a stop that loses nothing.
#include "sim/run_loop.h"

#include <algorithm>

namespace sim {

RunOutcome run_ticks(Tick slices, const StopFlag& stop, const std::function<void(const Progress&)>& progress, const std::function<void(Tick)>& slice) {
    constexpr Tick kReports = 100;
    const Tick every = std::max<Tick>(1, slices / kReports);
    for (Tick tick = 0; tick < slices; ++tick) {
        if (stop.stop_requested()) return {tick, true};
        slice(tick);
        if (progress && ((tick + 1) % every == 0 || tick + 1 == slices)) progress({tick + 1, slices});
    }
    return {slices, false};
}

}  // namespace sim
