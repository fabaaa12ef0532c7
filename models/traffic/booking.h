// Mail on its way into the ledger.
#pragma once

#include <optional>
#include <vector>

#include "models/delivery/archive.h"
#include "models/delivery/ledger.h"

namespace mailrift {

/// Mail to be entered: as written (no outcome), or as one outcome of it.
struct Booking {
    LedgerKey key;
    std::optional<Outcome> outcome;
    Cause cause;
    double messages = 0;
};

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<Booking> booking) {
    archive(booking.key);
    bool ended = booking.outcome.has_value();
    archive(ended);
    if (ended) {
        Outcome outcome = booking.outcome.value_or(Outcome::kInbox);
        archive.choice(outcome, kOutcomes);
        if constexpr (Archive::kReads) booking.outcome = outcome;
    }
    archive(booking.cause, booking.messages);
}

/// Enters all bookings in their order, and leaves none.
inline void enter(std::vector<Booking>& bookings, Ledger& ledger) {
    for (const Booking& booking : bookings) {
        if (booking.outcome) {
            Cause cause = booking.cause;
            if (cause.policy) cause.policy = without_hop(*cause.policy);
            ledger.add_outcome(booking.key, *booking.outcome, cause, booking.messages);
        } else {
            ledger.add_written(booking.key, booking.messages);
        }
    }
    bookings.clear();
}

}  // namespace mailrift
