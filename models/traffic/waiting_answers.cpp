// Answers in whole numbers: how many of the messages delivered now are answered in which slice.
#include "models/traffic/waiting_answers.h"

#include <algorithm>
#include <map>
#include <string>

#include "sim/binomial_batch.h"
#include "sim/counts.h"
#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::size_t kNearSlots = 32;  // slices kept in one table; of later ones many series owe few answers or none
constexpr std::uint64_t kFew = 12;      // messages that are drawn one by one
constexpr std::uint64_t kFewLate = 96;  // the same of those answered after the near slots, who are spread over many
constexpr std::size_t kOneLag = 256;    // lags that are drawn one after the other; later ones by halves
constexpr std::size_t kGuide = 1U << 10U;
constexpr std::size_t kBatch = 1024;  // series
constexpr std::uint64_t kFewStream = sim::hash64("flow: few answers");
constexpr std::uint64_t kLagStream = sim::hash64("flow: answers by lag");
constexpr std::uint64_t kFarStream = sim::hash64("flow: late answers");

}  // namespace

WaitingAnswers::WaitingAnswers(std::span<const double> kernel, double reply, std::size_t series, std::size_t memory_bytes)
    : series_(series), near_slots_(std::min(kNearSlots, kernel.size())), most_bytes_(memory_bytes) {
    cumulative_.assign(1, 0);
    for (const double part : kernel) cumulative_.push_back(cumulative_.back() + reply * part);
    if (static_cast<double>(series) * static_cast<double>(near_slots_) * sizeof(near_[0]) > static_cast<double>(memory_bytes)) refuse();
    near_.assign(near_slots_ * series, 0);
    for (std::size_t i = 0; i < kGuide; ++i) {
        const double u = static_cast<double>(i) / kGuide;
        const auto above = std::upper_bound(cumulative_.begin(), cumulative_.end(), u);
        guide_.push_back(static_cast<std::uint32_t>(above - cumulative_.begin()) - 1);
    }
}

std::size_t WaitingAnswers::lag_of(double u) const noexcept {
    std::size_t lag = guide_[static_cast<std::size_t>(u * kGuide)];
    if (u >= cumulative_.back()) return cumulative_.size() - 1;
    if (lag + 2 < cumulative_.size() && u >= cumulative_[lag + 2]) {  // many lags in one part of the guide
        const auto above = std::upper_bound(cumulative_.begin() + static_cast<std::ptrdiff_t>(lag), cumulative_.end(), u);
        return static_cast<std::size_t>(above - cumulative_.begin()) - 1;
    }
    return u >= cumulative_[lag + 1] ? lag + 1 : lag;
}

void WaitingAnswers::refuse() const {
    throw sim::Error(sim::Code::kTooLarge, {}, "answers that wait for at most " + std::to_string(most_bytes_ >> 20U) + " MiB",
                     std::to_string(series_) + " series of answers, each in up to " + std::to_string(cumulative_.size() - 1) + " slices");
}

void WaitingAnswers::add(std::size_t series, std::size_t lag, std::uint64_t answers) {
    if (lag < near_slots_) {
        near_[(slot_ + lag) % near_slots_ * series_ + series] += answers;
    } else {
        add_far(lag - near_slots_, series, answers);
    }
}

void WaitingAnswers::add_far(std::size_t row, std::size_t series, std::uint64_t answers) {
    while (far_.size() <= row) {
        far_.emplace_back(series_);
        far_bytes_ += sizeof(CountRow);
    }
    const std::size_t before = far_[row].memory_bytes();
    far_[row].add(static_cast<std::uint32_t>(series), answers);
    far_bytes_ = far_bytes_ - before + far_[row].memory_bytes();
    if (memory_bytes() > most_bytes_) refuse();
}

/// Each of the messages is answered at a lag of `first` or more, by a number that is uniform from where that lag begins up to `up_to`.
void WaitingAnswers::one_by_one(std::size_t series, std::size_t first, double up_to, std::uint64_t messages, sim::Draws& draws) {
    for (std::uint64_t i = 0; i < messages; ++i) {
        const std::size_t lag = lag_of(sim::uniform(cumulative_[first], up_to, draws));
        if (lag + 1 < cumulative_.size()) add(series, lag, 1);  // else never
    }
}

