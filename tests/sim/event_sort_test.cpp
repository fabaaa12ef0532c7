// Sorting events: the same as the standard sort by (at, rank, seq) for few and many events, and for narrow and wide spans of times.
#include "sim/event_sort.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/hash.h"
#include "sim/random.h"

namespace sim {
namespace {

std::vector<Event> sorted(std::vector<Event> events) {
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return std::tie(a.at, a.rank, a.seq) < std::tie(b.at, b.rank, b.seq); });
    return events;
}

TEST(EventSort, SortsNothingAndOne) {
    std::vector<Event> events;
    std::vector<Event> scratch;
    sort_events(events, scratch);
    EXPECT_TRUE(events.empty());
    events.push_back({.at = {7}});
    sort_events(events, scratch);
    EXPECT_EQ(events, (std::vector<Event>{{.at = {7}}}));
}

TEST(EventSort, EqualsTheStandardSort) {
    std::vector<Event> scratch;
    for (std::uint32_t seed = 0; seed < 400; ++seed) {
        Draws draws(seed, hash64("event_sort_test"), 0, 0);
        const std::size_t n = uniform_below(1'500, draws);
        const std::uint64_t span = std::uint64_t{1} << uniform_below(63, draws);
        const std::uint64_t ranks = 1 + uniform_below(4, draws);
        std::vector<Event> events(n);
        for (std::size_t i = 0; i < n; ++i) {
            events[i].at = {static_cast<std::int64_t>(uniform_below(span, draws))};
            events[i].rank = static_cast<std::uint16_t>(uniform_below(ranks, draws));
            events[i].seq = seed % 2 == 0 ? i : n - i;  // in the order of scheduling or against it
        }
        const std::vector<Event> expected = sorted(events);
        sort_events(events, scratch);
        ASSERT_EQ(events, expected) << "seed " << seed << ", " << n << " events, span " << span;
    }
}

}  // namespace
}  // namespace sim
