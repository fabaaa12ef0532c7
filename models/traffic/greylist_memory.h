// What greylists remember of single senders and recipients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/archive.h"
#include "sim/time.h"

namespace mailrift {

/// What was seen of one (receiver, source, sender, recipient); times in microseconds since t = 0.
struct GreylistEntry {
    static constexpr std::int64_t kNever = INT64_MIN;
    std::uint64_t key = 0;        ///< a hash of the four; 0: no entry
    std::int64_t known = kNever;  ///< last accepted mail
    std::int64_t first = kNever;  ///< first try that waits for one that is old enough, and the last one
    std::int64_t last = kNever;
};

/// One thing seen.
struct GreylistSight {
    std::uint64_t key = 0;
    std::int64_t at = 0;
    bool accepted = false;
    std::int64_t delay = 0;  ///< of the greylist, and its window and memory
    std::int64_t window = 0;
    std::int64_t memory = 0;
};

/// A table by key, open addressing, at most two thirds full: 32 bytes an entry. Two of 10^9 keys are equal with probability 3 %.
/// What is added does not depend on its order, as long as all of a slice is added before the next look.
class GreylistMemory {
public:
    /// The entry of a key; null if there is none.
    [[nodiscard]] const GreylistEntry* find(std::uint64_t key) const noexcept;

    /// Adds what a slice saw. Entries that no rule can need any more make room.
    void add(const std::vector<GreylistSight>& sights, std::int64_t now);

    /// All entries, in the places where they lie.
    void save(sim::ArchiveWriter& archive) const;
    void load(sim::ArchiveReader& archive);

private:
    GreylistEntry& place(std::uint64_t key);
    void grow(std::int64_t now);

    std::vector<GreylistEntry> entries_;  ///< its size is a power of two, or 0
    std::size_t size_ = 0;
    std::int64_t longest_ = 0;  ///< for how long anything is needed
};

}  // namespace mailrift
