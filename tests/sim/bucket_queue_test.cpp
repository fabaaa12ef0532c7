// The bucket queue: exactly the order of the event queue for many laws of increments, bounded memory, and times up to the last one.
#include "sim/bucket_queue.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/event_queue.h"
#include "sim/hash.h"
#include "sim/random.h"

namespace sim {
namespace {

constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

Event event_at(std::int64_t us, std::uint32_t subject = 0, std::uint16_t rank = 0) {
    Event event;
    event.at = {us};
    event.subject = subject;
    event.rank = rank;
    return event;
}

std::vector<std::uint32_t> subjects_in_order(BucketQueue& queue) {
    std::vector<std::uint32_t> subjects;
    while (!queue.empty()) subjects.push_back(queue.pop().subject);
    return subjects;
}

/// A law of increments in microseconds, not negative.
struct Increments {
    std::string name;
    std::function<double(Draws&)> draw;
};

const std::vector<Increments>& laws() {
    static const std::vector<Increments> kLaws{
        {"none", [](Draws&) { return 0.0; }},
        {"one", [](Draws&) { return 1.0; }},
        {"constant", [](Draws&) { return 1e6; }},
        {"a_digit", [](Draws&) { return 256.0; }},
        {"shifted_exponential", [](Draws& draws) { return 1e5 + exponential(9e5, draws); }},
        {"within_a_digit", [](Draws& draws) { return uniform(0, 10, draws); }},
        {"wide", [](Draws& draws) { return uniform(0, 1e14, draws); }},
        {"none_or_far", [](Draws& draws) { return bernoulli(0.7, draws) ? 0.0 : 1e9; }},
        {"bimodal", [](Draws& draws) { return bernoulli(0.9, draws) ? uniform(0, 1e3, draws) : uniform(1e9, 2e9, draws); }},
        {"heavy_tail", [](Draws& draws) { return 1e2 / uniform(1e-9, 1, draws); }},
        {"pareto_half",
         [](Draws& draws) {
             const double u = uniform(1e-5, 1, draws);
             return 1 / (u * u);
         }},
        {"lognormal", [](Draws& draws) { return lognormal(1e4, 3, draws); }},
        {"powers", [](Draws& draws) { return static_cast<double>(std::uint64_t{1} << uniform_below(50, draws)); }},
        {"below_powers", [](Draws& draws) { return static_cast<double>((std::uint64_t{1} << uniform_below(50, draws)) - 1); }},
    };
    return kLaws;
}

Event random_event(const Increments& law, Time now, std::uint64_t ranks, Draws& draws) {
    Event event = event_at(now.us + static_cast<std::int64_t>(law.draw(draws)), static_cast<std::uint32_t>(draws.next_u64()));
    event.rank = static_cast<std::uint16_t>(uniform_below(ranks, draws));
    event.kind = static_cast<std::uint16_t>(uniform_below(5, draws));
    return event;
}

/// The queue under test and the event queue, which say the same after each action.
struct Pair {
    BucketQueue queue;
    EventQueue oracle;

    void push(const Event& event) {
        const std::uint64_t seq = oracle.push(event);
        ASSERT_EQ(queue.push(event), seq);
    }

    void pop() {
        const Event next = queue.top();
        const Event expected = oracle.pop();
        ASSERT_EQ(next, expected);
        ASSERT_EQ(queue.pop(), expected);
        ASSERT_EQ(queue.now(), oracle.now());
    }

    void compare_sizes() const {
        ASSERT_EQ(queue.size(), oracle.size());
        ASSERT_EQ(queue.empty(), oracle.empty());
    }

