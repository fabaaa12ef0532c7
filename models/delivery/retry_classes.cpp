// The tries of all messages that were written in one slice, told apart only by how many of them fall into each later slice.
#include "models/delivery/retry_classes.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace mailrift {
namespace {

using Micros = std::int64_t;
using Signature = std::tuple<std::vector<std::uint32_t>, std::uint32_t, std::uint32_t>;  // tries, opens, ends

/// Phases between two boundaries, in microseconds.
struct Phases {
    Micros from = 0;
    Micros until = 0;
    [[nodiscard]] sim::Duration middle() const { return {from + (until - from) / 2}; }
};

std::vector<Phases> phases_of(const RetrySchedule& schedule, const std::optional<Greylist>& greylist) {
    if (schedule.scan.us == 0) return {{0, 0}};
    std::vector<Micros> bounds{0, schedule.scan.us};
    const auto add = [&](sim::Duration time) { bounds.push_back(time.us % schedule.scan.us); };
    add(schedule.least);
    add(schedule.most);
    add(schedule.lifetime);
    if (greylist) {
        add(greylist->delay);
        add(greylist->window);
    }
    std::sort(bounds.begin(), bounds.end());
    std::vector<Phases> phases;
    for (std::size_t i = 1; i < bounds.size(); ++i) {
        if (bounds[i] > bounds[i - 1]) phases.push_back({bounds[i - 1], bounds[i]});
    }
    return phases;
}

/// Integral of clamp(z, 0, slice) over z up to y, by slice^2.
double ramp(Micros y, Micros slice) {
    if (y <= 0) return 0;
    const double part = static_cast<double>(y) / static_cast<double>(slice);
    return y < slice ? part * part / 2 : part - 0.5;
}

/// The classes of messages whose phase lies between two boundaries.
class Part {
public:
    Part(const RetrySchedule& schedule, sim::Duration slice, std::size_t lags, const std::optional<Greylist>& greylist, Phases phases)
        : slice_(slice.us), scan_(schedule.scan.us), lags_(lags), phases_(phases) {
        const Micros phase = phases.middle().us;
        std::vector<Try> tries{{{}, 0}};
        const Micros beyond = static_cast<Micros>(lags + 1) * slice_;
        while (true) {
            const auto next = next_attempt(schedule, tries.size(), {phase});
            if (!next) {
                give_up_ = schedule.one_after_lifetime ? tries.back().at.us - phase : schedule.lifetime.us;
                break;
            }
            if (next->us > beyond + scan_) break;
            tries.push_back({*next, 0});
            times_.push_back(next->us - phase);
        }
        const auto opens = greylist ? first_accepted(tries, 1, *greylist) : std::nullopt;
        if (opens) opens_ = static_cast<std::uint32_t>(*opens);
    }

    void add_to(std::map<Signature, double>& classes) const {
        const std::vector<Micros> bounds = bounds_of_w();
        for (std::size_t i = 1; i < bounds.size(); ++i) {
            const double share = area(bounds[i - 1], bounds[i]);
            if (share > 0) classes[signature(bounds[i - 1] + (bounds[i] - bounds[i - 1]) / 2)] += share;
        }
    }

private:
    [[nodiscard]] std::vector<Micros> bounds_of_w() const {
        std::vector<Micros> bounds{phases_.from, slice_ + phases_.until};
        const auto add = [&](Micros time) {
            for (Micros w = (slice_ - time % slice_) % slice_; w < slice_ + phases_.until; w += slice_) {
                if (w > phases_.from) bounds.push_back(w);
            }
        };
        for (const Micros time : times_) add(time);
        if (give_up_) add(*give_up_);
        std::sort(bounds.begin(), bounds.end());
        bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
        return bounds;
    }

    /// Share of messages whose w lies in from..until, with these phases.
    [[nodiscard]] double area(Micros from, Micros until) const {
        if (scan_ == 0) return static_cast<double>(until - from) / static_cast<double>(slice_);
        const auto below = [&](Micros w) { return ramp(w - phases_.from, slice_) - ramp(w - phases_.until, slice_); };
        return (below(until) - below(from)) * static_cast<double>(slice_) / static_cast<double>(scan_);
    }

    [[nodiscard]] Signature signature(Micros w) const {
        std::uint32_t ends = RetryClass::kNever;
        if (give_up_ && (w + *give_up_) / slice_ <= static_cast<Micros>(lags_)) ends = static_cast<std::uint32_t>((w + *give_up_) / slice_);
        std::vector<std::uint32_t> tries(std::min<std::size_t>(ends, lags_) + 1, 1);
        for (const Micros time : times_) {
            const auto lag = static_cast<std::size_t>((w + time) / slice_);
            if (lag < tries.size()) ++tries[lag];
        }
        for (std::size_t lag = 1; lag < tries.size(); ++lag) tries[lag] += tries[lag - 1] - 1;
        return {std::move(tries), opens_, ends};
    }

    Micros slice_;
    Micros scan_;
    std::size_t lags_;
    Phases phases_;
    std::vector<Micros> times_;  ///< of the tries after the first, before the phase
    std::optional<Micros> give_up_;
    std::uint32_t opens_ = RetryClass::kNever;
};

}  // namespace

std::vector<RetryClass> retry_classes(const RetrySchedule& schedule, sim::Duration slice, std::size_t lags,
                                      const std::optional<Greylist>& greylist) {
    std::map<Signature, double> shares;
    for (const Phases& phases : phases_of(schedule, greylist)) Part(schedule, slice, lags, greylist, phases).add_to(shares);
    double sum = 0;
    for (const auto& [signature, share] : shares) sum += share;
    std::vector<RetryClass> classes;
    for (const auto& [signature, share] : shares) {
        const auto& [tries, opens, ends] = signature;
        classes.push_back({share / sum, tries, opens, ends});
    }
    return classes;
}

}  // namespace mailrift
