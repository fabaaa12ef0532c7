// How the core's errors look in Python.
#include "bindings/bind.h"

#include "sim/error.h"

namespace mailrift {
namespace {

py::object to_python(const py::object& type, const sim::Error& error) {
    py::object instance = type(error.what());
    instance.attr("code") = static_cast<int>(error.code());
    instance.attr("code_name") = std::string(sim::code_name(error.code()));
    instance.attr("file") = error.place().file;
    instance.attr("pointer") = error.place().pointer;
    instance.attr("line") = error.place().line;
    instance.attr("column") = error.place().column;
    instance.attr("expected") = error.expected();
    instance.attr("got") = error.got();
    instance.attr("nearest") = error.nearest();
    return instance;
}

py::object document_error(const py::module_& module) { return module.attr("DocumentError"); }

}  // namespace

void bind_errors(py::module_& module) {
    // The translator is a plain function without captures, so the type has to outlive this call: pybind11's own store for that.
    PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<py::object> type;
    type.call_once_and_store_result([&] {
        py::exception<sim::Error> created(module, "DocumentError", PyExc_ValueError);
        created.doc() =
            "A document or argument is wrong: `file`, `pointer`, `code`, `code_name`, `line`, `column`, `expected`, `got`, `nearest`.";
        return py::object(created);
    });
    py::register_exception_translator([](std::exception_ptr pointer) {
        try {
            if (pointer) std::rethrow_exception(pointer);
        } catch (const sim::Error& error) {
            const py::object& raised = type.get_stored();
            PyErr_SetObject(raised.ptr(), to_python(raised, error).ptr());
        }
    });
    module.def(
        "reference_error",
        [module](const std::string& file, const std::string& place, const std::string& expected, const std::string& got,
                 const std::string& nearest, int code) {
            return to_python(document_error(module), sim::Error(static_cast<sim::Code>(code), {file, place, 0, 0}, expected, got, nearest));
        },
        py::arg("file"), py::arg("pointer"), py::arg("expected"), py::arg("got"), py::arg("nearest") = "",
        py::arg("code") = static_cast<int>(sim::Code::kReference),
        "A DocumentError, by default for a name that does not exist, to be raised by the caller.");
}

}  // namespace mailrift
