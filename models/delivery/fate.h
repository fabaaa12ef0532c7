// What becomes of a message from one seat to another under the state of its slice.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/delivery/outcome.h"
#include "models/delivery/state.h"
#include "sim/time.h"

namespace mailrift {

/// Part of the mail from one seat to another that ends alike.
struct FatePart {
    SeatId to;  ///< the seat whose address was used: the recipient's, or the one it left
    Outcome outcome = Outcome::kInbox;
    Cause cause;       ///< the order or the policy, if one did it
    double share = 0;  ///< 0..1; the parts of a fate sum to 1
    bool operator==(const FatePart&) const = default;
};

using Fate = std::vector<FatePart>;

/// An address that mail to a member uses, and the share of it that does; shares sum to 1.
struct AddressShare {
    SeatId to;
    double share = 1;
};

/// The addresses by which contacts write to a member on `to`: the known one, and the one that was lost.
[[nodiscard]] std::vector<AddressShare> addresses_of(const StateView& view, SeatId to);

/// The fate of the first try of mail that a member on `from` writes to a member on `to`, if no greylist defers it. Both addresses of a member
/// who lost one are tried by the share of contacts that know them. Order of decision: receptions_of (models/delivery/attempt.h).
[[nodiscard]] Fate fate_of(const StateView& view, SeatId from, SeatId to);

/// Until when mail must be in the inbox to count as reaching somebody (DESIGN section 8).
inline constexpr sim::Duration kReachDeadline = sim::kDay;

/// Probability that such mail is in the inbox within kReachDeadline, in the present state: W of DESIGN section 8 with o and k of the recipient,
/// 0..1; 0 if the sender's account is closed. Where a receiver defers with probability d at a try, of m tries in that time (of the sender's
/// schedule, scans of its queue in phase 0) 1 - d^m pass; a greylist counts as not knowing the sender.
[[nodiscard]] double inbox_share(const StateView& view, SeatId from, SeatId to);

}  // namespace mailrift
