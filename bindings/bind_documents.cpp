// Scenarios, worlds, schemas and tables in Python.
#include "bindings/bind.h"

#include <pybind11/functional.h>
#include <pybind11/stl.h>

#include "models/network/legal_reach.h"
#include "models/scenario/scenario_shape.h"
#include "models/scenario/words.h"
#include "models/scenario/world_shape.h"
#include "sim/path.h"
#include "sim/shape_docs.h"

namespace mailrift {
namespace {

sim::Error from_python(const py::object& error) {
    const auto text = [&](const char* name) { return error.attr(name).cast<std::string>(); };
    return {static_cast<sim::Code>(error.attr("code").cast<int>()),
            {text("file"), text("pointer"), 0, 0},
            text("expected"),
            text("got"),
            text("nearest")};
}

constexpr int kIndent = 2;

/// A world with the document that it was read from.
struct PythonWorld {
    World world;
    std::string document;
};

double seconds(sim::Duration duration) { return static_cast<double>(duration.us) * 1e-6; }

py::list figures(const Scenario& scenario) {
    py::list rows;
    for (const auto& [document, use] : figures_of(scenario)) {
        py::dict row;
        row["document"] = document;
        row["pointer"] = use.pointer;
        row["value"] = use.figure.value;
        row["low"] = use.figure.low;
        row["high"] = use.figure.high;
        row["has_range"] = use.figure.has_range;
        row["source"] = use.figure.source;
        row["confidence"] = use.figure.confidence;
        row["unit"] = use.unit;
        row["text"] = use.text;
        row["by_default"] = use.by_default;
        rows.append(row);
    }
    return rows;
}

py::tuple bounds(const ShareBounds& share) { return py::make_tuple(share.low, share.high); }

py::list legal_reach_rows(const PythonWorld& self, const std::string& issuer) {
    py::list rows;
    for (const LegalReach& reach : legal_reach(self.world, territory_of(self.world, issuer), {}, all_layers())) {
        py::dict row;
        row["jurisdiction"] = self.world.jurisdictions[index(reach.jurisdiction)].code;
        row["mailbox"] = bounds(reach.shares.mailbox);
        row["gateway"] = bounds(reach.shares.gateway);
        row["element"] = bounds(reach.shares.element);
        row["together"] = bounds(reach.shares.together);
        rows.append(row);
    }
    return rows;
}

sim::Shape shape_of(const std::string& kind) {
    if (kind == "scenario") return scenario_shape();
    if (kind == "world") return world_shape();
    throw sim::Error(sim::Code::kArgument, {}, "\"scenario\" or \"world\"", "\"" + kind + "\"");
}

std::string set_path_text(const std::string& document, const std::string& path, const std::string& value) {
    sim::Places places;
    const sim::Value root = sim::read_json(document, "document", places);
    return sim::write_json(sim::set_path(root, path, sim::read_json(value, "value", places)), kIndent);
}

std::string document_kind(const std::string& text) {
    sim::Places places;
    try {
        const sim::Value root = sim::read_json(text, "document", places);
        const bool is_world = root.find("world") == nullptr && (root.find("markets") != nullptr || root.find("jurisdictions") != nullptr);
        return is_world ? "world" : "scenario";
    } catch (const sim::Error&) {
        return "scenario";  // reading it as one says what is wrong
    }
}

void bind_scenario(py::module_& module) {
    py::class_<Scenario, std::shared_ptr<Scenario>>(module, "Scenario", "A scenario and its world, read and checked; immutable.")
        .def_static(
            "parse",
            [](const std::string& text, const std::string& file, py::function resolver) {
                return std::make_shared<Scenario>(read_scenario(text, file, python_resolver(std::move(resolver))));
            },
            py::arg("text"), py::arg("file"), py::arg("resolver"),
            "Reads a document; `resolver(kind, name)` gives the text of others. Raises DocumentError: the first in the order of file and document.")
        .def_readonly("name", &Scenario::name)
        .def_readonly("title", &Scenario::title)
        .def_readonly("question", &Scenario::question)
        .def_readonly("seed", &Scenario::seed)
        .def_property_readonly(
            "horizon", [](const Scenario& s) { return seconds(s.horizon); }, "Seconds that are simulated.")
        .def_property_readonly(
            "slice", [](const Scenario& s) { return seconds(s.slice); }, "Seconds of one slice.")
        .def_property_readonly("traffic", [](const Scenario& s) { return traffic_words()[static_cast<std::size_t>(s.traffic)]; })
        .def_property_readonly("missing", [](const Scenario& s) { return missing_words()[static_cast<std::size_t>(s.missing)]; })
        .def_property_readonly("unit", [](const Scenario& s) { return unit_words()[static_cast<std::size_t>(s.world.unit)]; })
        .def_property_readonly("world", [](const Scenario& s) { return s.world.name; })
        .def(
            "document", [](const Scenario& s) { return sim::write_json(s.document, kIndent); }, "JSON text, `extends` resolved.")
        .def(
            "world_document", [](const Scenario& s) { return sim::write_json(*s.world_document, kIndent); },
            "JSON text, `extends` resolved.")
        .def("figures", &figures, "Every figure used, with range, source and confidence.");
}

void bind_world(py::module_& module) {
    py::class_<PythonWorld>(module, "World", "A world, read and checked; immutable.")
        .def_static(
            "parse",
            [](const std::string& text, const std::string& file, py::function function) {
                const sim::Resolver resolver = python_resolver(std::move(function));
                sim::Places places;
                const sim::Value document = sim::load_with_extends(text, file, "world", resolver, places);
                return PythonWorld{read_world(text, file, resolver), sim::write_json(document, kIndent)};
            },
            py::arg("text"), py::arg("file"), py::arg("resolver"), "Reads a document. Raises DocumentError.")
        .def_property_readonly("name", [](const PythonWorld& w) { return w.world.name; })
        .def_property_readonly("title", [](const PythonWorld& w) { return w.world.title; })
        .def_property_readonly("unit", [](const PythonWorld& w) { return unit_words()[static_cast<std::size_t>(w.world.unit)]; })
        .def("legal_reach", &legal_reach_rows, py::arg("issuer"),
             "For each market the shares of members that `issuer` can command, as (low, high): mailbox, gateway, element, together.")
        .def(
            "document", [](const PythonWorld& w) { return w.document; }, "JSON text, `extends` resolved.");
}

}  // namespace

sim::Resolver python_resolver(py::function function) {
    return [function = std::move(function)](std::string_view kind, std::string_view name) {
        try {
            return function(std::string(kind), std::string(name)).cast<std::string>();
        } catch (const py::error_already_set& raised) {
            if (!py::hasattr(raised.value(), "code_name")) throw;
            throw from_python(raised.value());  // a name that does not exist: the core adds where it was written
        }
    };
}

void bind_documents(py::module_& module) {
    bind_scenario(module);
    bind_world(module);
    module.def(
        "document_kind", &document_kind, py::arg("text"),
        "\"world\" for a document that has jurisdictions or markets and names no world, else \"scenario\", unreadable ones included.");
    module.def("set_path", &set_path_text, py::arg("document"), py::arg("path"), py::arg("value"),
               "A JSON document with the value at a dotted path replaced; list items are named by id.");
    module.def(
        "seconds", [](const std::string& text) { return seconds(sim::parse_duration(text)); }, py::arg("duration"),
        "Seconds of a duration such as \"30 min\".");
    module.def(
        "schema", [](const std::string& kind) { return sim::json_schema(shape_of(kind), "Mailrift " + kind, "mailrift-" + kind + "-1"); },
        py::arg("kind"), "Draft-07 JSON Schema of \"scenario\" or \"world\".");
    module.def(
        "reference_table", [](const std::string& kind) { return sim::reference_table(shape_of(kind)); }, py::arg("kind"),
        "Markdown table of all keys of \"scenario\" or \"world\".");
}

}  // namespace mailrift
