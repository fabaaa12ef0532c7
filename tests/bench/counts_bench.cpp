// Times of random counts and random blocks, one by one and by the batch, in the hour of a planet: prints ns of processor time a draw.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "sim/binomial_batch.h"
#include "sim/counts.h"
#include "sim/hash.h"
#include "sim/poisson_batch.h"
#include "sim/random.h"
#include "sim/random_batch.h"

namespace {

constexpr std::size_t kEntries = 301;  // providers, and those who serve themselves: assumed
constexpr double kMessages = 360e9;    // a day
constexpr int kRounds = 11;
constexpr std::uint64_t kStream = sim::hash64("counts_bench");

/// Hourly means of all pairs of entries whose shares follow Zipf's law.
std::vector<double> planet_means() {
    double sum = 0;
    for (std::size_t i = 1; i <= kEntries; ++i) sum += 1 / static_cast<double>(i);
    std::vector<double> means;
    for (std::size_t i = 1; i <= kEntries; ++i) {
        for (std::size_t j = 1; j <= kEntries; ++j) means.push_back(kMessages / 24 / (sum * sum * static_cast<double>(i * j)));
    }
    return means;
}

/// Means whose logarithms are spread evenly from `low` to `high`, in no order.
std::vector<double> spread_means(std::size_t n, double low, double high) {
    std::vector<double> means(n);
    for (std::size_t i = 0; i < n; ++i) means[i] = low * std::pow(high / low, static_cast<double>(sim::mix64(i) >> 11U) * 0x1p-53);
    return means;
}

struct Form {
    std::string name;
    std::function<std::uint64_t(std::uint32_t)> run;  ///< one slice; returns something of the result
};

double seconds_of(const Form& form, std::uint32_t tick, std::uint64_t& sink) {
    const std::clock_t start = std::clock();
    sink += form.run(tick);
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// Runs all forms in turn, round by round, and prints the median of each and its ratio to the first.
void compare(const std::string& title, const std::vector<Form>& forms, double draws) {
    std::vector<std::vector<double>> times(forms.size());
    std::uint64_t sink = 0;
    for (std::uint32_t round = 0; round < kRounds; ++round) {
        for (std::size_t f = 0; f < forms.size(); ++f) times[f].push_back(seconds_of(forms[f], round, sink) / draws * 1e9);
    }
    std::printf("%s\n", title.c_str());
    double first = 0;
    for (std::size_t f = 0; f < forms.size(); ++f) {
        std::sort(times[f].begin(), times[f].end());
        const double median = times[f][kRounds / 2];
        if (f == 0) first = median;
        std::printf("  %-22s %7.2f ns  (%.2f to %.2f)  %5.2f times as fast\n", forms[f].name.c_str(), median, times[f].front(),
                    times[f].back(), first / median);
    }
    std::printf("  checksum %016llx\n", static_cast<unsigned long long>(sink));
}

constexpr std::array kAllVectors{sim::Vectors::kNone, sim::Vectors::kSse2, sim::Vectors::kAvx2};
constexpr std::array kNames{"batch, portable", "batch, SSE2", "batch, AVX2"};

/// A slice as a traffic model has it: the means by a factor of the hour, the draws, and a sum over them.
void bench_poisson(const std::string& title, const std::vector<double>& base) {
    const std::size_t n = base.size();
    std::vector<std::uint64_t> entities(n);
    for (std::size_t i = 0; i < n; ++i) entities[i] = sim::mix64(i);
    std::vector<double> means(n);
    std::vector<std::uint64_t> counts(n);
    const auto slice = [&](std::uint32_t tick, const auto& draw) {
        const double factor = 1 + 0.8 * std::sin(static_cast<double>(tick));
        for (std::size_t i = 0; i < n; ++i) means[i] = base[i] * factor;
        draw(tick);
        std::uint64_t sum = 0;
        for (const std::uint64_t count : counts) sum += count;
        return sum;
    };
    const auto one_by_one = [&](std::uint32_t tick) {
        for (std::size_t i = 0; i < n; ++i) {
            sim::Draws draws(1, kStream, entities[i], tick);
            counts[i] = sim::poisson(means[i], draws);
        }
    };
    std::vector<Form> forms{{"one by one", [&](std::uint32_t tick) { return slice(tick, one_by_one); }}};
    for (std::size_t v = 0; v < kAllVectors.size(); ++v) {
        if (!sim::has_vectors(kAllVectors[v])) continue;
        const auto batch = [&, v](std::uint32_t tick) { sim::poisson_many(means, 1, kStream, entities, tick, counts, kAllVectors[v]); };
        forms.push_back({kNames[v], [&slice, batch](std::uint32_t tick) { return slice(tick, batch); }});
    }
    compare(title, forms, static_cast<double>(n));
}

void bench_binomial(const std::string& title, double low, double high) {
    const std::vector<double> means = spread_means(90'601, low, high);
    const std::size_t n = means.size();
    std::vector<std::uint64_t> entities(n);
    std::vector<std::uint64_t> trials(n);
    std::vector<double> p(n);
    std::vector<std::uint64_t> counts(n);
    for (std::size_t i = 0; i < n; ++i) {
        entities[i] = sim::mix64(i);
        p[i] = 0.01 + 0.98 * static_cast<double>(sim::mix64(i + n) >> 11U) * 0x1p-53;
        trials[i] = static_cast<std::uint64_t>(means[i] / std::min(p[i], 1 - p[i])) + 1;
    }
    std::vector<Form> forms{{"one by one", [&](std::uint32_t tick) {
                                 for (std::size_t i = 0; i < n; ++i) {
                                     sim::Draws draws(1, kStream, entities[i], tick);
                                     counts[i] = sim::binomial(trials[i], p[i], draws);
                                 }
                                 return counts[tick];
                             }}};
    for (std::size_t v = 0; v < kAllVectors.size(); ++v) {
        if (!sim::has_vectors(kAllVectors[v])) continue;
        forms.push_back({kNames[v], [&, v](std::uint32_t tick) {
                             sim::binomial_many(trials, p, 1, kStream, entities, tick, counts, kAllVectors[v]);
                             return counts[tick];
                         }});
    }
    compare(title, forms, static_cast<double>(n));
}

void bench_blocks() {
    constexpr std::size_t kMany = 1024;
    constexpr std::uint32_t kTimes = 200;
    std::vector<std::uint64_t> entities(kMany);
    for (std::size_t i = 0; i < kMany; ++i) entities[i] = sim::mix64(i);
    std::vector<std::uint64_t> first(kMany);
    std::vector<std::uint64_t> second(kMany);
    const auto one_by_one = [&](std::uint32_t round) {
        std::uint64_t sum = 0;
        for (std::uint32_t t = 0; t < kTimes; ++t) {
            for (const std::uint64_t entity : entities) {
                sim::Draws draws(1, kStream, entity, round * kTimes + t);
                sum += draws.next_u64();
                sum += draws.next_u64();
            }
        }
        return sum;
    };
    std::vector<Form> forms{{"one by one", one_by_one}};
    for (std::size_t v = 0; v < kAllVectors.size(); ++v) {
        if (!sim::has_vectors(kAllVectors[v])) continue;
        forms.push_back({kNames[v], [&, v](std::uint32_t round) {
                             std::uint64_t sum = 0;
                             for (std::uint32_t t = 0; t < kTimes; ++t) {
                                 sim::draw_blocks(1, kStream, entities, round * kTimes + t, 0, first, second, kAllVectors[v]);
                                 sum += first[t] + second[t];
                             }
                             return sum;
                         }});
    }
    compare("Philox, a 64-bit number", forms, 2.0 * kMany * kTimes);
}

}  // namespace

int main() {
    bench_blocks();
    bench_poisson("Poisson, an hour of a planet: 90,601 pairs, Zipf shares", planet_means());
    bench_poisson("Poisson, means from 1 to 1e6 spread evenly by their logarithms", spread_means(90'601, 1, 1e6));
    bench_poisson("Poisson, means from 0.001 to 10", spread_means(90'601, 1e-3, 10));
    bench_poisson("Poisson, means from 10 to 100", spread_means(90'601, 10, 100));
    bench_binomial("Binomial, means of the rarer outcome from 10 to 1e6", 10, 1e6);
    bench_binomial("Binomial, means of the rarer outcome from 0.001 to 10", 1e-3, 10);
}
