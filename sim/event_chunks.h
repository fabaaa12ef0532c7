// Lists of events in chunks of one size that are used again, so that many lists grow and shrink without moving what they hold.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "sim/event_queue.h"

namespace sim {

/// Whether a runs before b: by (at, rank, seq).
[[nodiscard]] inline bool runs_before(const Event& a, const Event& b) noexcept {
    if (a.at != b.at) return a.at < b.at;
    if (a.rank != b.rank) return a.rank < b.rank;
    return a.seq < b.seq;
}

/// Some events and the next chunk of the same list.
struct EventChunk {
    static constexpr std::size_t kEvents = 32;

    EventChunk* next = nullptr;
    std::size_t place = 0;  ///< in the pool
    std::array<Event, kEvents> events;
};

/// A list that EventChunks fills. Every chunk but the last is full.
struct EventList {
    EventChunk* head = nullptr;
    EventChunk* tail = nullptr;
    const Event* first = nullptr;  ///< the event that runs first, of those in the list
    Time first_at{};               ///< its time, so that it is read only where another has the same
    std::size_t size = 0;
};

/// Owns the chunks of all lists. Keeps some spare ones and gives the others back.
class EventChunks {
public:
    /// Adds an event at the end of `list`.
    void append(EventList& list, const Event& event);

    /// Takes back a chunk that belongs to no list any more.
    void release(EventChunk* chunk) noexcept;

    [[nodiscard]] std::size_t memory_bytes() const noexcept;

private:
    EventChunk* take();
    void destroy(EventChunk* chunk) noexcept;

    std::vector<std::unique_ptr<EventChunk>> all_;
    EventChunk* spare_ = nullptr;  ///< a list of them
    std::size_t spares_ = 0;
};

inline void EventChunks::append(EventList& list, const Event& event) {
    const std::size_t place = list.size % EventChunk::kEvents;
    if (place == 0) {
        EventChunk* const chunk = take();
        (list.size == 0 ? list.head : list.tail->next) = chunk;
        list.tail = chunk;
    }
    Event& copy = list.tail->events[place];
    copy = event;
    if (list.size == 0 || event.at < list.first_at || (event.at == list.first_at && runs_before(event, *list.first))) {
        list.first = &copy;
        list.first_at = event.at;
    }
    ++list.size;
}

}  // namespace sim
