// A small set of enumerators, such as the ties or the layers that an order binds.
#pragma once

#include <cstdint>
#include <vector>

namespace mailrift {

/// A set of values of `Enum`, which must be below 32. Default: `members`.
template <class Enum, Enum... members>
class EnumSet {
public:
    constexpr EnumSet() noexcept = default;
    explicit EnumSet(const std::vector<Enum>& listed) : bits_(0) {
        for (const Enum member : listed) bits_ |= bit(member);
    }

    [[nodiscard]] constexpr bool has(Enum member) const noexcept { return (bits_ & bit(member)) != 0; }

    /// This set and `member`.
    [[nodiscard]] constexpr EnumSet with(Enum member) const noexcept {
        EnumSet more = *this;
        more.bits_ |= bit(member);
        return more;
    }

    bool operator==(const EnumSet&) const = default;

private:
    static constexpr std::uint32_t bit(Enum member) noexcept { return std::uint32_t{1} << static_cast<unsigned>(member); }

    std::uint32_t bits_ = (std::uint32_t{0} | ... | bit(members));
};

}  // namespace mailrift
