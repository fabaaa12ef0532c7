// Philox4x32-10 in vectors: a 64-bit lane holds one 32-bit word of one entity's counter, below bits that nothing reads.
#include "sim/random_batch.h"

#include <array>
#include <cassert>
#include <cstddef>

#include "sim/random.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sim {
namespace {

/// What to fill: `ticks` has one for each entity, or one for all.
struct Blocks {
    std::uint64_t seed;
    std::uint64_t stream;
    std::span<const std::uint64_t> entities;
    std::span<const std::uint32_t> ticks;
    bool one_tick;
    std::uint32_t block;
    std::span<std::uint64_t> first;
    std::span<std::uint64_t> second;

    [[nodiscard]] std::uint32_t tick(std::size_t i) const noexcept { return ticks[one_tick ? 0 : i]; }
};

/// The entities from `start` on, one after the other.
void fill_singly(const Blocks& blocks, std::size_t start) noexcept {
    const PhiloxKey key = Draws::key(blocks.seed, blocks.stream);
    for (std::size_t i = start; i < blocks.entities.size(); ++i) {
        const std::uint64_t entity = blocks.entities[i];
        const auto words = philox4x32_10(
            {static_cast<std::uint32_t>(entity), static_cast<std::uint32_t>(entity >> 32U), blocks.tick(i), blocks.block}, key);
        blocks.first[i] = (std::uint64_t{words[1]} << 32U) | words[0];
        blocks.second[i] = (std::uint64_t{words[3]} << 32U) | words[2];
    }
}

#if defined(__x86_64__)

/// The keys of all rounds, and zeros. In lanes, as vectors read them.
struct Rounds {
    explicit Rounds(PhiloxKey key) noexcept {
        for (std::size_t i = 0; i < kPhiloxRounds; ++i) {
            key0[i] = key[0];
            key1[i] = key[1];
            key[0] += kPhiloxWeyl[0];
            key[1] += kPhiloxWeyl[1];
        }
    }

