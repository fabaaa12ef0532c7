// A causal convolution for many parallel series: the latest inputs one by one, all older ones through decaying sums.
#include "sim/delay_line.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <string>

#include "sim/error.h"

namespace sim {
namespace {

constexpr std::size_t kFewestKept = 16;
constexpr std::size_t kFewestTerms = 16;
constexpr std::size_t kMostTerms = 40;

/// Fastest rate in the tail after m kept lags, times m, and slowest rates times the tail's length: one for tails that die out, one
/// for tails that are cut off long before. Tried on lognormal (sigma 0.5 to 2.5) and exponential kernels: these need few terms for
/// almost all.
constexpr double kFastest = 16;
constexpr std::array kSlowest{2.0, 0.1};

/// How many values stand before all the rest is negligible; at least 1.
std::size_t effective_length(std::span<const double> values) {
    double greatest = 0;
    for (const double value : values) greatest = std::max(greatest, std::fabs(value));
    std::size_t n = values.size();
    while (n > 1 && std::fabs(values[n - 1]) <= 1e-16 * greatest) --n;
    return n;
}

}  // namespace

DelayLine::DelayLine(std::vector<double> kernel, std::size_t series, double tolerance, std::size_t most_bytes) : series_(series) {
    kernel.resize(std::max<std::size_t>(kernel.size(), 2));
    most_inputs_ = kernel.size() - 1;
    assert(std::all_of(kernel.begin(), kernel.end(), [](double weight) { return std::isfinite(weight); }));
    lags_ = kernel.size() - 1;
    while (lags_ > 1 && kernel[lags_] == 0) --lags_;
    choose_fit(kernel, tolerance);
    check_memory(most_bytes);
    weights_.assign(kernel.rend() - static_cast<std::ptrdiff_t>(kept_ + 1), kernel.rend() - 1);
    weights_.insert(weights_.end(), weights_.begin(), weights_.end() - 1);
    memory_.resize((series_ + kWidth - 1) / kWidth * rows());
    due_.resize(series_);
}

void DelayLine::check_memory(std::size_t most_bytes) const {
    const double bytes = static_cast<double>(sizeof(Row)) * static_cast<double>(rows()) * (static_cast<double>(series_) / kWidth + 1);
    if (bytes <= static_cast<double>(most_bytes)) return;
    throw Error(Code::kTooLarge, {}, "at most " + std::to_string(most_bytes >> 20U) + " MiB for what waits",
                std::to_string(series_) + " series of " + std::to_string(rows()) + " values");
}

void DelayLine::choose_fit(std::span<const double> kernel, double tolerance) {
    double total = 0;
    for (const double weight : kernel) total += std::fabs(weight);
    const double allowed = tolerance * total;
    for (kept_ = kFewestKept; kept_ < lags_; kept_ *= 2) {
        if (try_fit(kernel.subspan(kept_ + 1), allowed)) return;
    }
    kept_ = lags_;
}

bool DelayLine::try_fit(std::span<const double> tail, double allowed) {
    const double fastest = kFastest / static_cast<double>(kept_);
    const auto length = static_cast<double>(effective_length(tail));
    const FitLimits limits{allowed, 10 * allowed, allowed / std::numeric_limits<double>::epsilon()};
    for (std::size_t n = kFewestTerms; n <= kMostTerms && n < tail.size(); n += 4) {
        for (const double slowest : kSlowest) {
            const ExponentialFit fit = fit_exponentials(tail, n, fastest, std::min(slowest / length, fastest / 2), limits);
            if (!fit.within) continue;
            terms_ = fit.terms;
            max_error_ = fit.max_error;
            total_error_ = fit.total_error;
            return true;
        }
    }
    return false;
}

void DelayLine::push(std::span<const double> input) {
    assert(input.size() == series_);
    assert(terms_.empty() || inputs_ < most_inputs_);
    slot_ = inputs_ % kept_;
    ++inputs_;
    const double* const weights = weights_.data() + (kept_ - 1 - slot_);
    const std::size_t whole = series_ / kWidth;  // blocks
    std::size_t block = 0;
    for (; block + 2 <= whole; block += 2) {
        push_two_blocks(memory_.data() + block * rows(), input.data() + block * kWidth, due_.data() + block * kWidth, weights);
    }
    for (; block * kWidth < series_; ++block) {
        const std::size_t first = block * kWidth;
        const auto count = static_cast<std::ptrdiff_t>(std::min(kWidth, series_ - first));
        Row values{};
        Row sums{};
        std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(first), count, values.begin());
        push_block(memory_.data() + block * rows(), values.data(), sums.data(), weights);
        std::copy_n(sums.begin(), count, due_.begin() + static_cast<std::ptrdiff_t>(first));
    }
}

