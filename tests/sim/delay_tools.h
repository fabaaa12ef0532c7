// Kernels and a direct convolution to test delay lines against.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sim/distributions.h"
#include "sim/math.h"

namespace sim::test {

/// K_d, the probability of a delay between d and d + 1, from the probability of one above x.
inline std::vector<double> kernel_of(const std::function<double(double)>& above, std::size_t lags) {
    std::vector<double> kernel(lags + 1);
    for (std::size_t d = 0; d <= lags; ++d) kernel[d] = above(static_cast<double>(d)) - above(static_cast<double>(d + 1));
    return kernel;
}

inline std::vector<double> lognormal_kernel(double median, double sigma, std::size_t lags) {
    return kernel_of([=](double x) { return x <= 0 ? 1 : normal_cdf(-log(x / median) / sigma); }, lags);
}

inline std::vector<double> exponential_kernel(double mean, std::size_t lags) {
    return kernel_of([=](double x) { return exp(-x / mean); }, lags);
}

inline std::vector<double> uniform_kernel(double low, double high, std::size_t lags) {
    return kernel_of([=](double x) { return 1 - cdf(make_uniform(low, high), x); }, lags);
}

/// All inputs kept, all lags summed, with more digits than the line has.
class DirectLine {
public:
    DirectLine(std::vector<double> kernel, std::size_t series) : kernel_(std::move(kernel)), series_(series) {}

    void push(std::span<const double> input) { inputs_.emplace_back(input.begin(), input.end()); }

    [[nodiscard]] double due(std::size_t i) const {
        long double sum = 0;
        for (std::size_t d = 1; d < kernel_.size() && d <= inputs_.size(); ++d) {
            sum += static_cast<long double>(kernel_[d]) * static_cast<long double>(inputs_[inputs_.size() - d][i]);
        }
        return static_cast<double>(sum);
    }

    void move(std::size_t from, std::size_t to, double fraction) {
        for (auto& input : inputs_) {
            const double part = fraction * input[from];
            input[from] -= part;
            input[to] += part;
        }
    }

    [[nodiscard]] std::size_t series() const { return series_; }

private:
    std::vector<double> kernel_;
    std::size_t series_;
    std::vector<std::vector<double>> inputs_;
};

/// Random inputs in [0, 1) for a slice.
inline std::vector<double> random_input(std::size_t series, Draws& draws) {
    std::vector<double> input(series);
    for (double& value : input) value = uniform01(draws);
    return input;
}

}  // namespace sim::test
