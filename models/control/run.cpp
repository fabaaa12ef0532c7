// One run of a scenario: the control plane and a traffic model, slice by slice.
#include "models/control/run.h"

#include <algorithm>

#include "models/control/control_plane.h"
#include "models/control/judgement.h"
#include "models/scenario/words.h"
#include "models/traffic/flow.h"
#include "models/traffic/fluid.h"
#include "models/traffic/message.h"
#include "sim/error.h"
#include "sim/fingerprint.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

/// Greatest relative imbalance of the ledger of expected counts (DESIGN section 4).
constexpr double kBalance = 1e-12;

/// Whether mail is counted in whole messages, and members in whole people.
bool counts_are_whole(Traffic traffic) { return traffic == Traffic::kFlow || traffic == Traffic::kMessage; }

bool reads_tallies(const Model& model) {
    return std::any_of(model.responses.begin(), model.responses.end(), [](const NamedResponse& r) { return r.response->reads_tallies(); });
}

std::vector<std::uint64_t> keys_of_policies(const Model& model) {
    std::vector<std::uint64_t> keys;
    for (const NamedPolicy& policy : model.policies) keys.push_back(sim::hash64(policy.id));
    return keys;
}

std::unique_ptr<TrafficModel> make_traffic(const Model& model, Traffic traffic, const RunOptions& options, const StateView& start) {
    if (traffic == Traffic::kNone) return nullptr;
    const Involved involved = involved_in(model);
    const TrafficSetup setup{model.world,
                             model.population,
                             model.mixing,
                             model.mail,
                             {involved.cohorts, involved.entities, !model.policies.empty(), traffic == Traffic::kFlow},
                             model.grid.slice,
                             model.slices,
                             reads_tallies(model),
                             model.botnet,
                             model.seed,
                             options.threads,
                             keys_of_policies(model),
                             options.stop};
    switch (traffic) {
        case Traffic::kNone: break;
        case Traffic::kFluid: return make_fluid(setup, start);
        case Traffic::kFlow: return make_flow(setup, start);
        case Traffic::kMessage: return make_message(setup, start);
    }
    return nullptr;
}

/// Only `message` has queues.
void check_deferral(const Run& run) {
    if (run.traffic == Traffic::kMessage) return;
    for (const NamedPolicy& policy : run.model.policies) {
        if (!policy.policy->defers()) continue;
        throw sim::Error(sim::Code::kInconsistent, {}, "traffic \"message\", because policy \"" + policy.id + "\" defers mail",
                         "traffic \"" + traffic_words()[static_cast<std::size_t>(run.traffic)] + "\"");
    }
}

std::vector<CohortDay> as_days(const std::vector<CohortTally>& tallies) {
    std::vector<CohortDay> days;
    for (const CohortTally& tally : tallies) days.push_back({tally.written, tally.failed});
    return days;
}

std::vector<CohortId> selected(const World& world, const Population& population, std::string_view name) {
    std::vector<CohortId> cohorts = select_cohorts(world, population, name);
    if (!cohorts.empty()) return cohorts;
    std::vector<std::string> known;
    for (const auto& group : world.groups) known.push_back(group.id);
    for (const auto& jurisdiction : world.jurisdictions) known.push_back(jurisdiction.code);
    for (const auto& bloc : world.blocs) known.push_back(bloc.code);
    throw sim::Error(sim::Code::kReference, {}, "a group, jurisdiction or bloc with mail users, or \"*\"", "\"" + std::string(name) + "\"",
                     sim::nearest_name(name, known));
}

PairMeasure measure_named(const std::string& name) { return name == "mutual_reachability" ? &mutual_reachability : &reachability; }

/// Observations, each evaluated anew only when state has changed.
class Observer {
public:
    Observer(const Model& model, const std::vector<Observation>& wanted) : model_(model) {
        for (const auto& observation : wanted) {
            series_.push_back({observation, {}, {}});
            from_.push_back(selected(model.world, model.population, observation.from));
            to_.push_back(selected(model.world, model.population, observation.to));
        }
        fresh_.assign(series_.size(), false);
    }

    void observe(const StateView& view, sim::Tick tick, bool changed) {
        if (changed) fresh_.assign(series_.size(), false);
        for (std::size_t i = 0; i < series_.size(); ++i) {
            Series& series = series_[i];
            if (tick % (series.observation.every.us / model_.grid.slice.us) != 0) continue;
            if (!fresh_[i] || series.values.empty()) {
                const Weights weights = series.observation.contacts ? Weights::kContacts : Weights::kPopulation;
                latest_.resize(series_.size());
                latest_[i] = mean_over_pairs(view, measure_named(series.observation.measure), from_[i], to_[i], weights, model_.mixing);
                fresh_[i] = true;
            }
            series.ticks.push_back(tick);
            series.values.push_back(latest_[i]);
        }
    }

    std::vector<Series> take() { return std::move(series_); }

private:
    const Model& model_;
    std::vector<Series> series_;
    std::vector<std::vector<CohortId>> from_;
    std::vector<std::vector<CohortId>> to_;
    std::vector<bool> fresh_;
    std::vector<double> latest_;
};

