// Retry schedules and greylist delays in Python.
#include "bindings/bind.h"

#include <cstdint>
#include <optional>
#include <string>

#include <pybind11/stl.h>

#include "models/delivery/greylist_delay.h"
#include "models/delivery/retry_schedule.h"
#include "sim/error.h"

namespace mailrift {
namespace {

double seconds(sim::Duration duration) { return static_cast<double>(duration.us) * 1e-6; }

/// Throws unless `phase` is one of the schedule's.
sim::Duration checked_phase(const RetrySchedule& schedule, std::int64_t phase_us) {
    const sim::Duration phase{phase_us};
    if (phase == sim::Duration{} || (phase > sim::Duration{} && phase < schedule.scan)) return phase;
    const bool scans = schedule.scan > sim::Duration{};
    const std::string expected = scans ? "a phase of at least 0 s and below " + sim::format_duration(schedule.scan)
                                       : "phase 0, as \"" + std::string(schedule.name) + "\" scans no queue";
    throw sim::Error(sim::Code::kArgument, {}, expected, sim::format_duration(phase));
}

py::dict row(const RetrySchedule& schedule) {
    py::dict row;
    row["name"] = std::string(schedule.name);
    row["lifetime"] = seconds(schedule.lifetime);
    row["give_up"] = seconds(give_up(schedule));
    row["scan"] = seconds(schedule.scan);
    row["addresses"] = schedule.addresses;
    row["source"] = std::string(schedule.source);
    row["assumed"] = std::string(schedule.assumed);
    return row;
}

py::list schedules() {
    py::list rows;
    for (const RetrySchedule& schedule : retry_schedules()) rows.append(row(schedule));
    return rows;
}

py::list times(const std::string& name, std::int64_t phase_us, std::int64_t queue_interval_us) {
    const RetrySchedule schedule = schedule_by_name(name, {queue_interval_us});
    py::list all;
    for (const sim::Duration offset : attempts(schedule, checked_phase(schedule, phase_us))) all.append(seconds(offset));
    return all;
}

std::optional<double> delay(const std::string& name, std::int64_t delay_us, std::int64_t window_us, std::int64_t phase_us,
                            std::uint32_t addresses, std::int64_t queue_interval_us) {
    const RetrySchedule schedule = schedule_by_name(name, {queue_interval_us});
    const Greylist greylist{{delay_us}, {window_us}};
    if (greylist.delay < sim::Duration{} || greylist.window < greylist.delay) {
        throw sim::Error(sim::Code::kArgument, {}, "a delay of 0 s or more and a window that is not below it",
                         sim::format_duration(greylist.delay) + " and " + sim::format_duration(greylist.window));
    }
    const auto accepted = greylist_delay(schedule, greylist, checked_phase(schedule, phase_us), addresses);
    return accepted ? std::optional(seconds(*accepted)) : std::nullopt;
}

}  // namespace

void bind_delivery(py::module_& module) {
    module.def("retry_schedules", &schedules,
               "All schedules but sendmail's: name, lifetime, give_up and scan in seconds, addresses, source, assumed.");
    module.def("retry_times", &times, py::arg("name"), py::arg("phase_us"), py::arg("queue_interval_us"),
               "Seconds from the first try to each later one. Raises DocumentError.");
    module.def("greylist_delay", &delay, py::arg("name"), py::arg("delay_us"), py::arg("window_us"), py::arg("phase_us"),
               py::arg("addresses"), py::arg("queue_interval_us"), "Seconds until the first accepted try, or None. Raises DocumentError.");
}

}  // namespace mailrift
