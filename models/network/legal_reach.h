// How much of each market an issuer can reach through the law: who of its mail's operators can be compelled (DESIGN section 3).
#pragma once

#include <vector>

#include "models/network/compel.h"

namespace mailrift {

/// Bounds of a share, 0..1: members whose route nobody measured are out of reach in `low` and within reach in `high`.
struct ShareBounds {
    double low = 0;
    double high = 0;
};

/// What of one route can be compelled.
struct RouteReach {
    bool mailbox = false;  ///< its mailbox operator
    bool gateway = false;  ///< its gateway
    bool element = false;  ///< any element of the chosen layers; see ReachShares
    double withheld = 0;   ///< share of its mail that fails if all of the chosen layers withdraw at once, 0..1
};

/// Shares of a market's members. Unions are unions over routes, never sums of shares (FACTS O1).
struct ReachShares {
    ShareBounds mailbox;  ///< the mailbox operator can be compelled, whatever the chosen layers
    ShareBounds gateway;  ///< the gateway can be compelled, whatever the chosen layers
    /// Some entity of the chosen layers can be compelled that is the route's mailbox operator, gateway or relay, or alone makes one of them
    /// fail (single points of failure): one that obeys is enough.
    ShareBounds element;
    /// Mail that fails if all of the chosen layers who can be compelled withdraw at once: legal reach proper, the upper bound of any order.
    /// Never below `element`, since alternatives that the issuer commands one by one are no single points of failure.
    ShareBounds together;
};

struct LegalReach {
    JurisdictionId jurisdiction;
    ReachShares shares;
};

/// What can be compelled of each route, by route.
[[nodiscard]] std::vector<RouteReach> route_reach(const World& world, const Territory& territory, const ViaSet& vias,
                                                  const LayerSet& layers);

/// Shares over one table of routes: of a market, a region or a group. `unknown` is the share without a route.
[[nodiscard]] ReachShares reach_shares(const std::vector<RouteReach>& reach, const std::vector<RouteShare>& routes, double unknown);

/// Shares of each jurisdiction that has a market, in the order of the jurisdictions.
[[nodiscard]] std::vector<LegalReach> legal_reach(const World& world, const Territory& territory, const ViaSet& vias,
                                                  const LayerSet& layers);

}  // namespace mailrift
