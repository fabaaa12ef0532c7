// Lists of far contacts, their mutual part joined by shuffles, the rest drawn.
#include "models/population/far_contacts.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "sim/distributions.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kPairStream = sim::hash64("contact graph: pair");
constexpr std::uint64_t kNobody = ~std::uint64_t{0};

/// Calls work(run, first far contact of the run) for each run of a person's contacts.
template <class Work>
void for_runs(std::span<const double> sums, std::size_t cohort, const PersonSlots& own, std::uint32_t local, const Work& work) {
    for (std::uint32_t k = 0; k < own.d;) {
        const SlotRun run = run_from(sums, k, own.d, own.u);
        work(run, run.begin + (run.cohort == cohort ? local : 0));
        k = run.end;
    }
}

}  // namespace

void SeenPersons::clear(std::size_t most) {
    const std::size_t size = std::bit_ceil(2 * most + 2);
    if (slots_.size() < size) {
        slots_.assign(size, {});
        round_ = 0;
    }
    if (++round_ == 0) {
        slots_.assign(slots_.size(), {});
        round_ = 1;
    }
    mask_ = size - 1;
}

std::size_t SeenPersons::find(Person person) const noexcept {
    std::size_t at = (person * 0x9E3779B97F4A7C15U >> 32U) & mask_;
    while (slots_[at].round == round_ && slots_[at].person != person) at = (at + 1) & mask_;
    return at;
}

bool SeenPersons::insert(Person person) {
    Slot& slot = slots_[find(person)];
    if (slot.round == round_) return false;
    slot = {person, round_};
    return true;
}

bool SeenPersons::contains(Person person) const noexcept { return slots_[find(person)].round == round_; }

FarContacts::FarContacts(const Persons& persons, const std::vector<Piece>& pieces, const CohortMix& mix, std::uint64_t seed)
    : persons_(persons),
      pieces_(pieces),
      mix_(mix),
      seed_(seed),
      cohorts_(persons.cohorts.size()),
      before_(pieces.size() * cohorts_),
      base_(cohorts_ * cohorts_ + 1),
      mutual_(cohorts_ * cohorts_) {}

void FarContacts::count(std::size_t p, const PersonSlots& own, std::uint32_t local) noexcept {
    const std::size_t cohort = pieces_[p].cohort;
    for_runs(mix_.sums(cohort), cohort, own, local,
             [&](const SlotRun& run, std::uint32_t first) { before_[p * cohorts_ + run.cohort] += run.end - first; });
}

double FarContacts::plan(double wanted) {
    for (std::size_t p = 0; p < pieces_.size(); ++p) {
        for (std::size_t b = 0; b < cohorts_; ++b) {
            std::uint64_t& sum = base_[pair(pieces_[p].cohort, b) + 1];
            const std::uint32_t here = before_[p * cohorts_ + b];
            before_[p * cohorts_ + b] = static_cast<std::uint32_t>(sum);
            sum += here;
        }
    }
    for (std::size_t i = 1; i < base_.size(); ++i) base_[i] += base_[i - 1];
    senders_ = std::make_unique_for_overwrite<Person[]>(base_.back());
    const auto most = [&](std::size_t a, std::size_t b) { return std::min(volume(a, b), volume(b, a)) / (a == b ? 2 : 1); };
    double can = 0;
    for (std::size_t a = 0; a < cohorts_; ++a) {
        for (std::size_t b = 0; b < cohorts_; ++b) can += static_cast<double>(most(a, b)) * (a == b ? 2 : 1);
    }
    const double part = wanted <= 0 ? 0 : std::min(1.0, wanted / can);
    double planned = 0;
    for (std::size_t a = 0; a < cohorts_; ++a) {
        for (std::size_t b = 0; b < cohorts_; ++b) {
            const auto pairs = static_cast<std::uint32_t>(part * static_cast<double>(most(a, b)));
            mutual_[pair(a, b)] = a == b ? 2 * pairs : pairs;
            planned += mutual_[pair(a, b)];
        }
    }
    return planned;
}

Shuffle FarContacts::shuffle(std::size_t a, std::size_t b) const noexcept {
    const std::uint64_t key = sim::mix64(persons_.cohorts[a].key + sim::mix64(persons_.cohorts[b].key));
    return {volume(a, b), sim::Draws(seed_, kPairStream, key, 0).next_u64()};
}

FarContacts::Filler::Filler(FarContacts& far, std::size_t p) : far_(far), cohort_(far.pieces_[p].cohort) {
    for (std::size_t b = 0; b < far.cohorts_; ++b) next_.push_back(far.base_[far.pair(cohort_, b)] + far.before_[p * far.cohorts_ + b]);
}

