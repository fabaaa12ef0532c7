// Whole numbers by series, most of them small or 0: a list while few are not 0, then a table as wide as the largest one needs.
#include "models/traffic/count_row.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <type_traits>

namespace mailrift {
namespace {

template <class Count>
bool add_to_table(std::vector<Count>& table, std::uint32_t series, std::uint64_t count) {
    Count& sum = table[series];
    if (count > std::uint64_t{std::numeric_limits<Count>::max()} - sum) return false;
    sum = static_cast<Count>(sum + count);
    return true;
}

}  // namespace

void CountRow::add(std::uint32_t series, std::uint64_t count) {
    assert(series < series_);
    for (;;) {
        const bool added = std::visit(
            [&](auto& held) {
                if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::vector<Entry>>)
                    return add_to_list(series, count);
                else
                    return add_to_table(held, series, count);
            },
            held_);
        if (added) return;
        widen();
    }
}

/// False where a table of single bytes would take less.
bool CountRow::add_to_list(std::uint32_t series, std::uint64_t count) {
    auto& list = std::get<0>(held_);
    if ((list.size() + 1) * sizeof(Entry) > series_ || count > std::numeric_limits<std::uint32_t>::max()) return false;
    if (list.size() == list.capacity()) list.reserve(std::min(std::max<std::size_t>(2 * list.size(), 8), series_ / sizeof(Entry)));
    list.push_back({series, static_cast<std::uint32_t>(count)});
    return true;
}

void CountRow::widen() {
    const auto before = counts();
    switch (held_.index()) {
        case 0: held_ = Table<std::uint8_t>(series_); break;
        case 1: held_ = Table<std::uint16_t>(series_); break;
        case 2: held_ = Table<std::uint32_t>(series_); break;
        default: held_ = Table<std::uint64_t>(series_); break;
    }
    for (const auto& [series, count] : before) add(series, count);
}

std::vector<std::pair<std::uint32_t, std::uint64_t>> CountRow::counts() const {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> found;
    if (const auto* list = std::get_if<0>(&held_)) {
        for (const Entry& entry : *list) found.emplace_back(entry.series, entry.count);
        std::sort(found.begin(), found.end());
        std::size_t kept = 0;
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (kept > 0 && found[kept - 1].first == found[i].first) {
                found[kept - 1].second += found[i].second;
            } else {
                found[kept++] = found[i];
            }
        }
        found.resize(kept);
        return found;
    }
    std::visit(
        [&](const auto& held) {
            if constexpr (!std::is_same_v<std::decay_t<decltype(held)>, std::vector<Entry>>) {
                for (std::size_t i = 0; i < held.size(); ++i) {
                    if (held[i] > 0) found.emplace_back(static_cast<std::uint32_t>(i), held[i]);
                }
            }
        },
        held_);
    return found;
}

void CountRow::add_to(std::uint64_t* sums) const {
    std::visit(
        [&](const auto& held) {
            if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::vector<Entry>>) {
                for (const Entry& entry : held) sums[entry.series] += entry.count;
            } else {
                for (std::size_t i = 0; i < held.size(); ++i) sums[i] += held[i];
            }
        },
        held_);
}

std::size_t CountRow::memory_bytes() const noexcept {
    return std::visit([](const auto& held) { return held.capacity() * sizeof(held[0]); }, held_);
}

}  // namespace mailrift
