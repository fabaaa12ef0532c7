// What can be asked of a run: its state and measures at any tick.
#include "models/control/run.h"

#include "models/control/judgement.h"
#include "models/control/simulation.h"
#include "sim/error.h"

namespace mailrift {

std::vector<CohortId> cohorts_named(const Model& model, std::string_view name) {
    const World& world = model.world;
    std::vector<CohortId> cohorts = select_cohorts(world, model.population, name);
    if (!cohorts.empty()) return cohorts;
    std::vector<std::string> known;
    for (const auto& group : world.groups) known.push_back(group.id);
    for (const auto& jurisdiction : world.jurisdictions) known.push_back(jurisdiction.code);
    for (const auto& bloc : world.blocs) known.push_back(bloc.code);
    throw sim::Error(sim::Code::kReference, {}, "a group, jurisdiction or bloc with mail users, or \"*\"", "\"" + std::string(name) + "\"",
                     sim::nearest_name(name, known));
}

Run run_scenario(const Scenario& scenario, const RunOptions& options) { return Simulation(scenario, options).finish(); }

StateReplay::StateReplay(const Run& run) : run_(run), state_(start_state(run.model, counts_are_whole(run.traffic))) {}

StateView StateReplay::at(sim::Tick tick) {
    while (next_ < run_.history.size() && run_.history[next_].tick <= tick) apply(run_.history[next_++].change, state_);
    return {run_.model.world, run_.model.population, state_};
}

std::vector<double> measure_over_time(const Run& run, PairMeasure measure, std::string_view from, std::string_view to,
                                      const std::vector<sim::Tick>& ticks, Weights weights) {
    const auto sources = cohorts_named(run.model, from);
    const auto targets = cohorts_named(run.model, to);
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
        const auto sources = cohorts_named(run.model, from[static_cast<std::size_t>(a)]);
        for (Eigen::Index b = 0; b < matrix.cols(); ++b) {
            const auto targets = cohorts_named(run.model, to[static_cast<std::size_t>(b)]);
            matrix(a, b) = mean_over_pairs(view, measure, sources, targets, weights, run.model.mixing);
        }
    }
    return matrix;
}

}  // namespace mailrift
