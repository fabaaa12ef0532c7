// Mail that waits at its senders, counted by class: whole messages, or expected ones.
#include "models/traffic/retry_queue.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>
#include <string>

#include "sim/counts.h"
#include "sim/error.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

/// The batch of the same kind; made if it is new.
QueuedBatch& batch_like(std::vector<QueuedBatch>& batches, const QueuedBatch& wanted, std::size_t classes) {
    for (auto batch = batches.rbegin(); batch != batches.rend() && batch->written == wanted.written; ++batch) {
        if (batch->joins(wanted)) return *batch;
    }
    const auto later = [](sim::Tick written, const QueuedBatch& batch) { return written < batch.written; };
    const auto place = std::upper_bound(batches.begin(), batches.end(), wanted.written, later);
    for (auto batch = place; batch != batches.begin() && (batch - 1)->written == wanted.written; --batch) {
        if ((batch - 1)->joins(wanted)) return *(batch - 1);
    }
    QueuedBatch& made = *batches.insert(place, wanted);
    made.counts.assign(classes, 0);
    return made;
}

double sum_of(const std::vector<double>& counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

}  // namespace

void split_messages(double messages, std::span<const double> weights, std::span<double> parts, sim::Draws* draws) {
    if (draws == nullptr) {
        for (std::size_t i = 0; i < weights.size(); ++i) parts[i] = messages * weights[i];
        return;
    }
    std::vector<std::uint64_t> counts(weights.size());
    sim::multinomial(static_cast<std::uint64_t>(messages), weights, counts, *draws);
    for (std::size_t i = 0; i < weights.size(); ++i) parts[i] = static_cast<double>(counts[i]);
}

/// The tries of one series in one slice.
class RetryQueue::Slice {
public:
    Slice(sim::Tick slice, const RetryPlans& plans, std::span<const AttemptLaw> laws, std::size_t series, sim::Draws* draws,
          const std::function<void(const QueueEnd&)>& end)
        : slice_(slice), plans_(plans), laws_(laws), series_(series), draws_(draws), end_(end) {}

    void decide(QueuedBatch& batch) {
        const std::vector<RetryClass>& classes = plans_.classes(batch.plan);
        const auto age = static_cast<std::size_t>(slice_ - batch.written);
        results_.clear();
        QueuedBatch same = batch;  // what is not tried
        std::fill(same.counts.begin(), same.counts.end(), 0);
        for (std::size_t c = 0; c < classes.size(); ++c) {
            const double messages = batch.counts[c];
            if (messages == 0) continue;
            const std::size_t lag = std::clamp(age, std::size_t{1}, classes[c].tries.size() - 1);  // an archive may claim any age
            const std::uint32_t before = classes[c].tries[lag - 1];
            const std::uint32_t tries = classes[c].tries[lag] - before;
            const bool expires = classes[c].ends == lag;
            if (tries == 0) {
                expires ? expire(batch, batch.last, messages) : static_cast<void>(same.counts[c] += messages);
            } else {
                const AttemptLaw& law = laws_[batch.law];
                const bool holds = batch.held && law.greylist && classes[c].opens > before;
                const std::uint32_t stopped = holds ? std::min(tries, classes[c].opens - before) : 0;
                try_all(batch, c, messages, result_of(law, batch.passed, stopped, tries - stopped), expires);
            }
        }
        if (sum_of(same.counts) > 0) add(same);
    }

    std::vector<QueuedBatch> left;  ///< what waits on
    std::uint64_t hash = 0;

private:
    struct Known {
        std::uint32_t held;
        std::uint32_t open;
        TriesResult result;
        std::vector<double> weights;  ///< of ends, then of waits
    };

    const Known& result_of(const AttemptLaw& law, const Passed& passed, std::uint32_t held, std::uint32_t open) {
        for (const Known& known : results_) {
            if (known.held == held && known.open == open) return known;
        }
        Known known{held, open, tries_in_slice(law, passed, held, open), {}};
        for (const TriesEnd& part : known.result.ends) known.weights.push_back(part.share);
        for (const TriesWait& part : known.result.waits) known.weights.push_back(part.share);
        results_.push_back(std::move(known));
        return results_.back();
    }

    void try_all(const QueuedBatch& batch, std::size_t c, double messages, const Known& known, bool expires) {
        parts_.resize(known.weights.size());
        split_messages(messages, known.weights, parts_, draws_);
        std::size_t i = 0;
        for (const TriesEnd& part : known.result.ends) end(batch, part.outcome, part.cause, parts_[i++]);
        for (const TriesWait& part : known.result.waits) {
            const double waits = parts_[i++];
            if (waits == 0) continue;
            if (expires) {
                expire(batch, part.last, waits);
                continue;
            }
            QueuedBatch next{batch.written, batch.law, batch.plan, batch.held, part.last, part.passed, {}};
            batch_like(left, next, batch.counts.size()).counts[c] += waits;
        }
    }

    void add(const QueuedBatch& batch) {
        QueuedBatch& like = batch_like(left, batch, batch.counts.size());
        for (std::size_t c = 0; c < batch.counts.size(); ++c) like.counts[c] += batch.counts[c];
    }

    void expire(const QueuedBatch& batch, PolicyId last, double messages) { end(batch, Outcome::kExpired, {{}, last}, messages); }

    void end(const QueuedBatch& batch, Outcome outcome, Cause cause, double messages) {
        if (messages == 0) return;
        hash = sim::join64(hash, sim::join64(static_cast<std::uint64_t>(outcome), std::bit_cast<std::uint64_t>(messages)));
        end_({series_, batch.law, outcome, cause, messages});
    }

