// The time before t = 0, in which receivers get to know those who write to them.
#pragma once

#include "models/control/judgement.h"
#include "models/control/model.h"
#include "models/traffic/setup.h"
#include "models/traffic/traffic_model.h"
#include "sim/run_loop.h"

namespace mailrift {

/// The setup of a warm-up's mail, which is a traffic model of its own: the same people, whose weeks go on into the run, but other random counts,
/// nothing traced and nobody watched. `setup` is that of the run.
[[nodiscard]] TrafficSetup before_start(TrafficSetup setup, sim::Tick slices);

/// Lets receivers judge the mail of ticks -model.warm_up .. -1, without orders and responses. Verdicts act on that mail as in a run. Nothing is left of
/// it but what `judgement` remembers: its verdicts at tick 0, where every period ends, are changes of the run itself.
/// \param start the state at t = 0
/// \param mail  of before_start(), in that state
/// \throws sim::Error kInterrupted once a stop is requested, at the latest after one slice.
void warm_up(const Model& model, MailState start, TrafficModel& mail, Judgement& judgement, const sim::StopFlag& stop);

}  // namespace mailrift
