// The run loop: slice after slice, with progress and a stop that loses nothing.
#include "sim/run_loop.h"

#include <algorithm>

namespace sim {

RunOutcome run_ticks(Tick slices, const StopFlag& stop, const std::function<void(const Progress&)>& progress,
                     const std::function<void(Tick)>& slice) {
    constexpr Tick kReports = 100;
    const Tick every = std::max<Tick>(1, slices / kReports);
    Tick done = 0;
    Tick reported = 0;
    const auto report = [&] {
        if (progress && done != reported) progress({done, slices});
        reported = done;
    };
    while (done < slices && !stop.stop_requested()) {
        slice(done++);
        if (done % every == 0) report();
    }
    report();
    return {done, done < slices};
}

}  // namespace sim
