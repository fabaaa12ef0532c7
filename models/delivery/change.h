// Changes of state: what plug-ins propose, control applies, the history keeps and the fingerprint hashes.
#pragma once

#include <cstdint>

#include "models/delivery/state.h"

namespace mailrift {

enum class ChangeKind : std::uint8_t {
    kClose,    ///< the accounts of `block.seat` close by order `block.order`
    kReopen,   ///< that order no longer keeps them closed
    kBlock,    ///< `block` takes effect
    kUnblock,  ///< `block` ends
    kMove,     ///< `fraction` of those on `block.seat` move to `to`
    kInform,   ///< contacts of `fraction` of the cohort learn the address of `block.seat`
    kJudge,    ///< `receiver` treats mail of `source` by `verdicts` from now on
};

/// One change. Plain data; fields that a kind does not name are left at their defaults.
struct Change {
    ChangeKind kind = ChangeKind::kClose;
    Block block;
    SeatId to;
    double fraction = 0;
    EntityId source{};
    EntityId receiver{};
    Verdicts verdicts{};
    std::vector<GivenAnswer> by_answer{};  ///< as of VerdictTable::set
};

/// Applies one change; closing twice by the same order, or adding a block twice, leaves one. Returns whether the state changed.
bool apply(const Change& change, MailState& state);

/// The change that takes `change` back (kClose, kBlock only).
[[nodiscard]] Change inverse(const Change& change);

}  // namespace mailrift
