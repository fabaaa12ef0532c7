// What became of mail in a window of time that ends now, on a grid of slices of any length.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/response/response.h"
#include "sim/archive.h"
#include "sim/time.h"

namespace mailrift {

/// The latest slices of a row of records (of cohorts, of senders). Where slices do not divide a window, its oldest counts by the part of it that lies
/// within: mail is taken to be even within a slice.
class MailMemory {
public:
    /// \param longest window that will be asked for; 0: none
    MailMemory(sim::Duration slice, sim::Duration longest) : slice_(slice), slices_(slices_in(longest)) {}

    /// The latest slice; always of the same length.
    void add(std::vector<MailRecord> slice) {
        if (slices_ == 0) return;
        if (ring_.size() < slices_) {
            ring_.push_back(std::move(slice));
        } else {
            ring_[next_] = std::move(slice);
            next_ = (next_ + 1) % slices_;
        }
    }

    /// Sums over the last `window`; empty before the first slice.
    [[nodiscard]] std::vector<MailRecord> sum(sim::Duration window) const {
        const std::size_t wanted = slices_in(window);
        const std::size_t n = std::min(wanted, ring_.size());
        const double oldest =
            static_cast<double>(window.us - static_cast<std::int64_t>(wanted - 1) * slice_.us) / static_cast<double>(slice_.us);
        std::vector<MailRecord> total;
        for (std::size_t i = 0; i < n; ++i) {
            const std::vector<MailRecord>& slice = ring_[(next_ + ring_.size() - n + i) % ring_.size()];
            const double part = i == 0 && n == wanted ? oldest : 1;
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
            for (const MailRecord& record : slice) archive(record.written, record.failed);
        }
    }

    /// \param records in a slice, or none where nobody asks for them
    void load(sim::ArchiveReader& archive, std::size_t records) {
        std::uint64_t slices = 0;
        archive(next_, slices);
        archive.want(slices <= slices_ && (next_ == 0 || next_ < slices), "at most " + std::to_string(slices_) + " slices of mail",
                     std::to_string(slices));
        ring_.clear();
        for (std::uint64_t i = 0; i < slices; ++i) {
            std::uint64_t size = 0;
            archive(size);
            const bool fits = (size == 0 || size == records) && (ring_.empty() || ring_.front().size() == size);
            archive.want(fits, "mail of " + std::to_string(records) + " cohorts or senders", std::to_string(size));
            std::vector<MailRecord> slice(static_cast<std::size_t>(size));
            for (MailRecord& record : slice) archive(record.written, record.failed);
            ring_.push_back(std::move(slice));
        }
    }

    /// Slices that are kept when the window is full.
    [[nodiscard]] std::size_t slices() const noexcept { return slices_; }

private:
    [[nodiscard]] std::size_t slices_in(sim::Duration window) const {
        return static_cast<std::size_t>((window.us + slice_.us - 1) / slice_.us);
    }

    sim::Duration slice_;
    std::size_t slices_;
    std::size_t next_ = 0;  ///< of a full ring: the oldest, which the next one replaces
    std::vector<std::vector<MailRecord>> ring_;
};

}  // namespace mailrift
