// Defaults of nested shapes: written out, viewed, and listed as figures.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "sim/shape.h"
#include "sim/shape_check.h"
#include "sim/shape_view.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::parsed;

/// A shape with defaults in an object by default, a map, a list, alternatives and a tagged object.
Shape nested() {
    const Shape leaf = object(
        {defaulted("share", figure(number("share", 0, 1)), make_number(0.5), "a share", "smith-2020"), sim::optional("note", text(), "")});
    return object({
        defaulted("whole", leaf, make_object({}), "an object by default", "assumed"),
        sim::optional("map", map(code(), leaf), "by code"),
        sim::optional("list", list(either({flag(), leaf})), "flags or leaves"),
        sim::optional("tagged",
                      tagged("kind",
                             {{.name = "k",
                               .fields = {defaulted("rate", figure(number("per day", 0)), make_integer(2), "a rate", "assumed")},
                               .text = ""}},
                             {defaulted("on", flag(), make_bool(true), "")}),
                      "by kind"),
    });
}

std::string filled(std::string_view text) { return write_json(with_defaults(parsed(text), nested()), 0); }

TEST(WithDefaults, FillsEveryObjectThatIsThere) {
    EXPECT_EQ(filled("{}"), R"({"whole":{"share":0.5}})");
    EXPECT_EQ(filled(R"({"whole":{"share":0.1}})"), R"({"whole":{"share":0.1}})");
    EXPECT_EQ(filled(R"({"whole":{},"map":{"AT":{},"x-c":{},"DE":{"share":1}}})"),
              R"({"whole":{"share":0.5},"map":{"AT":{"share":0.5},"x-c":{},"DE":{"share":1}}})");
    EXPECT_EQ(filled(R"({"whole":{},"list":[true,{},{"note":"n"}]})"),
              R"({"whole":{"share":0.5},"list":[true,{"share":0.5},{"note":"n","share":0.5}]})");
    EXPECT_EQ(filled(R"({"whole":{},"tagged":{"kind":"k"}})"), R"({"whole":{"share":0.5},"tagged":{"kind":"k","on":true,"rate":2}})");
}

TEST(WithDefaults, AreWhatViewsShow) {
    const Shape shape = nested();
    const Value value = parsed(R"({"tagged":{"kind":"k"}})");
    const View view(value, shape);
    EXPECT_EQ(view["whole"]["share"].number(), 0.5);
    EXPECT_FALSE(view["whole"]["share"].written());
    EXPECT_FALSE(view["whole"].written());
    EXPECT_FALSE(view["whole"].has("note"));
    EXPECT_EQ(view["tagged"]["rate"].number(), 2.0);
    EXPECT_TRUE(view["tagged"]["on"].flag());
    EXPECT_TRUE(view["tagged"]["kind"].written());
    EXPECT_FALSE(view["list"].present());
}

TEST(FiguresUsed, ListsNestedDefaultsWithTheirSources) {
    const Value value =
        parsed(R"({"x-n": 1, "map": {"AT": {"share": {"value": 0.25, "source": "own", "confidence": "high"}}, "x-c": 5, "DE": {}},
        "list": [true, {}], "tagged": {"kind": "k", "rate": 3}})");
    std::vector<std::string> lines;
    for (const FigureUse& use : figures_used(value, nested())) {
        lines.push_back(use.pointer + " " + format_number(use.figure.value) + " " + use.unit + " [" + use.figure.source + "] " +
                        (use.by_default ? "default" : "written"));
    }
    EXPECT_EQ(lines, (std::vector<std::string>{
                         "/map/AT/share 0.25 share [own] written",
                         "/map/DE/share 0.5 share [smith-2020] default",
                         "/list/1/share 0.5 share [smith-2020] default",
                         "/tagged/rate 3 per day [] written",
                         "/whole/share 0.5 share [smith-2020] default",
                     }));
}

// A default is a value like any other: writing it out must give a right document. Over every field of the toy shapes.
TEST(Defaults, AreRightThemselves) {
    for (const Shape& shape : {nested(), testing::port_shape(), testing::ship_shape(), testing::fleet_shape()}) {
        for (const Field& field : shape.fields()) {
            if (field.presence == Presence::kDefault) {
                EXPECT_FALSE(first_error(field.default_value, field.shape, Places()).has_value()) << field.name;
            }
        }
    }
}

#ifndef NDEBUG
// What a program asks of a View must fit the shape: a mistake in the program stops it.
TEST(ViewDeathTest, MisuseAsserts) {
    const Shape shape = nested();
    const Value value = parsed(R"({"map": {}})");
    const View view(value, shape);
    EXPECT_DEATH((void)view["nothing"], "Assertion");
    EXPECT_DEATH((void)view["list"].value(), "Assertion");
    EXPECT_DEATH((void)view["map"].text(), "Assertion");
    EXPECT_DEATH((void)view["map"].at(0), "Assertion");
    EXPECT_DEATH((void)view["map"].alternative(), "Assertion");
    EXPECT_DEATH((void)view["whole"]["share"].flag(), "Assertion");
}

TEST(ShapeDeathTest, AlternativesMustDifferInType) { EXPECT_DEATH((void)either({text(), duration()}), "Assertion"); }
#endif

}  // namespace
}  // namespace sim
