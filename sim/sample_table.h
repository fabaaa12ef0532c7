// Numbers by one law, many of them: its quantile function in pieces.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/distributions.h"

namespace sim {

/// sample_of() of one law in a tenth of the time: within 1e-9 of its result, relatively.
///
/// The quantile function is a polynomial of degree 5 on each of 16 pieces of every octave of u and of 1 - u, through sample_of() at six points;
/// the outermost 2^-41 of each side are sample_of() itself. A law for which pieces would not be so near (a lognormal of sigma above 3) is
/// computed by sample_of() everywhere.
class SampleTable {
public:
    explicit SampleTable(const Distribution& law);

    /// The number that stands for a draw of 64 random bits.
    [[nodiscard]] double operator()(std::uint64_t draw) const noexcept {
        const std::uint64_t k = draw >> (64U - kBits);
        const std::uint64_t upper = k >> (kBits - 1);
        const std::uint64_t distance = k ^ ((0 - upper) >> (64U - kBits));  // 2^53 - 1 - k of the upper side, without a branch
        const auto octave = static_cast<unsigned>(std::bit_width(distance));
        if (pieces_.empty() || octave <= kLeast) return sample_of(law_, draw);
        const std::uint64_t leading = distance << (64U - octave);  // its highest bit is 1; the next four are the sixteenth
        const std::size_t piece = (upper * kBits + octave) * kParts + ((leading >> 59U) & (kParts - 1));
        return value_of(pieces_[piece], static_cast<double>((leading << 5U) >> 11U) * 0x1p-53);
    }

    [[nodiscard]] bool tabulated() const noexcept { return !pieces_.empty(); }

private:
    static constexpr unsigned kBits = 53;      ///< of a draw that count
    static constexpr unsigned kLeast = 12;     ///< bits of a distance from the end below which nothing is tabulated
    static constexpr std::size_t kParts = 16;  ///< of an octave

    using Piece = std::array<double, 6>;  ///< coefficients by power of the place in the piece, 0..1

    [[nodiscard]] static double value_of(const Piece& c, double t) noexcept {
        return c[0] + t * (c[1] + t * (c[2] + t * (c[3] + t * (c[4] + t * c[5]))));
    }

    Distribution law_;
    std::vector<Piece> pieces_;  ///< by side, octave and sixteenth
};

}  // namespace sim
