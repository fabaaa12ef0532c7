// Alias tables by one sweep over the light and the heavy members of a block.
#include "models/population/senders.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "models/population/chunks.h"
#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/hash.h"
#include "sim/json.h"
#include "sim/math.h"
#include "sim/pages.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kRateStream = sim::hash64("senders: rate");
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
    if (10.0 * persons.count <= static_cast<double>(build.memory_bytes)) return;
    throw sim::Error(sim::Code::kTooLarge, {}, "rates of senders in at most " + std::to_string(build.memory_bytes >> 20U) + " MiB",
                     std::to_string(persons.count) + " persons");
}

double weight_of(const Senders& senders, std::uint64_t key, std::size_t contacts) {
    sim::Draws draws(senders.seed, kRateStream, key, 0);
    const double factor = senders.params.rate_sigma * sim::normal_quantile(sim::uniform01_open(draws));
    return sim::exp(senders.params.rate_power * sim::log(static_cast<double>(contacts)) + factor);
}

/// Columns of one block from the weights over their mean (Huebschle-Schneider and Sanders 2022, section 4.1: sweeping): the heavy member
/// `heavy` fills the light columns in turn until what is left of it is light itself, then the next heavy member fills its column.
void sweep(std::span<const double> weights, Person first, SenderColumn* columns) {
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
    while (heavy < size) {
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

std::vector<SenderBlock> blocks_of(const Persons& persons) {
    std::vector<SenderBlock> blocks;
    for (std::size_t rank = 0; rank < persons.cohorts.size(); ++rank) {
        const CohortPersons& cohort = persons.cohorts[rank];
        for (std::uint32_t i = 0; i < cohort.size; i += std::min(kSenderBlock, cohort.size - i)) {
            blocks.push_back({rank, cohort.first + i, std::min(kSenderBlock, cohort.size - i), 0, person_key(cohort.key, i)});
        }
    }
    return blocks;
}

}  // namespace

Senders make_senders(const Persons& persons, const ContactGraph& graph, double messages_per_day, const SenderParams& params,
                     const GraphBuild& build) {
    check(persons, messages_per_day, params, build);
    const sim::StopFlag never;
    const sim::StopFlag& stop = build.stop != nullptr ? *build.stop : never;
    Senders senders{params, build.seed, {}, std::vector<double>(persons.cohorts.size()), nullptr, blocks_of(persons)};
    for (const auto& cohort : persons.cohorts) senders.total.push_back(cohort.users * messages_per_day);
    senders.columns = std::make_unique_for_overwrite<SenderColumn[]>(persons.count);
    sim::advise_huge_pages(senders.columns.get(), persons.count * sizeof(SenderColumn));
    for_chunks(senders.blocks.size(), build.threads, stop, [&](std::size_t b, std::size_t) {
        SenderBlock& block = senders.blocks[b];
        const CohortPersons& cohort = persons.cohorts[block.rank];
        std::array<double, kSenderBlock> weights{};
        for (std::uint32_t i = 0; i < block.size; ++i) {
            const Person person = block.first + i;
            weights[i] = weight_of(senders, person_key(cohort.key, person - cohort.first), graph.contacts(person).size());
            block.share += weights[i];
        }
        for (std::uint32_t i = 0; i < block.size; ++i) weights[i] *= block.size / block.share;
        sweep({weights.data(), block.size}, block.first, senders.columns.get() + block.first);
    });
    for (const SenderBlock& block : senders.blocks) senders.weight[block.rank] += block.share;
    for (SenderBlock& block : senders.blocks) block.share /= senders.weight[block.rank];
    return senders;
}

double sending_rate(const Senders& senders, const Persons& persons, const ContactGraph& graph, Person person) {
    const std::size_t rank = cohort_rank(persons, person);
    const CohortPersons& cohort = persons.cohorts[rank];
    const double weight = weight_of(senders, person_key(cohort.key, person - cohort.first), graph.contacts(person).size());
    return senders.total[rank] * weight / senders.weight[rank];
}

}  // namespace mailrift
