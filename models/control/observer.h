// What a scenario asks to be measured while it runs.
#pragma once

#include <vector>

#include "models/control/run.h"

namespace mailrift {

/// Observations, each evaluated anew only when state has changed.
class Observer {
public:
    Observer(const Model& model, const std::vector<Observation>& wanted) : model_(model) {
        for (const auto& observation : wanted) {
            series_.push_back({observation, {}, {}});
            from_.push_back(cohorts_named(model, observation.from));
            to_.push_back(cohorts_named(model, observation.to));
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
                latest_[i] =
                    mean_over_pairs(view, series.observation.measure == "mutual_reachability" ? &mutual_reachability : &reachability,
                                    from_[i], to_[i], weights, model_.mixing);
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

}  // namespace mailrift
