// Dense ids of the entities of a model: strong types, counted from 0 in the order of their document ids.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace mailrift {

/// A dense index that cannot be mistaken for the index of something else.
template <class Tag>
struct Id {
    std::uint32_t value = 0;
    auto operator<=>(const Id&) const = default;
};

using JurisdictionId = Id<struct JurisdictionTag>;
using BlocId = Id<struct BlocTag>;
using EntityId = Id<struct EntityTag>;  ///< a provider or a supplier: whoever can be commanded
using RouteId = Id<struct RouteTag>;
using DomainId = Id<struct DomainTag>;
using CohortId = Id<struct CohortTag>;  ///< a group, or the rest of a jurisdiction: a row of M
using SeatId = Id<struct SeatTag>;      ///< the members of one cohort on one route
using OrderId = Id<struct OrderTag>;
using PolicyId = Id<struct PolicyTag>;  ///< an item of `blocking`, whoever its receivers are

/// Where in the chain of those who decide on a message (models/delivery/chain.h) a policy is applied: 0 is who talks to the sender's server. It
/// stands in the topmost bits of a PolicyId, so that one rule of two servers is two causes while mail moves; the ledger counts it as one.
inline constexpr std::uint32_t kHopBit = 30;

[[nodiscard]] constexpr PolicyId at_hop(PolicyId policy, std::size_t hop) noexcept {
    return {policy.value | static_cast<std::uint32_t>(hop) << kHopBit};
}
[[nodiscard]] constexpr std::size_t hop_of(PolicyId policy) noexcept { return policy.value >> kHopBit; }
[[nodiscard]] constexpr PolicyId without_hop(PolicyId policy) noexcept { return {policy.value & ((1U << kHopBit) - 1)}; }

/// The position of `id` in the vector that holds its kind.
template <class Tag>
[[nodiscard]] constexpr std::size_t index(Id<Tag> id) noexcept {
    return id.value;
}

/// The id of position `i`.
template <class IdType>
[[nodiscard]] constexpr IdType id_of(std::size_t i) noexcept {
    return IdType{static_cast<std::uint32_t>(i)};
}

}  // namespace mailrift
