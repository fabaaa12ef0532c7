// Response `migrate`: members move to other providers, on a plan or with a hazard.
#include "models/response/migrate.h"

#include <algorithm>

#include "sim/math.h"

namespace mailrift {
namespace {

/// The end of the step that begins at `begin`: a day later, or at the end of the plan.
sim::Time step_end(const MovePlan& plan, sim::Time begin) { return std::min(begin + kDaily, plan.at + plan.takes); }

}  // namespace

sim::Time Migrate::first() const { return params_.plan ? step_end(*params_.plan, params_.plan->at) : params_.hazard->start + kDaily; }

std::optional<sim::Time> Migrate::next(sim::Time now) const {
    if (params_.hazard) return now + kDaily;
    if (now >= params_.plan->at + params_.plan->takes) return std::nullopt;
    return step_end(*params_.plan, now);
}

std::vector<Destination> Migrate::destinations(const std::set<Destination>&) const { return destinations_of(params_.moving, params_.who); }

double Migrate::leaving_share(sim::Time now, double failed_share, double remaining) const {
    if (params_.plan) {
        const std::int64_t elapsed = (now - params_.plan->at).us;
        const std::int64_t begin = std::max<std::int64_t>(elapsed - 1, 0) / kDaily.us * kDaily.us;  // of the step, after the plan's
        if (elapsed >= params_.plan->takes.us) return 1;
        return static_cast<double>(elapsed - begin) / static_cast<double>(params_.plan->takes.us - begin);
    }
    const MoveHazard& hazard = *params_.hazard;
    const double leaving = -sim::expm1(-(hazard.base + hazard.gain * failed_share));
    return remaining * leaving > hazard.max_per_day ? hazard.max_per_day / remaining : leaving;
}

bool Migrate::leaves(const StateView& view, SeatId seat) const {
    const EntityId provider = view.route(seat).provider;
    if (is_destination(params_.moving, provider)) return false;
    const auto& leave = params_.leave;
    return leave.empty() || std::find(leave.begin(), leave.end(), provider) != leave.end();
}

std::vector<Reaction> Migrate::react(const ResponseInput& input) const {
    std::vector<Reaction> reactions;
    for (const CohortId cohort : params_.who) {
        double remaining = 0;
        std::vector<SeatId> leaving_seats;
        for (const SeatId seat : input.view.population.seats_of[index(cohort)]) {
            if (!leaves(input.view, seat)) continue;
            if (input.view.state.share[index(seat)] <= 0) continue;
            leaving_seats.push_back(seat);
            remaining += input.view.state.share[index(seat)];
        }
        if (leaving_seats.empty()) continue;
        const double failed_share = reads_tallies() ? input.last_day[index(cohort)].failed_share() : 0;
        const double leaving = leaving_share(input.now, failed_share, remaining);
        for (const SeatId from : leaving_seats) add_moves(params_.moving, input.view, from, leaving, reactions);
    }
    return reactions;
}

}  // namespace mailrift
