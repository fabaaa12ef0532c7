// Long work off the main thread, so that Ctrl-C is answered and no signal handler is ours.
#include "bindings/bind.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace mailrift {
namespace {

constexpr std::chrono::milliseconds kPoll{20};

/// What the worker tells the waiting thread.
struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    sim::Progress progress;
    std::exception_ptr failure;
};

/// Waits at most kPoll without the GIL; whether the work is done, and how far it is.
bool wait_a_little(Shared& shared, sim::Progress& progress) {
    const py::gil_scoped_release release;
    std::unique_lock lock(shared.mutex);
    shared.changed.wait_for(lock, kPoll, [&] { return shared.done; });
    progress = shared.progress;
    return shared.done;
}

/// Signals and the progress function run Python code, which may fail: its error is kept and the work is stopped.
void look_around(sim::StopFlag& stop, const py::object& progress, const sim::Progress& now, std::exception_ptr& raised) {
    if (raised) return;
    try {
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
        if (!progress.is_none()) progress(now.done, now.total);
    } catch (const py::error_already_set&) {
        raised = std::current_exception();
        stop.request_stop();
    }
}

}  // namespace

bool run_interruptibly(sim::StopFlag& stop, const py::object& progress,
                       const std::function<void(const std::function<void(const sim::Progress&)>&)>& work) {
    Shared shared;
    std::thread worker([&] {
        try {
            work([&](const sim::Progress& now) {
                const std::lock_guard lock(shared.mutex);
                shared.progress = now;
            });
        } catch (const std::exception&) {
            shared.failure = std::current_exception();
        }
        const std::lock_guard lock(shared.mutex);
        shared.done = true;
        shared.changed.notify_all();
    });
    std::exception_ptr raised;
    sim::Progress now;
    while (!wait_a_little(shared, now)) look_around(stop, progress, now, raised);
    worker.join();
    if (shared.failure) std::rethrow_exception(shared.failure);
    if (!raised) return false;
    try {
        std::rethrow_exception(raised);
    } catch (py::error_already_set& error) {
        if (error.matches(PyExc_KeyboardInterrupt)) return true;
        throw;
    }
}

PairMeasure measure_by_name(const std::string& name) {
    if (name == "reachability") return &reachability;
    if (name == "mutual_reachability") return &mutual_reachability;
    throw sim::Error(sim::Code::kArgument, {}, "\"reachability\" or \"mutual_reachability\"", "\"" + name + "\"");
}

}  // namespace mailrift
