// A causal convolution for many parallel series.
#include "sim/delay_line.h"

#include <algorithm>
#include <cassert>

namespace sim {

DelayLine::DelayLine(std::vector<double> kernel, std::size_t series, double) : kernel_(std::move(kernel)), series_(series) {
    if (kernel_.size() < 2) kernel_.resize(2);
    inputs_.resize(lags() * series);
    due_.resize(series);
}

void DelayLine::push(std::span<const double> input) {
    assert(input.size() == series_);
    std::copy(input.begin(), input.end(), inputs_.begin() + static_cast<std::ptrdiff_t>(now_ % lags() * series_));
    ++now_;
    std::fill(due_.begin(), due_.end(), 0.0);
    for (std::size_t d = 1; d <= std::min(lags(), now_); ++d) {
        const double* row = inputs_.data() + (now_ - d) % lags() * series_;
        for (std::size_t i = 0; i < series_; ++i) due_[i] += kernel_[d] * row[i];
    }
}

void DelayLine::move(std::size_t from, std::size_t to, double fraction) {
    const auto shift = [&](double* row) {
        const double part = fraction * row[from];
        row[from] -= part;
        row[to] += part;
    };
    for (std::size_t d = 0; d < lags(); ++d) shift(inputs_.data() + d * series_);
    shift(due_.data());
}

}  // namespace sim