/// Takes the inputs of a block and writes what is due next.
void DelayLine::push_block(Row* rows, const double* input, double* due, const double* weights) const noexcept {
    const auto [old0, old1, old2, old3] = rows[slot_];
    rows[slot_] = {input[0], input[1], input[2], input[3]};
    double sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
    for (std::size_t d = 0; d < kept_; ++d) {
        sum0 += weights[d] * rows[d][0];
        sum1 += weights[d] * rows[d][1];
        sum2 += weights[d] * rows[d][2];
        sum3 += weights[d] * rows[d][3];
    }
    Row* const states = rows + kept_;
    for (std::size_t j = 0; j < terms_.size(); ++j) {
        const auto [weight, ratio] = terms_[j];
        const double now0 = ratio * states[j][0] + old0, now1 = ratio * states[j][1] + old1;
        const double now2 = ratio * states[j][2] + old2, now3 = ratio * states[j][3] + old3;
        states[j] = {now0, now1, now2, now3};
        sum0 += weight * now0;
        sum1 += weight * now1;
        sum2 += weight * now2;
        sum3 += weight * now3;
    }
    due[0] = sum0;
    due[1] = sum1;
    due[2] = sum2;
    due[3] = sum3;
}

/// The same of a block and the one after it: each sum waits for its last addition, and twice as many of them wait together.
void DelayLine::push_two_blocks(Row* rows, const double* input, double* due, const double* weights) const noexcept {
    Row* more = rows + this->rows();
    const auto [old0, old1, old2, old3] = rows[slot_];
    const auto [old4, old5, old6, old7] = more[slot_];
    rows[slot_] = {input[0], input[1], input[2], input[3]};
    more[slot_] = {input[4], input[5], input[6], input[7]};
    double sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0, sum4 = 0, sum5 = 0, sum6 = 0, sum7 = 0;
    const std::size_t kept = kept_;
    for (std::size_t d = 0; d < kept; ++d) {
        const double weight = weights[d];
        sum0 += weight * rows[d][0];
        sum1 += weight * rows[d][1];
        sum2 += weight * rows[d][2];
        sum3 += weight * rows[d][3];
        sum4 += weight * more[d][0];
        sum5 += weight * more[d][1];
        sum6 += weight * more[d][2];
        sum7 += weight * more[d][3];
    }
    rows += kept;
    more += kept;
    for (const auto [weight, ratio] : terms_) {
        const double now0 = ratio * (*rows)[0] + old0, now1 = ratio * (*rows)[1] + old1;
        const double now2 = ratio * (*rows)[2] + old2, now3 = ratio * (*rows)[3] + old3;
        *rows++ = {now0, now1, now2, now3};
        sum0 += weight * now0;
        sum1 += weight * now1;
        sum2 += weight * now2;
        sum3 += weight * now3;
        const double now4 = ratio * (*more)[0] + old4, now5 = ratio * (*more)[1] + old5;
        const double now6 = ratio * (*more)[2] + old6, now7 = ratio * (*more)[3] + old7;
        *more++ = {now4, now5, now6, now7};
        sum4 += weight * now4;
        sum5 += weight * now5;
        sum6 += weight * now6;
        sum7 += weight * now7;
    }
    const std::array<double, 2 * kWidth> sums{sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7};
    std::copy(sums.begin(), sums.end(), due);
}

void DelayLine::move(std::size_t from, std::size_t to, double fraction) {
    assert(from < series_ && to < series_ && fraction >= 0 && fraction <= 1);
    const auto shift = [&](double& source, double& target) {
        const double part = fraction * source;
        source -= part;
        target += part;
    };
    Row* const sources = memory_.data() + from / kWidth * rows();
    Row* const targets = memory_.data() + to / kWidth * rows();
    for (std::size_t row = 0; row < rows(); ++row) shift(sources[row][from % kWidth], targets[row][to % kWidth]);
    shift(due_[from], due_[to]);
}

void DelayLine::save(ArchiveWriter& archive) const { archive(inputs_, slot_, memory_, due_); }

void DelayLine::load(ArchiveReader& archive) {
    archive(inputs_, slot_);
    archive.want(slot_ < kept_ && inputs_ <= most_inputs_, "at most " + std::to_string(most_inputs_) + " inputs", std::to_string(inputs_));
    archive.sized(memory_);
    archive.sized(due_);
}

}  // namespace sim
