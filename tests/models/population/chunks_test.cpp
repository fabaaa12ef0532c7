// Pieces of work on threads: each once, failures and stops passed on.
#include "models/population/chunks.h"

#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "sim/error.h"

namespace mailrift {
namespace {

TEST(Chunks, EachIsDoneOnce) {
    const sim::StopFlag stop;
    for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
        std::vector<int> done(1000);
        for_chunks(done.size(), threads, stop, [&](std::size_t chunk, std::size_t worker) {
            EXPECT_LT(worker, threads);
            ++done[chunk];
        });
        EXPECT_EQ(done, std::vector<int>(1000, 1)) << threads;
    }
    for_chunks(0, 3, stop, [](std::size_t, std::size_t) { FAIL(); });
}

TEST(Chunks, AFailureEndsThemAllAndPasses) {
    const sim::StopFlag stop;
    for (const std::size_t threads : {1U, 3U}) {
        EXPECT_THROW(for_chunks(1000, threads, stop,
                                [](std::size_t chunk, std::size_t) {
                                    if (chunk == 17) throw std::length_error("17");
                                }),
                     std::length_error);
    }
}

TEST(Chunks, AStopIsHeededBeforeTheNext) {
    sim::StopFlag stop;
    std::size_t done = 0;
    try {
        for_chunks(1000, 1, stop, [&](std::size_t chunk, std::size_t) {
            ++done;
            if (chunk == 4) stop.request_stop();
        });
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_STREQ(error.what(), "[interrupted 402] expected time to build the contact graph, got a request to stop");
    }
    EXPECT_EQ(done, 5u);
}

TEST(Chunks, NoThreadIsRefused) {
    const sim::StopFlag stop;
    try {
        for_chunks(1, 0, stop, [](std::size_t, std::size_t) {});
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_STREQ(error.what(), "[argument 404] expected 1 or more threads, got 0");
    }
}

}  // namespace
}  // namespace mailrift
