// To whose mailboxes spam goes, and where these are.
#pragma once

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "models/delivery/state.h"

namespace mailrift {

/// The kinds of mailboxes of a world: those behind one chain of judges.
class MailPools {
public:
    explicit MailPools(const World& world);

    [[nodiscard]] std::size_t size() const noexcept { return pools_.size(); }
    [[nodiscard]] const Chain& chain(std::size_t pool) const { return pools_[pool]; }
    [[nodiscard]] std::size_t of(RouteId route) const { return of_route_[index(route)]; }

private:
    std::vector<Chain> pools_;  ///< by provider, then by judge
    std::vector<std::size_t> of_route_;
};

/// Members of some cohorts, and where their mailboxes are now.
struct Audience {
    std::vector<CohortId> targets;  ///< sorted; whose mailboxes, unless everybody's
    bool everybody = true;
    std::vector<double> mailboxes{};                  ///< share of all of them, by pool
    std::vector<std::map<OrderId, double>> closed{};  ///< by pool: share of its mailboxes that an order closed (the first of several)
};

/// Finds the mailboxes of an audience under a state.
void read_mailboxes(const StateView& view, const MailPools& pools, Audience& audience);

}  // namespace mailrift
