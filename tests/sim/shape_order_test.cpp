// Which error is reported: always the first in the order of files and document, and always the same one.
#include <gtest/gtest.h>

#include <iterator>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/extends.h"
#include "sim/path.h"
#include "sim/shape.h"
#include "sim/shape_check.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::error_of;
using testing::fleet;
using testing::fleet_shape;

TEST(FirstError, IsTheFirstInTheDocument) {
    EXPECT_EQ(error_of(R"({"name": 1, "schema": 2})", fleet_shape()), "x.json:/name: [type 201] expected text of 1 to 30 bytes, got 1");
    EXPECT_EQ(error_of(R"({"schema": 2, "name": 1})", fleet_shape()), "x.json:/schema: [range 202] expected the number 1, got 2");
    EXPECT_EQ(error_of(R"({"flag": 1, "schema": 2})", fleet_shape()).substr(0, 12), "x.json:/flag");
    // An object that lacks a key begins before what it holds.
    EXPECT_EQ(error_of(R"({"schema": 2})", fleet_shape()).substr(0, 24), "x.json: [missing_key 204");
}

// Names are collected beforehand, so a wrong reference early on is reported before a repeated name later, and the reverse.
TEST(FirstError, DoesNotDependOnTheKindOfCheck) {
    EXPECT_EQ(error_of(fleet(R"("ports": [{"id": "a", "depth": 1, "near": "?"}, {"id": "a", "depth": 1}])"), fleet_shape()).substr(0, 22),
              "x.json:/ports/0/near: ");
    EXPECT_EQ(error_of(fleet(R"("ports": [{"id": "a", "depth": 1}, {"id": "a", "depth": 1, "near": "?"}])"), fleet_shape()).substr(0, 20),
              "x.json:/ports/1/id: ");
}

TEST(FirstError, OfAPatchComesBeforeThatOfItsBase) {
    const Resolver base = [](std::string_view, std::string_view) { return fleet(R"("open": 5, "voyage": 6)"); };
    const auto error = [&](std::string_view text) {
        Places places;
        return std::string(first_error(load_with_extends(text, "x.json", "fleet", base, places), fleet_shape(), places)->what());
    };
    EXPECT_EQ(error(R"({"extends": "base", "ports": 7})"), "x.json:/ports: [type 201] expected a list, got 7");
    EXPECT_EQ(error(R"({"extends": "base"})"), "base.json:/open: [type 201] expected true or false, got 5");
    EXPECT_EQ(error(R"({"extends": "base", "open": true})"), "base.json:/voyage: [type 201] expected a duration such as \"30 min\", got 6");
}

TEST(FirstError, OfAnIdRepeatedAcrossFilesNamesBoth) {
    Places places;
    const Value child = read_json(fleet(R"("ports": [{"id": "a", "depth": 1}, {"id": "a", "depth": 2}])"), "x.json", places);
    const Value base = read_json(fleet(R"("ports": [{"id": "a", "depth": 3}])"), "base.json", places);
    EXPECT_STREQ(
        first_error(merge_patch(base, child, places), fleet_shape(), places)->what(),
        R"(x.json:/ports/1/id: [repeated_id 302] expected each name in ports once, got "a" a second time, first at x.json:/ports/0/id)");
}

// Values that a program puts into a document have no file; their pointer is that of the merged document.
TEST(FirstError, OfAValueBuiltByAProgramHasItsPointer) {
    Places places;
    const Value read = read_json(fleet(R"("ports": [{"id": "a", "depth": 1}])"), "x.json", places);
    const auto error = [&](std::string_view path, Value value) {
        return std::string(first_error(set_path(read, path, std::move(value)), fleet_shape(), places)->what());
    };
    EXPECT_EQ(error("ports.a.depth", make_number(99)), "/ports/0/depth: [range 202] expected a number in (0, 50] (m), got 99");
    EXPECT_EQ(error("ports.a.deep", make_number(9)).substr(0, 15), "/ports/0/deep: ");
    EXPECT_EQ(error("flags", make_object({{"at", make_text("b")}})).substr(0, 11), "/flags/at: ");
    EXPECT_EQ(error("ports.a", make_object({})),
              R"(/ports/0: [missing_key 204] expected the key "id" (its name in this document), got an empty object)");
    EXPECT_EQ(error("voyage", make_number(std::numeric_limits<double>::infinity())).substr(0, 9), "/voyage: ");
    EXPECT_EQ(std::string(first_error(make_integer(1), fleet_shape(), Places())->what()), "[type 201] expected an object, got 1");
}

