// How sure a share is that stands for many operators of which only some were simulated.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "sim/archive.h"
#include "sim/time.h"

namespace mailrift {

/// Of the wanted mail of a source at a receiver, one or both of them counted, the share that policies reject at one try, as a mean over time, of pairs
/// of operators of which a sample was simulated.
struct SampledShare {
    std::string source;
    std::string receiver;
    double operators = 0;  ///< pairs of operators that the entries stand for; of accounts and operators, where a policy judges by `account`
    std::size_t simulated = 0;  ///< of them, 2 or more
    double rejected = 0;        ///< share, 0..1
    /// Standard error of `rejected` by the choice of the sample: s / sqrt(n) sqrt(1 - n / N) with the standard deviation s of n simulated pairs of
    /// N (Cochran 1977, equation 2.20); 0 where all are simulated. Chance in what all of them send is not in it.
    double error = 0;
};

/// What the keys of one row reject, over time.
class KeyRecord {
public:
    /// From `tick` on they reject these shares. Ticks do not decrease; what is before 0 does not count.
    void set(sim::Tick tick, std::vector<double> rejected) {
        tick = std::max(tick, sim::Tick{0});
        close(tick);
        if (now_.empty()) first_ = tick;
        now_ = std::move(rejected);
    }

    /// By key: mean from the first `set` to `end`; empty where that is no time.
    [[nodiscard]] std::vector<double> means(sim::Tick end) const {
        KeyRecord whole = *this;
        whole.close(end);
        if (end <= first_) return {};
        for (double& sum : whole.sum_) sum /= static_cast<double>(end - first_);
        return whole.sum_;
    }

    /// More keys from now on: key k goes on as key k modulo their number so far did.
    void widen(std::size_t keys) {
        const std::size_t before = now_.size();
        for (std::size_t k = before; before > 0 && k < keys; ++k) {
            now_.push_back(now_[k % before]);
            if (!sum_.empty()) sum_.push_back(sum_[k % before]);
        }
    }

    void save(sim::ArchiveWriter& archive) const { archive(first_, since_, now_, sum_); }
    /// \param keys of the row, or none so far
    void load(sim::ArchiveReader& archive, std::size_t keys) {
        archive(first_, since_, now_, sum_);
        const bool fits = first_ >= 0 && first_ <= since_ && (now_.empty() || now_.size() == keys) && (sum_.empty() || sum_.size() == keys);
        archive.want(fits, "what each key of a row rejects", "another number of keys");
    }

private:
    void close(sim::Tick tick) {
        sum_.resize(now_.size());
        for (std::size_t k = 0; k < now_.size(); ++k) sum_[k] += now_[k] * static_cast<double>(tick - since_);
        since_ = tick;
    }

    sim::Tick first_ = 0;
    sim::Tick since_ = 0;
    std::vector<double> now_;
    std::vector<double> sum_;  ///< times ticks, up to `since_`
};

/// A simulated pair, and for how many it stands.
struct SampledPair {
    double rejected = 0;
    double weight = 1;
    std::size_t stratum = 0;  ///< pairs of one stratum stand for others of it alone
};

/// The estimate of `pairs`, 2 or more; those of a stratum stand together. Of several strata the error is that of the weighted mean of theirs,
/// sqrt(sum W_h^2 s_h^2 / n_h (1 - n_h / N_h)) with W_h = N_h / N (Cochran 1977, equation 5.11).
[[nodiscard]] SampledShare estimate(std::string source, std::string receiver, const std::vector<SampledPair>& pairs);

}  // namespace mailrift
