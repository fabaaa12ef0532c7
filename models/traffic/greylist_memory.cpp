// What greylists remember of single senders and recipients.
#include "models/traffic/greylist_memory.h"

#include <algorithm>

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

}  // namespace mailrift
