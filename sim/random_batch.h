// Random numbers of many entities at once: the bits of sim::Draws, made by the vector unit where there is one.
#pragma once

#include <cstdint>
#include <span>

namespace sim {

/// Vector instructions that a function on many values may use. They change the time, never a bit of the result.
enum class Vectors : std::uint8_t {
    kNone,  ///< portable code
    kSse2,  ///< every x86-64 processor
    kAvx2,  ///< x86-64 processors since about 2013
};

/// True if this processor and this build have them; kNone everywhere.
[[nodiscard]] bool has_vectors(Vectors vectors) noexcept;

/// The widest that has_vectors() knows here.
[[nodiscard]] Vectors widest_vectors() noexcept;

/// For each entity the two draws of one block: first[i] and second[i] are draws 2 `block` and 2 `block` + 1, counted from 0, of
/// Draws(seed, stream, entities[i], tick). Preconditions: equal sizes; block < 2^32 - 1; has_vectors(vectors).
void draw_blocks(std::uint64_t seed, std::uint64_t stream, std::span<const std::uint64_t> entities, std::uint32_t tick, std::uint32_t block,
                 std::span<std::uint64_t> first, std::span<std::uint64_t> second, Vectors vectors = widest_vectors()) noexcept;

/// The same with a tick for each entity.
void draw_blocks(std::uint64_t seed, std::uint64_t stream, std::span<const std::uint64_t> entities, std::span<const std::uint32_t> ticks,
                 std::uint32_t block, std::span<std::uint64_t> first, std::span<std::uint64_t> second,
                 Vectors vectors = widest_vectors()) noexcept;

}  // namespace sim
