// One measure over many seeds, without traffic.
#include "models/control/ensemble.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "sim/error.h"

namespace mailrift {
namespace {

void check(const Scenario& scenario, const EnsembleQuery& query, std::size_t threads) {
    if (threads < 1) throw sim::Error(sim::Code::kArgument, {}, "1 or more threads", "0");
    const sim::Tick slices = scenario.horizon.us / scenario.slice.us;
    for (std::size_t i = 0; i < query.ticks.size(); ++i) {
        const sim::Tick tick = query.ticks[i];
        if (tick >= 0 && tick <= slices && (i == 0 || tick >= query.ticks[i - 1])) continue;
        throw sim::Error(sim::Code::kArgument, {}, "ticks in 0.." + std::to_string(slices) + " that do not decrease", std::to_string(tick));
    }
}

void one_seed(const Scenario& scenario, const EnsembleQuery& query, std::uint64_t seed, const sim::StopFlag& stop, double* out) {
    RunOptions options;
    options.seed = seed;
    options.traffic = Traffic::kNone;
    options.stop = &stop;
    const Run run = run_scenario(scenario, options);
    if (run.interrupted) return;
    for (const std::string& to : query.to) {
        const auto values = measure_over_time(run, query.measure, query.from, to, query.ticks, query.weights);
        out = std::copy(values.begin(), values.end(), out);
    }
}

}  // namespace

std::vector<double> ensemble(const Scenario& scenario, const EnsembleQuery& query, const std::vector<std::uint64_t>& seeds,
                             std::size_t threads, const sim::StopFlag& stop, const std::function<void(const sim::Progress&)>& progress) {
    check(scenario, query, threads);
    const std::size_t row = query.to.size() * query.ticks.size();
    std::vector<double> values(seeds.size() * row, 0.0);
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::size_t done = 0;
    std::exception_ptr failure;
    const auto work = [&] {
        for (std::size_t i = next++; i < seeds.size() && !stop.stop_requested(); i = next++) {
            try {
                one_seed(scenario, query, seeds[i], stop, values.data() + i * row);
            } catch (const std::exception&) {
                const std::lock_guard lock(mutex);
                if (!failure) failure = std::current_exception();
                return;
            }
            const std::lock_guard lock(mutex);
            if (progress) progress({static_cast<std::int64_t>(++done), static_cast<std::int64_t>(seeds.size())});
        }
    };
    std::vector<std::thread> workers;
    for (std::size_t i = 1; i < std::min(threads, seeds.size()); ++i) workers.emplace_back(work);
    work();
    for (auto& worker : workers) worker.join();
    if (failure) std::rethrow_exception(failure);
    return values;
}

}  // namespace mailrift
