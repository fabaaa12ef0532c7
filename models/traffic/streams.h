// The streams of random traffic: mail between two pools whose fate is the same. All streams of a pair of pools come of one Poisson number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "models/traffic/cells.h"

namespace mailrift {

/// Conversations that members behind one pool start with members behind another: of one cell, or of all plain cells together.
struct Stream {
    Route from;             ///< pools of the starter
    Route to;               ///< pools of the partner
    std::size_t cell = 0;   ///< index into CellTable::cells; of a plain stream the first of its cells
    bool plain = false;     ///< neither end is singled out
    double rate = 0;        ///< conversations a day before the shares of singled-out seats; 0 in a plain stream, see plain_rates
    std::uint64_t key = 0;  ///< of its random numbers: a hash of document ids
};

/// The streams from one source to one receiving provider: first .. last - 1 of the table, plain ones first.
struct PoolPair {
    std::size_t first = 0;
    std::size_t last = 0;
    std::size_t plain = 0;  ///< how many of them are plain
    std::uint64_t key = 0;  ///< a hash of the two ids
};

struct StreamTable {
    std::vector<Stream> streams;  ///< in the order of (source, receiver), plain first
    std::vector<PoolPair> pairs;
    Eigen::MatrixXd plain_rates;  ///< shape (n_pairs, n_zones): conversations a day of a pair's plain streams together
    Eigen::MatrixXd plain_parts;  ///< shape (n_streams, n_zones): of a plain stream; empty if no pair has two plain streams
};

/// The streams of a table of cells. Cells of plain members differ in nothing but their zone, so they share their streams.
[[nodiscard]] StreamTable build_streams(const World& world, const CellTable& table);

}  // namespace mailrift
