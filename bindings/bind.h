// What the binding files share.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <pybind11/pybind11.h>

#include "models/control/run.h"
#include "models/scenario/scenario.h"
#include "sim/run_loop.h"

namespace mailrift {

namespace py = pybind11;

void bind_errors(py::module_& module);
void bind_documents(py::module_& module);
void bind_run(py::module_& module);
void bind_simulation(py::module_& module);
void bind_ensemble(py::module_& module);
void bind_delivery(py::module_& module);
void bind_history(py::module_& module);
void bind_policies(py::module_& module);

/// A finished run with what the core itself does not keep.
struct PythonRun {
    Run run;
    std::string scenario_name;
    double seconds = 0;  ///< wall time of the run itself
};

[[nodiscard]] Compliance compliance_by_name(const std::string& name);
[[nodiscard]] std::optional<Traffic> traffic_by_name(const std::optional<std::string>& name);

/// Adds tables of verdicts and operators to a run.
void bind_verdicts(py::class_<PythonRun>& type);

/// A resolver that asks Python, which answers with a text or raises.
[[nodiscard]] sim::Resolver python_resolver(py::function function);

/// Does `work` on a thread of its own with the GIL released, while this thread looks for signals every 20 ms and, if `progress` is a function, reports.
/// A signal sets `stop` and is left pending: true is returned and the caller decides what to do with what is finished.
/// \param breaks_at the number of the signal from which on KeyboardInterrupt is raised in Python code that `work` is in as well; 0: never
/// \throws what `work` throws.
bool run_interruptibly(sim::StopFlag& stop, const py::object& progress,
                       const std::function<void(const std::function<void(const sim::Progress&)>&)>& work, int breaks_at = 0);

[[nodiscard]] PairMeasure measure_by_name(const std::string& name);

}  // namespace mailrift
