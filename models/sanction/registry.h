// The list of sanction measures: one line each, from which reader, messages, schema and tables come.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/sanction/order.h"
#include "sim/shape.h"

namespace mailrift {

/// One measure: its `kind` in documents, its meaning, its parameters and how it is made from them.
struct MeasureEntry {
    std::string kind;
    std::string text;
    std::vector<sim::Field> params;
    std::function<std::shared_ptr<const Measure>(const sim::View&)> make;
};

/// All measures, in the order of the reference table.
[[nodiscard]] std::vector<MeasureEntry> measure_registry();

}  // namespace mailrift
