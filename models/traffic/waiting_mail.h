// Mail of traffic model `message` that waits for a later slice.
#pragma once

#include <cstdint>
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

/// What waits, by the slice in which it is due. The order inside a slice does not matter: state stands still there.
template <class Item>
class Waiting {
public:
    void push(sim::Tick slice, const Item& item) {
        const auto place = static_cast<std::size_t>(slice);
        if (place >= due_.size()) due_.resize(place + 1);
        due_[place].push_back(item);
    }

    [[nodiscard]] const std::vector<Item>& due(sim::Tick slice) const noexcept {
        static const std::vector<Item> kNone;
        const auto place = static_cast<std::size_t>(slice);
        return place < due_.size() ? due_[place] : kNone;
    }

    /// Forgets what was due in a slice.
    void drop(sim::Tick slice) {
        if (static_cast<std::size_t>(slice) < due_.size()) std::vector<Item>().swap(due_[static_cast<std::size_t>(slice)]);
    }

    [[nodiscard]] const std::vector<std::vector<Item>>& all() const noexcept { return due_; }

private:
    std::vector<std::vector<Item>> due_;
};

}  // namespace mailrift
