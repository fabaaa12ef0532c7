// Alias tables by one sweep over the light and the heavy members of a cohort.
#include "models/population/senders.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "models/population/chunks.h"
#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/hash.h"
#include "sim/json.h"
#include "sim/math.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kRateStream = sim::hash64("senders: rate");
constexpr std::uint32_t kPiece = 16384;
constexpr double kTwoTo32 = 0x1p32;
constexpr std::uint32_t kAlways = 0xFFFFFFFFU;

void check_range(const char* name, double value, double high) {
    if (value >= 0 && value <= high) return;
    throw sim::Error(sim::Code::kRange, {}, std::string(name) + " from 0 to " + sim::format_number(high), sim::format_number(value));
}

void check(const Persons& persons, double messages_per_day, const SenderParams& params, const GraphBuild& build) {
    check_range("messages_per_day", messages_per_day, 1e6);
    check_range("rate_power", params.rate_power, 1);
    check_range("rate_sigma", params.rate_sigma, 3);
    if (16.0 * persons.count <= static_cast<double>(build.memory_bytes)) return;
    throw sim::Error(sim::Code::kTooLarge, {}, "rates of senders in at most " + std::to_string(build.memory_bytes >> 20U) + " MiB",
                     std::to_string(persons.count) + " persons");
}

double weight_of(const Senders& senders, std::uint64_t key, std::size_t contacts) {
    sim::Draws draws(senders.seed, kRateStream, key, 0);
    const double factor = senders.params.rate_sigma * sim::normal_quantile(sim::uniform01_open(draws));
    return sim::exp(senders.params.rate_power * sim::log(static_cast<double>(contacts)) + factor);
}

/// Columns of one cohort from the weights over their mean (Huebschle-Schneider and Sanders 2022, section 4.1: sweeping): the heavy member
/// `heavy` fills the light columns in turn until what is left of it is light itself, then the next heavy member fills its column.
void sweep(std::span<const double> weights, Person first, const sim::StopFlag& stop, SenderColumn* columns) {
    const auto size = static_cast<std::uint32_t>(weights.size());
    const auto next = [&](std::uint32_t i, bool heavy) {
        while (i < size && (weights[i] > 1) != heavy) ++i;
        return i;
    };
    const auto column = [&](std::uint32_t i, double keep, std::uint32_t other) {
        columns[i] = {static_cast<std::uint32_t>(std::min(std::max(keep, 0.0) * kTwoTo32, kTwoTo32 - 1)), first + other};
    };
    for (std::uint32_t i = 0; i < size; ++i) columns[i] = {kAlways, first + i};
    std::uint32_t light = next(0, false);
    std::uint32_t heavy = next(0, true);
    double left = heavy < size ? weights[heavy] : 0;
    for (std::uint32_t step = 0; heavy < size; ++step) {
        if (step % kPiece == 0 && stop.stop_requested()) return;
        if (left > 1) {
            if (light == size) return;  // only rounding is left
            column(light, weights[light], heavy);
            left -= 1 - weights[light];
            light = next(light + 1, false);
        } else {
            const std::uint32_t after = next(heavy + 1, true);
            if (after == size) return;  // left is 1 but for rounding
            column(heavy, left, after);
            left += weights[after] - 1;
            heavy = after;
        }
    }
}

/// Members begin..end-1 of the cohort of that rank.
struct Part {
    std::size_t cohort = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

std::vector<Part> parts_of(const Persons& persons) {
    std::vector<Part> parts;
    for (std::size_t c = 0; c < persons.cohorts.size(); ++c) {
        const std::uint32_t size = persons.cohorts[c].size;
        for (std::uint32_t i = 0; i < size; i += std::min(kPiece, size - i)) parts.push_back({c, i, i + std::min(kPiece, size - i)});
    }
    return parts;
}

}  // namespace

Senders make_senders(const Persons& persons, const ContactGraph& graph, double messages_per_day, const SenderParams& params,
                     const GraphBuild& build) {
    check(persons, messages_per_day, params, build);
    const sim::StopFlag never;
    const sim::StopFlag& stop = build.stop != nullptr ? *build.stop : never;
    Senders senders{params, build.seed, {}, std::vector<double>(persons.cohorts.size()), nullptr};
    for (const auto& cohort : persons.cohorts) senders.total.push_back(cohort.users * messages_per_day);
    senders.columns = std::make_unique_for_overwrite<SenderColumn[]>(persons.count);
    const auto weights = std::make_unique_for_overwrite<double[]>(persons.count);
    const std::vector<Part> parts = parts_of(persons);
    std::vector<double> sums(parts.size());
    for_chunks(parts.size(), build.threads, stop, [&](std::size_t p, std::size_t) {
        const CohortPersons& cohort = persons.cohorts[parts[p].cohort];
        for (std::uint32_t i = parts[p].begin; i < parts[p].end; ++i) {
            const Person person = cohort.first + i;
            weights[person] = weight_of(senders, person_key(cohort.key, i), graph.contacts(person).size());
            sums[p] += weights[person];
        }
    });
    for (std::size_t p = 0; p < parts.size(); ++p) senders.weight[parts[p].cohort] += sums[p];
    for_chunks(parts.size(), build.threads, stop, [&](std::size_t p, std::size_t) {
        const CohortPersons& cohort = persons.cohorts[parts[p].cohort];
        const double mean = senders.weight[parts[p].cohort] / cohort.size;
        for (std::uint32_t i = parts[p].begin; i < parts[p].end; ++i) weights[cohort.first + i] /= mean;
    });
    for_chunks(persons.cohorts.size(), build.threads, stop, [&](std::size_t c, std::size_t) {
        const CohortPersons& cohort = persons.cohorts[c];
        sweep({weights.get() + cohort.first, cohort.size}, cohort.first, stop, senders.columns.get() + cohort.first);
    });
    return senders;
}

double sending_rate(const Senders& senders, const Persons& persons, const ContactGraph& graph, Person person) {
    const std::size_t rank = cohort_rank(persons, person);
    const CohortPersons& cohort = persons.cohorts[rank];
    const double weight = weight_of(senders, person_key(cohort.key, person - cohort.first), graph.contacts(person).size());
    return senders.total[rank] * weight / senders.weight[rank];
}

Person draw_sender(const Senders& senders, const Persons& persons, std::size_t rank, sim::Draws& draws) {
    const CohortPersons& cohort = persons.cohorts[rank];
    const Person person = cohort.first + static_cast<Person>(sim::uniform_below(cohort.size, draws));
    const SenderColumn& column = senders.columns[person];
    return static_cast<std::uint32_t>(draws.next_u64() >> 32U) <= column.keep ? person : column.other;
}

}  // namespace mailrift