std::uint64_t WaitingAnswers::answered_at_once(std::uint64_t delivered, sim::Draws& draws) const {
    return delivered == 0 ? 0 : sim::binomial(delivered, cumulative_[1], draws);
}

void WaitingAnswers::answer_later(std::span<const std::uint64_t> unanswered, std::span<const std::uint64_t> keys, std::uint64_t seed,
                                  std::uint32_t tick) {
    if (cumulative_.back() <= cumulative_[1]) return;
    Batch batch;
    for (std::size_t first = 0; first < series_; first += kBatch) {
        for (std::size_t s = first; s < std::min(series_, first + kBatch); ++s) {
            if (unanswered[s] > kFew) {
                batch.keys.push_back(keys[s]);
                batch.left.push_back(unanswered[s]);
                batch.series.push_back(s);
            } else if (unanswered[s] > 0) {
                sim::Draws draws(seed, kFewStream, keys[s], tick);
                one_by_one(s, 1, 1, unanswered[s], draws);
            }
        }
        spread(batch, seed, tick);
        batch = {};
    }
}

/// Lag after lag, each a binomial part of what is left; what is left at last, or where it is little, by numbers of its own.
void WaitingAnswers::spread(Batch& batch, std::uint64_t seed, std::uint32_t tick) {
    const std::size_t lags = cumulative_.size() - 1;
    std::vector<double> part(batch.left.size());
    std::vector<std::uint64_t> taken(batch.left.size());
    const auto take = [&](double p, std::size_t lag) {
        const std::size_t n = batch.left.size();
        std::fill_n(part.begin(), n, std::min(p, 1.0));
        sim::binomial_many(batch.left, {part.data(), n}, seed, sim::join64(kLagStream, lag), batch.keys, tick, {taken.data(), n});
    };
    const auto keep = [&](std::size_t lag) {  // those with much left; the others end here
        const std::uint64_t few = lag < near_slots_ ? kFew : kFewLate;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < batch.left.size(); ++i) {
            if (batch.left[i] > few) {
                batch.keys[kept] = batch.keys[i];
                batch.left[kept] = batch.left[i];
                batch.series[kept++] = batch.series[i];
            } else if (batch.left[i] > 0) {
                sim::Draws draws(seed, kFewStream, batch.keys[i], tick);
                one_by_one(batch.series[i], lag, cumulative_.back(), batch.left[i], draws);
            }
        }
        batch.keys.resize(kept);
        batch.left.resize(kept);
        batch.series.resize(kept);
    };
    take((cumulative_.back() - cumulative_[1]) / (1 - cumulative_[1]), 0);
    std::copy_n(taken.begin(), batch.left.size(), batch.left.begin());
    keep(1);
    const std::size_t one_lag = std::min(kOneLag, lags);
    for (std::size_t lag = 1; lag < one_lag && !batch.left.empty(); ++lag) {
        take((cumulative_[lag + 1] - cumulative_[lag]) / (cumulative_.back() - cumulative_[lag]), lag);
        for (std::size_t i = 0; i < batch.left.size(); ++i) {
            batch.left[i] -= taken[i];
            if (taken[i] > 0) add(batch.series[i], lag, taken[i]);
        }
        keep(lag + 1);
    }
    for (std::size_t i = 0; i < batch.left.size(); ++i) {
        sim::Draws draws(seed, kFarStream, batch.keys[i], tick);
        split_far(batch.series[i], one_lag, lags, batch.left[i], draws);
    }
}

/// Spreads answers over the lags first..last-1 by halves, so that the cost is that of those that get some.
void WaitingAnswers::split_far(std::size_t series, std::size_t first, std::size_t last, std::uint64_t answers, sim::Draws& draws) {
    if (last - first == 1) return add(series, first, answers);
    if (answers <= kFew) return one_by_one(series, first, cumulative_[last], answers, draws);
    const std::size_t middle = first + (last - first) / 2;
    const double whole = cumulative_[last] - cumulative_[first];
    const double part = cumulative_[middle] - cumulative_[first];
    const std::uint64_t early = whole <= 0 || part >= whole ? answers : sim::binomial(answers, part / whole, draws);
    if (early > 0) split_far(series, first, middle, early, draws);
    if (answers > early) split_far(series, middle, last, answers - early, draws);
}

