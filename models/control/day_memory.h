// What became of each cohort's mail in the last 24 hours, on a grid of slices of any length.
#pragma once

#include <cstddef>
#include <vector>

#include "models/response/response.h"
#include "sim/time.h"

namespace mailrift {

/// A window of 24 h over the latest slices. Where slices do not divide a day, the oldest counts by the part of it that lies within: mail is
/// taken to be even within a slice.
class DayMemory {
public:
    explicit DayMemory(sim::Duration slice)
        : slices_(static_cast<std::size_t>((kDaily.us + slice.us - 1) / slice.us)),
          oldest_(static_cast<double>(kDaily.us - static_cast<std::int64_t>(slices_ - 1) * slice.us) / static_cast<double>(slice.us)) {}

    /// The latest slice, by cohort; always of the same length.
    void add(std::vector<CohortDay> slice) {
        if (ring_.size() < slices_) {
            ring_.push_back(std::move(slice));
        } else {
            ring_[next_] = std::move(slice);
            next_ = (next_ + 1) % slices_;
        }
    }

    /// Sums over the window, by cohort; empty before the first slice.
    [[nodiscard]] std::vector<CohortDay> sum() const {
        std::vector<CohortDay> total;
        for (std::size_t i = 0; i < ring_.size(); ++i) {
            const std::vector<CohortDay>& slice = ring_[(next_ + i) % ring_.size()];
            const double part = i == 0 && ring_.size() == slices_ ? oldest_ : 1;
            total.resize(slice.size());
            for (std::size_t c = 0; c < slice.size(); ++c) {
                total[c].written += part * slice[c].written;
                total[c].failed += part * slice[c].failed;
            }
        }
        return total;
    }

    /// Slices that are kept when the window is full.
    [[nodiscard]] std::size_t slices() const noexcept { return slices_; }

private:
    std::size_t slices_;
    double oldest_;         ///< part of the oldest slice that lies within the window, in (0, 1]
    std::size_t next_ = 0;  ///< of a full ring: the oldest, which the next one replaces
    std::vector<std::vector<CohortDay>> ring_;
};

}  // namespace mailrift
