// Who writes how much: unequal rates whose sum over a cohort is fixed, and tables for the draw of a sender.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/population/contact_graph.h"
#include "models/population/persons.h"
#include "sim/random.h"

namespace mailrift {

/// How unequal senders are.
struct SenderParams {
    double rate_power =
        1;  ///< a rate is in proportion to (number of contacts)^rate_power; 0..1 (konect DNC 2016: 7.0 messages a link; assumed)
    double rate_sigma = 0.5;  ///< times a lognormal factor: standard deviation of its logarithm; 0..3 (assumed)
};

/// One column of a block's alias table: the person itself, or with probability 1 - (keep + 1) / 2^32 another of the block.
struct SenderColumn {
    std::uint32_t keep = 0;
    Person other = 0;
};

/// Consecutive members of a cohort, among whom a sender is drawn: few enough that their tables and contacts lie in a core's cache together.
/// What Poisson mail of a cohort falls to its blocks is independent, and Poisson again.
struct SenderBlock {
    std::size_t rank = 0;  ///< of the cohort
    Person first = 0;
    std::uint32_t size = 0;  ///< 1 .. kSenderBlock
    double share = 0;        ///< of the cohort's weight, 0..1
    std::uint64_t key = 0;   ///< of its random numbers: by the cohort's id and the block's place in the cohort
};

inline constexpr std::uint32_t kSenderBlock = 2048;  ///< members

/// The rates of all persons. 8 bytes a person. Walker 1977, block by block: a member's share of its block to within 2^-31 / size.
///
/// Person i of cohort A has the weight w_i = contacts^rate_power x exp(rate_sigma x z_i), z_i standard normal, and writes
/// total_A x w_i / (sum of w over A) messages a day, total_A = users x scale x messages_per_day: the sum over the cohort is total_A whatever
/// the draws are, the mean is messages_per_day. With the defaults the rates have the tail of the contacts.
struct Senders {
    SenderParams params;
    std::uint64_t seed = 0;
    std::vector<double> total;                ///< by rank of cohort: messages a day of all its members together
    std::vector<double> weight;               ///< by rank of cohort: sum of its members' weights
    std::unique_ptr<SenderColumn[]> columns;  ///< size persons; a column of a block is one of its members with probability 1 / size
    std::vector<SenderBlock> blocks;          ///< by first person
};

/// Equal bits for every number of threads. Memory: less than 10 bytes a person, while building too.
/// \param messages_per_day of one user; 0 or more, finite
/// \throws sim::Error kRange for a parameter outside its range, kTooLarge before it would take more than `build.memory_bytes`, kArgument for
///     0 threads, kInterrupted once a stop is requested.
[[nodiscard]] Senders make_senders(const Persons& persons, const ContactGraph& graph, double messages_per_day, const SenderParams& params,
                                   const GraphBuild& build);

/// Messages a day of one person, computed anew from its draws. Precondition: the persons and graph that `senders` was made of.
[[nodiscard]] double sending_rate(const Senders& senders, const Persons& persons, const ContactGraph& graph, Person person);

}  // namespace mailrift
