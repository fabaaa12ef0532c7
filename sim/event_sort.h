// Sorts a few events into the order in which they run.
#pragma once

#include <vector>

#include "sim/event_queue.h"

namespace sim {

/// Sorts `events` by (at, rank, seq), in O(n) where their times span less than 2^24 microseconds and few of them are equal, else in
/// O(n log n). No time may be negative. `scratch` is memory to work in, with nothing of value before or after.
void sort_events(std::vector<Event>& events, std::vector<Event>& scratch);

}  // namespace sim