void WaitingAnswers::move(const std::vector<std::pair<std::size_t, std::size_t>>& pairs, double fraction, sim::Draws& draws) {
    std::map<std::size_t, std::size_t> target;
    for (const auto& [from, to] : pairs) {
        target.emplace(from, to);
        for (std::size_t slot = 0; slot < near_slots_; ++slot) {
            std::uint64_t& waiting = near_[(slot_ + slot) % near_slots_ * series_ + from];
            const std::uint64_t moved = sim::binomial(waiting, fraction, draws);
            waiting -= moved;
            near_[(slot_ + slot) % near_slots_ * series_ + to] += moved;
        }
    }
    for (std::size_t row = 0; row < far_.size(); ++row) {
        const auto waiting = far_[row].counts();
        far_bytes_ -= far_[row].memory_bytes();
        far_[row] = CountRow(series_);
        for (const auto& [series, answers] : waiting) {
            const auto found = target.find(series);
            const std::uint64_t moved = found == target.end() ? 0 : sim::binomial(answers, fraction, draws);
            if (moved < answers) add_far(row, series, answers - moved);
            if (moved > 0) add_far(row, found->second, moved);
        }
    }
}

void WaitingAnswers::next() {
    std::uint64_t* const past = near_.data() + slot_ * series_;
    if (any()) std::fill_n(past, series_, 0);
    slot_ = (slot_ + 1) % near_slots_;
    ++now_;
    if (far_.empty()) return;
    far_.front().add_to(past);  // whose place is that of the slice that is near from now on
    far_bytes_ -= far_.front().memory_bytes() + sizeof(CountRow);
    far_.pop_front();
}

void WaitingAnswers::save(sim::ArchiveWriter& archive) const {
    std::map<sim::Tick, std::vector<std::pair<std::uint32_t, std::uint64_t>>> far;
    sim::Tick slice = now_ + static_cast<sim::Tick>(near_slots_);
    for (const CountRow& row : far_) {
        auto waiting = row.counts();
        if (!waiting.empty()) far.emplace(slice, std::move(waiting));
        ++slice;
    }
    std::vector<std::pair<std::uint32_t, std::uint64_t>> near;  // most series owe nothing in most slices
    for (std::size_t i = 0; i < near_.size(); ++i) {
        if (near_[i] > 0) near.emplace_back(static_cast<std::uint32_t>(i), near_[i]);
    }
    archive(near, slot_, now_, far);
}

void WaitingAnswers::load(sim::ArchiveReader& archive) {
    std::map<sim::Tick, std::vector<std::pair<std::uint32_t, std::uint64_t>>> far;
    std::vector<std::pair<std::uint32_t, std::uint64_t>> near;
    archive(near, slot_, now_, far);
    std::fill(near_.begin(), near_.end(), 0);
    for (const auto& [place, answers] : near) {
        archive.want(place < near_.size(), "answers of one of " + std::to_string(series_) + " series", "others");
        near_[place] = answers;
    }
    archive.want(slot_ < near_slots_, "a slice of answers below " + std::to_string(near_slots_), std::to_string(slot_));
    far_.clear();
    far_bytes_ = 0;
    const auto lags = static_cast<sim::Tick>(cumulative_.size() - 1);
    const std::string wanted =
        "answers of one of " + std::to_string(series_) + " series, in one of the next " + std::to_string(lags) + " slices";
    for (const auto& [slice, waiting] : far) {
        const bool is_far = slice >= now_ + static_cast<sim::Tick>(near_slots_) && slice < now_ + lags;
        for (const auto& [series, answers] : waiting) {
            archive.want(is_far && series < series_, wanted, "others");
            add_far(static_cast<std::size_t>(slice - now_) - near_slots_, series, answers);
        }
    }
}

}  // namespace mailrift
