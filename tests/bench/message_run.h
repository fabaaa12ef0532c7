// Traffic model `message` under the clock, with the control plane that judges its tallies, as in every run.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "models/control/control_plane.h"
#include "models/control/model.h"
#include "models/control/run.h"
#include "models/traffic/setup.h"
#include "models/traffic/traffic_model.h"
#include "sim/fingerprint.h"
#include "tests/bench/mail_world.h"

namespace mailrift::bench {

/// What a traffic model of a run of `model` is told; `model` outlives it.
[[nodiscard]] TrafficSetup setup_of(const Model& model, std::size_t threads);

/// Seconds that pass, and those that the processor works for this program: equal on a quiet machine, where one thread does everything.
struct Seconds {
    double wall = 0;
    double processor = 0;
};

/// Since some moment in the past.
[[nodiscard]] Seconds seconds_now();
[[nodiscard]] inline Seconds operator-(const Seconds& a, const Seconds& b) { return {a.wall - b.wall, a.processor - b.processor}; }

/// A run that goes on slice by slice.
class MessageRun {
public:
    /// \param staged whether seconds are kept by stage; then of one thread alone
    MessageRun(const MailWorldParams& params, std::size_t threads, bool staged = false);

    /// Simulates the next slices; returns how many seconds they took.
    Seconds advance(sim::Tick slices);

    /// Wanted messages written since the last call.
    [[nodiscard]] std::uint64_t take_messages();

    /// Seconds of the processor by SliceStage, so far, if they are kept.
    [[nodiscard]] const std::array<double, kSliceStages>& seconds_by_stage() const { return by_stage_; }

private:
    Model model_;
    Run run_;
    sim::Fingerprint trajectory_;
    std::array<double, kSliceStages> by_stage_{};
    double last_ = 0;  ///< seconds of the processor, when the last stage ended
    StageWatch watch_;
    ControlPlane control_;
    std::unique_ptr<TrafficModel> traffic_;
    sim::Tick tick_ = 0;
    double queued_ = 0;  ///< messages, at the last call of take_messages()
};

}  // namespace mailrift::bench
