// The law of degrees, solved for its mean, and the rows of M as running sums.
#include "models/population/contact_law.h"

#include <algorithm>
#include <cassert>

#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/json.h"
#include "sim/math.h"

namespace mailrift {
namespace {

/// (1 - e^-br) / b, and its limit r at b = 0.
double decay(double b, double r) { return b == 0 ? r : -sim::expm1(-b * r) / b; }

double mean_of(double lowest, double tail, double most) {
    const double r = sim::log(most / lowest);
    return r == 0 ? lowest : lowest * decay(tail - 1, r) / decay(tail, r);
}

double solve_lowest(double mean, double tail, double most) {
    double low = 1;
    double high = most;
    for (int step = 0; step < 100; ++step) {
        const double middle = low + (high - low) / 2;
        (mean_of(middle, tail, most) < mean ? low : high) = middle;
    }
    return low;
}

}  // namespace

DegreeLaw::DegreeLaw(double mean, double exponent, std::uint32_t most) : most_(most), tail_(exponent - 1), lowest_(1), cut_(0) {
    assert(exponent > 1 && most >= 1);
    const double least = mean_of(1, tail_, most_);
    if (!(mean >= least && mean <= most_)) {
        throw sim::Error(sim::Code::kInconsistent, {},
                         "a mean number of contacts from " + sim::format_number(least) + " to " + sim::format_number(most_) +
                             " for this exponent and greatest number",
                         sim::format_number(mean));
    }
    lowest_ = solve_lowest(mean, tail_, most_);
    cut_ = tail_ * decay(tail_, sim::log(most_ / lowest_));
}

std::uint32_t DegreeLaw::draw(sim::Draws& draws) const noexcept {
    const double x = lowest_ * sim::exp(-sim::log1p(-cut_ * sim::uniform01(draws)) / tail_);
    return static_cast<std::uint32_t>(std::min(x, most_) + sim::uniform01(draws));
}

CohortMix::CohortMix(const Persons& persons, const Population& population, const Eigen::MatrixXd& mixing)
    : cohorts_(persons.cohorts.size()), sums_(cohorts_ * cohorts_) {
    const auto at = [&](CohortId a, std::size_t b) { return mixing(static_cast<Eigen::Index>(index(a)), static_cast<Eigen::Index>(b)); };
    for (std::size_t a = 0; a < cohorts_; ++a) {
        const CohortPersons& from = persons.cohorts[a];
        const std::string& name = population.cohorts[index(from.cohort)].id;
        for (std::size_t c = 0; c < persons.rank_of.size(); ++c) {
            if (persons.rank_of[c] != kNoRank || at(from.cohort, c) <= 0) continue;
            throw sim::Error(sim::Code::kInconsistent, {}, "mail to cohorts that have users",
                             "mail from \"" + name + "\" to \"" + population.cohorts[c].id + "\"");
        }
        double* row = sums_.data() + a * cohorts_;
        for (std::size_t b = 0; b < cohorts_; ++b) {
            if (a != b || from.size > 1) row[b] = at(from.cohort, index(persons.cohorts[b].cohort));
        }
        double total = 0;
        for (std::size_t b = 0; b < cohorts_; ++b) total += row[b];
        if (!(total > 0)) {
            throw sim::Error(sim::Code::kInconsistent, {}, "somebody else to write to for the one person of a cohort", "\"" + name + "\"");
        }
        double sum = 0;
        std::size_t last = 0;
        for (std::size_t b = 0; b < cohorts_; ++b) {
            if (row[b] > 0) last = b;
            sum += row[b] / total;
            row[b] = sum;
        }
        std::fill(row + last, row + cohorts_, 1.0);
    }
}

double CohortMix::share(std::size_t from, std::size_t to) const noexcept {
    const auto row = sums(from);
    return to == 0 ? row[0] : row[to] - row[to - 1];
}

SlotRun run_from(std::span<const double> sums, std::uint32_t begin, std::uint32_t d, double u) noexcept {
    assert(begin < d);
    const auto found = std::partition_point(sums.begin(), sums.end(), [&](double sum) { return first_slot(sum, d, u) <= begin; });
    assert(found != sums.end());
    return {static_cast<std::size_t>(found - sums.begin()), begin, first_slot(*found, d, u)};
}

}  // namespace mailrift