    std::array<std::uint64_t, kPhiloxRounds + 1> key0{};
    std::array<std::uint64_t, kPhiloxRounds + 1> key1{};
};

/// Counters of two entities, and of four. The keys of a round are in c1 and c3 before it begins, so that no product waits for them.
struct Two {
    __m128i c0, c1, c2, c3;
};
struct Four {
    __m256i c0, c1, c2, c3;
};

// The two instruction sets differ in names only; a template over them would not compile its AVX2 half without AVX2.

inline __m128i load_two(const std::uint64_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
inline void store_two(std::uint64_t* to, __m128i v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v); }

inline Two start_two(const Blocks& blocks, const Rounds& rounds, std::size_t i) {
    const __m128i entity = load_two(&blocks.entities[i]);
    const __m128i high = _mm_srli_epi64(entity, 32);
    return {entity, _mm_xor_si128(high, _mm_set1_epi64x(static_cast<std::int64_t>(rounds.key0[0]))),
            _mm_set_epi64x(blocks.tick(i + 1), blocks.tick(i)), _mm_set1_epi64x(static_cast<std::int64_t>(blocks.block ^ rounds.key1[0]))};
}

inline void round_two(Two& x, __m128i key0, __m128i key1) {
    const __m128i a = _mm_mul_epu32(x.c0, _mm_set1_epi64x(kPhiloxMultiplier[0]));
    const __m128i b = _mm_mul_epu32(x.c2, _mm_set1_epi64x(kPhiloxMultiplier[1]));
    x = {_mm_xor_si128(_mm_srli_epi64(b, 32), x.c1), _mm_xor_si128(b, key0), _mm_xor_si128(_mm_srli_epi64(a, 32), x.c3),
         _mm_xor_si128(a, key1)};
}

inline void finish_two(const Blocks& blocks, std::size_t i, const Two& x) {
    const __m128i low = _mm_set1_epi64x(0xFFFFFFFF);
    store_two(&blocks.first[i], _mm_or_si128(_mm_slli_epi64(x.c1, 32), _mm_and_si128(x.c0, low)));
    store_two(&blocks.second[i], _mm_or_si128(_mm_slli_epi64(x.c3, 32), _mm_and_si128(x.c2, low)));
}

/// Four entities a turn: two vectors, so that the processor has something to do while it waits for a product.
void fill_sse2(const Blocks& blocks) noexcept {
    const Rounds rounds(Draws::key(blocks.seed, blocks.stream));
    std::size_t i = 0;
    for (; i + 4 <= blocks.entities.size(); i += 4) {
        Two x = start_two(blocks, rounds, i);
        Two y = start_two(blocks, rounds, i + 2);
        for (std::size_t r = 1; r <= kPhiloxRounds; ++r) {
            const __m128i key0 = _mm_set1_epi64x(static_cast<std::int64_t>(rounds.key0[r]));
            const __m128i key1 = _mm_set1_epi64x(static_cast<std::int64_t>(rounds.key1[r]));
            round_two(x, key0, key1);
            round_two(y, key0, key1);
        }
        finish_two(blocks, i, x);
        finish_two(blocks, i + 2, y);
    }
    fill_singly(blocks, i);
}

[[gnu::target("avx2")]] inline __m256i load_four(const std::uint64_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
[[gnu::target("avx2")]] inline void store_four(std::uint64_t* to, __m256i v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v); }

[[gnu::target("avx2")]] inline Four start_four(const Blocks& blocks, const Rounds& rounds, std::size_t i) {
    const __m256i entity = load_four(&blocks.entities[i]);
    const __m256i high = _mm256_srli_epi64(entity, 32);
    return {entity, _mm256_xor_si256(high, _mm256_set1_epi64x(static_cast<std::int64_t>(rounds.key0[0]))),
            _mm256_set_epi64x(blocks.tick(i + 3), blocks.tick(i + 2), blocks.tick(i + 1), blocks.tick(i)),
            _mm256_set1_epi64x(static_cast<std::int64_t>(blocks.block ^ rounds.key1[0]))};
}

[[gnu::target("avx2")]] inline void round_four(Four& x, __m256i key0, __m256i key1) {
    const __m256i a = _mm256_mul_epu32(x.c0, _mm256_set1_epi64x(kPhiloxMultiplier[0]));
    const __m256i b = _mm256_mul_epu32(x.c2, _mm256_set1_epi64x(kPhiloxMultiplier[1]));
    x = {_mm256_xor_si256(_mm256_srli_epi64(b, 32), x.c1), _mm256_xor_si256(b, key0), _mm256_xor_si256(_mm256_srli_epi64(a, 32), x.c3),
         _mm256_xor_si256(a, key1)};
}

[[gnu::target("avx2")]] inline void finish_four(const Blocks& blocks, std::size_t i, const Four& x) {
    const __m256i low = _mm256_set1_epi64x(0xFFFFFFFF);
    store_four(&blocks.first[i], _mm256_or_si256(_mm256_slli_epi64(x.c1, 32), _mm256_and_si256(x.c0, low)));
    store_four(&blocks.second[i], _mm256_or_si256(_mm256_slli_epi64(x.c3, 32), _mm256_and_si256(x.c2, low)));
}

[[gnu::target("avx2")]] void fill_avx2(const Blocks& blocks) noexcept {
    const Rounds rounds(Draws::key(blocks.seed, blocks.stream));
    std::size_t i = 0;
    for (; i + 8 <= blocks.entities.size(); i += 8) {
        Four x = start_four(blocks, rounds, i);
        Four y = start_four(blocks, rounds, i + 4);
        for (std::size_t r = 1; r <= kPhiloxRounds; ++r) {
            const __m256i key0 = _mm256_set1_epi64x(static_cast<std::int64_t>(rounds.key0[r]));
            const __m256i key1 = _mm256_set1_epi64x(static_cast<std::int64_t>(rounds.key1[r]));
            round_four(x, key0, key1);
            round_four(y, key0, key1);
        }
        finish_four(blocks, i, x);
        finish_four(blocks, i + 4, y);
    }
    fill_singly(blocks, i);
}

#endif

void fill(const Blocks& blocks, Vectors vectors) noexcept {
    assert(blocks.first.size() == blocks.entities.size() && blocks.second.size() == blocks.entities.size());
    assert(blocks.block + 1 != 0);
    assert(has_vectors(vectors));
#if defined(__x86_64__)
    if (vectors == Vectors::kAvx2) return fill_avx2(blocks);
    if (vectors == Vectors::kSse2) return fill_sse2(blocks);
#else
    static_cast<void>(vectors);
#endif
    fill_singly(blocks, 0);
}

}  // namespace

bool has_vectors(Vectors vectors) noexcept {
#if defined(__x86_64__)
    return vectors != Vectors::kAvx2 || __builtin_cpu_supports("avx2");
#else
    return vectors == Vectors::kNone;
#endif
}

Vectors widest_vectors() noexcept {
    for (const Vectors vectors : {Vectors::kAvx2, Vectors::kSse2}) {
        if (has_vectors(vectors)) return vectors;
    }
    return Vectors::kNone;
}

void draw_blocks(std::uint64_t seed, std::uint64_t stream, std::span<const std::uint64_t> entities, std::uint32_t tick, std::uint32_t block,
                 std::span<std::uint64_t> first, std::span<std::uint64_t> second, Vectors vectors) noexcept {
    fill({seed, stream, entities, {&tick, 1}, true, block, first, second}, vectors);
}

void draw_blocks(std::uint64_t seed, std::uint64_t stream, std::span<const std::uint64_t> entities, std::span<const std::uint32_t> ticks,
                 std::uint32_t block, std::span<std::uint64_t> first, std::span<std::uint64_t> second, Vectors vectors) noexcept {
    assert(ticks.size() == entities.size());
    fill({seed, stream, entities, ticks, false, block, first, second}, vectors);
}

}  // namespace sim
