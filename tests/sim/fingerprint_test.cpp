// Fingerprints: golden values, order, every single bit.
#include "sim/fingerprint.h"

#include <bit>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/hash.h"
#include "sim/random.h"

namespace sim {
namespace {

template <class... Values>
std::uint64_t of(const Values&... values) {
    Fingerprint fingerprint;
    (fingerprint.add(values), ...);
    return fingerprint.value();
}

constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15U;
constexpr std::uint64_t kFactor = 0xD6E8FEB86659FD93U;

TEST(Fingerprint, OfNothingIsZero) { EXPECT_EQ(Fingerprint{}.value(), 0U); }

// By hand from the definition: one step is state' = (rotl(state, 29) ^ mix64(value + kFirst)) kFactor, and the value mix64(state).
TEST(Fingerprint, IsTheFormula) {
    const std::uint64_t one = mix64(7 + kFirst) * kFactor;
    EXPECT_EQ(of(std::uint64_t{7}), mix64(one));
    const std::uint64_t two = (std::rotl(one, 29) ^ mix64(8 + kFirst)) * kFactor;
    EXPECT_EQ(of(std::uint64_t{7}, std::uint64_t{8}), mix64(two));
}

// Golden: stored fingerprints of scenarios are worth nothing if this changes.
TEST(Fingerprint, NeverChanges) {
    EXPECT_EQ(hex(of(std::uint64_t{0})), "ad9102508d03b6c6");
    EXPECT_EQ(hex(of(1.5)), "bd45e25792490205");
    EXPECT_EQ(hex(of(std::int64_t{-1})), "48d792f38f6d7aa8");
    EXPECT_EQ(hex(of(std::string_view("obey"))), "543c2487db7f9cd2");
    EXPECT_EQ(hex(of(std::string_view("eo"), std::int64_t{168}, 0.25, std::string_view("nine bytes"))), "d8af8a70fd5a1249");
}

TEST(Fingerprint, TextsAreTheirLengthAndBytes) {
    EXPECT_EQ(of(std::string_view("")), of(std::uint64_t{0}));
    EXPECT_EQ(of(std::string_view("ab")), of(std::uint64_t{2}, std::uint64_t{0x6261}));
    EXPECT_EQ(of(std::string_view("12345678")), of(std::uint64_t{8}, std::uint64_t{0x3837363534333231}));
    EXPECT_EQ(of(std::string_view("123456789")), of(std::uint64_t{9}, std::uint64_t{0x3837363534333231}, std::uint64_t{0x39}));
    EXPECT_NE(of(std::string_view("a"), std::string_view("bc")), of(std::string_view("ab"), std::string_view("c")));
    EXPECT_NE(of(std::string_view("a\0", 2)), of(std::string_view("a")));
    EXPECT_EQ(of(std::string_view("\xFF")), of(std::uint64_t{1}, std::uint64_t{0xFF})) << "chars are unsigned here";
}

TEST(Fingerprint, NumbersAreTheirBits) {
    EXPECT_EQ(of(1.0), of(std::uint64_t{0x3FF0000000000000}));
    EXPECT_EQ(of(std::int64_t{-1}), of(std::numeric_limits<std::uint64_t>::max()));
    EXPECT_EQ(of(-0.0), of(0.0));
    EXPECT_NE(of(std::numeric_limits<double>::denorm_min()), of(0.0));
    EXPECT_NE(of(1.0), of(std::nextafter(1.0, 2.0)));
}

#ifndef NDEBUG
TEST(FingerprintDeathTest, RefusesWhatIsNotFinite) {
    EXPECT_DEATH(of(std::numeric_limits<double>::infinity()), "isfinite");
    EXPECT_DEATH(of(std::numeric_limits<double>::quiet_NaN()), "isfinite");
}
#endif

TEST(Fingerprint, LeadingAndTrailingZerosCount) {
    std::set<std::uint64_t> seen;
    Fingerprint fingerprint;
    for (int i = 0; i < 1'000; ++i) {
        seen.insert(fingerprint.value());
        fingerprint.add(std::uint64_t{0});
    }
    EXPECT_EQ(seen.size(), 1'000U);
}

TEST(Fingerprint, DependsOnOrder) {
    EXPECT_NE(of(1.0, 2.0), of(2.0, 1.0));
    // Swapping any two of 64 equally spaced values: 2016 fingerprints, all different.
    std::set<std::uint64_t> seen;
    for (std::size_t i = 0; i < 64; ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            std::vector<std::uint64_t> values(64);
            for (std::size_t v = 0; v < 64; ++v) values[v] = v << 40U;
            std::swap(values[i], values[k]);
            Fingerprint fingerprint;
            for (const std::uint64_t value : values) fingerprint.add(value);
            seen.insert(fingerprint.value());
        }
    }
    EXPECT_EQ(seen.size(), 2'016U);
}

// Metamorphic, 200 seeds: one bit flipped anywhere in 20 values changes the fingerprint in about half of its bits.
TEST(Fingerprint, SeesEverySingleBit) {
    double flipped = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Draws draws(seed, hash64("fingerprint_test"), 0, 0);
        std::vector<std::uint64_t> values(20);
        for (std::uint64_t& value : values) value = draws.next_u64();
        const auto hashed = [&] {
            Fingerprint fingerprint;
            for (const std::uint64_t value : values) fingerprint.add(value);
            return fingerprint.value();
        };
        const std::uint64_t before = hashed();
        for (std::size_t i = 0; i < values.size(); ++i) {
            for (unsigned bit = 0; bit < 64; ++bit) {
                values[i] ^= std::uint64_t{1} << bit;
                const std::uint64_t after = hashed();
                ASSERT_NE(after, before) << "seed " << seed << ", value " << i << ", bit " << bit;
                flipped += std::popcount(after ^ before);
                values[i] ^= std::uint64_t{1} << bit;
            }
        }
    }
    // 256,000 flips of 64 bits: the mean's standard deviation is 4/sqrt(256000) = 0.008.
    EXPECT_NEAR(flipped / (200 * 20 * 64), 32, 0.04);
}

TEST(Fingerprint, TellsAMillionHistoriesApart) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        for (std::uint64_t k = 0; k < 1'000; ++k) seen.insert(of(i, k));
    }
    EXPECT_EQ(seen.size(), 1'000'000U);
}

TEST(Hex, HasSixteenDigits) {
    EXPECT_EQ(hex(0), "0000000000000000");
    EXPECT_EQ(hex(0xDEADBEEF), "00000000deadbeef");
    EXPECT_EQ(hex(0x0123456789ABCDEF), "0123456789abcdef");
    EXPECT_EQ(hex(std::numeric_limits<std::uint64_t>::max()), "ffffffffffffffff");
}

}  // namespace
}  // namespace sim
