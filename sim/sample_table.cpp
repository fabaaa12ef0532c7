// Interpolation in Newton's form, written out in powers.
#include "sim/sample_table.h"

#include <cmath>
#include <cstddef>

namespace sim {
namespace {

constexpr double kNear = 1e-9;

/// A draw as its side and its distance from that end, in units of 2^-53: 0 .. 2^52 - 1.
struct Place {
    std::uint64_t upper;
    std::uint64_t distance;
};

constexpr std::uint64_t draw_at(Place place) noexcept {
    constexpr unsigned kBits = 53;
    const std::uint64_t k = place.upper != 0 ? (std::uint64_t{1} << kBits) - 1 - place.distance : place.distance;
    return k << (64 - kBits);
}

/// Where the six points lie in a piece, in 256ths: Chebyshev's, rounded.
constexpr std::array<std::uint64_t, 6> kPoints{4, 37, 95, 161, 219, 252};

/// The polynomial through six points.
std::array<double, 6> polynomial_through(const std::array<double, 6>& t, std::array<double, 6> y) {
    for (std::size_t order = 1; order < 6; ++order) {
        for (std::size_t i = 5; i >= order; --i) y[i] = (y[i] - y[i - 1]) / (t[i] - t[i - order]);
    }
    std::array<double, 6> powers{};
    for (std::size_t i = 6; i-- > 0;) {  // powers = powers (x - t_i) + y_i
        for (std::size_t p = 5; p > 0; --p) powers[p] = powers[p - 1] - t[i] * powers[p];
        powers[0] = y[i] - t[i] * powers[0];
    }
    return powers;
}

}  // namespace

SampleTable::SampleTable(const Distribution& law) : law_(law) {
    if (law.kind != DistributionKind::kExponential && law.kind != DistributionKind::kLognormal) return;
    std::vector<Piece> pieces(2 * kBits * kParts);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const auto octave = static_cast<unsigned>(i / kParts % kBits);  // as many bits has the distance
        if (octave <= kLeast) continue;
        const std::uint64_t width = std::uint64_t{1} << (octave - 5);
        const std::uint64_t first = (kParts + i % kParts) * width;
        const auto exact = [&](std::uint64_t point) {
            return sample_of(law, draw_at({i / (kParts * kBits), first + (width >> 8U) * point}));
        };
        std::array<double, 6> t{};
        std::array<double, 6> y{};
        for (std::size_t n = 0; n < 6; ++n) {
            t[n] = static_cast<double>(kPoints[n]) / 256;
            y[n] = exact(kPoints[n]);
        }
        pieces[i] = polynomial_through(t, y);
        for (const std::uint64_t between : {0U, 18U, 66U, 128U, 190U, 238U, 255U}) {
            const double y_between = exact(between);
            const double error = std::fabs(value_of(pieces[i], static_cast<double>(between) / 256) - y_between);
            if (!(error <= kNear / 2 * std::fabs(y_between))) return;
        }
    }
    pieces_ = std::move(pieces);
}

}  // namespace sim
