// Fingerprints of trajectories and results.
#include "sim/fingerprint.h"

#include <cstddef>

namespace sim {

void Fingerprint::add(std::string_view text) noexcept {
    add(std::uint64_t{text.size()});
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * (i % 8));
        if (i % 8 == 7 || i + 1 == text.size()) {
            add(word);
            word = 0;
        }
    }
}

std::uint64_t Fingerprint::value() const noexcept { return mix64(state_); }

std::string hex(std::uint64_t value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = text.size(); i-- > 0; value >>= 4U) text[i] = kDigits[value & 0xFU];
    return text;
}

}  // namespace sim
