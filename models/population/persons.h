// Persons: whole people instead of shares, each cohort a range of ids in which the seat at t = 0 follows from the id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/population/population.h"

namespace mailrift {

/// A person's number, dense from 0; it never changes in a run. 32 bits, since a contact is stored as one.
using Person = std::uint32_t;

/// The persons of one cohort: `size` numbers from `first`.
struct CohortPersons {
    CohortId cohort;
    std::uint64_t key = 0;  ///< hash64 of the cohort's document id: with the index in the cohort it keys a person's random streams
    Person first = 0;
    std::uint32_t size = 0;  ///< 1 or more
    double users = 0;        ///< the cohort's users times `scale`: what its persons together stand for
};

/// Where the persons of one seat start; they end where those of the next seat start.
struct SeatStart {
    Person first = 0;
    SeatId seat;
};

/// All persons of a world. Memory does not depend on how many there are.
struct Persons {
    std::vector<CohortPersons> cohorts;  ///< by document id, not by its place in the document; without cohorts that have no users
    std::vector<SeatStart> seats;        ///< those with at least one person at t = 0, by their first person
    std::vector<std::uint32_t> rank_of;  ///< by CohortId: position in `cohorts`; kNoRank for a cohort without users
    std::uint32_t count = 0;             ///< of persons
};

inline constexpr std::uint32_t kNoRank = 0xFFFFFFFFU;

/// Whole numbers near `amounts` by largest remainder (Hamilton): each amount rounded down, but not below `least`; what is then missing to
/// `total` goes one by one to the largest fractional parts, of equal ones to the earlier. Their sum is `total`, or more where `least` lifts.
/// Precondition: amounts finite and not negative; total < the sum of amounts + 1.
[[nodiscard]] std::vector<std::uint64_t> largest_remainder(std::span<const double> amounts, std::uint64_t total, std::uint64_t least);

/// Lays out the persons: round(sum of users x scale) in all, over the cohorts by largest remainder, and at least one in each cohort that
/// has users, so that nobody's mail goes to an empty cohort; inside a cohort over its seats by largest remainder of share x size.
///
/// Cohorts stand in the order of their ids, seats in the order of their routes' names (provider, gateway, outbound, address): so neither
/// the order of the document nor a provider without mailboxes changes a person's cohort, index, seat or random numbers.
/// \param scale share of the users that is simulated, above 0 and at most 1
/// \throws sim::Error kArgument if `scale` is outside, kTooLarge above 2^32 - 2 persons.
[[nodiscard]] Persons lay_out_persons(const World& world, const Population& population, double scale);

/// Position in Persons::cohorts of a person's cohort, in O(log cohorts). Precondition: person < persons.count.
[[nodiscard]] std::size_t cohort_rank(const Persons& persons, Person person);

/// The person's seat at t = 0, in O(log seats). Precondition: person < persons.count.
[[nodiscard]] SeatId seat_at_start(const Persons& persons, Person person);

/// Key of a person's random streams from its cohort's key and its index there; no two members of one cohort share one.
[[nodiscard]] std::uint64_t person_key(std::uint64_t cohort_key, std::uint32_t index_in_cohort) noexcept;

}  // namespace mailrift
