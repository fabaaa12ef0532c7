// Mail on its way into the ledger.
#pragma once

#include <optional>
#include <vector>

#include "models/delivery/ledger.h"

namespace mailrift {

/// Mail to be entered: as written (no outcome), or as one outcome of it.
struct Booking {
    LedgerKey key;
    std::optional<Outcome> outcome;
    Cause cause;
    double messages = 0;
};

/// Enters all bookings in their order, and leaves none.
inline void enter(std::vector<Booking>& bookings, Ledger& ledger) {
    for (const Booking& booking : bookings) {
        if (booking.outcome) {
            ledger.add_outcome(booking.key, *booking.outcome, booking.cause, booking.messages);
        } else {
            ledger.add_written(booking.key, booking.messages);
        }
    }
    bookings.clear();
}

}  // namespace mailrift
