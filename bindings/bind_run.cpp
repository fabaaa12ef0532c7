// A run in Python.
#include "bindings/bind.h"

#include <chrono>

#include <pybind11/eigen.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "models/scenario/words.h"
#include "sim/fingerprint.h"

namespace mailrift {
namespace {

using Ticks = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

double seconds(std::int64_t us) { return static_cast<double>(us) * 1e-6; }

std::vector<sim::Tick> ticks_of(const Run& run, const Ticks& ticks) {
    std::vector<sim::Tick> all(ticks.data(), ticks.data() + ticks.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool valid = all[i] >= 0 && all[i] <= run.model.slices && (i == 0 || all[i] >= all[i - 1]);
        if (!valid) {
            throw sim::Error(sim::Code::kArgument, {}, "ticks in 0.." + std::to_string(run.model.slices) + " that do not decrease",
                             std::to_string(all[i]));
        }
    }
    return all;
}

py::dict events(const PythonRun& self) {
    py::list at, effect, kind, subject, cause, value;
    for (const LoggedEvent& event : self.run.events) {
        at.append(seconds(event.at.us));
        effect.append(seconds(event.effect.us));
        kind.append(event.kind);
        subject.append(event.subject);
        cause.append(event.cause);
        value.append(event.value);
    }
    py::dict table;
    table["at"] = at;
    table["effect"] = effect;
    table["kind"] = kind;
    table["subject"] = subject;
    table["cause"] = cause;
    table["value"] = value;
    return table;
}

py::dict ledger(const PythonRun& self) {
    py::list mail_class, source, receiver, outcome, order, policy, reply, messages;
    const Model& model = self.run.model;
    for (const LedgerRow& row : self.run.ledger.rows()) {
        mail_class.append(std::string(name_of(row.key.mail_class)));
        source.append(model.world.entities[index(row.key.source)].id);
        receiver.append(model.world.entities[index(row.key.receiver)].id);
        outcome.append(std::string(name_of(row.outcome)));
        order.append(row.cause.order ? model.orders[index(*row.cause.order)].id : std::string());
        policy.append(row.cause.policy ? model.policies[index(*row.cause.policy)].id : std::string());
        reply.append(std::string(reply_of(row.outcome)));
        messages.append(row.messages);
    }
    py::dict table;
    table["mail_class"] = mail_class;
    table["source"] = source;
    table["receiver"] = receiver;
    table["outcome"] = outcome;
    table["order"] = order;
    table["policy"] = policy;
    table["reply"] = reply;
    table["messages"] = messages;
    return table;
}

py::list compelled(const PythonRun& self) {
    py::list rows;
    const Model& model = self.run.model;
    for (const Obedience& bound : model.obedience) {
        const Entity& entity = model.world.entities[index(bound.entity)];
        py::dict row;
        row["order"] = model.orders[index(bound.order)].id;
        row["entity"] = entity.id;
        row["name"] = entity.name;
        row["probability"] = bound.probability;
        row["obeys"] = bound.obeys;
        row["at"] = seconds(bound.from.us);
        row["until"] = bound.until ? py::object(py::float_(seconds(bound.until->us))) : py::none();
        rows.append(row);
    }
    return rows;
}

py::dict names(const PythonRun& self) {
    const Model& model = self.run.model;
    const auto populated = [&](const std::string& name) { return !select_cohorts(model.world, model.population, name).empty(); };
    py::list groups, jurisdictions;
    py::dict blocs;
    for (const auto& group : model.world.groups) groups.append(group.id);
    for (const auto& jurisdiction : model.world.jurisdictions) {
        if (populated(jurisdiction.code)) jurisdictions.append(jurisdiction.code);
    }
    for (const auto& bloc : model.world.blocs) {
        py::list members;
        for (const JurisdictionId member : bloc.members) {
            const std::string& code = model.world.jurisdictions[index(member)].code;
            if (populated(code)) members.append(code);
        }
        blocs[py::str(bloc.code)] = members;
    }
    py::dict all;
    all["groups"] = groups;
    all["jurisdictions"] = jurisdictions;
    all["blocs"] = blocs;
    return all;
}

py::list observed(const PythonRun& self) {
    py::list all;
    for (const Series& series : self.run.observed) {
        py::dict row;
        row["measure"] = series.observation.measure;
        row["source"] = series.observation.from;
        row["target"] = series.observation.to;
        row["weights"] = series.observation.contacts ? "contacts" : "population";
        row["ticks"] = py::array_t<std::int64_t>(static_cast<py::ssize_t>(series.ticks.size()), series.ticks.data());
        row["values"] = py::array_t<double>(static_cast<py::ssize_t>(series.values.size()), series.values.data());
        all.append(row);
    }
    return all;
}

py::array_t<double> measure(const PythonRun& self, const std::string& name, const std::string& source, const std::string& target,
                            const Ticks& ticks, bool contacts) {
    const auto values = measure_over_time(self.run, measure_by_name(name), source, target, ticks_of(self.run, ticks),
                                          contacts ? Weights::kContacts : Weights::kPopulation);
    return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

PythonRun run(std::shared_ptr<Scenario> scenario, std::optional<std::uint64_t> seed, const std::optional<std::string>& traffic,
              const std::string& compliance, std::size_t threads, const std::vector<GivenPolicy>& policies, const py::object& progress) {
    PythonRun result;
    result.scenario_name = scenario->name;
    sim::StopFlag stop;
    RunOptions options;
    options.seed = seed;
    options.traffic = traffic_by_name(traffic);
    options.compliance = compliance_by_name(compliance);
    options.threads = threads;
    options.policies = policies;
    options.stop = &stop;
    const auto begin = std::chrono::steady_clock::now();
    const auto work = [&](const std::function<void(const sim::Progress&)>& report) {
        options.progress = report;
        result.run = run_scenario(*scenario, options);
    };
    run_interruptibly(stop, progress, work, 1);  // what is left of a slice that a policy was broken in counts for nothing
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

void bind_tables(py::class_<PythonRun>& type) {
    type.def("events", &events, "Columns at and effect (seconds), kind, subject, cause, value.")
        .def("ledger", &ledger,
             "Columns mail_class, source, receiver (the mailbox's provider, not who judges), outcome, order, policy, reply, messages.")
        .def_property_readonly(
            "written", [](const PythonRun& r) { return r.run.ledger.written(); }, "Messages written.")
        .def_property_readonly(
            "imbalance", [](const PythonRun& r) { return r.run.ledger.imbalance(); }, "Greatest relative gap of the ledger.")
        .def("compelled", &compelled, "Entities that the orders can compel: order, entity, name, probability, obeys, at, until (seconds).")
        .def("names", &names, "Groups, jurisdictions and blocs with mail users.")
        .def(
            "users",
            [](const PythonRun& r, const std::string& name) {
                return users_in(r.run.model.population, select_cohorts(r.run.model.world, r.run.model.population, name));
            },
            py::arg("name"), "Mail users of a group, jurisdiction or bloc, in units of the world.")
        .def("measure", &measure, py::arg("name"), py::arg("source"), py::arg("target"), py::arg("ticks"), py::arg("contacts"),
             "Shape (n_ticks,), 0..1: a pair measure between two names at ticks that do not decrease.")
        .def(
            "matrix",
            [](const PythonRun& r, const std::string& name, const std::vector<std::string>& sources,
               const std::vector<std::string>& targets, sim::Tick tick, bool contacts) {
                return measure_matrix(r.run, measure_by_name(name), sources, targets, tick,
                                      contacts ? Weights::kContacts : Weights::kPopulation);
            },
            py::arg("name"), py::arg("sources"), py::arg("targets"), py::arg("tick"), py::arg("contacts"),
            "Shape (n_sources, n_targets), 0..1.")
        .def("observed", &observed, "What the scenario's `observe` asked for.");
}

}  // namespace

Compliance compliance_by_name(const std::string& name) {
    if (name == "drawn") return Compliance::kDrawn;
    if (name == "legal") return Compliance::kLegal;
    throw sim::Error(sim::Code::kArgument, {}, "compliance \"drawn\" or \"legal\"", "\"" + name + "\"");
}

std::optional<Traffic> traffic_by_name(const std::optional<std::string>& name) {
    if (!name) return std::nullopt;
    const Words known = traffic_words();
    if (std::find(known.begin(), known.end(), *name) != known.end()) return value_of<Traffic>(known, *name);
    throw sim::Error(sim::Code::kArgument, {}, R"(traffic "fluid", "flow", "message" or "none")", "\"" + *name + "\"",
                     sim::nearest_name(*name, known));
}

void bind_run(py::module_& module) {
    py::class_<PythonRun> type(module, "Run", "One finished or interrupted run.");
    type.def_readonly("scenario_name", &PythonRun::scenario_name)
        .def_readonly("seconds", &PythonRun::seconds, "Wall time of the run itself, in seconds.")
        .def_property_readonly("traffic", [](const PythonRun& r) { return traffic_words()[static_cast<std::size_t>(r.run.traffic)]; })
        .def_property_readonly("unit", [](const PythonRun& r) { return unit_words()[static_cast<std::size_t>(r.run.model.world.unit)]; })
        .def_property_readonly("compliance",
                               [](const PythonRun& r) { return r.run.model.compliance == Compliance::kLegal ? "legal" : "drawn"; })
        .def_property_readonly("seed", [](const PythonRun& r) { return r.run.model.seed; })
        .def_property_readonly("slices", [](const PythonRun& r) { return r.run.model.slices; })
        .def_property_readonly(
            "finished", [](const PythonRun& r) { return r.run.finished; }, "Slices that are complete.")
        .def_property_readonly(
            "slice", [](const PythonRun& r) { return seconds(r.run.model.grid.slice.us); }, "Seconds of one slice.")
        .def_property_readonly("interrupted", [](const PythonRun& r) { return r.run.interrupted; })
        .def_property_readonly("trajectory_fingerprint", [](const PythonRun& r) { return sim::hex(r.run.trajectory_fingerprint); })
        .def_property_readonly("results_fingerprint", [](const PythonRun& r) { return sim::hex(r.run.results_fingerprint); });
    bind_tables(type);
    bind_verdicts(type);
    module.def(
        "run", &run, py::arg("scenario"), py::kw_only(), py::arg("seed") = py::none(), py::arg("traffic") = py::none(),
        py::arg("compliance") = "drawn", py::arg("threads") = 1, py::arg("policies") = py::list(), py::arg("progress") = py::none(),
        "Runs a scenario with the GIL released. Ctrl-C stops it within a slice; the run says `interrupted` and keeps what is finished.");
}

}  // namespace mailrift
