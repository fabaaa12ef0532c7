// Policies that judge all that a receiver knows at once, by the counts of the period: those that the calling program brings.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/blocking/policy.h"

namespace mailrift {

/// What one receiver counted in a period. Every list has one item a key, in the order of (source id, key number), whatever order the
/// world's document has.
struct Batch {
    std::string_view receiver;              ///< id of who judges
    sim::Time at;                           ///< end of the period
    std::vector<std::string_view> sources;  ///< id of the sending operator; a counted one may have several keys
    std::vector<std::int64_t> keys;         ///< number of the key among those of its source, from 0
    std::vector<std::int64_t> addresses;    ///< how many fresh addresses it took so far: with another number it is a stranger
    std::vector<double> good;               ///< messages judged good
    std::vector<double> bad;
    std::vector<double> offered;    ///< messages at their first try, whatever policies did
    std::vector<double> share;      ///< part of the messages judged good of all operators that the receiver knows, 0..1
    std::vector<double> operators;  ///< sending operators that the key stands for; share sums to 1 with these weights, if anything was good
};

/// Counts of a period, forgotten at its end; what is never seen is accepted.
class BatchPolicy : public Policy {
public:
    /// What to do with mail of each key during the next period, in the order of the batch. Called once a receiver and period, receivers by their id.
    [[nodiscard]] virtual std::vector<Proposal> propose_all(const Batch& batch) const = 0;

    [[nodiscard]] const BatchPolicy* in_batches() const final { return this; }
    [[nodiscard]] std::size_t memory() const final { return 3; }
    void observe(const JudgedCounts& counts, sim::Duration /*slice*/, std::span<double> key) const final {
        key[0] += counts.good;
        key[1] += counts.bad;
        key[2] += counts.offered;
    }
    [[nodiscard]] JudgedCounts counts(std::span<const double> key) const { return {key[0], key[1], key[2]}; }
    [[nodiscard]] Proposal propose(std::span<double> /*key*/, const KeyFacts& /*facts*/) const final { return {}; }
    [[nodiscard]] bool reads_offered() const final { return true; }
    [[nodiscard]] bool defers() const final { return true; }
};

}  // namespace mailrift
