// What becomes of a message from one seat to another under the state of its slice.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/delivery/outcome.h"
#include "models/delivery/state.h"

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

/// The fate of mail that a member on `from` writes to a member on `to`. Both addresses of a member who lost one are tried by the
/// share of contacts that know them.
///
/// Order of decision: the sender's account is closed, or an element of the sender's route refuses the submission (`unsent`); an
/// element of the recipient's chain, gateway first, refuses by order (`rejected`, 550 5.7.1); the account is closed
/// (`closed_account`); the receiver's verdict on the source (`rejected`, `junk`, `inbox`).
[[nodiscard]] Fate fate_of(const StateView& view, SeatId from, SeatId to);

/// Share of that mail that reaches the inbox: W of DESIGN section 8 with o and k of the recipient, 0..1. Equal to the inbox parts of fate_of,
/// given that the sender's account is open; 0 if it is closed.
[[nodiscard]] double inbox_share(const StateView& view, SeatId from, SeatId to);

}  // namespace mailrift
