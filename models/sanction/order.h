// A government's order, as the document states it, and who obeys it when.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/delivery/change.h"
#include "models/network/compel.h"
#include "sim/distributions.h"
#include "sim/time.h"

namespace mailrift {

class Measure;

/// What of the target's mail an order is about.
enum class Direction : std::uint8_t { kFrom, kTo, kBoth };

/// Whether and when an entity obeys.
struct ComplianceRule {
    double probability = 0.9;  ///< 0..1, multiplied by the strength of the control
    sim::Distribution delay;   ///< from the order's effect to the entity's, in seconds
};

struct ComplianceOverride {
    EntityId entity;
    ComplianceRule rule;
};

/// How a measure finds a target that moved to an address that was not known.
struct Follow {
    double probability = 0;
    sim::Distribution delay;
};

struct NamedMeasure {
    std::string kind;
    std::shared_ptr<const Measure> measure;
};

struct Order {
    std::string id;
    std::string issuer;  ///< jurisdiction, bloc, or a provider that decides on its own
    sim::Time at;
    std::optional<sim::Time> until;
    sim::Duration notice;  ///< from `at` to the moment from which delays count
    std::vector<CohortId> target;
    std::vector<NamedMeasure> measures;
    ViaSet via;
    std::vector<Layer> layers;  ///< which suppliers it binds besides the mailbox providers
    Direction direction = Direction::kBoth;
    ComplianceRule compliance;
    std::vector<ComplianceOverride> overrides;
    Follow follow;
    sim::Duration restore;  ///< from `until` to the entity's end of effect
    std::string legal_basis;
};

/// One measure of an order: what an entity that obeys does. Plug-in: one file, one line in the registry.
class Measure {
public:
    virtual ~Measure() = default;

    /// The changes at `entity` for those addresses in `seats` that concern it (the target's, as far as the order knows them).
    [[nodiscard]] virtual std::vector<Change> effects(const Order& order, OrderId id, EntityId entity, const std::vector<SeatId>& seats,
                                                      const StateView& view) const = 0;
};

/// The target's seats whose addresses an order knows: all but those with an address that a move made new.
[[nodiscard]] std::vector<SeatId> known_seats(const Order& order, const StateView& view);

/// The target's seats with an address that a move made new: found only by `follow`.
[[nodiscard]] std::vector<SeatId> new_seats(const Order& order, const StateView& view);

/// Blocks at `entity` for one seat in the order's direction.
void add_blocks(const Order& order, OrderId id, EntityId entity, SeatId seat, std::vector<Change>& changes);

}  // namespace mailrift
