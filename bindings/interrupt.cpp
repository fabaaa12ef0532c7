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
    unsigned long thread = 0;  ///< as Python names it
};

/// How the work is, as the waiting thread saw it last.
struct Seen {
    sim::Progress progress;
    unsigned long thread = 0;
    int signals = 0;              ///< or failures of the progress function
    std::exception_ptr raised{};  ///< by the first of them
};

/// Waits at most kPoll without the GIL; whether the work is done.
bool wait_a_little(Shared& shared, Seen& seen) {
    const py::gil_scoped_release release;
    std::unique_lock lock(shared.mutex);
    shared.changed.wait_for(lock, kPoll, [&] { return shared.done; });
    seen.progress = shared.progress;
    seen.thread = shared.thread;
    return shared.done;
}

/// Signals and the progress function run Python code, which may fail: its error is kept and the work is stopped.
void look_around(sim::StopFlag& stop, const py::object& progress, Seen& seen, int breaks_at) {
    if (seen.raised && seen.signals >= breaks_at) return;
    try {
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
        if (!seen.raised && !progress.is_none()) progress(seen.progress.done, seen.progress.total);
    } catch (const py::error_already_set&) {
        ++seen.signals;
        if (!seen.raised) seen.raised = std::current_exception();
        stop.request_stop();
    }
}

/// A thread that is in no Python code has no state there, and nothing happens; so it is tried again until the work is done.
void break_python(const Seen& seen, int breaks_at) {
    if (breaks_at > 0 && seen.signals >= breaks_at) PyThreadState_SetAsyncExc(seen.thread, PyExc_KeyboardInterrupt);
}

}  // namespace

bool run_interruptibly(sim::StopFlag& stop, const py::object& progress,
                       const std::function<void(const std::function<void(const sim::Progress&)>&)>& work, int breaks_at) {
    Shared shared;
    std::thread worker([&] {
        {
            const std::lock_guard lock(shared.mutex);
            shared.thread = PyThread_get_thread_ident();
        }
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
    Seen seen;
    while (!wait_a_little(shared, seen)) {
        look_around(stop, progress, seen, breaks_at);
        break_python(seen, breaks_at);
    }
    worker.join();
    if (shared.failure) std::rethrow_exception(shared.failure);
    if (!seen.raised) return false;
    try {
        std::rethrow_exception(seen.raised);
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
