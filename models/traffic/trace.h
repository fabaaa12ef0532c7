// Life histories of single messages: which ones are kept, and what is kept of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/delivery/outcome.h"
#include "models/population/persons.h"
#include "sim/time.h"

namespace mailrift {

/// One try of a message, or that its sender gave it up.
struct TracedTry {
    std::uint64_t message = 0;     ///< a number of its own
    std::uint32_t generation = 0;  ///< 0 starts a conversation, n answers message n - 1 of it
    Person from = 0;
    Person to = 0;
    CohortId sender;
    CohortId recipient;
    SeatId seat;               ///< whose provider has it
    SeatId address;            ///< whose address it names
    sim::Time written;         ///< its first try
    sim::Time at;              ///< this try, or when it was given up
    std::uint32_t number = 0;  ///< of this try, from 0; of an expired one of how many were made
    Outcome outcome = Outcome::kInbox;
    Cause cause;
};

/// Which tries are looked for; a list that is empty lets everything through.
struct TraceFilter {
    std::vector<bool> senders;     ///< by CohortId
    std::vector<bool> recipients;  ///< by CohortId
    std::vector<bool> sources;     ///< by EntityId: the pool that sends
    std::vector<bool> receivers;   ///< by EntityId: the mailbox provider of the address
    std::array<bool, kOutcomes> outcomes{true, true, true, true, true, true, true, true, true};
    std::optional<OrderId> order;
    std::optional<PolicyId> policy;
    std::optional<sim::Time> after;  ///< moment of the try
    std::optional<sim::Time> until;
};

/// `messages` empty: the `number` messages with a try that the filter lets through whose hashes are least, so that who they are depends on nothing
/// but themselves. Else all tries of these messages, whose numbers rise.
struct TraceRequest {
    TraceFilter filter;
    std::size_t number = 10;
    std::vector<std::uint64_t> messages;
};

/// What one thread keeps.
class TraceLog {
public:
    explicit TraceLog(const TraceRequest* request) : request_(request) {}

    [[nodiscard]] bool on() const noexcept { return request_ != nullptr; }
    [[nodiscard]] const TraceFilter& filter() const noexcept { return request_->filter; }
    [[nodiscard]] bool whole() const noexcept { return !request_->messages.empty(); }

    /// Keeps a try that the filter let through, or one of a message that was asked for.
    void add(const TracedTry& traced);
    void add(const TraceLog& other);

    /// By hash of the message, then by time; of chosen messages one try each.
    [[nodiscard]] std::vector<TracedTry> take();

private:
    void prune();

    const TraceRequest* request_;
    std::vector<TracedTry> tries_;
};

}  // namespace mailrift
