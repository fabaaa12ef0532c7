// Traffic model `fluid`: expected counts of wanted mail and replies, no traffic noise.
#pragma once

#include <memory>

#include "models/traffic/setup.h"
#include "models/traffic/traffic_model.h"

namespace mailrift {

/// The exact expectation of wanted mail where verdicts do not depend on tallies (DESIGN sections 2 and 4).
///
/// In slice t, for each cell (conversations that lump a starts with lump b), F messages go from a to b and B back:
///     F = s + r sum_{d>=0} K_d y_{t-d}[B],   B = r sum_{d>=0} K_d y_{t-d}[F],   y[X] = X times the share of it that reaches the inbox
/// where s = N_a messages_per_day (1 - r) profile M S_a S_b are conversations started, r is `reply` and K the reply kernel. The terms with d = 0
/// make a 2 x 2 system, solved in closed form; the others come from a delay line. A move takes waiting answers along.
///
/// \throws sim::Error kTooLarge before it would take more than `memory_bytes`.
[[nodiscard]] std::unique_ptr<TrafficModel> make_fluid(const TrafficSetup& setup, const StateView& start);

}  // namespace mailrift
