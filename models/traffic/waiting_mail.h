// Mail of traffic model `message` that waits for a later slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "models/delivery/archive.h"
#include "models/population/persons.h"
#include "sim/archive.h"
#include "sim/time.h"

namespace mailrift {

/// A message that will be written: an answer. 24 bytes.
struct WaitingAnswer {
    std::uint64_t conversation = 0;  ///< of its random numbers
    Person from = 0;
    Person to = 0;
    std::uint32_t moment = 0;      ///< in its slice, in units of 2^-32 slices
    std::uint32_t generation = 0;  ///< 1: answers the message that started the conversation
};

/// A message that waits in its sender's queue. 48 bytes.
struct QueuedMail {
    std::uint64_t conversation = 0;
    std::int64_t first_try = 0;  ///< microseconds since t = 0
    std::int64_t next_try = 0;   ///< or, if given up, when
    Person from = 0;
    Person to = 0;
    std::uint32_t mail_class = 0;  ///< class of the seat that it was sent from (DeliveryTable)
    PolicyId policy;               ///< the one that deferred it last
    std::uint32_t queued_in = 0;   ///< slice in which it came here
    std::uint16_t generation = 0;
    std::uint16_t tries = 0;  ///< so far; kGivenUp: its sender's patience ends in this slice
    static constexpr std::uint16_t kGivenUp = 0xFFFF;
};

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<WaitingAnswer> answer) {
    archive(answer.conversation, answer.from, answer.to, answer.moment, answer.generation);
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<QueuedMail> mail) {
    archive(mail.conversation, mail.first_try, mail.next_try, mail.from, mail.to, mail.mail_class);
    archive(mail.policy, mail.queued_in, mail.generation, mail.tries);
}

/// What waits, by the slice in which it is due, in chunks that are used again. The order inside a slice does not matter: state stands still there.
template <class Item>
class Waiting {
public:
    static constexpr std::size_t kChunk = 1024;  ///< most items of one
    using Chunk = std::vector<Item>;

    void push(sim::Tick slice, const Item& item) { add(slice) = item; }

    /// A place for an item that is due then, to be filled in: to make it elsewhere and copy it takes longer.
    Item& add(sim::Tick slice) {
        const auto place = static_cast<std::size_t>(slice);
        if (place >= due_.size()) due_.resize(place + 1);
        std::vector<Chunk>& chunks = due_[place];
        if (chunks.empty() || chunks.back().size() == kChunk) open(chunks);
        return chunks.back().emplace_back();
    }

    [[nodiscard]] std::span<const Chunk> due(sim::Tick slice) const noexcept {
        const auto place = static_cast<std::size_t>(slice);
        return place < due_.size() ? std::span<const Chunk>(due_[place]) : std::span<const Chunk>();
    }

    /// Forgets what was due in a slice.
    void drop(sim::Tick slice) {
        if (static_cast<std::size_t>(slice) >= due_.size()) return;
        std::vector<Chunk>& chunks = due_[static_cast<std::size_t>(slice)];
        for (Chunk& chunk : chunks) {
            if (chunk.capacity() < kChunk) continue;
            chunk.clear();
            spare_.push_back(std::move(chunk));
        }
        std::vector<Chunk>().swap(chunks);
    }

    /// How many slices are in the list; those without mail too.
    [[nodiscard]] std::size_t slices() const noexcept { return due_.size(); }

private:
    /// The first chunk of a slice grows with what is in it, since most slices that are far away get little.
    void open(std::vector<Chunk>& chunks) {
        if (chunks.empty() || spare_.empty()) {
            chunks.emplace_back();
            if (chunks.size() > 1) chunks.back().reserve(kChunk);
            return;
        }
        chunks.push_back(std::move(spare_.back()));
        spare_.pop_back();
    }

    std::vector<std::vector<Chunk>> due_;
    std::vector<Chunk> spare_;  ///< empty, with room for kChunk items
};

}  // namespace mailrift
