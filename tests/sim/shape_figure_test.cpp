// Figures and distributions: what is refused, and how they are decoded.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "sim/distributions.h"
#include "sim/shape.h"
#include "sim/shape_view.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::error_of;
using testing::parsed;

std::string of_figure(std::string_view text) { return error_of(text, figure(number("share", 0, 1))); }
std::string of_delay(std::string_view text) { return error_of(text, distribution(duration())); }

TEST(Figure, IsANumberOrSaysMore) {
    EXPECT_EQ(of_figure("0.5"), "");
    EXPECT_EQ(of_figure(R"({"value": 0.5})"), "");
    EXPECT_EQ(of_figure(R"({"value": 0.5, "range": [0.5, 0.5], "source": "smith-2020", "confidence": "low", "note": "a guess"})"), "");
    EXPECT_EQ(of_figure(R"({"value": 0.5, "dist": {"uniform": {"low": 0.1, "high": 0.9}}})"), "");
}

TEST(Figure, RefusesWhatIsWrong) {
    EXPECT_EQ(of_figure("1.5"), "x.json: [range 202] expected a number in [0, 1] (share), got 1.5");
    EXPECT_EQ(of_figure(R"({"value": 1.5})"), "x.json:/value: [range 202] expected a number in [0, 1] (share), got 1.5");
    EXPECT_EQ(of_figure(R"({"range": [0, 1]})"),
              R"(x.json: [missing_key 204] expected the key "value" (the figure used), got an object with "range")");
    EXPECT_EQ(of_figure(R"({"value": 0.5, "range": [0.4, 1.1]})"),
              "x.json:/range/1: [range 202] expected a number in [0, 1] (share), got 1.1");
    EXPECT_EQ(of_figure(R"({"value": 0.5, "range": [0.4]})"),
              "x.json:/range: [range 202] expected a list of 2 items, got a list of 1 item");
    EXPECT_EQ(of_figure(R"({"value": 0.5, "range": [0.6, 0.7]})"),
              "x.json:/range: [inconsistent 304] expected a range [low, high] with low <= 0.5 <= high, got [0.6, 0.7]");
    EXPECT_EQ(of_figure(R"({"value": 0.5, "range": [0.7, 0.3]})"),
              "x.json:/range: [inconsistent 304] expected a range [low, high] with low <= 0.5 <= high, got [0.7, 0.3]");
    EXPECT_EQ(of_figure(R"({"value": 0.5, "range": [0, 1], "dist": 0.5})"),
              "x.json:/dist: [inconsistent 304] expected \"range\" or \"dist\", not both, got both");
    EXPECT_EQ(of_figure(R"({"value": 0.5, "confidence": "sure"})"),
              R"(x.json:/confidence: [choice 205] expected one of "low", "medium", "high", got "sure")");
    EXPECT_EQ(
        of_figure(R"({"value": 0.5, "scource": "a"})"),
        R"(x.json:/scource: [unknown_key 203] expected one of "value", "range", "dist", "source", "confidence", "note", got "scource"; did you mean "source"?)");
    EXPECT_EQ(error_of("0", figure(number("", 0, 1)).open_low()), "x.json: [range 202] expected a number in (0, 1], got 0");
    EXPECT_EQ(error_of("1", figure(number("", 0, 1)).open_high()), "x.json: [range 202] expected a number in [0, 1), got 1");
}

TEST(Figure, IsDecoded) {
    const Shape shape = figure(number("share", 0, 1));
    const Value plain = parsed("0.5");
    const Figure alone = View(plain, shape).figure();
    EXPECT_EQ(alone.value, 0.5);
    EXPECT_EQ(alone.low, 0.5);
    EXPECT_EQ(alone.high, 0.5);
    EXPECT_FALSE(alone.has_range);
    EXPECT_EQ(alone.source, "");

    const Value full = parsed(R"({"value": 1, "range": [0.25, 1], "source": "assumed", "confidence": "medium"})");
    const Figure ranged = View(full, shape).figure();
    EXPECT_EQ(ranged.value, 1.0);
    EXPECT_EQ(ranged.low, 0.25);
    EXPECT_EQ(ranged.high, 1.0);
    EXPECT_TRUE(ranged.has_range);
    EXPECT_EQ(ranged.source, "assumed");
    EXPECT_EQ(ranged.confidence, "medium");
    EXPECT_EQ(View(full, shape).number(), 1.0);
}

