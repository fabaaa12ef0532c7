// Traffic model `flow`: random whole numbers of wanted mail and replies. It costs a draw for each pair of pools and slice, and for each slice into
// which a pair's answers fall: these are more where there are more messages, up to all slices.
#pragma once

#include <memory>

#include "models/traffic/setup.h"
#include "models/traffic/traffic_model.h"

namespace mailrift {

/// Random counts of wanted mail (DESIGN section 2), with the same moments in expectation as `fluid` where verdicts do not depend on tallies.
///
/// In slice t the conversations that start from one source to one receiver are Poisson with mean sum_z rate_z f_z(t), f_z the part of a day's
/// writing of zone z that lies in the slice; a multinomial splits them where some of the writers or readers are singled out by an order or a
/// move. What becomes of n messages with one fate is multinomial over its parts; of those in the inbox each is answered with probability r, d
/// slices later with probability K_d (WaitingAnswers); answers go back by the pools of the conversation and are answered again. Answers due in
/// the slice of what they answer are written in it, generation by generation. A move takes each waiting answer along with its fraction.
///
/// Every number is a pure function of seed, ids of source, receiver and those singled out, and slice. Counts are whole: its ledger balances
/// to 0.
/// \throws sim::Error kTooLarge before it would take more than `memory_bytes`.
[[nodiscard]] std::unique_ptr<TrafficModel> make_flow(const TrafficSetup& setup, const StateView& start);

}  // namespace mailrift
