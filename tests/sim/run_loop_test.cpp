// The run loop: every slice once and in order, stops at once, reports by count.
#include "sim/run_loop.h"

#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sim {
namespace {

const std::function<void(const Progress&)> kSilent;

TEST(RunLoop, RunsEverySliceOnceInOrder) {
    const StopFlag stop;
    std::vector<Tick> seen;
    const RunOutcome outcome = run_ticks(5, stop, kSilent, [&](Tick tick) { seen.push_back(tick); });
    EXPECT_EQ(seen, (std::vector<Tick>{0, 1, 2, 3, 4}));
    EXPECT_EQ(outcome.finished, 5);
    EXPECT_FALSE(outcome.interrupted);
}

TEST(RunLoop, OfNoSlicesDoesNothing) {
    const StopFlag stop;
    int reports = 0;
    const RunOutcome outcome = run_ticks(
        0, stop, [&](const Progress&) { ++reports; }, [](Tick) { FAIL(); });
    EXPECT_EQ(outcome.finished, 0);
    EXPECT_FALSE(outcome.interrupted);
    EXPECT_EQ(reports, 0);
}

TEST(RunLoop, StopsAfterTheSliceThatIsRunning) {
    StopFlag stop;
    std::vector<Tick> seen;
    const RunOutcome outcome = run_ticks(100, stop, kSilent, [&](Tick tick) {
        seen.push_back(tick);
        if (tick == 7) stop.request_stop();
    });
    EXPECT_EQ(seen.size(), 8U);
    EXPECT_EQ(outcome.finished, 8);
    EXPECT_TRUE(outcome.interrupted);
    EXPECT_TRUE(stop.stop_requested());
}

TEST(RunLoop, DoesNotStartWhenStoppedBefore) {
    StopFlag stop;
    stop.request_stop();
    const RunOutcome outcome = run_ticks(3, stop, kSilent, [](Tick) { FAIL(); });
    EXPECT_EQ(outcome.finished, 0);
    EXPECT_TRUE(outcome.interrupted);
}

TEST(RunLoop, StoppedInItsLastSliceIsComplete) {
    StopFlag stop;
    const RunOutcome outcome = run_ticks(3, stop, kSilent, [&](Tick tick) {
        if (tick == 2) stop.request_stop();
    });
    EXPECT_EQ(outcome.finished, 3);
    EXPECT_FALSE(outcome.interrupted);
}

TEST(RunLoop, StopsWhenAnotherThreadAsks) {
    StopFlag stop;
    std::thread other;
    const RunOutcome outcome = run_ticks(1'000'000'000, stop, kSilent, [&](Tick tick) {
        if (tick != 10) return;
        other = std::thread([&] { stop.request_stop(); });
        other.join();
    });
    EXPECT_EQ(outcome.finished, 11);
    EXPECT_TRUE(outcome.interrupted);
}

std::vector<Progress> reports_of(Tick slices, Tick stop_in = -1) {
    StopFlag stop;
    std::vector<Progress> reports;
    run_ticks(
        slices, stop, [&](const Progress& progress) { reports.push_back(progress); },
        [&](Tick tick) {
            if (tick == stop_in) stop.request_stop();
        });
    return reports;
}

TEST(RunLoop, ReportsEverySliceOfAFew) { EXPECT_EQ(reports_of(3), (std::vector<Progress>{{1, 3}, {2, 3}, {3, 3}})); }

TEST(RunLoop, ReportsAHundredTimesAndAtTheEnd) {
    const std::vector<Progress> even = reports_of(2'000);
    ASSERT_EQ(even.size(), 100U);
    EXPECT_EQ(even.front(), (Progress{20, 2'000}));
    EXPECT_EQ(even.back(), (Progress{2'000, 2'000}));
    const std::vector<Progress> uneven = reports_of(2'050);
    ASSERT_EQ(uneven.size(), 103U);
    EXPECT_EQ(uneven[101], (Progress{2'040, 2'050}));
    EXPECT_EQ(uneven.back(), (Progress{2'050, 2'050}));
}

TEST(RunLoop, ReportsWhereItWasStopped) {
    const std::vector<Progress> reports = reports_of(2'000, 30);
    ASSERT_EQ(reports.size(), 2U);
    EXPECT_EQ(reports.back(), (Progress{31, 2'000}));
    EXPECT_EQ(reports_of(2'000, 39).size(), 2U) << "not twice when the stop meets a report";
}

TEST(RunLoop, LetsErrorsPass) {
    const StopFlag stop;
    const auto fail = [](Tick tick) {
        if (tick == 1) throw std::runtime_error("in the slice");
    };
    EXPECT_THROW(run_ticks(3, stop, kSilent, fail), std::runtime_error);
    EXPECT_THROW(run_ticks(
                     3, stop, [](const Progress&) { throw std::logic_error("in the report"); }, [](Tick) {}),
                 std::logic_error);
}

}  // namespace
}  // namespace sim
