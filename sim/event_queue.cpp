// The future event list as a binary heap; cancelled events stay in it until they reach the front or are the greater part.
#include "sim/event_queue.h"

#include <algorithm>
#include <cassert>
#include <tuple>

#include "sim/error.h"

namespace sim {
namespace {

constexpr std::uint64_t kPageBits = 1U << 15U;  // 4 KiB a page
constexpr std::uint64_t kWordBits = 64;

/// Whether a runs after b: the standard heaps keep their greatest element first.
bool later(const Event& a, const Event& b) noexcept { return std::tie(a.at, a.rank, a.seq) > std::tie(b.at, b.rank, b.seq); }

std::size_t page_of(std::uint64_t seq) noexcept { return static_cast<std::size_t>(seq / kPageBits); }
std::size_t word_of(std::uint64_t seq) noexcept { return static_cast<std::size_t>(seq % kPageBits / kWordBits); }
std::uint64_t bit_of(std::uint64_t seq) noexcept { return std::uint64_t{1} << (seq % kWordBits); }

}  // namespace

std::uint64_t EventQueue::push(Event event) {
    if (event.at < now_) {
        throw Error(Code::kTimeTravel, {}, "an event at or after the present, " + format_duration({now_.us}),
                    format_duration({event.at.us}));
    }
    event.seq = next_seq_++;
    mark_pending(event.seq);
    heap_.push_back(event);
    std::push_heap(heap_.begin(), heap_.end(), later);
    return event.seq;
}

bool EventQueue::cancel(std::uint64_t seq) {
    if (!is_pending(seq)) return false;
    mark_gone(seq);
    ++cancelled_;
    drop_cancelled();
    return true;
}

Event EventQueue::pop() {
    assert(!empty());
    const Event first = heap_.front();
    pop_heap();
    mark_gone(first.seq);
    now_ = first.at;
    drop_cancelled();
    return first;
}

bool EventQueue::is_pending(std::uint64_t seq) const noexcept {
    if (seq >= next_seq_) return false;
    const Page& page = pages_[page_of(seq)];
    return page.pending > 0 && (page.words[word_of(seq)] & bit_of(seq)) != 0;
}

void EventQueue::mark_pending(std::uint64_t seq) {
    if (page_of(seq) == pages_.size()) pages_.emplace_back();
    Page& page = pages_[page_of(seq)];
    if (page.words.empty()) page.words.resize(kPageBits / kWordBits);
    page.words[word_of(seq)] |= bit_of(seq);
    ++page.pending;
}

void EventQueue::mark_gone(std::uint64_t seq) {
    Page& page = pages_[page_of(seq)];
    page.words[word_of(seq)] &= ~bit_of(seq);
    // The page still being filled keeps its memory, or a queue of one event would allocate at each push.
    if (--page.pending == 0 && page_of(seq) + 1 < pages_.size()) page.words = {};
}

void EventQueue::pop_heap() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
}

void EventQueue::drop_cancelled() {
    if (cancelled_ > heap_.size() / 2) {
        std::erase_if(heap_, [&](const Event& event) { return !is_pending(event.seq); });
        std::make_heap(heap_.begin(), heap_.end(), later);
        cancelled_ = 0;
    }
    while (!heap_.empty() && !is_pending(heap_.front().seq)) {
        pop_heap();
        --cancelled_;
    }
}

}  // namespace sim
