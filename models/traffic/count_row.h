// Whole numbers by series, most of them small or 0: a list while few are not 0, then a table as wide as the largest one needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace mailrift {

/// A number for each of the series 0..series-1, all 0 at first.
///
/// Takes at most as many bytes as the table needs: series x w, w = 1, 2, 4 or 8 bytes, the narrowest that holds the largest number, however
/// often something was added; while few are not 0, about 16 bytes for each addition. What it holds does not depend on how it holds it.
class CountRow {
public:
    explicit CountRow(std::size_t series) : series_(series) {}

    /// Adds to a series in amortised O(1). Precondition: series below the number of series; the sum is below 2^64.
    void add(std::uint32_t series, std::uint64_t count);

    /// All that are not 0, by series.
    [[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint64_t>> counts() const;

    /// Adds each number to the one of its series in `sums`, whose size is the number of series.
    void add_to(std::uint64_t* sums) const;

    /// Memory besides the object itself, bytes.
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

private:
    struct Entry {
        std::uint32_t series = 0;
        std::uint32_t count = 0;
    };
    template <class Count>
    using Table = std::vector<Count>;
    using Held = std::variant<std::vector<Entry>, Table<std::uint8_t>, Table<std::uint16_t>, Table<std::uint32_t>, Table<std::uint64_t>>;

    [[nodiscard]] bool add_to_list(std::uint32_t series, std::uint64_t count);
    void widen();

    std::size_t series_;
    Held held_;
};

}  // namespace mailrift
