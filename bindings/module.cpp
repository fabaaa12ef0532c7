// The compiled module `_core`: thin bindings, one file a concept.
#include "bindings/bind.h"

PYBIND11_MODULE(_core, module) {
    module.doc() = "Mailrift's C++ core.";
    module.attr("__version__") = MAILRIFT_VERSION;
    mailrift::bind_errors(module);
    mailrift::bind_documents(module);
    mailrift::bind_policies(module);
    mailrift::bind_run(module);
    mailrift::bind_simulation(module);
    mailrift::bind_ensemble(module);
    mailrift::bind_delivery(module);
    mailrift::bind_history(module);
}
