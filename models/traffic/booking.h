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
    constexpr std::size_t kPlaceAhead = 32;  // accounts lie all over a large ledger: their memory is asked for some bookings before
    constexpr std::size_t kAccountAhead = 16;
    for (std::size_t i = 0; i < bookings.size(); ++i) {
        const Booking& booking = bookings[i];
        // What is written comes before what becomes of it, by the same key.
        const bool writes = !booking.outcome;
        if (writes && i + kPlaceAhead < bookings.size()) ledger.prefetch_place(bookings[i + kPlaceAhead].key);
        if (writes && i + kAccountAhead < bookings.size()) ledger.prefetch_account(bookings[i + kAccountAhead].key);
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
