// When answers are written: the reply delay on the grid of slices.
#include "models/traffic/reply_kernel.h"

#include <algorithm>

#include "sim/math.h"

namespace mailrift {
namespace {

double lognormal_excess(double median, double sigma, double x) {
    const double mean = median * sim::exp(sigma * sigma / 2);
    if (x <= 0) return mean;
    if (sigma <= 0) return std::max(median - x, 0.0);
    const double z = sim::log(x / median) / sigma;
    return mean * sim::normal_cdf(sigma - z) - x * sim::normal_cdf(-z);
}

double uniform_excess(double low, double high, double x) {
    if (x <= low) return (low + high) / 2 - x;
    if (x >= high) return 0;
    return (high - x) * (high - x) / (2 * (high - low));
}

}  // namespace

double mean_excess(const sim::Distribution& delay, double x) {
    switch (delay.kind) {
        case sim::DistributionKind::kConstant: return std::max(delay.a - x, 0.0);
        case sim::DistributionKind::kUniform: return uniform_excess(delay.a, delay.b, x);
        case sim::DistributionKind::kExponential: return delay.a > 0 ? delay.a * sim::exp(-x / delay.a) : 0.0;
        case sim::DistributionKind::kLognormal: return lognormal_excess(delay.a, delay.b, x);
    }
    return 0;
}

std::vector<double> reply_kernel(const sim::Distribution& delay, sim::Duration slice, std::size_t lags) {
    const double width = static_cast<double>(slice.us) * 1e-6;
    std::vector<double> excess(lags + 2);
    for (std::size_t d = 0; d < excess.size(); ++d) excess[d] = mean_excess(delay, static_cast<double>(d) * width) / width;
    std::vector<double> kernel(lags);
    for (std::size_t d = 0; d < lags; ++d) {
        const double before = d == 0 ? 1 : excess[d - 1] - excess[d];
        kernel[d] = std::max(before - (excess[d] - excess[d + 1]), 0.0);
    }
    return kernel;
}

}  // namespace mailrift
