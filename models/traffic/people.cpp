// The persons of traffic model `message`: who they are, where they sit, to whom they write, in as few cache lines as possible.
#include "models/traffic/people.h"

#include <algorithm>
#include <cassert>

#include "models/delivery/archive.h"
#include "sim/distributions.h"
#include "sim/hash.h"
#include "sim/pages.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kMoverStream = sim::hash64("message: who moves");
constexpr std::uint64_t kRoundStream = sim::hash64("message: how many move");

/// Greatest memory while persons and contacts are made.
constexpr std::size_t kBuildBytes = std::size_t{16} << 30U;

}  // namespace

People::People(const TrafficSetup& setup)
    : reply_(setup.mail.reply), seats_(setup.population.seats), persons_(lay_out_persons(setup.world, setup.population, setup.mail.scale)) {
    const GraphBuild build{setup.seed, setup.threads, kBuildBytes, setup.stop};
    graph_ = build_contact_graph(persons_, setup.population, setup.mixing, setup.mail.contacts, build);
    senders_ = make_senders(persons_, graph_, setup.mail.messages_per_day, setup.mail.senders, build);
    const std::size_t size = std::size_t{persons_.count} + 1;
    records_ = std::make_unique_for_overwrite<PersonRecord[]>(size);
    sim::advise_huge_pages(records_.get(), size * sizeof(PersonRecord));
    std::size_t start = 0;
    for (Person p = 0; p < persons_.count; ++p) {
        while (start + 1 < persons_.seats.size() && persons_.seats[start + 1].first <= p) ++start;
        records_[p] = {graph_.first[p], senders_.columns[p].keep, senders_.columns[p].other, persons_.seats[start].seat};
    }
    records_[persons_.count] = {graph_.first[persons_.count], 0, 0, {}};
    senders_.columns.reset();
}

std::size_t People::person_bytes() const noexcept {
    return (std::size_t{persons_.count} + 1) * sizeof(records_[0]) + graph_.first.capacity() * sizeof(graph_.first[0]);
}

std::uint64_t People::key(Person person) const {
    const CohortPersons& cohort = persons_.cohorts[cohort_rank(persons_, person)];
    return person_key(cohort.key, person - cohort.first);
}

double People::messages_a_day(Person from, Person to) const {
    const auto started = [&](Person a, Person b) {
        const auto contacts = graph_.contacts(a);
        const auto times = std::count(contacts.begin(), contacts.end(), b);
        if (times == 0) return 0.0;
        return (1 - reply_) * sending_rate(senders_, persons_, graph_, a) * static_cast<double>(times) /
               static_cast<double>(contacts.size());
    };
    return (started(from, to) + reply_ * started(to, from)) / (1 - reply_ * reply_);
}

void People::move(const Change& change, std::uint64_t seed, sim::Tick tick) {
    const CohortPersons& cohort = persons_.cohorts[persons_.rank_of[index(seats_[index(change.block.seat)].cohort)]];
    std::vector<std::pair<std::uint64_t, Person>> sitting;  // with a number that orders them by chance
    for (Person p = cohort.first; p < cohort.first + cohort.size; ++p) {
        if (records_[p].seat != change.block.seat) continue;
        sim::Draws draws(seed, kMoverStream, person_key(cohort.key, p - cohort.first), static_cast<std::uint32_t>(tick));
        sitting.emplace_back(draws.next_u64(), p);
    }
    const double wished = change.fraction * static_cast<double>(sitting.size());
    auto moving = static_cast<std::size_t>(wished);
    sim::Draws draws(seed, kRoundStream, cohort.key, static_cast<std::uint32_t>(tick));
    if (sim::uniform01(draws) < wished - static_cast<double>(moving)) ++moving;
    moving = std::min(moving, sitting.size());
    std::nth_element(sitting.begin(), sitting.begin() + static_cast<std::ptrdiff_t>(moving), sitting.end());
    for (std::size_t i = 0; i < moving; ++i) records_[sitting[i].second].seat = change.to;
}

void People::save(sim::ArchiveWriter& archive) const {
    for (Person p = 0; p < persons_.count; ++p) archive(records_[p].seat);
}

void People::load(sim::ArchiveReader& archive) {
    for (const CohortPersons& cohort : persons_.cohorts) {
        for (Person p = cohort.first; p < cohort.first + cohort.size; ++p) {
            archive(records_[p].seat);
            archive.want(seats_[index(records_[p].seat)].cohort == cohort.cohort, "a person on a seat of its cohort", "another seat");
        }
    }
}

}  // namespace mailrift
