// The streams of `flow` whose mail fares alike: what becomes of it, and what is counted of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/traffic/booking.h"
#include "models/traffic/cells.h"
#include "models/traffic/retry_plans.h"
#include "models/traffic/setup.h"
#include "models/traffic/streams.h"
#include "models/traffic/traffic_model.h"
#include "sim/hash.h"

namespace mailrift {

/// One direction of the streams of a group: from the starter to the partner, or back.
struct StreamWay {
    Fate fate;                          ///< of what ends in the slice of its writing
    std::vector<WaitPart> waits;        ///< what else
    std::vector<double> shares;         ///< of the parts of both
    std::vector<std::size_t> places;    ///< on the board of tallies, by part; empty where nobody judges
    std::vector<std::uint64_t> counts;  ///< [stream of the group][part of the fate], since the last booking
};

/// Streams with one fate: all plain ones, or those of one cell with a singled-out seat.
struct StreamGroup {
    std::size_t cell = 0;
    std::vector<std::size_t> streams;
    std::vector<std::uint64_t> keys;  ///< of the streams
    std::array<StreamWay, 2> ways;
    double scale = 1;                        ///< of its rates: the shares of its singled-out seats
    std::array<std::uint64_t, 2> written{};  ///< by way, in the present slice
    std::array<std::uint64_t, 2> unsent{};   ///< of them
    std::array<std::uint64_t, 2> failed{};   ///< of them not in the inbox, nor waiting
    std::uint64_t late = 0;                  ///< of earlier slices, come to another end than the inbox

    /// Begins a slice.
    void clear() noexcept {
        written = unsent = failed = {};
        late = 0;
    }

    /// Counts messages of one way that come to an end in the slice of their writing. Returns how many came to the inbox.
    std::uint64_t count(std::size_t way, Outcome outcome, std::uint64_t messages) noexcept {
        written[way] += messages;
        if (outcome == Outcome::kInbox) return messages;
        if (outcome == Outcome::kUnsent) unsent[way] += messages;
        failed[way] += messages;
        return 0;
    }
};

/// Where a stream lies in its group.
struct StreamPlace {
    std::size_t group = 0;
    std::size_t index = 0;
};

/// What a stream of a group refers to.
struct FlowWorld {
    const StreamTable& streams;
    const CellTable& cells;
    const Population& population;
    const World& world;
};

/// A hash of what a stream wrote and what of it was delivered, both ways: linear in the counts, with coefficients that its key makes random, so that
/// the sum over all streams tells any two different slices apart but for one in 2^64.
[[nodiscard]] inline std::uint64_t digest_of(std::uint64_t key, const std::array<std::uint64_t, 2>& written,
                                             const std::array<std::uint64_t, 2>& delivered) {
    constexpr std::array<std::uint64_t, 3> kFactors{sim::mix64(1) | 1U, sim::mix64(2) | 1U, sim::mix64(3) | 1U};
    return (key | 1U) * (written[0] + kFactors[0] * delivered[0] + kFactors[1] * written[1] + kFactors[2] * delivered[1]);
}

/// Counts what streams write whose mail ends alike and is never answered, nor judged. Returns the sum of their digests.
/// \param started by stream
[[nodiscard]] std::uint64_t write_alike(StreamGroup& group, std::span<const std::uint64_t> started);

/// Counts must be exact in doubles, with room for their spread.
/// \throws sim::Error kTooLarge where they cannot.
void check_volume(const TrafficSetup& setup);

/// Counts the mail of the present slice for those who may move because of it.
void count_cohorts(const std::vector<StreamGroup>& groups, const CellTable& cells, const Population& population, Tallies& tallies);

/// Counts it by who sent it; what never left does not count.
/// \param late by seat of the sender: as of WantedQueue
void count_sent(const std::vector<StreamGroup>& groups, const CellTable& cells, const std::vector<double>& late, Tallies& tallies);

/// Enters what a group sent one way since the last booking: written by the address that it named, and what became of it.
void book_way(StreamGroup& group, std::size_t way, const FlowWorld& world, std::vector<Booking>& bookings);

}  // namespace mailrift