TEST(Figure, AreListedInDocumentOrder) {
    const Value value =
        parsed(testing::fleet(R"("ports": [{"id": "a", "depth": 1, "fee": {"value": 0.3, "range": [0.2, 0.4], "source": "s"}},
        {"id": "b", "depth": 1}, {"id": "c", "fee": 0.5, "depth": 1}])"));
    const std::vector<FigureUse> uses = figures_used(value, testing::fleet_shape());
    ASSERT_EQ(uses.size(), 3u);
    EXPECT_EQ(uses[0].pointer, "/ports/0/fee");
    EXPECT_EQ(uses[0].figure.value, 0.3);
    EXPECT_EQ(uses[0].figure.high, 0.4);
    EXPECT_EQ(uses[0].figure.source, "s");
    EXPECT_EQ(uses[0].unit, "share");
    EXPECT_EQ(uses[0].text, "share of the cargo kept");
    EXPECT_FALSE(uses[0].by_default);
    EXPECT_EQ(uses[1].pointer, "/ports/1/fee");
    EXPECT_EQ(uses[1].figure.value, 0.1);
    EXPECT_EQ(uses[1].figure.source, "lloyd-2020");
    EXPECT_TRUE(uses[1].by_default);
    EXPECT_EQ(uses[2].pointer, "/ports/2/fee");
    EXPECT_EQ(uses[2].figure.source, "");
    EXPECT_FALSE(uses[2].by_default);
}

TEST(DistributionShape, AcceptsEveryForm) {
    EXPECT_EQ(of_delay("\"4 d\""), "");
    EXPECT_EQ(of_delay(R"({"lognormal": {"median": "4 d", "sigma": 1.0}})"), "");
    EXPECT_EQ(of_delay(R"({"uniform": {"low": "0 s", "high": "1 d"}, "x-note": 1})"), "");
    EXPECT_EQ(of_delay(R"({"exponential": {"mean": "1 h"}})"), "");
    EXPECT_EQ(of_delay(R"({"constant": {"value": "1 h", "range": ["0 s", "1 d"], "source": "s"}})"), "");
    EXPECT_EQ(of_delay(R"({"lognormal": {"median": {"value": "4 d", "range": ["1 d", "84 d"]}, "sigma": {"value": 1}}})"), "");
}

TEST(DistributionShape, RefusesWhatIsWrong) {
    EXPECT_EQ(
        of_delay("{}"),
        R"(x.json: [missing_key 204] expected exactly one of the keys "constant", "uniform", "exponential", "lognormal", got an empty object)");
    EXPECT_EQ(
        of_delay(R"({"exponential": {"mean": "1 h"}, "uniform": {"low": "0 s", "high": "1 d"}})"),
        R"(x.json: [inconsistent 304] expected exactly one of the keys "constant", "uniform", "exponential", "lognormal", got an object with "exponential", "uniform")");
    EXPECT_EQ(
        of_delay(R"({"normal": {"mean": "1 h"}})"),
        R"(x.json:/normal: [unknown_key 203] expected one of "constant", "uniform", "exponential", "lognormal", got "normal"; did you mean "lognormal"?)");
    EXPECT_EQ(of_delay(R"({"lognormal": {"median": "0 s", "sigma": 1}})"),
              R"(x.json:/lognormal/median: [range 202] expected a median above 0, got "0 s")");
    EXPECT_EQ(of_delay(R"({"exponential": {"mean": "0 s"}})"),
              R"(x.json:/exponential/mean: [range 202] expected a mean above 0, got "0 s")");
    EXPECT_EQ(of_delay(R"({"lognormal": {"median": "1 s", "sigma": -1}})"),
              "x.json:/lognormal/sigma: [range 202] expected a number in [0, 10], got -1");
    EXPECT_EQ(of_delay(R"({"uniform": {"low": "2 d", "high": "1 d"}})"),
              R"(x.json:/uniform/high: [inconsistent 304] expected a high end at or above the low end, "2 d", got "1 d")");
}

TEST(DistributionShape, IsDecodedInSeconds) {
    const auto decoded = [](std::string_view text, const Shape& quantity) {
        const Value value = parsed(text);
        const Shape shape = distribution(quantity);
        return View(value, shape).distribution();
    };
    EXPECT_EQ(decoded("\"1500 ms\"", duration()), make_constant(1.5));
    EXPECT_EQ(decoded(R"({"uniform": {"low": "1 min", "high": "1 h"}})", duration()), make_uniform(60, 3600));
    EXPECT_EQ(decoded(R"({"exponential": {"mean": "1 d"}})", duration()), make_exponential(86400));
    EXPECT_EQ(decoded(R"({"lognormal": {"median": "2 s", "sigma": 0.5}})", duration()), make_lognormal(2, 0.5));
    EXPECT_EQ(decoded("3", number("", 0, 5)), make_constant(3));
    EXPECT_EQ(decoded(R"({"constant": {"value": "2 min"}})", duration()), make_constant(120));
    EXPECT_EQ(decoded(R"({"lognormal": {"median": {"value": "2 s"}, "sigma": {"value": 0.5}}})", duration()), make_lognormal(2, 0.5));
    EXPECT_EQ(decoded(R"({"uniform": {"low": 0.5, "high": 1}})", number("", 0, 5)), make_uniform(0.5, 1));
}

