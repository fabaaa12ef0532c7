// Response `migrate`: members move to other providers, on a plan or with a hazard.
#pragma once

#include <optional>
#include <vector>

#include "models/response/moves.h"

namespace mailrift {

/// On a plan: members leave evenly over `takes`, in daily steps from `at` on, the last of them at `at` + `takes`.
struct MovePlan {
    sim::Time at;
    sim::Duration takes;
};

/// With hazard per day h = base + gain x f, f = share of the members' wanted mail that failed in the last 24 h.
struct MoveHazard {
    sim::Time start;
    double base = 0;         ///< per day, >= 0
    double gain = 0;         ///< per day, >= 0
    double max_per_day = 1;  ///< share of the cohort that can move in one day, 0..1
};

struct MigrateParams {
    std::vector<CohortId> who;
    std::vector<EntityId> leave;   ///< providers that members leave; empty: all but the destinations
    std::optional<MovePlan> plan;  ///< exactly one of plan and hazard
    std::optional<MoveHazard> hazard;
    Moving moving;
};

/// DESIGN section 7.
class Migrate final : public Response {
public:
    explicit Migrate(MigrateParams params) : params_(std::move(params)) {}

    [[nodiscard]] sim::Time first() const override;
    [[nodiscard]] std::optional<sim::Time> next(sim::Time now) const override;
    [[nodiscard]] bool reads_tallies() const override { return params_.hazard && params_.hazard->gain > 0; }
    [[nodiscard]] std::vector<Destination> destinations(const std::set<Destination>& others) const override;
    [[nodiscard]] std::vector<Reaction> react(const ResponseInput& input) const override;

    /// Share of those still there that leaves in the step that ends `now`. For a plan the step's part of the time that was left before it (of n
    /// whole days 1/(n - j + 1) in step j); for a hazard 1 - exp(-h x 1 d), at most max_per_day of the whole cohort (`remaining`: the share of the
    /// cohort still there).
    [[nodiscard]] double leaving_share(sim::Time now, double failed_share, double remaining) const;

private:
    [[nodiscard]] bool leaves(const StateView& view, SeatId seat) const;

    MigrateParams params_;
};

}  // namespace mailrift
