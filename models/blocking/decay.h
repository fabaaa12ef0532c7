// What policies that count good and bad mail have in common: decay, and the fields of documents for memory and judge.
#pragma once

#include <span>
#include <vector>

#include "models/blocking/policy.h"
#include "sim/shape.h"
#include "sim/shape_view.h"
#include "sim/time.h"

namespace mailrift {

inline constexpr double kSlack = 1e-12;  ///< relative, so that rounding of decayed counts decides nothing

/// Halves counts `slice` / `half_life` times: times exp(-ln 2 slice / half_life).
void decay(std::span<double> counts, sim::Duration slice, sim::Duration half_life) noexcept;

/// Field `key`: what is judged.
[[nodiscard]] sim::Field key_field();
[[nodiscard]] Key read_key(const sim::View& view);

/// Fields `half_life`, `period`, `evidence`, `true_positive` and `false_positive`; durations of `least` or more.
[[nodiscard]] std::vector<sim::Field> memory_fields(sim::Duration least);

}  // namespace mailrift
