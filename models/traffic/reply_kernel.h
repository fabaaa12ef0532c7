// When answers are written: the reply delay on the grid of slices.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/distributions.h"
#include "sim/time.h"

namespace mailrift {

/// E[(D - x)+] of a delay D, both in seconds: the mean time by which D exceeds x >= 0. Closed form for every kind; for a lognormal with
/// median e^mu it is e^(mu + sigma^2/2) Phi(sigma - z) - x Phi(-z), z = (ln x - mu)/sigma (the Black-Scholes integral).
[[nodiscard]] double mean_excess(const sim::Distribution& delay, double x);

/// K_d, d = 0..lags-1: the probability that a message delivered at a uniform moment of a slice is answered d slices later.
/// With T(x) = mean_excess(x slices)/slice: K_0 = 1 - T(0) + T(1), K_d = T(d - 1) - 2 T(d) + T(d + 1).
[[nodiscard]] std::vector<double> reply_kernel(const sim::Distribution& delay, sim::Duration slice, std::size_t lags);

}  // namespace mailrift
