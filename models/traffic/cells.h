// Exact lumping for expected counts: pairs of seats whose mail has the same dynamics share one cell.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "models/population/population.h"
#include "models/traffic/mail_params.h"

namespace mailrift {

/// Which seats must be told apart, because the state can treat them differently.
struct Lumping {
    std::vector<bool> singled_out;  ///< by cohort: target of an order, or able to move
    std::vector<bool> bound;        ///< by entity: some order can bind it
    bool apart = false;             ///< receivers judge sources: every pair of pools has a cell of its own
    bool by_judge = false;          ///< pools are told apart by who judges their mail, too; always where cells are apart
};

/// Mail between pools that one cell spreads over: `weight` sums to 1 in a cell.
struct Strand {
    Route from;  ///< pools of the starter of a conversation
    Route to;    ///< pools of the partner
    double weight = 0;
};

/// Conversations started by one lump of seats with another. `from` and `to` stand for all pairs of seats in the cell.
struct Cell {
    SeatId from;
    SeatId to;
    bool from_moves = false;  ///< `from` is one singled-out seat, whose share varies
    bool to_moves = false;
    std::size_t zone = 0;   ///< index into CellTable::zones: where the starter writes
    double started = 0;     ///< messages a day that start conversations, before the shares of singled-out seats
    std::uint64_t key = 0;  ///< a hash of who meets, by ids; 0 where neither end is singled out
    std::vector<Strand> strands;
};

/// Cells first .. first + count - 1, in the order of their pools; where pairs of pools are not apart, one or none.
struct CellRun {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// All cells, and where to find those of a seat that moves.
struct CellTable {
    std::vector<Cell> cells;
    std::vector<sim::Duration> zones;  ///< distinct UTC offsets
    std::vector<std::size_t> lump_of;  ///< by seat
    std::size_t lumps = 0;
    std::vector<CellRun> runs;  ///< [lump from * lumps + lump to]: cells with a singled-out seat

    [[nodiscard]] CellRun find(std::size_t from_lump, std::size_t to_lump) const { return runs[from_lump * lumps + to_lump]; }
};

/// Two pairs of seats share a cell if no order and no move can ever tell them apart: seats of singled-out cohorts stand alone; other seats are lumped
/// by UTC offset (where the profile is not flat) and by the entities of their route that an order can bind; pairs without a singled-out seat by UTC offset alone, since orders act
/// only on mail from or to a target. Where receivers judge sources, each cell is one pair of pools (who sends, who judges, whose mailbox). Sums of linear dynamics with equal coefficients obey the same dynamics, so lumping is exact.
/// \throws sim::Error kTooLarge before the pairs would take more than `memory_bytes`.
[[nodiscard]] CellTable build_cells(const World& world, const Population& population, const Eigen::MatrixXd& mixing, const MailParams& mail,
                                    const Lumping& lumping, std::size_t memory_bytes);

}  // namespace mailrift
