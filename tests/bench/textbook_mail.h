// The mail of a MailWorld, message by message, as one would write it first: one heap of events of 32 bytes, one event a person.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <random>
#include <vector>

#include "models/delivery/retry_schedule.h"
#include "tests/bench/mail_world.h"

namespace mailrift::bench {

/// What can be counted of the messages from one provider to another.
enum class Count : std::uint8_t {
    kWritten,
    kDelivered,  ///< wanted and accepted
    kDeferred,   ///< tries, not messages
    kExpired,
};
inline constexpr std::size_t kCounts = 4;

/// Counters by (source provider, receiver provider, Count); providers are positions of World::entities.
struct MailCounts {
    std::size_t providers = 0;
    std::vector<std::array<std::uint64_t, kCounts>> pairs;  ///< source x providers + receiver
    std::uint64_t answers = 0;                              ///< of the messages written

    [[nodiscard]] std::uint64_t of(std::size_t source, std::size_t receiver, Count count) const {
        return pairs[source * providers + receiver][static_cast<std::size_t>(count)];
    }
    [[nodiscard]] std::uint64_t sum(Count count) const;
    [[nodiscard]] std::uint64_t attempts() const { return sum(Count::kDelivered) + sum(Count::kDeferred); }
    [[nodiscard]] std::uint64_t queued() const { return sum(Count::kWritten) - sum(Count::kDelivered) - sum(Count::kExpired); }
};

/// A receiver's decayed counts of one source, by the rule of `reputation`: at the end of each slice they are halved slice / half_life times, and then
/// the slice's are added; deferred iff good + bad >= max(min_volume, 1) and bad >= cut_off (good + bad).
struct SourceRecord {
    double good = 0;
    double bad = 0;

    void add(double more_good, double more_bad, double kept) {
        good = good * kept + more_good;
        bad = bad * kept + more_bad;
    }
    [[nodiscard]] bool defers(const DeferRule& rule) const;
};

/// Everybody writes to each contact alike, conversations as a Poisson process; what is delivered is answered with probability `reply` after
/// `reply_delay`; what is deferred is tried again by the schedule `postfix`, under the verdict of its time, until it expires. A verdict holds for
/// a period, from the first period's end on. A deferred message does not reach `data`: it is no evidence. Spam is counted by the hour as evidence,
/// and is not tried again. Random numbers are those of <random>: a peer, not a result.
class TextbookMail {
public:
    /// \param world is kept by reference
    TextbookMail(const MailWorld& world, std::uint64_t seed);

    /// Simulates the slices that are left up to tick `end`; returns the counts from t = 0 on.
    const MailCounts& run(sim::Tick end);

    /// Bytes held for pending events.
    [[nodiscard]] std::size_t pending_bytes() const { return pending_.bytes(); }

private:
    enum class Kind : std::uint16_t { kConversation, kAnswer, kTry };

    struct Event {
        std::int64_t at;     ///< microseconds
        std::int64_t first;  ///< kTry: time of the first try
        Person from;
        Person to;            ///< not for kConversation
        std::uint32_t phase;  ///< kTry: of the queue scan, microseconds
        std::uint16_t tries;  ///< kTry: failed so far
        Kind kind;

        bool operator>(const Event& other) const { return at > other.at; }
    };
    static_assert(sizeof(Event) == 32);

    struct Pending : std::priority_queue<Event, std::vector<Event>, std::greater<>> {
        [[nodiscard]] std::size_t bytes() const { return c.capacity() * sizeof(Event); }
    };

    void handle(const Event& event);
    void write(std::int64_t at, Person from, Person to);
    void attempt(Event event);
    void schedule_conversation(Person person, std::int64_t now);
    [[nodiscard]] double answer_delay();
    void end_slice();

    const MailWorld& world_;
    const RetrySchedule& schedule_;
    std::vector<std::uint32_t> provider_;  ///< by person
    std::vector<double> starts_;           ///< by person: conversations a microsecond
    std::vector<double> spam_;             ///< by pair: messages a slice
    std::vector<SourceRecord> records_;    ///< by pair
    std::vector<std::uint64_t> arrived_;   ///< by pair: messages that reached `data` in this slice
    std::vector<char> deferred_;           ///< by pair: the verdict
    MailCounts counts_;
    Pending pending_;
    sim::Tick slice_ = 0;
    std::mt19937_64 random_;
};

}  // namespace mailrift::bench
