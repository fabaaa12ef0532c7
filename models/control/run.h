// One run of a scenario: events, history of state, ledger, fingerprints, and what was observed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/control/given_policies.h"
#include "models/control/model.h"
#include "models/control/sampling.h"
#include "models/delivery/change.h"
#include "models/delivery/ledger.h"
#include "models/measure/reachability.h"
#include "models/traffic/trace.h"
#include "sim/run_loop.h"

namespace mailrift {

/// Whether mail is counted in whole messages, and members in whole people.
[[nodiscard]] constexpr bool counts_are_whole(Traffic traffic) noexcept {
    return traffic == Traffic::kFlow || traffic == Traffic::kMessage;
}

/// An entry of `run.events`.
struct LoggedEvent {
    sim::Time at;         ///< its own time
    sim::Time effect;     ///< the tick at which it took effect
    std::string kind;     ///< "order", "void", "obey", "lift", "follow", "inform", or the kind of a response
    std::string subject;  ///< the order, entity, cohort, or provider that decides (of a counted one each representative)
    std::string cause;    ///< id of the order or response
    double value =
        0;  ///< obey, lift, follow: changes of state; migrate and inform: share of the cohort; of providers that decide: their members, in the unit of the world
};

struct TimedChange {
    sim::Tick tick = 0;
    Change change;
};

/// The values of one requested observation, at ticks 0, every, 2 every, ... up to the last finished tick.
struct Series {
    Observation observation;
    std::vector<sim::Tick> ticks;
    std::vector<double> values;
};

struct RunOptions {
    std::optional<std::uint64_t> seed;  ///< not given: the scenario's
    std::optional<Traffic> traffic;     ///< not given: the scenario's
    Compliance compliance = Compliance::kDrawn;
    std::size_t threads = 1;  ///< that share a slice of `message`, 1 or more; no result depends on it
    const sim::StopFlag* stop = nullptr;
    std::function<void(const sim::Progress&)> progress;
    const TraceRequest* trace = nullptr;  ///< messages of traffic `message` whose tries are kept; outlives the run
    std::vector<Scenario> futures{};      ///< scenarios with which a run may be gone on with (Simulation)
    std::vector<GivenPolicy>
        policies{};  ///< of the calling program, after those of the scenario; such a run has no futures and no checkpoints
};

struct Run {
    Model model;
    Traffic traffic = Traffic::kFluid;
    std::vector<LoggedEvent> events;
    std::vector<TimedChange> history;
    std::vector<Series> observed;
    Ledger ledger;
    std::vector<TracedTry> traced;             ///< as asked for
    std::vector<SampledShare> samples;         ///< how sure shares of counted sources and receivers are, by their ids
    std::uint64_t trajectory_fingerprint = 0;  ///< changes of state and tallies of each slice
    std::uint64_t results_fingerprint = 0;     ///< values of the observations
    sim::Tick finished = 0;                    ///< slices that are complete
    bool interrupted = false;
};

/// Runs a scenario from t = 0 to its horizon, or until `stop`; what is finished then is kept and its ledger balances.
/// \throws sim::Error kInconsistent if a response needs to know what became of mail and the traffic is `none`.
[[nodiscard]] Run run_scenario(const Scenario& scenario, const RunOptions& options);

/// The states of a finished run, one after the other.
class StateReplay {
public:
    explicit StateReplay(const Run& run);

    /// The state at tick `tick` after the effects of that tick. Ticks must not decrease.
    [[nodiscard]] StateView at(sim::Tick tick);

    /// Counts the changes replayed so far: equal numbers, equal states.
    [[nodiscard]] std::size_t revision() const noexcept { return next_; }

private:
    const Run& run_;
    MailState state_;
    std::size_t next_ = 0;
};

/// The cohorts of a group, jurisdiction, bloc or "*".
/// \throws sim::Error kReference for a name that the world does not have, or that has no mail users.
[[nodiscard]] std::vector<CohortId> cohorts_named(const Model& model, std::string_view name);

/// A pair measure between two names (group, jurisdiction, bloc or "*") at non-decreasing ticks; one value a tick, 0..1.
/// \throws sim::Error kReference for a name that the world does not have.
[[nodiscard]] std::vector<double> measure_over_time(const Run& run, PairMeasure measure, std::string_view from, std::string_view to,
                                                    const std::vector<sim::Tick>& ticks, Weights weights);

/// Shape (from, to): a pair measure between all pairs of names at one tick.
[[nodiscard]] Eigen::MatrixXd measure_matrix(const Run& run, PairMeasure measure, const std::vector<std::string>& from,
                                             const std::vector<std::string>& to, sim::Tick tick, Weights weights);

}  // namespace mailrift
