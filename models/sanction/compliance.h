// Who obeys which order, and when: drawn once per order and entity.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/sanction/order.h"

namespace mailrift {

/// How compliance is decided.
enum class Compliance : std::uint8_t {
    kDrawn,  ///< with the order's probability times the strength of the control
    kLegal,  ///< everyone who can be compelled obeys, at once: the upper bound, "legal reach"; no draw is left in it
};

/// One entity that an order can compel.
struct Obedience {
    OrderId order;
    EntityId entity;
    double probability = 0;  ///< 0..1
    bool obeys = false;
    sim::Time from;                  ///< when its measures take effect, if it obeys
    std::optional<sim::Time> until;  ///< when it undoes them
};

/// All entities that the orders can compel, in the order of (order, entity), with the draws that decide.
///
/// An order reaches an entity when one of its `control` entries lies in the issuer's territory and is among the order's `via`; suppliers
/// only of the order's `layers`. It obeys with probability `probability` x greatest matching strength, from `at` + `notice` + delay on.
/// Draws are keyed by (seed, order id, entity id), so that neither depends on what else the scenario holds (DESIGN sections 2, 3 and 6).
/// An entity that would obey only at or after `until` never does. Legal reach knows no delay but `notice`: an upper bound at every moment.
[[nodiscard]] std::vector<Obedience> decide_compliance(const World& world, const std::vector<Order>& orders, std::uint64_t seed,
                                                       Compliance compliance);

/// The members of an order's target that it can reach, and whether it was void for the others: an order of a member of a bloc fails against a target
/// in another member with the greatest `shield` of their common blocs, drawn once per order (DESIGN section 3); legal reach: with `shield` 1 only.
struct Shielded {
    std::vector<CohortId> reached;
    std::vector<CohortId> shielded;
};
[[nodiscard]] Shielded apply_shields(const World& world, const Population& population, const Order& order, std::uint64_t seed,
                                     Compliance compliance);

/// When the measures of an order find an address that its target changed to, counted from the first move; none: never. Legal reach: at once,
/// unless `follow` has probability 0.
[[nodiscard]] std::optional<sim::Duration> decide_follow(const Order& order, const Cohort& target, std::uint64_t seed,
                                                         Compliance compliance);

}  // namespace mailrift
