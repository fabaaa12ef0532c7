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

People::People(const TrafficSetup& setup, std::span<const std::uint16_t> class_of)
    : reply_(setup.mail.reply),
      seats_(setup.population.seats),
      persons_(lay_out_persons(setup.world, setup.population, setup.mail.scale)),
      class_of_(class_of) {
    const GraphBuild build{setup.people_seed.value_or(setup.seed), setup.threads, kBuildBytes, setup.stop};
    graph_ = build_contact_graph(persons_, setup.population, setup.mixing, setup.mail.contacts, build);
    senders_ = make_senders(persons_, graph_, setup.mail.messages_per_day, setup.mail.senders, build);
    now_.resize(persons_.count);
    classes_ = std::make_unique_for_overwrite<std::uint16_t[]>(persons_.count);
    sim::advise_huge_pages(classes_.get(), persons_.count * sizeof(classes_[0]));
    for (std::size_t s = 0; s < persons_.seats.size(); ++s) {
        const Person end = s + 1 < persons_.seats.size() ? persons_.seats[s + 1].first : persons_.count;
        for (Person p = persons_.seats[s].first; p < end; ++p) sit(p, persons_.seats[s].seat);
    }
}

void People::sit(Person person, SeatId seat) {
    now_[person] = seat;
    classes_[person] = class_of_[index(seat)];
}

std::size_t People::person_bytes() const noexcept {
    return persons_.count * (sizeof(senders_.columns[0]) + sizeof(now_[0]) + sizeof(classes_[0])) +
           graph_.first.capacity() * sizeof(graph_.first[0]);
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
        if (now_[p] != change.block.seat) continue;
        sim::Draws draws(seed, kMoverStream, person_key(cohort.key, p - cohort.first), static_cast<std::uint32_t>(tick));
        sitting.emplace_back(draws.next_u64(), p);
    }
    const double wished = change.fraction * static_cast<double>(sitting.size());
    auto moving = static_cast<std::size_t>(wished);
    sim::Draws draws(seed, kRoundStream, cohort.key, static_cast<std::uint32_t>(tick));
    if (sim::uniform01(draws) < wished - static_cast<double>(moving)) ++moving;
    moving = std::min(moving, sitting.size());
    std::nth_element(sitting.begin(), sitting.begin() + static_cast<std::ptrdiff_t>(moving), sitting.end());
    for (std::size_t i = 0; i < moving; ++i) sit(sitting[i].second, change.to);
}

void People::save(sim::ArchiveWriter& archive) const {
    for (Person p = 0; p < persons_.count; ++p) archive(now_[p]);
}

void People::load(sim::ArchiveReader& archive) {
    for (const CohortPersons& cohort : persons_.cohorts) {
        for (Person p = cohort.first; p < cohort.first + cohort.size; ++p) {
            archive(now_[p]);
            archive.want(seats_[index(now_[p])].cohort == cohort.cohort, "a person on a seat of its cohort", "another seat");
            sit(p, now_[p]);
        }
    }
}

}  // namespace mailrift
