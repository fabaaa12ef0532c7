// The contact graph: to whom each person writes, heavy-tailed, reciprocal and clustered, and in expectation exactly M between cohorts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "models/population/graph_measures.h"
#include "models/population/persons.h"
#include "sim/run_loop.h"

namespace mailrift {

/// The shape of the graph. Defaults and sources: email-Eu-core (snap-email-eu-core), 1,005 people of one institution, unless told.
struct ContactGraphParams {
    double mean_contacts = 24.8;       ///< contacts of a person, persons; 1..1000 (snap-email-eu-core: mean out-degree)
    double tail_exponent = 2;          ///< of the density of the number of contacts; 1.8..2.5 (konect DNC 2016: 2.01; Ebel 2002: 1.81)
    std::uint32_t max_contacts = 333;  ///< greatest number of contacts, persons; 1..1000000 (snap-email-eu-core: greatest out-degree)
    double reciprocity = 0.71;         ///< share of contacts who have the person as a contact; 0..1 (snap-email-eu-core: 0.711)
    double clustering = 0.40;  ///< average local clustering coefficient; 0..1, less where unreachable (snap-email-eu-core: 0.399-0.407)
    std::uint32_t community_size = 24;  ///< mean size of a community, persons; 2..128 (snap-email-eu-core: 1005 people / 42 departments)
};

/// Directed graph in compressed rows: the contacts of person i are targets[first[i]] .. targets[first[i + 1] - 1], by the rank of their
/// cohort. Somebody's message goes to each of them alike. 4 bytes a person, 4 bytes a contact.
struct ContactGraph {
    std::vector<std::uint32_t> first;   ///< size persons + 1
    std::unique_ptr<Person[]> targets;  ///< size first.back(); not a vector: its pages are first written by the threads
    std::vector<double> local_share;    ///< by rank of cohort: share of each person's contacts that was wished inside the community, 0..1
    double reciprocity_planned = 0;     ///< below the parameter where M or the communities leave no more: see build_contact_graph

    [[nodiscard]] std::span<const Person> contacts(Person person) const noexcept {
        return {targets.get() + first[person], first[person + 1] - first[person]};
    }
    [[nodiscard]] LinkView view() const noexcept { return {first, {targets.get(), first.back()}}; }
    [[nodiscard]] std::uint32_t persons() const noexcept { return static_cast<std::uint32_t>(first.size() - 1); }
    [[nodiscard]] std::uint32_t links() const noexcept { return first.back(); }
};

/// How a graph is built; nothing here but `seed` changes it.
struct GraphBuild {
    std::uint64_t seed = 1;
    std::size_t threads = 1;
    std::size_t memory_bytes = std::size_t{4} << 30U;  ///< greatest memory while building
    const sim::StopFlag* stop = nullptr;               ///< none: cannot be stopped
};

/// Builds the contact graph of `persons`.
///
/// **M holds exactly, whatever else the graph has.** First each person gets a number of contacts d (DegreeLaw), then each of the d contacts
/// gets its cohort, by systematic sampling from the person's row of M (CohortMix): so for every person of cohort A and every d, the expected
/// number of contacts in B is d x M(A, B). Nothing later changes the cohort of a contact: what follows only says *who* in that cohort it is.
/// A message goes to one of the sender's contacts, each alike; so it goes to B with expectation M(A, B) for each sender, and hence for each
/// cohort, however senders' rates differ and depend on d. Inside B every person is alike in expectation, by symmetry under renumbering.
///
/// Who it is:
///   1. *Communities.* Each cohort is cut at random, without regard to seats, into communities of about `community_size`, linked by
///      link_community; these contacts take the place of contacts in the own cohort, never more than the person has there.
///   2. *Mutual contacts.* The contacts A -> B that are left, V(A, B) in number, are shuffled, and the first m(A, B) are joined to the first
///      m(B, A) = m(A, B) of B -> A: who is the sender of the one is the target of the other. In the own cohort they are joined two by two.
///      m(A, B) = t x min(V(A, B), V(B, A)), m(A, A) = t x V(A, A), rounded down, with one t in 0..1 for all, so that with the communities'
///      the share `reciprocity` of all contacts is mutual. If M is so unequal that t = 1 is too little, `reciprocity_planned` is what M
///      permits: 1 - sum over A, B of max(0, V(A, B) - V(B, A)) / contacts, less odd ones.
///   3. *One-way contacts* are drawn in proportion to the number of contacts outside the community (uniformly in a cohort with none).
/// Nobody is a contact of himself. A contact that would repeat one is drawn anew (so a mutual one becomes one-way, on both sides alike),
/// until all persons of its cohort are contacts; then they are contacts once more. So a person repeats, and gets a multiple share of the
/// mail, only where someone has more contacts in a cohort than it has (other) persons.
///
/// `clustering` is the average local clustering coefficient of the undirected graph, over all persons. Each cohort's share of contacts inside
/// communities is solved for it (CommunityLaw: within 0.015 in cohorts of 5000 and more, too low by up to 0.03 in one of 1000). Only
/// contacts in the own cohort can close triangles: a cohort that keeps 0.6 of its mail reaches about 0.15 where it is large.
///
/// Equal bits for every number of threads: draws are keyed by (seed, cohort key, index in the cohort), and each piece of work writes its own
/// part. Memory while building: 6 bytes a person, 8 bytes a contact, 12 bytes x cohorts x (cohorts + persons / 4096) and 24 x cohorts^2.
/// \param mixing M by CohortId, rows of sum 1
/// \throws sim::Error kRange for a parameter outside its range; kInconsistent for a mean number of contacts or a clustering that the other
///     parameters do not permit, for mail to a cohort without persons, for a cohort of one person who writes to nobody else;
///     kTooLarge before it would take more than `memory_bytes`, or above 2^32 - 1 contacts; kArgument for 0 threads;
///     kInterrupted once a stop is requested.
[[nodiscard]] ContactGraph build_contact_graph(const Persons& persons, const Population& population, const Eigen::MatrixXd& mixing,
                                               const ContactGraphParams& params, const GraphBuild& build);

/// The community of each person of the graph that `build` makes: numbers from 0, each cohort's one after the other. Size persons.
/// \throws sim::Error kRange for a parameter outside its range.
[[nodiscard]] std::vector<std::uint32_t> communities(const Persons& persons, const ContactGraphParams& params, std::uint64_t seed);

}  // namespace mailrift
