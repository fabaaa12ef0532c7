// What waits for later slices: nothing is lost or mixed up in chunks that are used again.
#include "models/traffic/waiting_mail.h"

#include <gtest/gtest.h>

#include <vector>

namespace mailrift {
namespace {

std::vector<std::uint64_t> due_in(const Waiting<WaitingAnswer>& waiting, sim::Tick slice) {
    std::vector<std::uint64_t> found;
    for (const auto& chunk : waiting.due(slice)) {
        for (const WaitingAnswer& answer : chunk) found.push_back(answer.conversation);
    }
    return found;
}

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t end) {
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = first; i < end; ++i) all.push_back(i);
    return all;
}

TEST(Waiting, IsGivenBackBySliceInTheOrderInWhichItCame) {
    Waiting<WaitingAnswer> waiting;
    for (std::uint64_t i = 0; i < 5000; ++i) {
        waiting.push(2, {.conversation = i});
        if (i < 3) waiting.push(7, {.conversation = 10'000 + i});
    }
    EXPECT_EQ(due_in(waiting, 2), numbers(0, 5000));
    EXPECT_EQ(due_in(waiting, 7), numbers(10'000, 10'003));
    EXPECT_TRUE(due_in(waiting, 3).empty());
    EXPECT_TRUE(due_in(waiting, 100).empty());
    EXPECT_EQ(waiting.slices(), 8U);
}

// Chunks of a slice that is over serve later ones: 50 slices of other numbers each.
TEST(Waiting, ChunksThatAreUsedAgainHoldNothingOld) {
    constexpr std::uint64_t kItems = 3 * Waiting<WaitingAnswer>::kChunk + 5;
    Waiting<WaitingAnswer> waiting;
    for (sim::Tick slice = 0; slice < 50; ++slice) {
        const std::uint64_t first = 1'000'000 * static_cast<std::uint64_t>(slice);
        for (std::uint64_t i = first; i < first + kItems; ++i) waiting.push(slice, {.conversation = i});
        ASSERT_EQ(due_in(waiting, slice), numbers(first, first + kItems)) << "slice " << slice;
        waiting.drop(slice);
        ASSERT_TRUE(due_in(waiting, slice).empty()) << "slice " << slice;
    }
    waiting.drop(1000);
}

}  // namespace
}  // namespace mailrift