    sim::Tick slice_;
    const RetryPlans& plans_;
    std::span<const AttemptLaw> laws_;
    std::size_t series_;
    sim::Draws* draws_;
    const std::function<void(const QueueEnd&)>& end_;
    std::vector<Known> results_;
    std::vector<double> parts_;
};

void RetryQueue::put(std::size_t series, sim::Tick written, const WaitPart& part, double messages, sim::Draws* draws) {
    if (messages == 0) return;
    std::vector<double> counts(part.by_class.size());
    split_messages(messages, part.by_class, counts, draws);
    QueuedBatch& batch = batch_like(waiting_[series], {written, part.law, part.plan, part.held, part.last, part.passed, {}}, counts.size());
    for (std::size_t c = 0; c < counts.size(); ++c) batch.counts[c] += counts[c];
}

std::uint64_t RetryQueue::advance(sim::Tick slice, const RetryPlans& plans, std::span<const AttemptLaw> laws,
                                  const std::function<std::uint64_t(std::size_t)>& key, const std::function<void(const QueueEnd&)>& end) {
    std::uint64_t digest = 0;
    double bytes = 0;
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        auto& [series, batches] = *it;
        std::optional<sim::Draws> draws;
        if (whole_) draws.emplace(seed_, stream_, key(series), static_cast<std::uint32_t>(slice));
        Slice tries(slice, plans, laws, series, whole_ ? &*draws : nullptr, end);
        for (QueuedBatch& batch : batches) tries.decide(batch);
        if (tries.hash != 0) digest = sim::join64(digest, tries.hash);
        batches = std::move(tries.left);
        for (const QueuedBatch& batch : batches) bytes += static_cast<double>(sizeof(QueuedBatch) + 8 * batch.counts.size());
        it = batches.empty() ? waiting_.erase(it) : std::next(it);
    }
    if (bytes > static_cast<double>(memory_bytes_)) {
        throw sim::Error(sim::Code::kTooLarge, {}, "queues of at most " + std::to_string(memory_bytes_ >> 20U) + " MiB",
                         std::to_string(waiting_.size()) + " series with mail that waits; longer slices need less");
    }
    return digest;
}

void RetryQueue::move(std::span<const std::pair<std::size_t, std::size_t>> series, double fraction, sim::Draws* draws) {
    for (const auto& [from, to] : series) {
        const auto found = waiting_.find(from);
        if (found == waiting_.end()) continue;
        std::vector<QueuedBatch>& target = waiting_[to];
        for (QueuedBatch& batch : found->second) {
            std::vector<double> moved(batch.counts.size());
            for (std::size_t c = 0; c < moved.size(); ++c) {
                moved[c] = draws == nullptr
                               ? batch.counts[c] * fraction
                               : static_cast<double>(sim::binomial(static_cast<std::uint64_t>(batch.counts[c]), fraction, *draws));
                batch.counts[c] -= moved[c];
            }
            if (sum_of(moved) == 0) continue;
            QueuedBatch& like = batch_like(target, batch, moved.size());
            for (std::size_t c = 0; c < moved.size(); ++c) like.counts[c] += moved[c];
        }
        std::erase_if(waiting_.at(from), [](const QueuedBatch& batch) { return sum_of(batch.counts) == 0; });
        if (waiting_.at(from).empty()) waiting_.erase(from);
        if (waiting_.at(to).empty()) waiting_.erase(to);
    }
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<PassedStep> step) {
    archive(step.policy, step.probability);
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<QueuedBatch> batch) {
    archive(batch.written, batch.law, batch.plan, batch.held, batch.last, batch.passed, batch.counts);
}

std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> RetryQueue::used() const {
    std::set<std::uint32_t> laws;
    std::set<std::uint32_t> plans;
    for (const auto& [series, batches] : waiting_) {
        for (const QueuedBatch& batch : batches) {
            laws.insert(batch.law);
            plans.insert(batch.plan);
        }
    }
    return {{laws.begin(), laws.end()}, {plans.begin(), plans.end()}};
}

void RetryQueue::save(sim::ArchiveWriter& archive, const std::map<std::uint32_t, std::uint32_t>& laws,
                      const std::map<std::uint32_t, std::uint32_t>& numbers) const {
    std::vector<std::pair<std::uint64_t, std::vector<QueuedBatch>>> all(waiting_.begin(), waiting_.end());
    for (auto& [series, batches] : all) {
        for (QueuedBatch& batch : batches) {
            batch.law = laws.at(batch.law);
            batch.plan = numbers.at(batch.plan);
        }
    }
    archive(all);
}

void RetryQueue::load(sim::ArchiveReader& archive, std::size_t series, std::span<const std::uint32_t> laws,
                      std::span<const std::uint32_t> numbers, const RetryPlans& plans) {
    std::vector<std::pair<std::uint64_t, std::vector<QueuedBatch>>> all;
    archive(all);
    waiting_.clear();
    for (auto& [number, batches] : all) {
        archive.want(number < series, "a series of this model", "another");
        for (QueuedBatch& batch : batches) {
            archive.want(batch.law < laws.size() && batch.plan < numbers.size(), "a law and a plan of this model", "another");
            batch.law = laws[batch.law];
            batch.plan = numbers[batch.plan];
            archive.want(batch.counts.size() == plans.classes(batch.plan).size(), "as many counts as classes", "another number");
            const auto fits = [&](double n) { return n >= 0 && n <= sim::kMostCount && (!whole_ || n == std::floor(n)); };
            archive.want(std::all_of(batch.counts.begin(), batch.counts.end(), fits), "numbers of messages", "others");
        }
        waiting_.emplace(static_cast<std::size_t>(number), std::move(batches));
    }
}

}  // namespace mailrift
