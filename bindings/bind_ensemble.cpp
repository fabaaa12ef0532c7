// Reachability over many seeds in Python.
#include "bindings/bind.h"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "models/control/ensemble.h"

namespace mailrift {
namespace {

py::array_t<double> run_ensemble(std::shared_ptr<Scenario> scenario, const std::string& measure, const std::string& source,
                                 const std::vector<std::string>& targets,
                                 const py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>& ticks,
                                 const std::vector<std::uint64_t>& seeds, bool contacts, std::size_t threads, const py::object& progress) {
    const EnsembleQuery query{measure_by_name(measure),
                              source,
                              targets,
                              {ticks.data(), ticks.data() + ticks.size()},
                              contacts ? Weights::kContacts : Weights::kPopulation};
    std::vector<double> values;
    sim::StopFlag stop;
    const bool interrupted = run_interruptibly(stop, progress, [&](const std::function<void(const sim::Progress&)>& report) {
        values = ensemble(*scenario, query, seeds, threads, stop, report);
    });
    if (interrupted) {
        PyErr_SetNone(PyExc_KeyboardInterrupt);
        throw py::error_already_set();
    }
    const std::vector<std::size_t> shape{seeds.size(), targets.size(), query.ticks.size()};
    return py::array_t<double>(shape, values.data());
}

}  // namespace

void bind_ensemble(py::module_& module) {
    module.def(
        "ensemble", &run_ensemble, py::arg("scenario"), py::arg("measure"), py::arg("source"), py::arg("targets"), py::arg("ticks"),
        py::arg("seeds"), py::arg("contacts"), py::arg("threads"), py::arg("progress") = py::none(),
        "Shape (n_seeds, n_targets, n_ticks), 0..1: a pair measure for each seed, without traffic; the same for every number of threads.");
}

}  // namespace mailrift
