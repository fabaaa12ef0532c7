// Errors in units in the last place, against a reference with more digits.
#pragma once

#include <cmath>
#include <limits>

namespace sim::test {

static_assert(std::numeric_limits<long double>::digits >= 64, "the references of these tests need the x87 format or better");

/// Distance between the double nearest to |x| and the next greater one.
inline long double ulp(long double x) {
    const auto magnitude = static_cast<double>(std::fabs(x));
    return static_cast<long double>(std::nextafter(magnitude, std::numeric_limits<double>::infinity())) -
           static_cast<long double>(magnitude);
}

/// |value - exact| in ulp of the exact value.
inline double ulps_off(double value, long double exact) {
    return static_cast<double>(std::fabs(static_cast<long double>(value) - exact) / ulp(exact));
}

/// The greatest error seen, and where.
struct Worst {
    double ulps = 0;
    double at = 0;

    void look(double argument, double value, long double exact) {
        const double error = ulps_off(value, exact);
        if (!(error <= ulps)) {
            ulps = error;
            at = argument;
        }
    }
};

}  // namespace sim::test
