// How many contacts a person has, and in which cohorts: the two laws of the contact graph that its links may not change.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "models/population/persons.h"
#include "sim/random.h"

namespace mailrift {

/// Number of contacts of a person: a Pareto law cut at both ends, density ~ x^-exponent on [lowest, most], rounded up or down at random so
/// that the mean stays. `lowest` is solved for the mean: with a = exponent - 1, b = exponent - 2, r = log(most / lowest),
/// mean = lowest x a (1 - e^-br) / b / (1 - e^-ar).
class DegreeLaw {
public:
    /// \param mean     of the number of contacts
    /// \param exponent of the density, above 1
    /// \param most     greatest number of contacts
    /// \throws sim::Error kInconsistent if no `lowest` from 1 to `most` gives the mean: naming the least and greatest one possible.
    DegreeLaw(double mean, double exponent, std::uint32_t most);

    [[nodiscard]] double lowest() const noexcept { return lowest_; }

    /// The number of contacts; takes two draws.
    [[nodiscard]] std::uint32_t draw(sim::Draws& draws) const noexcept;

private:
    double most_;
    double tail_;  ///< a: exponent of P(more than x)
    double lowest_;
    double cut_;  ///< mass of the uncut law between lowest and most
};

/// The rows of M as running sums over the ranks of Persons::cohorts: sums(a)[b] = M(a, 0) + ... + M(a, b), 1 from the last b with M(a, b) > 0.
///
/// A person of cohort a with d contacts and a uniform u has its contact number k = 0..d-1 in the first cohort b with sums(a)[b] > (k + u) / d:
/// systematic sampling. So contact k is uniform on [k/d, (k+1)/d) and the d together cover [0, 1] evenly: the expected number of contacts
/// in b is d x M(a, b) exactly, whatever d is, and the number itself is less than 1 from it. Somebody who writes to each contact alike
/// hence writes to b with probability M(a, b), and so do all members of a together, however unequal their rates, even if these depend on d.
class CohortMix {
public:
    /// The own cohort of a single person has nobody to write to: its column then goes to the others of the row in proportion.
    /// \throws sim::Error kInconsistent if such a person writes to nobody else, or M sends mail to a cohort without persons.
    CohortMix(const Persons& persons, const Population& population, const Eigen::MatrixXd& mixing);

    [[nodiscard]] std::span<const double> sums(std::size_t rank) const noexcept { return {sums_.data() + rank * cohorts_, cohorts_}; }
    [[nodiscard]] double share(std::size_t from, std::size_t to) const noexcept;  ///< M by ranks, as it is used

private:
    std::size_t cohorts_;
    std::vector<double> sums_;
};

/// First of a person's contacts 0..d-1 at or beyond the running sum `sum`: the least k with (k + u) >= sum x d; d if there is none.
[[nodiscard]] inline std::uint32_t first_slot(double sum, std::uint32_t d, double u) noexcept {
    const double bound = sum * d - u;
    if (bound <= 0) return 0;
    const auto below = static_cast<std::uint32_t>(bound);
    const std::uint32_t first = static_cast<double>(below) < bound ? below + 1 : below;
    return sum >= 1 || first > d ? d : first;
}

/// The contacts begin..end-1 of a person, all in the cohort of rank `cohort`.
struct SlotRun {
    std::size_t cohort = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// The run that starts with contact `begin` < d. Call it again with the run's `end` until that is d.
[[nodiscard]] SlotRun run_from(std::span<const double> sums, std::uint32_t begin, std::uint32_t d, double u) noexcept;

}  // namespace mailrift
