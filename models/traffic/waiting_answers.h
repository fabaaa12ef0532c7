// Answers in whole numbers: how many of the messages delivered now are answered in which slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "models/traffic/count_row.h"
#include "sim/archive.h"
#include "sim/random.h"
#include "sim/time.h"

namespace mailrift {

/// Answers that are owed, by series and by the slice in which they will be written.
///
/// Of n delivered messages the numbers answered 0, 1, 2, ... slices later, and never, are multinomial with probabilities r K_0, r K_1, ...,
/// 1 - r sum K: drawn message by message where n is small, by binomials where it is large (the same law). A number is kept for each series and slice, so that
/// memory is bounded by their product however many messages there are: 8 bytes in the next 32 slices, then as many as CountRow needs.
class WaitingAnswers {
public:
    /// \param kernel K_d, d = 0..lags-1: probability that a message that is answered is answered d slices later (reply_kernel)
    /// \param reply  probability that a delivered message is answered, 0..1
    /// \throws sim::Error kTooLarge before the next slices' answers would take more than `memory_bytes`.
    WaitingAnswers(std::span<const double> kernel, double reply, std::size_t series, std::size_t memory_bytes);

    /// How many of series `series` are to be written in the present slice, besides those that answered_at_once() returns.
    [[nodiscard]] std::uint64_t due(std::size_t series) const noexcept { return near_[slot_ * series_ + series]; }

    /// Whether any message is ever answered.
    [[nodiscard]] bool any() const noexcept { return cumulative_.back() > 0; }

    /// How many of `delivered` messages of this slice are answered in the same slice: binomial(delivered, r K_0).
    [[nodiscard]] std::uint64_t answered_at_once(std::uint64_t delivered, sim::Draws& draws) const;

    /// Decides when messages delivered in slice `tick` that were not answered in it are answered, if ever: each d slices later with probability
    /// r K_d / (1 - r K_0). So generations that are delivered in one slice are handed in together, and all series at once.
    /// \param unanswered by series: how many
    /// \param keys       by series: of its random numbers
    /// \throws sim::Error kTooLarge as soon as answers in all slices take more than the constructor's `memory_bytes`, as move() and load().
    void answer_later(std::span<const std::uint64_t> unanswered, std::span<const std::uint64_t> keys, std::uint64_t seed,
                      std::uint32_t tick);

    /// Moves each answer that series `from` still owes, in this slice and later, with probability `fraction` to series `to`: for all
    /// pairs (from, to) at once. Precondition: no series is the `from` of two pairs.
    void move(const std::vector<std::pair<std::size_t, std::size_t>>& pairs, double fraction, sim::Draws& draws);

    /// Ends the slice.
    void next();

    /// Memory of the answers that are owed, bytes.
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return near_.size() * sizeof(near_[0]) + far_bytes_; }

    /// All answers that are owed.
    void save(sim::ArchiveWriter& archive) const;
    void load(sim::ArchiveReader& archive);

private:
    void add(std::size_t series, std::size_t lag, std::uint64_t answers);
    void add_far(std::size_t row, std::size_t series, std::uint64_t answers);
    [[noreturn]] void refuse() const;
    /// Series whose answers are spread together, and how many answers each still has to spread.
    struct Batch {
        std::vector<std::uint64_t> keys;
        std::vector<std::uint64_t> left;
        std::vector<std::size_t> series;
    };
    void spread(Batch& batch, std::uint64_t seed, std::uint32_t tick);
    void one_by_one(std::size_t series, std::size_t first, double up_to, std::uint64_t messages, sim::Draws& draws);
    void split_far(std::size_t series, std::size_t first, std::size_t last, std::uint64_t answers, sim::Draws& draws);
    [[nodiscard]] std::size_t lag_of(double u) const noexcept;  ///< lags of those with u below the whole; else cumulative_.size() - 1

    std::size_t series_;
    std::size_t near_slots_;
    std::size_t most_bytes_;
    std::vector<double> cumulative_;    ///< [d]: r (K_0 + ... + K_{d-1})
    std::vector<std::uint32_t> guide_;  ///< by leading digits of u: a lag at or below the wanted one
    std::vector<std::uint64_t> near_;   ///< [slot][series], a ring of slices
    std::size_t slot_ = 0;              ///< of the present slice
    sim::Tick now_ = 0;
    std::deque<CountRow> far_;   ///< [i]: written in slice now_ + near_slots_ + i
    std::size_t far_bytes_ = 0;  ///< of the rows
};

}  // namespace mailrift
