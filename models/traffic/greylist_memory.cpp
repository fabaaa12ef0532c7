// What greylists remember of single senders and recipients.
#include "models/traffic/greylist_memory.h"

#include <algorithm>
#include <bit>
#include <string>

namespace mailrift {

const GreylistEntry* GreylistMemory::find(std::uint64_t key) const noexcept {
    if (entries_.empty()) return nullptr;
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t i = key & mask;; i = (i + 1) & mask) {
        if (entries_[i].key == key) return &entries_[i];
        if (entries_[i].key == 0) return nullptr;
    }
}

GreylistEntry& GreylistMemory::place(std::uint64_t key) {
    const std::size_t mask = entries_.size() - 1;
    std::size_t i = key & mask;
    while (entries_[i].key != key && entries_[i].key != 0) i = (i + 1) & mask;
    if (entries_[i].key == 0) {
        entries_[i].key = key;
        ++size_;
    }
    return entries_[i];
}

void GreylistMemory::grow(std::int64_t now) {
    std::vector<GreylistEntry> old = std::move(entries_);
    const auto needed = [&](const GreylistEntry& entry) { return entry.key != 0 && std::max(entry.known, entry.last) >= now - longest_; };
    const auto kept = static_cast<std::size_t>(std::count_if(old.begin(), old.end(), needed));
    std::size_t size = 1024;
    while (size < 3 * (kept + 1)) size *= 2;
    entries_.assign(size, {});
    size_ = 0;
    for (const GreylistEntry& entry : old) {
        if (needed(entry)) place(entry.key) = entry;
    }
}

void GreylistMemory::add(const std::vector<GreylistSight>& sights, std::int64_t now) {
    for (const GreylistSight& sight : sights) {
        longest_ = std::max({longest_, sight.memory, sight.window});
        if (3 * (size_ + 1) > 2 * entries_.size()) grow(now);
        GreylistEntry& entry = place(sight.key);
        if (sight.accepted) {
            entry.known = std::max(entry.known, sight.at);
        } else {
            // What lies too far back can let nothing pass any more.
            const bool fresh = entry.first == GreylistEntry::kNever || entry.first < now - sight.window;
            entry.first = fresh ? sight.at : std::min(entry.first, sight.at);
            entry.last = std::max(entry.last, sight.at);
        }
    }
}

void GreylistMemory::save(sim::ArchiveWriter& archive) const {
    archive(longest_, std::uint64_t{entries_.size()}, std::uint64_t{size_});
    for (std::uint64_t i = 0; i < entries_.size(); ++i) {
        const GreylistEntry& entry = entries_[i];
        if (entry.key != 0) archive(i, entry.key, entry.known, entry.first, entry.last);
    }
}

void GreylistMemory::load(sim::ArchiveReader& archive) {
    std::uint64_t places = 0;
    std::uint64_t entries = 0;
    archive(longest_, places, entries);
    const bool fits =
        places == 0 ? entries == 0 : std::has_single_bit(places) && places <= (std::uint64_t{1} << 32U) && 3 * entries <= 2 * places;
    archive.want(fits, "a table at most two thirds full", std::to_string(entries) + " entries in " + std::to_string(places));
    // A table doubles when it is two thirds full and keeps at least a third of that; larger than its first size, it has entries enough.
    archive.want(places <= 1024 || places <= 64 * (entries + 1), "a table that is not empty", std::to_string(places) + " places");
    entries_.assign(static_cast<std::size_t>(places), {});
    size_ = static_cast<std::size_t>(entries);
    for (std::uint64_t left = entries; left > 0; --left) {
        std::uint64_t place = 0;
        GreylistEntry entry;
        archive(place, entry.key, entry.known, entry.first, entry.last);
        archive.want(place < places && entry.key != 0 && entries_[static_cast<std::size_t>(place)].key == 0, "an entry in a free place",
                     std::to_string(place));
        entries_[static_cast<std::size_t>(place)] = entry;
    }
}

}  // namespace mailrift
