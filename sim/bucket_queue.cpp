// Multi-level buckets: where an event goes, how the first bucket becomes the sorted bottom, and how the bottom is spread again.
#include "sim/bucket_queue.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "sim/error.h"
#include "sim/event_sort.h"
#include "sim/prefetch.h"

namespace sim {
namespace {

constexpr std::size_t kLargestRun = 1024;  // events sorted at once: with the copy made for it, they stay in the first-level cache
constexpr std::size_t kLargestLate = 256;  // events in the heap before it is spread
constexpr std::size_t kSpare = 4096;       // events that memory is kept for in any case

// No event is earlier than time 0, where the clock starts: unsigned times have the same order, and all shifts of them are defined.
std::uint64_t key_of(Time at) noexcept { return static_cast<std::uint64_t>(at.us); }

bool runs_after(const Event& a, const Event& b) noexcept { return runs_before(b, a); }

void prefetch_chunk(const EventChunk& chunk) noexcept {
    constexpr std::size_t kLine = 64;  // bytes
    const char* const first = reinterpret_cast<const char*>(&chunk);
    for (std::size_t at = 0; at < sizeof(EventChunk); at += kLine) prefetch(first + at);
}

/// Gives memory back that was needed for far more events than now.
void trim(std::vector<Event>& events) {
    if (events.capacity() > 4 * events.size() + kSpare) events.shrink_to_fit();
}

}  // namespace

BucketQueue::BucketQueue() : buckets_(kLevels * kBuckets) {}

void BucketQueue::refuse(Time at) const {
    throw Error(Code::kTimeTravel, {}, "an event at or after the present, " + format_duration({now_.us}), format_duration({at.us}));
}

/// Where the next event is not simply the next of the run.
Event BucketQueue::pop_else() {
    if (next_ == run_.size() && late_.empty()) refill();
    Event first;
    if (run_comes_first()) {
        first = run_[next_++];
        if (next_ >= kPassed && next_ > run_.size() / 2) drop_passed();
    } else {
        std::pop_heap(late_.begin(), late_.end(), runs_after);
        first = late_.back();
        late_.pop_back();
        trim(late_);
    }
    --size_;
    now_ = first.at;
    return first;
}

const Event& BucketQueue::top() const noexcept {
    assert(!empty());
    if (next_ == run_.size() && late_.empty()) return *buckets_[first_bucket()].first;
    return run_comes_first() ? run_[next_] : late_.front();
}

std::size_t BucketQueue::memory_bytes() const noexcept {
    const std::size_t events = run_.capacity() + late_.capacity() + scratch_.capacity();
    return sizeof(*this) + chunks_.memory_bytes() + buckets_.capacity() * sizeof(EventList) + events * sizeof(Event);
}

/// Of two parts of the bottom, of which one is not empty.
bool BucketQueue::run_comes_first() const noexcept {
    return late_.empty() || (next_ < run_.size() && runs_before(run_[next_], late_.front()));
}

/// The lowest bucket of the lowest level that holds events: all others are later. Precondition: there is one.
std::size_t BucketQueue::first_bucket() const noexcept {
    for (std::size_t word = 0;; ++word) {
        const std::uint64_t bits = filled_[word / 4][word % 4];
        if (bits != 0) return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    }
}

void BucketQueue::insert(const Event& event) {
    const std::uint64_t key = key_of(event.at);
    const std::size_t level = (static_cast<std::size_t>(std::bit_width((key ^ base_) | 1U)) - 1) / kDigitBits;
    const std::size_t digit = static_cast<std::size_t>(key >> (level * kDigitBits)) % kBuckets;
    chunks_.append(buckets_[level * kBuckets + digit], event);
    filled_[level][digit / 64] |= std::uint64_t{1} << (digit % 64);
}

void BucketQueue::insert_bottom(const Event& event) {
    if (next_ == run_.size()) {
        run_.clear();
        next_ = 0;
    }
    if (run_.empty() || !runs_before(event, run_.back())) {
        run_.push_back(event);
        return;
    }
    late_.push_back(event);
    std::push_heap(late_.begin(), late_.end(), runs_after);
    if (late_.size() > kLargestLate && late_.size() > (run_.size() - next_) / 4 && bottom_end_ - base_ > 1) spread_bottom();
}

void BucketQueue::drop_passed() {
    run_.erase(run_.begin(), run_.begin() + static_cast<std::ptrdiff_t>(next_));
    next_ = 0;
    trim(run_);
}

/// Puts the bottom back into buckets, those of lower levels than it came from: its range is too wide for what is pushed into it.
void BucketQueue::spread_bottom() {
    base_ = key_of(now_);
    bottom_end_ = base_;
    for (std::size_t i = next_; i < run_.size(); ++i) insert(run_[i]);
    for (const Event& event : late_) insert(event);
    run_.clear();
    late_.clear();
    next_ = 0;
}

/// Makes the first bucket the bottom. Precondition: the bottom is empty, some bucket is not.
void BucketQueue::refill() {
    run_.clear();
    next_ = 0;
    for (;;) {
        const std::size_t index = first_bucket();
        const std::size_t level = index / kBuckets;
        const EventList list = std::exchange(buckets_[index], EventList{});
        filled_[level][index % kBuckets / 64] &= ~(std::uint64_t{1} << (index % 64));
        // All pending events differ from the first one as they did from the base in the levels above, and in this one too.
        base_ = key_of(list.first_at);
        const bool small = level == 0 || list.size <= kLargestRun;
        const std::uint64_t width = std::uint64_t{1} << (level * kDigitBits);
        bottom_end_ = small ? (base_ & ~(width - 1)) + width : base_;
        if (small) run_.reserve(list.size);
        std::size_t left = list.size;
        for (EventChunk* chunk = list.head; chunk != nullptr;) {
            const std::size_t count = std::min(left, EventChunk::kEvents);
            const std::span events(chunk->events.data(), count);
            EventChunk* const next = chunk->next;
            if (next != nullptr) prefetch_chunk(*next);
            if (small) {
                run_.insert(run_.end(), events.begin(), events.end());
            } else {
                for (const Event& event : events) insert(event);
            }
            chunks_.release(chunk);
            chunk = next;
            left -= count;
        }
        if (small) break;
    }
    trim(run_);
    sort_events(run_, scratch_);
    if (scratch_.size() > kLargestRun) scratch_.clear();  // a few are kept, so that they are not made anew for each run
    trim(scratch_);
}

}  // namespace sim
