// Life histories of messages in Python.
#include "bindings/bind.h"

#include <pybind11/stl.h>

#include "models/control/life_history.h"

namespace mailrift {
namespace {

double seconds(sim::Time time) { return static_cast<double>(time.us) * 1e-6; }

py::dict step_of(const HistoryStep& step) {
    py::dict row;
    row["at"] = seconds(step.at);
    row["number"] = step.number;
    row["outcome"] = std::string(name_of(step.outcome));
    row["stage"] = step.stage;
    row["entity"] = step.entity;
    row["order"] = step.order;
    row["policy"] = step.policy;
    row["reply"] = step.reply;
    return row;
}

py::list histories(std::shared_ptr<Scenario> scenario, std::uint64_t seed, const std::string& compliance, std::size_t threads,
                   const HistoryQuery& query, const py::object& progress) {
    sim::StopFlag stop;
    RunOptions options;
    options.seed = seed;
    options.compliance = compliance_by_name(compliance);
    options.threads = threads;
    options.stop = &stop;
    std::vector<LifeHistory> found;
    const bool interrupted = run_interruptibly(stop, progress, [&](const std::function<void(const sim::Progress&)>& report) {
        options.progress = report;
        found = life_histories(*scenario, options, query);
    });
    if (interrupted) {
        PyErr_SetNone(PyExc_KeyboardInterrupt);
        throw py::error_already_set();
    }
    py::list all;
    for (const LifeHistory& history : found) {
        py::dict row;
        row["message"] = history.message;
        row["generation"] = history.generation;
        row["sender"] = history.sender;
        row["recipient"] = history.recipient;
        row["sender_person"] = history.from;
        row["recipient_person"] = history.to;
        row["source"] = history.source;
        row["receiver"] = history.receiver;
        row["written"] = seconds(history.written);
        py::list steps;
        for (const HistoryStep& step : history.steps) steps.append(step_of(step));
        row["steps"] = steps;
        all.append(row);
    }
    return all;
}

/// A moment in seconds since the start.
std::optional<sim::Time> moment(std::optional<double> seconds) {
    if (!seconds) return std::nullopt;
    return sim::Time{static_cast<std::int64_t>(*seconds * 1e6)};
}

}  // namespace

void bind_history(py::module_& module) {
    using Name = std::optional<std::string>;
    module.def(
        "life_histories",
        [](std::shared_ptr<Scenario> scenario, std::uint64_t seed, const std::string& compliance, std::size_t threads, std::size_t number,
           Name sender, Name recipient, Name source, Name receiver, std::vector<std::string> outcomes, Name order, Name policy,
           std::optional<double> after, std::optional<double> until, const py::object& progress) {
            const HistoryQuery query{number,   std::move(sender), std::move(recipient), std::move(source), std::move(receiver),
                                     outcomes, std::move(order),  std::move(policy),    moment(after),     moment(until)};
            return histories(std::move(scenario), seed, compliance, threads, query, progress);
        },
        py::arg("scenario"), py::kw_only(), py::arg("seed"), py::arg("compliance"), py::arg("threads"), py::arg("number"),
        py::arg("sender"), py::arg("recipient"), py::arg("source"), py::arg("receiver"), py::arg("outcomes"), py::arg("order"),
        py::arg("policy"), py::arg("after"), py::arg("until"), py::arg("progress"),
        "Life histories of messages that have a try as asked for; times in seconds.");
}

}  // namespace mailrift
