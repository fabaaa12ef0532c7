// The chunks of event lists: spare ones up to the number in use, so that a queue in a steady state allocates nothing.
#include "sim/event_chunks.h"

#include <utility>

namespace sim {
namespace {

constexpr std::size_t kLeastSpare = 256;

}  // namespace

EventChunk* EventChunks::take() {
    if (spare_ == nullptr) {
        all_.push_back(std::make_unique<EventChunk>());
        all_.back()->place = all_.size() - 1;
        return all_.back().get();
    }
    EventChunk* const chunk = std::exchange(spare_, spare_->next);
    --spares_;
    chunk->next = nullptr;
    return chunk;
}

void EventChunks::release(EventChunk* chunk) noexcept {
    chunk->next = std::exchange(spare_, chunk);
    ++spares_;
    while (spares_ > all_.size() - spares_ + kLeastSpare) {
        destroy(std::exchange(spare_, spare_->next));
        --spares_;
    }
}

void EventChunks::destroy(EventChunk* chunk) noexcept {
    const std::size_t place = chunk->place;
    std::swap(all_[place], all_.back());  // the last one takes its place
    all_[place]->place = place;
    all_.pop_back();
    if (all_.capacity() > 4 * all_.size() + kLeastSpare) all_.shrink_to_fit();
}

std::size_t EventChunks::memory_bytes() const noexcept { return all_.size() * sizeof(EventChunk) + all_.capacity() * sizeof(all_[0]); }

}  // namespace sim
