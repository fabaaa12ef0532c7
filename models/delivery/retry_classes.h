// The tries of all messages that were written in one slice, told apart only by how many of them fall into each later slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/delivery/greylist_delay.h"
#include "models/delivery/retry_schedule.h"
#include "sim/time.h"

namespace mailrift {

/// Messages whose tries fall into the same slices.
struct RetryClass {
    static constexpr std::uint32_t kNever = 0xFFFF'FFFFU;
    double share = 0;                  ///< of the messages written in a slice
    std::vector<std::uint32_t> tries;  ///< by lag, the writing slice being 0: tries until the end of that slice, the first one included
    std::uint32_t opens = kNever;      ///< number (0: the first) of the try that the message's own earlier tries take past the greylist
    std::uint32_t ends = kNever;       ///< lag of the slice in which its sender gives up; kNever: after the last lag asked for
};

/// Exact lumping of moments into slices. A message is written at a moment v, uniform in its slice; try n >= 1 of a schedule with scans of the
/// queue is at v + phase + a_n, the phase uniform in [0, scan) and a_n a whole number of scans that is the same for all phases between the
/// remainders of least, most and lifetime by scan (else at v + a_n). So w = v + phase, whose density is a trapezoid, tells into which slice
/// each try falls, and the phase alone what a greylist's delay and window and the lifetime leave of the tries. Each class is a set of
/// (w, phase) without a boundary in it, its share the area: closed form.
/// \param lags greatest lag of interest. \param greylist none: `opens` is kNever.
/// \returns classes in a fixed order; shares sum to 1.
[[nodiscard]] std::vector<RetryClass> retry_classes(const RetrySchedule& schedule, sim::Duration slice, std::size_t lags,
                                                    const std::optional<Greylist>& greylist = {});

}  // namespace mailrift
