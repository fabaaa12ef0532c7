// Radix sort from the last byte of the times on, then the ties; comparison sort where there are few events or many bytes.
#include "sim/event_sort.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sim/event_chunks.h"

namespace sim {
namespace {

constexpr std::size_t kDigitBits = 8;
constexpr std::size_t kMostDigits = 3;
constexpr std::size_t kFewest = 16;  // events a pass: with fewer, counting all values of a byte costs more than comparing

std::uint64_t key_of(const Event& event) noexcept { return static_cast<std::uint64_t>(event.at.us); }

/// How many low bytes of the times are not the same in all events.
std::size_t varying_digits(const std::vector<Event>& events) noexcept {
    std::uint64_t varying = 0;
    for (const Event& event : events) varying |= key_of(event) ^ key_of(events.front());
    return (static_cast<std::size_t>(std::bit_width(varying)) + kDigitBits - 1) / kDigitBits;
}

/// Writes `events` to `sorted` by one byte of their time, those with the same byte in the order in which they stood.
void sort_by_digit(const std::vector<Event>& events, std::vector<Event>& sorted, std::size_t digit) {
    const auto byte = [&](const Event& event) { return static_cast<std::uint8_t>(key_of(event) >> (digit * kDigitBits)); };
    std::array<std::uint32_t, 256> places{};
    for (const Event& event : events) ++places[byte(event)];
    std::uint32_t sum = 0;
    for (std::uint32_t& place : places) sum += std::exchange(place, sum);
    for (const Event& event : events) sorted[places[byte(event)]++] = event;
}

/// Orders the events of each time by (rank, seq). Precondition: they are sorted by time.
void sort_ties(std::vector<Event>& events) {
    for (auto begin = events.begin(); begin != events.end();) {
        bool ordered = true;
        auto end = begin + 1;
        for (; end != events.end() && end->at == begin->at; ++end) ordered = ordered && runs_before(end[-1], *end);
        if (!ordered) std::sort(begin, end, runs_before);
        begin = end;
    }
}

}  // namespace

void sort_events(std::vector<Event>& events, std::vector<Event>& scratch) {
    const std::size_t digits = varying_digits(events);
    if (digits > kMostDigits || events.size() < kFewest * digits) {
        std::sort(events.begin(), events.end(), runs_before);
        return;
    }
    scratch.resize(events.size());
    for (std::size_t digit = 0; digit < digits; ++digit) {
        sort_by_digit(events, scratch, digit);
        events.swap(scratch);
    }
    sort_ties(events);
}

}  // namespace sim