    void drain() {
        while (!oracle.empty()) {
            pop();
            ASSERT_FALSE(::testing::Test::HasFatalFailure());
        }
        compare_sizes();
    }
};

TEST(BucketQueue, RunsInOrderOfTime) {
    BucketQueue queue;
    queue.push(event_at(30'000'000, 3));
    queue.push(event_at(10, 1));
    queue.push(event_at(20'000, 2));
    EXPECT_EQ(queue.top().subject, 1U);
    EXPECT_EQ(queue.size(), 3U);
    EXPECT_EQ(queue.now(), Time{0});
    EXPECT_EQ(subjects_in_order(queue), (std::vector<std::uint32_t>{1, 2, 3}));
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.now(), Time{30'000'000});
}

TEST(BucketQueue, RunsTiesByRankThenInSchedulingOrder) {
    BucketQueue queue;
    queue.push({.at = {5}, .subject = 1, .rank = 1});
    queue.push({.at = {5}, .subject = 2});
    queue.push({.at = {5}, .subject = 3});
    EXPECT_EQ(queue.pop().subject, 2U);
    queue.push({.at = {5}, .subject = 4});
    queue.push({.at = {5}, .subject = 5, .rank = 1});
    EXPECT_EQ(subjects_in_order(queue), (std::vector<std::uint32_t>{3, 4, 1, 5}));
}

TEST(BucketQueue, KeepsWhatAnEventSaysAndNumbersInSchedulingOrder) {
    BucketQueue queue;
    EXPECT_EQ(queue.push(event_at(9)), 0U);
    const Event pushed{.at = {5}, .seq = 99, .subject = 7, .kind = 3, .rank = 2};
    EXPECT_EQ(queue.push(pushed), 1U);
    Event expected = pushed;
    expected.seq = 1;
    EXPECT_EQ(queue.pop(), expected);
    EXPECT_EQ(queue.push(event_at(5)), 2U);
}

TEST(BucketQueue, TellsWhatIsAheadWhereItKnows) {
    BucketQueue queue;
    EXPECT_EQ(queue.ahead(0), nullptr);
    for (std::uint32_t i = 0; i < 300; ++i) queue.push(event_at(static_cast<std::int64_t>(mix64(i) % 1'000), i));
    std::vector<Event> told;  // by the number of the pop
    std::size_t known = 0;
    for (std::size_t popped = 0; !queue.empty(); ++popped) {
        const Event event = queue.pop();
        if (popped < told.size()) {
            EXPECT_EQ(told[popped], event);
            ++known;
        }
        told.resize(std::max(told.size(), popped + 1));
        while (const Event* const later = queue.ahead(told.size() - popped - 1)) told.push_back(*later);
    }
    EXPECT_GT(known, 200U);
    EXPECT_EQ(queue.ahead(0), nullptr);
}

TEST(BucketQueue, DoesNotKnowWhatIsAheadOnceEventsCameInBetween) {
    BucketQueue queue;
    queue.push(event_at(300));
    queue.push(event_at(310));
    queue.pop();
    ASSERT_NE(queue.ahead(0), nullptr);
    EXPECT_EQ(queue.ahead(0)->at, Time{310});
    queue.push(event_at(305));
    EXPECT_EQ(queue.ahead(0), nullptr);
    EXPECT_EQ(queue.pop().at, Time{305});
}

TEST(BucketQueue, TakesEventsOfThePresentButNotOfThePast) {
    BucketQueue queue;
    EXPECT_THROW(queue.push(event_at(-1)), Error) << "the clock starts at 0";
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
    EXPECT_EQ(queue.push(event_at(3'600'000'000, 5)), 2U) << "what is refused takes no number";
    EXPECT_EQ(queue.pop().subject, 5U);
}

// A look at the first event moves nothing: what is pushed before it afterwards still runs before it.
TEST(BucketQueue, TakesEarlierEventsAfterALook) {
    Pair pair;
    for (std::int64_t at = 1'000'000'000; at > 0; at /= 3) {
        pair.push(event_at(at));
        ASSERT_EQ(pair.queue.top(), pair.oracle.top()) << at;
    }
    pair.drain();
}

TEST(BucketQueue, TakesTimesUpToTheLastOne) {
    Pair pair;
    for (const std::int64_t at : {kLast, kLast - 1, std::int64_t{0}, std::int64_t{1} << 62, (std::int64_t{1} << 62) - 1, kLast - 256}) {
        for (std::uint16_t rank = 3; rank-- > 0;) pair.push(event_at(at, 0, rank));
    }
    for (std::int64_t i = 0; i < 3'000; ++i) pair.push(event_at(kLast - i * i));  // more than are sorted at once
    pair.drain();
    EXPECT_EQ(pair.queue.now(), Time{kLast});
    pair.push(event_at(kLast, 1));
    EXPECT_THROW(pair.queue.push(event_at(kLast - 1)), Error);
    pair.drain();
}

// A range of one second is the bottom; then 100 000 events go into its midst, far more than its heap takes.
TEST(BucketQueue, SpreadsABottomThatIsTooWide) {
    Pair pair;
    Draws draws(1, hash64("bucket_queue_test"), 0, 0);
    for (std::int64_t i = 0; i < 100; ++i) pair.push(event_at(50'000'000 + i * 10'000, 0, 1));
    pair.pop();
    for (int i = 0; i < 100'000; ++i) {
        const auto left = static_cast<std::uint64_t>(51'000'000 - pair.oracle.now().us);
        pair.push(event_at(pair.oracle.now().us + static_cast<std::int64_t>(uniform_below(left, draws))));
        if (i % 5 == 0) pair.pop();
        ASSERT_FALSE(HasFatalFailure()) << i;
    }
    pair.drain();
}

TEST(BucketQueue, MovesWithItsEvents) {
    BucketQueue queue;
    for (std::uint32_t i = 0; i < 5'000; ++i) queue.push(event_at(i * 7'919 % 5'000, i));
    const std::uint32_t first = queue.pop().subject;
    BucketQueue moved = std::move(queue);
    EXPECT_EQ(first, 0U);
    EXPECT_EQ(moved.size(), 4'999U);
    EXPECT_EQ(moved.pop().at, Time{1});
    queue = BucketQueue();
    queue.push(event_at(2, 2));
    EXPECT_EQ(subjects_in_order(queue), (std::vector<std::uint32_t>{2}));
    EXPECT_EQ(subjects_in_order(moved).size(), 4'998U);
}

// Grows to 300 000 events, is drained to one, and grows again; its memory follows.
TEST(BucketQueue, GivesMemoryBack) {
    for (const Increments& law : laws()) {
        Draws draws(2, hash64("bucket_queue_test"), hash64(law.name), 0);
        BucketQueue queue;
        const auto bound = [&] { return 128 * queue.size() + (std::size_t{4} << 20U); };
        for (int round = 0; round < 2; ++round) {
            for (int i = 0; i < 300'000; ++i) {
                queue.push(random_event(law, queue.now(), 1, draws));
                if (i % 4 == 0) queue.pop();
                if (i % 1'000 == 0) {
                    ASSERT_LE(queue.memory_bytes(), bound()) << law.name << ' ' << i;
                }
            }
            EXPECT_GE(queue.memory_bytes(), sizeof(Event) * queue.size()) << law.name;
            while (queue.size() > 1) {
                queue.pop();
                if (queue.size() % 1'000 == 0) {
                    ASSERT_LE(queue.memory_bytes(), bound()) << law.name << ' ' << queue.size();
                }
            }
        }
    }
}

class BucketQueueLaws : public ::testing::TestWithParam<std::size_t> {
protected:
    [[nodiscard]] const Increments& law() const { return laws()[GetParam()]; }
    [[nodiscard]] Draws draws(std::uint32_t seed) const { return {seed, hash64("bucket_queue_test"), hash64(law().name), 1}; }
};

// Random actions with few and many events, few and many ranks, and phases of growth and of shrinking.
TEST_P(BucketQueueLaws, EqualsTheEventQueue) {
    for (std::uint32_t seed = 0; seed < 40; ++seed) {
        Draws draws = this->draws(seed);
        Pair pair;
        const std::uint64_t ranks = std::uint64_t{1} << uniform_below(4, draws);
        double growth = 0.6;
        for (int i = 0; i < 4'000; ++i) {
            if (i % 500 == 0) growth = uniform(0.2, 1, draws);
            if (pair.oracle.empty() || uniform01(draws) < growth) {
                pair.push(random_event(law(), pair.oracle.now(), ranks, draws));
            } else {
                pair.pop();
            }
            pair.compare_sizes();
            ASSERT_FALSE(HasFatalFailure()) << law().name << ", seed " << seed << ", action " << i;
        }
        pair.drain();
        ASSERT_FALSE(HasFatalFailure()) << law().name << ", seed " << seed;
    }
}

// The hold model: each event that runs is scheduled anew, at 1 to 20 000 pending ones.
TEST_P(BucketQueueLaws, EqualsTheEventQueueInASteadyState) {
    for (const std::size_t pending : {std::size_t{1}, std::size_t{30}, std::size_t{1'000}, std::size_t{20'000}}) {
        Draws draws = this->draws(static_cast<std::uint32_t>(100 + pending));
        Pair pair;
        for (std::size_t i = 0; i < pending; ++i) pair.push(random_event(law(), {0}, 2, draws));
        for (std::size_t i = 0; i < 20'000 + 2 * pending; ++i) {
            pair.pop();
            pair.push(random_event(law(), pair.oracle.now(), 2, draws));
            ASSERT_FALSE(HasFatalFailure()) << law().name << ", pending " << pending << ", action " << i;
        }
        pair.drain();
    }
}

INSTANTIATE_TEST_SUITE_P(All, BucketQueueLaws, ::testing::Range<std::size_t>(0, laws().size()),
                         [](const ::testing::TestParamInfo<std::size_t>& index) { return laws()[index.param].name; });

}  // namespace
}  // namespace sim
