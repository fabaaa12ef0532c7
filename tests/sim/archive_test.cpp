// The archive: what is written comes back to the bit, and no other file gets in.
#include "sim/archive.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sim/error.h"

namespace sim {
namespace {

constexpr ArchiveKind kKind{"test-archive", 3};

struct Point {
    std::int64_t x = 0;
    double y = 0;
    bool operator==(const Point&) const = default;
};
template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<Point> point) {
    archive(point.x, point.y);
}

std::string sample() {
    ArchiveWriter out;
    const std::vector<Point> points{{-5, 0.1}, {INT64_MIN, -0.0}};
    const std::map<std::string, std::optional<std::uint32_t>> names{{"a", 7U}, {"b", std::nullopt}};
    out(std::uint8_t{200}, true, std::string("text\0more", 9), points, names, std::pair(1.5, std::array<std::uint16_t, 2>{1, 65535}));
    out.index(2, 4);
    return out.file(kKind);
}

template <class Work>
std::string error_of(Work work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing";
}

TEST(Archive, WhatIsWrittenComesBackToTheBit) {
    const std::string bytes = sample();
    ArchiveReader in(bytes, "x", kKind);
    in.expect(2, std::vector<std::uint32_t>{0, 1, 2, 3, 9});
    std::uint8_t small = 0;
    bool flag = false;
    std::string text;
    std::vector<Point> points;
    std::map<std::string, std::optional<std::uint32_t>> names;
    std::pair<double, std::array<std::uint16_t, 2>> both;
    std::uint32_t place = 0;
    in(small, flag, text, points, names, both);
    in.index(2, place);
    in.finish();
    EXPECT_EQ(small, 200);
    EXPECT_TRUE(flag);
    EXPECT_EQ(text, std::string("text\0more", 9));
    EXPECT_EQ(points, (std::vector<Point>{{-5, 0.1}, {INT64_MIN, -0.0}}));
    EXPECT_TRUE(std::signbit(points[1].y));
    EXPECT_EQ(names.at("a"), 7U);
    EXPECT_FALSE(names.at("b"));
    EXPECT_EQ(both.second[1], 65535);
    EXPECT_EQ(place, 9U) << "place 4 has moved";
}

TEST(Archive, OtherFilesAreRefusedWithWhatIsWrong) {
    const std::string bytes = sample();
    const auto read = [](const std::string& file) { return error_of([&] { ArchiveReader(file, "x", kKind); }); };
    EXPECT_EQ(read("{}"), R"(x: [file 306] expected a file that begins with "test-archive", got another file)");
    EXPECT_EQ(read(bytes.substr(0, 20)), "x: [file 306] expected a header of 28 bytes, got 20 bytes");
    std::string other = bytes;
    other[12] = 4;
    EXPECT_EQ(read(other), "x: [file 306] expected format 3, got format 4");
    EXPECT_EQ(read(bytes.substr(0, bytes.size() - 1)), "x: [file 306] expected a whole file of " + std::to_string(bytes.size() - 36) +
                                                           " bytes of content, got " + std::to_string(bytes.size() - 37) + " bytes");
    EXPECT_EQ(read(bytes + "x").substr(0, 40), "x: [file 306] expected a whole file of 1");
    for (std::size_t bit = 8 * 28; bit < 8 * bytes.size(); ++bit) {
        other = bytes;
        other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_TRUE(read(other).starts_with("x: [file 306] expected content with hash ")) << bit;
    }
}

/// A file with the right hash around `bytes`.
template <class Work>
std::string error_in(const ArchiveWriter& out, Work work) {
    const std::string bytes = out.file(kKind);
    ArchiveReader in(bytes, "x", kKind);
    return error_of([&] { work(in); });
}

TEST(Archive, ForgedContentIsRefusedBeforeItIsAllocated) {
    ArchiveWriter huge;
    huge(std::uint64_t{1} << 60U, 1.0);
    EXPECT_EQ(error_in(huge,
                       [](ArchiveReader& in) {
                           std::vector<double> v;
                           in(v);
                       }),
              "x: [file 306] expected a length of at most 8, got 1152921504606846976");
    EXPECT_EQ(error_in(huge,
                       [](ArchiveReader& in) {
                           std::string text;
                           in(text);
                       }),
              "x: [file 306] expected a length of at most 8, got 1152921504606846976");
    EXPECT_EQ(error_in(huge,
                       [](ArchiveReader& in) {
                           std::vector<int> v(2);
                           double d = 0;
                           in(d, d, d);
                       }),
              "x: [file 306] expected 8 more bytes, got 0");
    ArchiveWriter odd;
    odd(0x7FF0'0000'0000'0000ULL, std::uint8_t{2}, std::uint32_t{5}, std::uint32_t{1});
    EXPECT_EQ(error_in(odd,
                       [](ArchiveReader& in) {
                           double d = 0;
                           in(d);
                       }),
              "x: [file 306] expected a finite number, got another");
    const auto skip = [](ArchiveReader& in) {
        std::uint64_t word = 0;
        in(word);
    };
    EXPECT_EQ(error_in(odd,
                       [&](ArchiveReader& in) {
                           bool b = false;
                           skip(in);
                           in(b);
                       }),
              "x: [file 306] expected 0 or 1, got 2");
    EXPECT_EQ(error_in(odd,
                       [&](ArchiveReader& in) {
                           enum class E { kA } e{};
                           skip(in);
                           in.choice(e, 2);
                       }),
              "x: [file 306] expected one of 2 choices, got 2");
    ArchiveWriter list;
    list(std::vector<std::uint32_t>{1, 2});
    EXPECT_EQ(error_in(list,
                       [](ArchiveReader& in) {
                           std::vector<std::uint32_t> three(3);
                           in.sized(three);
                       }),
              "x: [file 306] expected a list of 3, got 2");
}

TEST(Archive, PlacesThatAreNotThereAreRefused) {
    ArchiveWriter odd;
    odd(std::uint64_t{0}, std::uint8_t{2}, std::uint32_t{5}, std::uint32_t{1});
    const auto skip = [](ArchiveReader& in) {
        std::uint64_t word = 0;
        in(word);
    };
    const auto place = [&](ArchiveReader& in, std::vector<std::uint32_t> places) {
        std::uint8_t byte = 0;
        std::uint32_t found = 0;
        skip(in);
        in(byte);
        in.expect(0, std::move(places));
        in.index(0, found);
    };
    EXPECT_EQ(error_in(odd, [&](ArchiveReader& in) { place(in, {0, 1}); }), "x: [file 306] expected a place below 2, got 5");
    EXPECT_EQ(error_in(odd,
                       [&](ArchiveReader& in) {
                           place(in, {0, 1, 2, 3, 4, ArchiveReader::kNowhere});
                       }),
              "x: [file 306] expected a place that is still there, got 5");
    EXPECT_EQ(error_in(odd, [&](ArchiveReader& in) { in.finish(); }), "x: [file 306] expected the end of the content, got 17 more bytes");
}

}  // namespace
}  // namespace sim