TEST(DistributionShape, RefusesWrongFiguresOfItsParameters) {
    EXPECT_EQ(
        of_delay(R"({"lognormal": {"median": {"value": "4 d", "range": ["5 d", "84 d"]}, "sigma": 1}})"),
        R"(x.json:/lognormal/median/range: [inconsistent 304] expected a range [low, high] with low <= "4 d" <= high, got ["5 d", "84 d"])");
    EXPECT_EQ(of_delay(R"({"uniform": {"low": {"value": "2 d"}, "high": {"value": "1 d"}}})"),
              R"(x.json:/uniform/high: [inconsistent 304] expected a high end at or above the low end, "2 d", got "1 d")");
    EXPECT_EQ(of_delay(R"({"exponential": {"mean": {"value": "0 s"}}})"),
              R"(x.json:/exponential/mean: [range 202] expected a mean above 0, got "0 s")");
    EXPECT_EQ(of_delay(R"({"lognormal": {"median": "4 d", "sigma": {"value": 11}}})"),
              "x.json:/lognormal/sigma/value: [range 202] expected a number in [0, 10], got 11");
}

TEST(DistributionShape, ListsEachParameterAsAFigure) {
    const Shape shape = object({defaulted("delay", distribution(duration()), make_text("30 s"), "a delay", "guess")});
    const Value written =
        parsed(R"({"delay": {"lognormal": {"median": {"value": "4 d", "range": ["1 d", "84 d"], "source": "s"}, "sigma": 1}}})");
    const std::vector<FigureUse> uses = figures_used(written, shape);
    ASSERT_EQ(uses.size(), 2u);
    EXPECT_EQ(uses[0].pointer, "/delay/lognormal/median");
    EXPECT_EQ(uses[0].figure.value, 4 * 86400.0);
    EXPECT_EQ(uses[0].figure.high, 84 * 86400.0);
    EXPECT_EQ(uses[0].unit, "s");
    EXPECT_EQ(uses[1].pointer, "/delay/lognormal/sigma");
    EXPECT_EQ(uses[1].figure.source, "");
    const std::vector<FigureUse> by_default = figures_used(parsed("{}"), shape);
    ASSERT_EQ(by_default.size(), 1u);
    EXPECT_EQ(by_default[0].figure.value, 30.0);
    EXPECT_EQ(by_default[0].figure.source, "guess");
    const std::vector<FigureUse> plain = figures_used(parsed(R"({"delay": "2 min"})"), shape);
    ASSERT_EQ(plain.size(), 1u);
    EXPECT_EQ(plain[0].figure.value, 120.0);
    EXPECT_EQ(plain[0].figure.source, "");
}

TEST(Figure, OfADuration) {
    const Shape shape = figure(duration());
    const Value value = parsed(R"({"value": "2 d", "range": ["1 d", "3 d"], "dist": {"uniform": {"low": "1 d", "high": "3 d"}}})");
    EXPECT_EQ(error_of(R"({"value": "2 d", "range": ["1 d", "90 min"]})", shape),
              R"(x.json:/range: [inconsistent 304] expected a range [low, high] with low <= "2 d" <= high, got ["1 d", "90 min"])");
    EXPECT_EQ(error_of(R"({"value": 2})", shape), "x.json:/value: [type 201] expected a duration such as \"30 min\", got 2");
    EXPECT_EQ(View(value, shape).duration().us, 2 * 86'400'000'000);
    const Value plain = parsed("\"90 s\"");
    EXPECT_EQ(View(plain, shape).duration().us, 90'000'000);
    EXPECT_EQ(View(plain, shape).figure().value, 90.0);
}

TEST(DistributionShape, OfAFigure) {
    const Value value = parsed(R"({"value": 0.5, "dist": {"uniform": {"low": 0.25, "high": 1}}})");
    const Shape shape = figure(number("share", 0, 1));
    EXPECT_EQ(View(value, shape).figure().dist, make_uniform(0.25, 1));
    EXPECT_FALSE(View(value, shape).figure().has_range);
}

}  // namespace
}  // namespace sim
