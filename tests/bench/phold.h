// The workload that the programs of queues share: PHOLD (Fujimoto 1990) and the hold model (Vaucher and Duval 1975).
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>

#include "sim/hash.h"

namespace bench {

enum class Model : std::uint8_t {
    kPhold,  ///< each event schedules one at a process drawn evenly from all (remote = 1)
    kHold,   ///< each event schedules one at its own process
};

inline constexpr std::uint64_t kHashFactor = 0x9E3779B97F4A7C15U;

/// The same increments and processes for each queue: numbers by a counter, which cost little beside the queue.
class Draws {
public:
    Draws(Model model, std::uint32_t processes) noexcept : model_(model), processes_(processes) {}

    /// Microseconds: 0.1 s and an exponential of mean 0.9 s.
    [[nodiscard]] std::int64_t increment() noexcept {
        const double u = (static_cast<double>(next() >> 11U) + 0.5) * 0x1p-53;
        return static_cast<std::int64_t>(1e6 * (0.1 - 0.9 * std::log(u)));
    }

    [[nodiscard]] std::uint32_t next_process(std::uint32_t process) noexcept {
        if (model_ == Model::kHold) return process;
        return static_cast<std::uint32_t>(((next() >> 32U) * processes_) >> 32U);
    }

private:
    [[nodiscard]] std::uint64_t next() noexcept { return sim::mix64(counter_++); }

    Model model_;
    std::uint64_t processes_;
    std::uint64_t counter_ = 0;
};

struct Arguments {
    Model model = Model::kPhold;
    std::uint32_t processes = 0;  ///< 1 or more
    std::uint64_t warm_up = 0;    ///< events before the clock starts
    std::uint64_t events = 0;     ///< under the clock, 1 or more
};

template <class Number>
[[nodiscard]] bool read_number(const std::string& text, Number low, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= low;
}

/// Whether the words are arguments; if so, writes them.
[[nodiscard]] inline bool read_arguments(const std::string& model, const std::string& processes, const std::string& warm_up,
                                         const std::string& events, Arguments& arguments) {
    arguments.model = model == "hold" ? Model::kHold : Model::kPhold;
    return (model == "phold" || model == "hold") && read_number(processes, 1U, arguments.processes) &&
           read_number(warm_up, std::uint64_t{0}, arguments.warm_up) && read_number(events, std::uint64_t{1}, arguments.events);
}

inline void print_result(double seconds, std::uint64_t events, std::uint64_t hash) {
    std::printf("{\"seconds\": %.9f, \"events\": %llu, \"hash\": \"%016llx\"}\n", seconds, static_cast<unsigned long long>(events),
                static_cast<unsigned long long>(hash));
}

}  // namespace bench
