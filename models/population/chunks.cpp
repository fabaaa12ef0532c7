// Chunks are handed out by one counter; the first failure ends them all.
#include "models/population/chunks.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sim/error.h"

namespace mailrift {

void for_chunks(std::size_t chunks, std::size_t threads, const sim::StopFlag& stop,
                const std::function<void(std::size_t chunk, std::size_t worker)>& work) {
    if (threads < 1) throw sim::Error(sim::Code::kArgument, {}, "1 or more threads", "0");
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    std::mutex mutex;
    std::exception_ptr failure;
    const auto loop = [&](std::size_t worker) {
        try {
            for (std::size_t chunk = next++; chunk < chunks && !failed && !stop.stop_requested(); chunk = next++) work(chunk, worker);
        } catch (const std::exception&) {
            const std::lock_guard lock(mutex);
            if (!failure) failure = std::current_exception();
            failed = true;
        }
    };
    std::vector<std::thread> workers;
    for (std::size_t worker = 1; worker < std::min(threads, chunks); ++worker) workers.emplace_back(loop, worker);
    loop(0);
    for (auto& worker : workers) worker.join();
    if (failure) std::rethrow_exception(failure);
    if (stop.stop_requested()) throw sim::Error(sim::Code::kInterrupted, {}, "time to build the contact graph", "a request to stop");
}

}  // namespace mailrift