std::uint64_t fingerprint_of(const std::vector<Series>& observed) {
    sim::Fingerprint fingerprint;
    for (const Series& series : observed) {
        fingerprint.add(series.observation.measure);
        fingerprint.add(series.observation.from);
        fingerprint.add(series.observation.to);
        for (const double value : series.values) fingerprint.add(value);
    }
    return fingerprint.value();
}

}  // namespace

namespace {

/// Does `work`, of which nothing counts if a stop came before its end.
void unless_stopped(const std::function<void()>& work) {
    try {
        work();
    } catch (const sim::Error& error) {
        if (error.code() != sim::Code::kInterrupted) throw;
    }
}

}  // namespace

Run run_scenario(const Scenario& scenario, const RunOptions& options) {
    Run run;
    run.model = make_model(scenario, options.seed.value_or(scenario.seed), options.compliance);
    run.traffic = options.traffic.value_or(scenario.traffic);
    const Model& model = run.model;
    if (run.traffic == Traffic::kNone && (reads_tallies(model) || !model.policies.empty())) {
        throw sim::Error(sim::Code::kInconsistent, {}, "a traffic model, because a response or a policy reads what became of mail",
                         "traffic \"none\"");
    }
    check_deferral(run);
    sim::Fingerprint trajectory;
    ControlPlane control(model, run, trajectory, counts_are_whole(run.traffic));
    Observer observer(model, scenario.observe);
    const sim::StopFlag never;
    const sim::StopFlag& stop = options.stop != nullptr ? *options.stop : never;
    std::unique_ptr<TrafficModel> traffic;
    unless_stopped([&] { traffic = make_traffic(model, run.traffic, options, control.view()); });
    const auto begin = [&](sim::Tick tick) -> const std::vector<Change>& {
        const std::vector<Change>& changes = control.begin(tick);
        observer.observe(control.view(), tick, !changes.empty());
        return changes;
    };
    sim::Tick complete = 0;
    const sim::RunOutcome outcome = sim::run_ticks(model.slices, stop, options.progress, [&](sim::Tick tick) {
        const std::vector<Change>& changes = begin(tick);
        if (!traffic) return;
        unless_stopped([&] {
            const Tallies tallies = traffic->advance({control.view(), changes}, tick, stop);
            trajectory.add(tallies.digest);
            control.learn(as_days(tallies.cohorts), tallies.sources);
            complete = tick + 1;
        });
    });
    run.finished = run.traffic == Traffic::kNone ? outcome.finished : complete;
    run.interrupted = run.finished < model.slices;
    if (!run.interrupted) begin(model.slices);
    if (traffic) traffic->settle(run.ledger);
    run.ledger.check_balance(counts_are_whole(run.traffic) ? 0 : kBalance);
    run.observed = observer.take();
    run.trajectory_fingerprint = trajectory.value();
    run.results_fingerprint = fingerprint_of(run.observed);
    return run;
}

StateReplay::StateReplay(const Run& run) : run_(run), state_(start_state(run.model)) {}

StateView StateReplay::at(sim::Tick tick) {
    while (next_ < run_.history.size() && run_.history[next_].tick <= tick) apply(run_.history[next_++].change, state_);
    return {run_.model.world, run_.model.population, state_};
}

std::vector<double> measure_over_time(const Run& run, PairMeasure measure, std::string_view from, std::string_view to,
                                      const std::vector<sim::Tick>& ticks, Weights weights) {
    const auto sources = selected(run.model.world, run.model.population, from);
    const auto targets = selected(run.model.world, run.model.population, to);
    StateReplay replay(run);
    std::vector<double> values;
    std::optional<std::size_t> revision;
    for (const sim::Tick tick : ticks) {
        const StateView view = replay.at(tick);
        if (!values.empty() && revision == replay.revision()) {
            values.push_back(values.back());
            continue;
        }
        revision = replay.revision();
        values.push_back(mean_over_pairs(view, measure, sources, targets, weights, run.model.mixing));
    }
    return values;
}

Eigen::MatrixXd measure_matrix(const Run& run, PairMeasure measure, const std::vector<std::string>& from,
                               const std::vector<std::string>& to, sim::Tick tick, Weights weights) {
    StateReplay replay(run);
    const StateView view = replay.at(tick);
    Eigen::MatrixXd matrix(static_cast<Eigen::Index>(from.size()), static_cast<Eigen::Index>(to.size()));
    for (Eigen::Index a = 0; a < matrix.rows(); ++a) {
        const auto sources = selected(run.model.world, run.model.population, from[static_cast<std::size_t>(a)]);
        for (Eigen::Index b = 0; b < matrix.cols(); ++b) {
            const auto targets = selected(run.model.world, run.model.population, to[static_cast<std::size_t>(b)]);
            matrix(a, b) = mean_over_pairs(view, measure, sources, targets, weights, run.model.mixing);
        }
    }
    return matrix;
}

}  // namespace mailrift
