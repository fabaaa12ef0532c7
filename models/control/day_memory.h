// What became of each cohort's mail in the last 24 hours, on a grid of slices of any length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/response/response.h"
#include "sim/archive.h"
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

    void save(sim::ArchiveWriter& archive) const {
        archive(next_, std::uint64_t{ring_.size()});
        for (const auto& slice : ring_) {
            archive(std::uint64_t{slice.size()});
            for (const CohortDay& day : slice) archive(day.written, day.failed);
        }
    }

    /// \param cohorts how many there are; a slice has all of them or, where nobody asks for them, none
    void load(sim::ArchiveReader& archive, std::size_t cohorts) {
        std::uint64_t slices = 0;
        archive(next_, slices);
        archive.want(slices <= slices_ && (next_ == 0 || next_ < slices), "a day of " + std::to_string(slices_) + " slices",
                     std::to_string(slices));
        ring_.clear();
        for (std::uint64_t i = 0; i < slices; ++i) {
            std::uint64_t size = 0;
            archive(size);
            const bool fits = (size == 0 || size == cohorts) && (ring_.empty() || ring_.front().size() == size);
            archive.want(fits, "a day's mail of " + std::to_string(cohorts) + " cohorts", std::to_string(size));
            std::vector<CohortDay> slice(static_cast<std::size_t>(size));
            for (CohortDay& day : slice) archive(day.written, day.failed);
            ring_.push_back(std::move(slice));
        }
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
