// Work in many independent pieces on a few threads, stopped at once.
#pragma once

#include <cstddef>
#include <functional>

#include "sim/run_loop.h"

namespace mailrift {

/// Calls work(chunk, worker) once for each chunk in 0..chunks-1, on `threads` threads with worker numbers 0..threads-1. Which worker takes
/// which chunk is left to chance: the result is the same for every number of threads if what a chunk writes no other reads or writes.
/// \throws sim::Error kArgument if `threads` is 0, kInterrupted once `stop` is requested (looked at before each chunk); what `work` throws.
void for_chunks(std::size_t chunks, std::size_t threads, const sim::StopFlag& stop,
                const std::function<void(std::size_t chunk, std::size_t worker)>& work);

}  // namespace mailrift
