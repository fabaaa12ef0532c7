// Times of queues of pending events: PHOLD and the hold model on their public interfaces, one measurement a call, as a line of JSON.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <queue>
#include <string>
#include <vector>

#include "sim/bucket_queue.h"
#include "sim/event_queue.h"
#include "sim/prefetch.h"
#include "tests/bench/phold.h"

namespace {

/// The standard library's binary heap with the interface of the others.
class StandardQueue {
public:
    void push(sim::Event event) {
        event.seq = next_seq_++;
        events_.push(event);
    }

    sim::Event pop() {
        const sim::Event first = events_.top();
        events_.pop();
        return first;
    }

private:
    struct RunsAfter {
        bool operator()(const sim::Event& a, const sim::Event& b) const noexcept {
            if (a.at != b.at) return a.at > b.at;
            return a.rank != b.rank ? a.rank > b.rank : a.seq > b.seq;
        }
    };

    std::priority_queue<sim::Event, std::vector<sim::Event>, RunsAfter> events_;
    std::uint64_t next_seq_ = 0;
};

/// All processes and their events; `step` runs one event.
/// \tparam kFetches whether processes are fetched while the events before their own run, as the queue can tell which these are
template <class Queue, bool kFetches>
class Simulation {
public:
    Simulation(bench::Model model, std::uint32_t processes) : draws_(model, processes), visits_(processes) {
        for (std::uint32_t process = 0; process < processes; ++process) schedule(process, {0});
    }

    void step() {
        const sim::Event event = queue_.pop();
        if constexpr (kFetches) {
            if (const sim::Event* const later = queue_.ahead(kAhead)) sim::prefetch(&visits_[later->subject]);
        }
        ++visits_[event.subject];
        hash_ = hash_ * bench::kHashFactor + event.subject + static_cast<std::uint64_t>(event.at.us);
        in_order_ = in_order_ && event.at >= last_;
        last_ = event.at;
        schedule(draws_.next_process(event.subject), event.at);
    }

    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
    [[nodiscard]] bool in_order() const noexcept { return in_order_; }

private:
    static constexpr std::size_t kAhead = 8;  ///< events

    void schedule(std::uint32_t process, sim::Time now) {
        sim::Event event;
        event.at = now + sim::Duration{draws_.increment()};
        event.subject = process;
        queue_.push(event);
    }

    bench::Draws draws_;
    Queue queue_;
    std::vector<std::uint32_t> visits_;
    std::uint64_t hash_ = 0;
    sim::Time last_{};
    bool in_order_ = true;
};

struct Result {
    double seconds = 0;
    std::uint64_t hash = 0;
    bool in_order = false;
};

/// Runs `warm_up` events, then `events` under the clock.
template <class Queue, bool kFetches = false>
Result measure(bench::Model model, std::uint32_t processes, std::uint64_t warm_up, std::uint64_t events) {
    Simulation<Queue, kFetches> simulation(model, processes);
    for (std::uint64_t i = 0; i < warm_up; ++i) simulation.step();
    const std::clock_t start = std::clock();  // of the processor: what else it runs meanwhile does not count
    for (std::uint64_t i = 0; i < events; ++i) simulation.step();
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    return {seconds, simulation.hash(), simulation.in_order()};
}

/// Runs few events on all queues: they must run the same ones, in order of time.
int check() {
    for (const bench::Model model : {bench::Model::kPhold, bench::Model::kHold}) {
        for (const std::uint32_t processes : {1U, 10U, 3'000U}) {
            const Result heap = measure<sim::EventQueue>(model, processes, processes, 10'000);
            const Result buckets = measure<sim::BucketQueue>(model, processes, processes, 10'000);
            const Result standard = measure<StandardQueue>(model, processes, processes, 10'000);
            const Result ahead = measure<sim::BucketQueue, true>(model, processes, processes, 10'000);
            const bool in_order = heap.in_order && buckets.in_order && standard.in_order && ahead.in_order;
            if (!in_order || heap.hash != buckets.hash || heap.hash != standard.hash || heap.hash != ahead.hash) {
                std::fprintf(stderr, "the queues differ at %u processes\n", processes);
                return 1;
            }
        }
    }
    return 0;
}

int refuse() {
    std::fputs("usage: queue_bench check | phold|hold buckets|ahead|heap|standard PROCESSES WARM_UP EVENTS\n", stderr);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words == std::vector<std::string>{"check"}) return check();
    bench::Arguments arguments;
    if (words.size() != 5 || !bench::read_arguments(words[0], words[2], words[3], words[4], arguments)) return refuse();
    const auto& [model, processes, warm_up, events] = arguments;
    Result result;
    if (words[1] == "buckets") {
        result = measure<sim::BucketQueue>(model, processes, warm_up, events);
    } else if (words[1] == "ahead") {
        result = measure<sim::BucketQueue, true>(model, processes, warm_up, events);
    } else if (words[1] == "heap") {
        result = measure<sim::EventQueue>(model, processes, warm_up, events);
    } else if (words[1] == "standard") {
        result = measure<StandardQueue>(model, processes, warm_up, events);
    } else {
        return refuse();
    }
    bench::print_result(result.seconds, events, result.hash);
    return result.in_order ? 0 : 1;
}
