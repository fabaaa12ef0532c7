// To whose mailboxes spam goes, and where these are.
#include "models/traffic/audience.h"

#include <algorithm>
#include <tuple>

namespace mailrift {

MailPools::MailPools(const World& world) {
    const auto order = [](const Chain& chain) { return std::tuple(chain.provider, chain.judge, chain.forward_to, chain.resender); };
    const auto before = [&](const Chain& a, const Chain& b) { return order(a) < order(b); };
    std::map<Chain, std::size_t, decltype(before)> places(before);
    for (const Route& route : world.routes) places.try_emplace(chain_of(route), 0);
    for (auto& [chain, place] : places) {
        place = pools_.size();
        pools_.push_back(chain);
    }
    for (const Route& route : world.routes) of_route_.push_back(places.at(chain_of(route)));
}

void read_mailboxes(const StateView& view, const MailPools& pools, Audience& audience) {
    audience.mailboxes.assign(pools.size(), 0);
    audience.closed.assign(pools.size(), {});
    double all = 0;
    for (std::size_t s = 0; s < view.population.seats.size(); ++s) {
        const Seat& seat = view.population.seats[s];
        if (!audience.everybody && !std::binary_search(audience.targets.begin(), audience.targets.end(), seat.cohort)) continue;
        const double members = view.state.share[s] * view.population.cohorts[index(seat.cohort)].users;
        const std::size_t pool = pools.of(seat.route);
        audience.mailboxes[pool] += members;
        all += members;
        const std::vector<OrderId>& gone = view.state.closed_by[s];
        if (!gone.empty() && members > 0) audience.closed[pool][gone.front()] += members;
    }
    for (std::size_t pool = 0; pool < pools.size(); ++pool) {
        for (auto& entry : audience.closed[pool]) entry.second /= audience.mailboxes[pool];
    }
    for (double& share : audience.mailboxes) share = all > 0 ? share / all : 0;
}

}  // namespace mailrift
