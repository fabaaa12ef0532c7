// Traffic model `fluid`: expected counts of wanted mail and replies, no traffic noise.
#pragma once

#include <memory>
#include <vector>

#include "models/traffic/cells.h"
#include "models/traffic/mail_params.h"
#include "models/traffic/traffic_model.h"
#include "sim/time.h"

namespace mailrift {

/// What `fluid` needs to know before the first slice.
struct FluidSetup {
    const World& world;
    const Population& population;
    const Eigen::MatrixXd& mixing;  ///< M, shape (n_cohorts, n_cohorts)
    MailParams mail;
    Lumping lumping;
    sim::Duration slice;
    sim::Tick slices = 0;  ///< how many will be advanced
    bool watch = false;    ///< whether Tallies::cohorts is wanted
    std::size_t memory_bytes = std::size_t{1} << 30U;
};

/// The exact expectation of wanted mail where verdicts do not depend on tallies (DESIGN sections 2 and 4).
///
/// In slice t, for each cell (conversations that lump a starts with lump b), F messages go from a to b and B back:
///     F = s + r sum_{d>=0} K_d y_{t-d}[B],   B = r sum_{d>=0} K_d y_{t-d}[F],   y[X] = X times the share of it that reaches the inbox
/// where s = N_a messages_per_day (1 - r) profile M S_a S_b are conversations started, r is `reply` and K the reply kernel. The terms with d = 0
/// make a 2 x 2 system, solved in closed form; the others come from a delay line. A move takes waiting answers along.
///
/// \throws sim::Error kTooLarge before it would take more than `memory_bytes`.
[[nodiscard]] std::unique_ptr<TrafficModel> make_fluid(const FluidSetup& setup, const StateView& start);

}  // namespace mailrift
