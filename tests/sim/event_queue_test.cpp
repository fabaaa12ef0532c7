// The future event list: order, cancellation, no way back in time, and the same as a sorted list over many seeds.
#include "sim/event_queue.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/hash.h"
#include "sim/random.h"

namespace sim {
namespace {

Event event_at(std::int64_t us, std::uint32_t subject = 0, std::uint16_t rank = 0) {
    Event event;
    event.at = {us};
    event.subject = subject;
    event.rank = rank;
    return event;
}

std::vector<std::uint32_t> subjects_in_order(EventQueue& queue) {
    std::vector<std::uint32_t> subjects;
    while (!queue.empty()) subjects.push_back(queue.pop().subject);
    return subjects;
}

TEST(EventQueue, RunsInOrderOfTime) {
    EventQueue queue;
    queue.push(event_at(30, 3));
    queue.push(event_at(10, 1));
    queue.push(event_at(20, 2));
    EXPECT_EQ(queue.top().subject, 1U);
    EXPECT_EQ(queue.size(), 3U);
    EXPECT_EQ(subjects_in_order(queue), (std::vector<std::uint32_t>{1, 2, 3}));
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.now(), Time{30});
}

TEST(EventQueue, RunsTiesByRankThenInSchedulingOrder) {
    EventQueue queue;
    queue.push({.at = {5}, .subject = 1, .rank = 1});
    queue.push({.at = {5}, .subject = 2});
    queue.push({.at = {5}, .subject = 3});
    EXPECT_EQ(queue.pop().subject, 2U);
    EXPECT_EQ(queue.pop().subject, 3U);
    EXPECT_EQ(queue.pop().subject, 1U);
}

TEST(EventQueue, KeepsWhatAnEventSays) {
    EventQueue queue;
    const Event pushed{.at = {5}, .seq = 99, .subject = 7, .kind = 3, .rank = 2};
    const std::uint64_t seq = queue.push(pushed);
    Event expected = pushed;
    expected.seq = seq;
    EXPECT_EQ(queue.pop(), expected);
}

TEST(EventQueue, NumbersInSchedulingOrder) {
    EventQueue queue;
    EXPECT_EQ(queue.push(event_at(9)), 0U);
    EXPECT_EQ(queue.push(event_at(1)), 1U);
    queue.pop();
    EXPECT_EQ(queue.push(event_at(1)), 2U);
}

TEST(EventQueue, TakesEventsOfThePresentButNotOfThePast) {
    EventQueue queue;
    queue.push(event_at(3'600'000'000));
    queue.pop();
    queue.push(event_at(3'600'000'000, 4));
    EXPECT_EQ(queue.pop().subject, 4U);
    try {
        queue.push(event_at(3'599'000'000));
        FAIL() << "accepted an event of the past";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::kTimeTravel);
        EXPECT_STREQ(error.what(), "[time_travel 401] expected an event at or after the present, 1 h, got 3599 s");
    }
    EXPECT_TRUE(queue.empty());
    queue.push(event_at(3'600'000'000, 5));
    EXPECT_EQ(queue.pop().subject, 5U);
}

TEST(EventQueue, CancelsWhatIsPendingOnce) {
    EventQueue queue;
    const std::uint64_t first = queue.push(event_at(1, 1));
    const std::uint64_t second = queue.push(event_at(2, 2));
    queue.push(event_at(3, 3));
    EXPECT_TRUE(queue.cancel(first));
    EXPECT_FALSE(queue.cancel(first));
    EXPECT_EQ(queue.size(), 2U);
    EXPECT_EQ(queue.top().subject, 2U);
    EXPECT_EQ(queue.now(), Time{0}) << "cancelling is not running";
    EXPECT_EQ(queue.pop().subject, 2U);
    EXPECT_FALSE(queue.cancel(second)) << "it has run";
    EXPECT_FALSE(queue.cancel(77)) << "it never was";
    EXPECT_EQ(queue.pop().subject, 3U);
}

TEST(EventQueue, IsEmptyWhenAllIsCancelled) {
    EventQueue queue;
    std::vector<std::uint64_t> handles;
    for (std::int64_t i = 0; i < 1'000; ++i) handles.push_back(queue.push(event_at(i % 17)));
    for (const std::uint64_t handle : handles) EXPECT_TRUE(queue.cancel(handle));
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.size(), 0U);
    queue.push(event_at(4, 4));
    EXPECT_EQ(queue.pop().subject, 4U);
}

// Far more events than one page of handles holds, with one old event pending all the time.
TEST(EventQueue, RemembersAnOldEventAmongMany) {
    EventQueue queue;
    const std::uint64_t old = queue.push(event_at(1'000'000'000, 1));
    std::uint64_t middle = 0;
    for (std::uint32_t i = 0; i < 200'000; ++i) {
        const std::uint64_t handle = queue.push(event_at(i));
        if (i == 100'000) {
            middle = handle;
        } else {
            queue.pop();
        }
        if (i == 100'001) {
            EXPECT_FALSE(queue.cancel(middle)) << "it ran in place of the next one";
        }
    }
    EXPECT_EQ(queue.size(), 2U);
    EXPECT_TRUE(queue.cancel(old));
    EXPECT_FALSE(queue.cancel(old));
    EXPECT_EQ(queue.size(), 1U);
}

TEST(EventQueue, ACopyGoesOnByItself) {
    EventQueue queue;
    queue.push(event_at(1, 1));
    const std::uint64_t second = queue.push(event_at(2, 2));
    EventQueue copy = queue;
    EXPECT_TRUE(copy.cancel(second));
    EXPECT_EQ(subjects_in_order(queue), (std::vector<std::uint32_t>{1, 2}));
    EXPECT_EQ(subjects_in_order(copy), (std::vector<std::uint32_t>{1}));
}

/// The same interface by brute force: a list sorted anew for each look.
class SortedList {
public:
    void push(Event event, std::uint64_t seq) {
        event.seq = seq;
        events_.push_back(event);
        std::sort(events_.begin(), events_.end(),
                  [](const Event& a, const Event& b) { return std::tie(a.at, a.rank, a.seq) < std::tie(b.at, b.rank, b.seq); });
    }

    bool cancel(std::uint64_t seq) {
        return std::erase_if(events_, [&](const Event& event) { return event.seq == seq; }) > 0;
    }

    Event pop() {
        const Event first = events_.front();
        events_.erase(events_.begin());
        return first;
    }

    [[nodiscard]] std::size_t size() const { return events_.size(); }

private:
    std::vector<Event> events_;
};

/// One random action on both; many equal times and ranks, so that ties count.
void act(Draws& draws, double cancelling, EventQueue& queue, SortedList& list) {
    const double choice = uniform01(draws);
    if (choice < 0.45) {
        Event event = event_at(queue.now().us + static_cast<std::int64_t>(uniform_below(8, draws)));
        event.rank = static_cast<std::uint16_t>(uniform_below(3, draws));
        event.subject = static_cast<std::uint32_t>(draws.next_u64());
        list.push(event, queue.push(event));
    } else if (choice < 0.45 + cancelling) {
        const std::uint64_t seq = uniform_below(400, draws);
        ASSERT_EQ(queue.cancel(seq), list.cancel(seq));
    } else if (list.size() > 0) {
        const Event next = queue.top();
        const Event popped = queue.pop();
        ASSERT_EQ(popped, next);
        ASSERT_EQ(popped, list.pop());
        ASSERT_EQ(queue.now(), popped.at);
    }
    ASSERT_EQ(queue.size(), list.size());
    ASSERT_EQ(queue.empty(), list.size() == 0);
}

class EventQueueSeeds : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(EventQueueSeeds, EqualsASortedList) {
    Draws draws(GetParam(), hash64("event_queue_test"), 0, 0);
    EventQueue queue;
    SortedList list;
    const double cancelling = uniform(0, 0.5, draws);  // from never to more than all
    for (int i = 0; i < 600; ++i) {
        act(draws, cancelling, queue, list);
        ASSERT_FALSE(HasFatalFailure()) << "seed " << GetParam() << ", action " << i;
    }
    while (list.size() > 0) ASSERT_EQ(queue.pop(), list.pop()) << "seed " << GetParam();
    ASSERT_TRUE(queue.empty());
}

// Metamorphic: events that are cancelled again leave the order of the others as it was.
TEST_P(EventQueueSeeds, CancelledEventsLeaveNoTrace) {
    Draws draws(GetParam(), hash64("event_queue_test"), 1, 0);
    EventQueue plain;
    EventQueue disturbed;
    std::vector<std::uint64_t> extra;
    for (std::uint32_t i = 0; i < 200; ++i) {
        const Event event =
            event_at(static_cast<std::int64_t>(uniform_below(20, draws)), i, static_cast<std::uint16_t>(uniform_below(2, draws)));
        plain.push(event);
        disturbed.push(event);
        for (std::uint64_t k = uniform_below(4, draws); k > 0; --k) extra.push_back(disturbed.push(event_at(event.at.us, 9'999)));
    }
    for (const std::uint64_t handle : extra) ASSERT_TRUE(disturbed.cancel(handle));
    ASSERT_EQ(subjects_in_order(plain), subjects_in_order(disturbed)) << "seed " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(TwoHundred, EventQueueSeeds, ::testing::Range<std::uint64_t>(0, 200));

}  // namespace
}  // namespace sim
