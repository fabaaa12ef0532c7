// The future event list: a binary heap in one total order.
#include "sim/event_queue.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <tuple>

#include "sim/error.h"

namespace sim {
namespace {

/// Whether `a` comes after `b`: the order of a heap whose front comes first.
bool later(const Event& a, const Event& b) { return std::tie(a.at, a.rank, a.seq) > std::tie(b.at, b.rank, b.seq); }

}  // namespace

std::uint64_t EventQueue::push(Event event) {
    if (event.at < now_) {
        throw Error(Code::kTimeTravel, {}, "an event at or after " + std::to_string(now_.us) + " us", std::to_string(event.at.us) + " us");
    }
    event.seq = next_seq_++;
    heap_.push_back(event);
    std::push_heap(heap_.begin(), heap_.end(), later);
    pending_.insert(event.seq);
    return event.seq;
}

Event EventQueue::pop() {
    assert(!empty());
    const Event first = heap_.front();
    pending_.erase(first.seq);
    now_ = first.at;
    drop_cancelled();
    return first;
}

bool EventQueue::cancel(std::uint64_t seq) {
    if (pending_.erase(seq) == 0) return false;
    drop_cancelled();
    return true;
}

void EventQueue::drop_cancelled() {
    while (!heap_.empty() && pending_.count(heap_.front().seq) == 0) {
        std::pop_heap(heap_.begin(), heap_.end(), later);
        heap_.pop_back();
    }
}

}  // namespace sim
