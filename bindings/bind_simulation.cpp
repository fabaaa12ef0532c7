// A run that goes on step by step in Python.
#include "bindings/bind.h"

#include <pybind11/stl.h>

#include "models/control/simulation.h"

namespace mailrift {
namespace {

Simulation start(const std::shared_ptr<Scenario>& scenario, std::optional<std::uint64_t> seed, const std::optional<std::string>& traffic,
                 const std::string& compliance, std::size_t threads, const std::vector<std::shared_ptr<Scenario>>& futures,
                 const std::vector<GivenPolicy>& policies) {
    RunOptions options;
    options.seed = seed;
    options.traffic = traffic_by_name(traffic);
    options.compliance = compliance_by_name(compliance);
    options.threads = threads;
    options.policies = policies;
    for (const auto& future : futures) options.futures.push_back(*future);
    const py::gil_scoped_release release;
    return Simulation(*scenario, options);
}

/// Whether it was interrupted; what is finished stays. Only a second signal breaks a policy, since nothing goes on from the middle of a slice.
bool advance(Simulation& self, sim::Tick tick, const py::object& progress) {
    sim::StopFlag stop;
    const auto work = [&](const std::function<void(const sim::Progress&)>& report) { self.advance_to(tick, &stop, report); };
    return run_interruptibly(stop, progress, work, 2) || self.tick() < tick;
}

PythonRun finish(Simulation& self) {
    PythonRun result;
    result.scenario_name = self.scenario().name;
    sim::StopFlag stop;
    run_interruptibly(
        stop, py::none(), [&](const std::function<void(const sim::Progress&)>&) { result.run = self.finish(); }, 1);
    return result;
}

}  // namespace

void bind_simulation(py::module_& module) {
    py::class_<Simulation>(module, "Simulation", "A run between two slices.")
        .def(py::init(&start), py::arg("scenario"), py::kw_only(), py::arg("seed") = py::none(), py::arg("traffic") = py::none(),
             py::arg("compliance") = "drawn", py::arg("threads") = 1, py::arg("futures") = py::list(), py::arg("policies") = py::list())
        .def_static(
            "resume",
            [](const py::bytes& data, const std::string& file, const std::shared_ptr<Scenario>& scenario, std::size_t threads) {
                RunOptions options;
                options.threads = threads;
                const auto bytes = static_cast<std::string_view>(data);
                const py::gil_scoped_release release;
                return Simulation::resume(bytes, file, options, scenario.get());
            },
            py::arg("data"), py::arg("file"), py::arg("scenario") = py::none(), py::arg("threads") = 1,
            "Goes on from a checkpoint, if wished with another scenario.")
        .def_property_readonly("scenario", [](const Simulation& s) { return std::make_shared<Scenario>(s.scenario()); })
        .def_property_readonly("tick", &Simulation::tick, "Slices that are complete.")
        .def_property_readonly("slices", [](const Simulation& s) { return s.model().slices; })
        .def_property_readonly(
            "slice", [](const Simulation& s) { return static_cast<double>(s.model().grid.slice.us) * 1e-6; }, "Seconds of one slice.")
        .def_property_readonly("seed", [](const Simulation& s) { return s.model().seed; })
        .def("advance", &advance, py::arg("tick"), py::arg("progress") = py::none(),
             "Finishes the slices before `tick`, with the GIL released; True if Ctrl-C came before the last.")
        .def(
            "save", [](const Simulation& s) { return py::bytes(s.save()); }, "The run so far as bytes.")
        .def("finish", &finish, "Ends the run at the horizon; called once, as the last.");
}

}  // namespace mailrift