TEST(FirstError, RefusesNumbersThatAreNotFinite) {
    EXPECT_STREQ(first_error(make_number(std::numeric_limits<double>::quiet_NaN()), number("", 0, 1), Places())->what(),
                 "[number 106] expected a number in [0, 1], got nan");
    EXPECT_STREQ(first_error(make_number(std::numeric_limits<double>::infinity()), number(""), Places())->what(),
                 "[number 106] expected a number, got inf");
    EXPECT_STREQ(first_error(make_number(std::numeric_limits<double>::infinity()), integer("", 0, 5), Places())->what(),
                 "[type 201] expected a whole number in [0, 5], got inf");
}

/// A right list of ports, then `wrong` of them made wrong at random places.
std::vector<std::string> random_ports(std::mt19937& draws, std::vector<std::size_t>& wrong) {
    std::vector<std::string> ports;
    const std::size_t count = 2 + draws() % 8;
    for (std::size_t i = 0; i < count; ++i) {
        static const char* const kinds[] = {
            R"("depth": -1)",           R"("depth": "a")", R"("depht": 1)", R"("depth": 1, "near": "nowhere")",
            R"("depth": 1, "fee": {})", R"("fee": 0.5)"};
        const bool is_wrong = draws() % 3 == 0;
        if (is_wrong) {
            wrong.push_back(i);
        }
        ports.push_back("{\"id\": \"p" + std::to_string(i) + "\", " +
                        (is_wrong ? kinds[draws() % std::size(kinds)] : R"("depth": 9, "near": "p0")") + "}");
    }
    return ports;
}

// Metamorphic: the error lies in the first wrong port; mending all the others leaves the very same error. 200 seeds.
TEST(FirstError, IsThatOfTheFirstWrongItem) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 draws(seed);
        std::vector<std::size_t> wrong;
        const std::vector<std::string> ports = random_ports(draws, wrong);
        const auto text = [&](bool only_first) {
            std::string all;
            for (std::size_t i = 0; i < ports.size(); ++i) {
                const bool mended = only_first && (wrong.empty() || i != wrong.front());
                all += (i == 0 ? "" : ", ") + (mended ? "{\"id\": \"p" + std::to_string(i) + "\", \"depth\": 9}" : ports[i]);
            }
            return fleet("\"ports\": [" + all + "]");
        };
        const std::string error = error_of(text(false), fleet_shape());
        EXPECT_EQ(error.empty(), wrong.empty()) << "seed " << seed;
        EXPECT_EQ(error, error_of(text(true), fleet_shape())) << "seed " << seed;
        if (!wrong.empty()) {
            const std::string pointer = "x.json:/ports/" + std::to_string(wrong.front());
            EXPECT_EQ(error.substr(0, pointer.size()), pointer) << "seed " << seed;
        }
    }
}

// Findings are counted, not kept: a hundred thousand wrong references cost neither memory nor look-ups of nearest names.
TEST(FirstError, CostsLittleHoweverManyThereAre) {
    std::string text = "[";
    for (int i = 0; i < 200'000; ++i) {
        text += std::string(i == 0 ? "" : ",") + "\"none-" + std::to_string(i) + "\"";
    }
    const Shape shape = object({
        required("refs", list(reference({"names"}), 0, 1'000'000), ""),
        required("names", list(object({required("id", identifier(), "")}), 0, 1'000'000).declares("names"), ""),
    });
    std::string names = "[";
    for (int i = 0; i < 100'000; ++i) {
        names += std::string(i == 0 ? "" : ",") + "{\"id\":\"name-" + std::to_string(i) + "\"}";
    }
    EXPECT_EQ(error_of("{\"refs\":" + text + "],\"names\":" + names + "]}", shape),
              R"(x.json:/refs/0: [reference 301] expected a name from names, got "none-0"; did you mean "name-0"?)");
}

}  // namespace
}  // namespace sim
