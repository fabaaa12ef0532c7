// Contacts outside communities: lists of them by pair of cohorts, joined at random without a change of cohort.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/population/contact_law.h"
#include "models/population/shuffle.h"

namespace mailrift {

/// Persons of one cohort worked on at once: indices begin..end-1 in the cohort of that rank.
struct Piece {
    std::size_t cohort = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// A person's contacts before it is known who they are: d of them; own_begin..own_end-1 are in the own cohort.
struct PersonSlots {
    Person person = 0;
    std::uint32_t d = 0;
    double u = 0;  ///< offset of the systematic sampling, 0..1
    std::uint32_t own_begin = 0;
    std::uint32_t own_end = 0;
};

/// A set of persons that is emptied in no time.
class SeenPersons {
public:
    void clear(std::size_t most);  ///< makes it empty, with room for `most`
    bool insert(Person person);    ///< false if it is in
    [[nodiscard]] bool contains(Person person) const noexcept;

private:
    [[nodiscard]] std::size_t find(Person person) const noexcept;

    struct Slot {
        Person person = 0;
        std::uint32_t round = 0;
    };
    std::vector<Slot> slots_;
    std::size_t mask_ = 0;
    std::uint32_t round_ = 0;
};

/// The far contacts of all persons, by (sender's cohort A, recipient's cohort B), in order of the senders. Use: count() for every person,
/// plan(), a Filler for every piece, a Joiner for every piece; pieces in any order, at the same time too.
class FarContacts {
public:
    /// \param pieces in order, each cohort's one after the other
    FarContacts(const Persons& persons, const std::vector<Piece>& pieces, const CohortMix& mix, std::uint64_t seed);

    /// Counts a person of piece p, of whose contacts `local` are inside the community.
    void count(std::size_t p, const PersonSlots& own, std::uint32_t local) noexcept;

    /// Lays out the lists and says how many of each are mutual, so that in all `wanted` are, or as many as can be. Returns how many.
    double plan(double wanted);

    /// Writes the senders of a piece into the lists.
    class Filler;
    /// Finds the targets of a piece.
    class Joiner;

private:
    [[nodiscard]] std::size_t pair(std::size_t a, std::size_t b) const noexcept { return a * cohorts_ + b; }
    [[nodiscard]] std::uint64_t volume(std::size_t a, std::size_t b) const noexcept { return base_[pair(a, b) + 1] - base_[pair(a, b)]; }
    [[nodiscard]] Shuffle shuffle(std::size_t a, std::size_t b) const noexcept;

    const Persons& persons_;
    const std::vector<Piece>& pieces_;
    const CohortMix& mix_;
    std::uint64_t seed_;
    std::size_t cohorts_;
    std::vector<std::uint32_t> before_;  ///< by piece and B: far contacts in it, then those in earlier pieces of its cohort
    std::vector<std::uint64_t> base_;    ///< by pair: where its list starts; the end of all last
    std::vector<std::uint32_t> mutual_;  ///< by pair: how many of its list are mutual
    std::unique_ptr<Person[]> senders_;
};

class FarContacts::Filler {
public:
    Filler(FarContacts& far, std::size_t p);
    void add(const PersonSlots& own, std::uint32_t local) noexcept;

private:
    FarContacts& far_;
    std::size_t cohort_;
    std::vector<std::uint64_t> next_;
};

class FarContacts::Joiner {
public:
    Joiner(const FarContacts& far, std::size_t p);

    /// Fills a person's `targets`, in which the contacts inside the community stand from own_begin on. `draws` are the person's own.
    void join(const PersonSlots& own, std::uint32_t local, std::span<Person> targets, sim::Draws draws);

private:
    /// How far contacts from the piece's cohort to one other are joined.
    struct Mates {
        bool ready = false;
        Shuffle forth;
        Shuffle back;
        std::uint64_t base = 0;
        std::uint32_t mutual = 0;
    };

    void find_mates(const PersonSlots& own, std::uint32_t local);
    void join_run(const SlotRun& run, const PersonSlots& own, std::uint32_t local, std::span<Person> targets, sim::Draws& draws);
    [[nodiscard]] const Mates& mates(std::size_t b);
    [[nodiscard]] Person draw_new(std::size_t b, sim::Draws& draws);

    const FarContacts& far_;
    std::size_t cohort_;
    std::vector<std::uint32_t> next_;
    std::vector<Mates> mates_;
    std::vector<std::uint64_t> found_;  ///< of the person: where the mate of each far contact stands in senders_, or kNobody
    std::size_t taken_ = 0;
    SeenPersons seen_;
};

}  // namespace mailrift
