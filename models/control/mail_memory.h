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
        archive(std::uint64_t{ring_.size()});
        for (std::size_t i = 0; i < ring_.size(); ++i) {
            for (const MailRecord& record : ring_[(next_ + i) % ring_.size()]) archive(record.written, record.failed);
        }
    }

    /// \param slices that were added so far
    /// \param records in each
    void load(sim::ArchiveReader& archive, sim::Tick slices, std::size_t records) {
        const std::uint64_t kept = std::min(static_cast<std::uint64_t>(slices), std::uint64_t{slices_});
        std::uint64_t found = 0;
        archive(found);
        archive.want(found == kept, std::to_string(kept) + " slices of mail", std::to_string(found));
        next_ = 0;
        ring_.assign(static_cast<std::size_t>(kept), std::vector<MailRecord>(records));
        for (auto& slice : ring_) {
            for (MailRecord& record : slice) archive(record.written, record.failed);
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