void FarContacts::Filler::add(const PersonSlots& own, std::uint32_t local) noexcept {
    for_runs(far_.mix_.sums(cohort_), cohort_, own, local, [&](const SlotRun& run, std::uint32_t first) {
        for (std::uint32_t k = first; k < run.end; ++k) far_.senders_[next_[run.cohort]++] = own.person;
    });
}

FarContacts::Joiner::Joiner(const FarContacts& far, std::size_t p) : far_(far), cohort_(far.pieces_[p].cohort), mates_(far.cohorts_) {
    const auto* before = far.before_.data() + p * far.cohorts_;
    next_.assign(before, before + far.cohorts_);
}

const FarContacts::Joiner::Mates& FarContacts::Joiner::mates(std::size_t b) {
    Mates& mates = mates_[b];
    if (mates.ready) return mates;
    mates.ready = true;
    mates.base = far_.base_[far_.pair(b, cohort_)];
    mates.mutual = far_.mutual_[far_.pair(cohort_, b)];
    if (mates.mutual == 0) return mates;
    mates.forth = far_.shuffle(cohort_, b);
    mates.back = far_.shuffle(b, cohort_);
    return mates;
}

/// In a pass of its own, so that the memory that the next one reads is on its way.
void FarContacts::Joiner::find_mates(const PersonSlots& own, std::uint32_t local) {
    found_.clear();
    for_runs(far_.mix_.sums(cohort_), cohort_, own, local, [&](const SlotRun& run, std::uint32_t first) {
        const Mates& mates = this->mates(run.cohort);
        for (std::uint32_t k = first; k < run.end; ++k) {
            const std::uint32_t number = next_[run.cohort]++;
            const std::uint64_t place = mates.mutual == 0 ? 0 : mates.forth.place(number);
            if (place >= mates.mutual) {
                found_.push_back(kNobody);
                continue;
            }
            found_.push_back(mates.base + mates.back.origin(run.cohort == cohort_ ? place ^ 1U : place));
            __builtin_prefetch(far_.senders_.get() + found_.back());
        }
    });
}

void FarContacts::Joiner::join(const PersonSlots& own, std::uint32_t local, std::span<Person> targets, sim::Draws draws) {
    find_mates(own, local);
    taken_ = 0;
    for_runs(far_.mix_.sums(cohort_), cohort_, own, local,
             [&](const SlotRun& run, std::uint32_t) { join_run(run, own, local, targets, draws); });
}

void FarContacts::Joiner::join_run(const SlotRun& run, const PersonSlots& own, std::uint32_t local, std::span<Person> targets,
                                   sim::Draws& draws) {
    const bool home = run.cohort == cohort_;
    const std::uint32_t others = far_.persons_.cohorts[run.cohort].size - (home ? 1 : 0);
    std::uint32_t next = run.begin + (home ? local : 0);
    const std::uint32_t far_count = run.end - next;
    seen_.clear(run.end - run.begin + 1);
    if (home) seen_.insert(own.person);
    for (std::uint32_t k = run.begin; k < next; ++k) seen_.insert(targets[k]);
    for (std::uint32_t k = 0; k < far_count; ++k) {
        const std::uint64_t at = found_[taken_++];
        if (at == kNobody) continue;
        const Person mate = far_.senders_[at];
        if (seen_.insert(mate)) targets[next++] = mate;
    }
    for (std::uint32_t known = next - run.begin; next < run.end; ++next, ++known) {
        if (known == others) {  // all are contacts: once more
            seen_.clear(run.end - run.begin + 1);
            if (home) seen_.insert(own.person);
            known = 0;
        }
        targets[next] = draw_new(run.cohort, draws);
    }
}

/// Somebody of cohort b who is not in seen_, of whom there is at least one.
Person FarContacts::Joiner::draw_new(std::size_t b, sim::Draws& draws) {
    constexpr int kTries = 32;
    const CohortPersons& cohort = far_.persons_.cohorts[b];
    const std::uint64_t begin = far_.base_[far_.pair(b, 0)];
    const std::uint64_t senders = far_.base_[far_.pair(b, 0) + far_.cohorts_] - begin;
    for (int attempt = 0; attempt < kTries; ++attempt) {
        const bool by_contacts = senders > 0 && attempt < kTries / 2;
        const Person person = by_contacts ? far_.senders_[begin + sim::uniform_below(senders, draws)]
                                          : cohort.first + static_cast<Person>(sim::uniform_below(cohort.size, draws));
        if (seen_.insert(person)) return person;
    }
    // Nearly all are contacts: one of the others, each alike.
    std::vector<Person> left;
    for (Person person = cohort.first; person < cohort.first + cohort.size; ++person) {
        if (!seen_.contains(person)) left.push_back(person);
    }
    assert(!left.empty());
    const Person person = left[sim::uniform_below(left.size(), draws)];
    seen_.insert(person);
    return person;
}

}  // namespace mailrift
