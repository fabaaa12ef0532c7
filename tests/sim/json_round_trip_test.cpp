// What is written reads back to the same: over generated documents, and over damaged ones, which must never crash.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "sim/json.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

/// Random values of every kind, with doubles of random bits and keys of random bytes.
class Generator {
public:
    explicit Generator(unsigned seed) : draws_(seed) {}

    Value value(int depth) {
        switch (draws_() % (depth > 0 ? 7 : 5)) {
            case 0: return make_null();
            case 1: return make_bool(draws_() % 2 == 0);
            case 2: return make_integer(static_cast<std::int64_t>(draws_() % (1ULL << 54U)) - (std::int64_t{1} << 53));
            case 3: return make_number(number());
            case 4: return make_text(text());
            case 5: {
                Value list = make_list({});
                for (auto count = draws_() % 5; count > 0; --count) {
                    list.items.push_back(value(depth - 1));
                }
                return list;
            }
            default: {
                Value object = make_object({});
                for (auto count = draws_() % 5; count > 0; --count) {
                    object.put(text(), value(depth - 1));
                }
                return object;
            }
        }
    }

    std::uint64_t draw() { return draws_(); }

private:
    double number() {
        double number = std::bit_cast<double>(draws_());
        while (!std::isfinite(number)) {
            number = std::bit_cast<double>(draws_());
        }
        return number;
    }

    std::string text() {
        static const std::string kinds[] = {"a", "\"", "\\", "\n", "\x01", "~", "/", "\u00e9", "\u20ac", "\U0001F600", "\x7f", "\u2028"};
        std::string result;
        for (auto count = draws_() % 6; count > 0; --count) {
            result += kinds[draws_() % std::size(kinds)];
        }
        return result;
    }

    std::mt19937_64 draws_;
};

TEST(RoundTrip, WriteReadWriteIsTheSame) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        const Value value = Generator(seed).value(5);
        for (const int indent : {0, 2}) {
            const std::string written = write_json(value, indent);
            const Value read = testing::parsed(written);
            EXPECT_EQ(read, value) << "seed " << seed;
            EXPECT_EQ(write_json(read, indent), written) << "seed " << seed;
        }
    }
}

TEST(RoundTrip, DoublesKeepTheirBits) {
    std::mt19937_64 draws(1);
    for (int i = 0; i < 20'000; ++i) {
        const auto number = std::bit_cast<double>(draws());
        if (std::isfinite(number)) {
            EXPECT_EQ(std::bit_cast<std::uint64_t>(testing::parsed(write_json(make_number(number), 0)).number),
                      std::bit_cast<std::uint64_t>(number));
        }
    }
}

// Damaged documents are read or refused with an Error, twice alike; nothing else may happen. 2,000 seeds.
TEST(RoundTrip, DamagedTextsAreReadOrRefusedAlike) {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        Generator generator(seed);
        std::string text = write_json(generator.value(4), 0);
        for (auto count = 1 + generator.draw() % 3; count > 0 && !text.empty(); --count) {
            const std::size_t at = generator.draw() % text.size();
            switch (generator.draw() % 3) {
                case 0: text[at] = static_cast<char>(generator.draw() % 256); break;
                case 1: text.erase(at, 1 + generator.draw() % 4); break;
                default: text.insert(at, 1, "[]{},:\"0e-\\"[generator.draw() % 11]); break;
            }
        }
        const std::string error = testing::read_error(text);
        EXPECT_EQ(testing::read_error(text), error) << "seed " << seed;
        if (error.empty()) {
            const Value value = testing::parsed(text);
            EXPECT_EQ(testing::parsed(write_json(value, 0)), value) << "seed " << seed;
        } else {
            EXPECT_EQ(error.substr(0, 7), "x.json:") << "seed " << seed;
        }
    }
}

}  // namespace
}  // namespace sim
