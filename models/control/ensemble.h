// One measure over many seeds, without traffic.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/control/run.h"

namespace mailrift {

struct EnsembleQuery {
    PairMeasure measure = &reachability;
    std::string from;
    std::vector<std::string> to;
    std::vector<sim::Tick> ticks;  ///< within 0..slices, not decreasing
    Weights weights = Weights::kPopulation;
};

/// Shape (n_seeds, n_to, n_ticks), row-major, 0..1. Runs are spread over threads and results placed by index, so they are the same for every
/// number of threads. Stops early, with the remaining values at 0, if `stop` is set.
/// \throws sim::Error as run_scenario and measure_over_time; kArgument for a tick out of range or no thread.
[[nodiscard]] std::vector<double> ensemble(const Scenario& scenario, const EnsembleQuery& query, const std::vector<std::uint64_t>& seeds,
                                           std::size_t threads, const sim::StopFlag& stop,
                                           const std::function<void(const sim::Progress&)>& progress);

}  // namespace mailrift
