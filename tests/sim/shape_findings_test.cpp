// Findings: only the first in reading order is kept; and checks that callers add to shapes.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/shape.h"
#include "sim/shape_check.h"
#include "sim/shape_view.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

using testing::error_of;

class Kept : public ::testing::Test {
protected:
    Places places_;
    Value value_ = read_json(R"({"a": 1, "b": [2, 3]})", "x.json", places_);
    Names names_;
    Findings findings_{places_, names_};
    PlaceId a_ = value_.find("a")->place;
    PlaceId b_ = value_.find("b")->place;

    [[nodiscard]] std::string first() const { return findings_.first() ? findings_.first()->what() : ""; }
};

TEST_F(Kept, NothingWithoutFindings) {
    EXPECT_FALSE(findings_.first().has_value());
    EXPECT_EQ(findings_.count(), 0u);
}

TEST_F(Kept, TheLeastPlaceInWhateverOrderTheyCome) {
    findings_.add(b_, Code::kRange, "this", "that");
    EXPECT_EQ(first(), "x.json:/b: [range 202] expected this, got that");
    findings_.add(a_, Code::kChoice, "one", "other", "onne");
    EXPECT_EQ(first(), "x.json:/a: [choice 205] expected one, got other; did you mean \"onne\"?");
    findings_.add(b_, Code::kType, "x", "y");
    EXPECT_EQ(first(), "x.json:/a: [choice 205] expected one, got other; did you mean \"onne\"?");
    EXPECT_EQ(findings_.count(), 3u);
}

TEST_F(Kept, TheEarlierFoundOfTwoAtOnePlace) {
    findings_.add(a_, Code::kRange, "first", "x");
    findings_.add(a_, Code::kRange, "second", "x");
    EXPECT_EQ(first(), "x.json:/a: [range 202] expected first, got x");
}

TEST_F(Kept, NamesTheNearestOfTheKnown) {
    findings_.add_unknown(a_, Code::kReference, "a port", "tristee", {"genoa", "trieste"});
    EXPECT_EQ(first(), "x.json:/a: [reference 301] expected a port, got \"tristee\"; did you mean \"trieste\"?");
}

TEST_F(Kept, SaysWhereAnotherPlaceIs) {
    EXPECT_EQ(findings_.where(b_), "x.json:/b");
    EXPECT_EQ(findings_.where(0), "");
}

// A check sees its value, all names, and may report any place below.
TEST(Checks, SeeValuesAndNames) {
    const Shape item = object({required("id", identifier(), ""), required("n", integer("", 0, 9), "")});
    const Shape shape = object({
        required("all", list(item).declares("things").that([](const View& all, Findings& findings) {
            for (const View& one : all.items()) {
                if (static_cast<std::size_t>(one["n"].integer()) >= findings.names().in("things").size()) {
                    findings.add(one["n"].place(), Code::kInconsistent, "less than the number of things", describe(one["n"].value()));
                }
            }
        }),
                 ""),
    });
    EXPECT_EQ(error_of(R"({"all": [{"id": "a", "n": 1}, {"id": "b", "n": 0}]})", shape), "");
    EXPECT_EQ(error_of(R"({"all": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]})", shape),
              "x.json:/all/1/n: [inconsistent 304] expected less than the number of things, got 2");
}

// The inner check runs before the outer one, and an outer one does not run where an inner one found something.
TEST(Checks, RunFromTheInsideOutAndOnlyOnWhatIsRight) {
    std::vector<std::string> ran;
    const auto note = [&ran](const std::string& name, bool fails) {
        return [&ran, name, fails](const View& view, Findings& findings) {
            ran.push_back(name);
            if (fails) {
                findings.add(view.place(), Code::kInconsistent, name, "x");
            }
        };
    };
    const auto run = [&](bool inner_fails) {
        ran.clear();
        const Shape shape =
            object({required("a", flag().that(note("inner", inner_fails)).that(note("inner 2", false)), "")}).that(note("outer", false));
        return error_of(R"({"a": true})", shape);
    };
    EXPECT_EQ(run(false), "");
    EXPECT_EQ(ran, (std::vector<std::string>{"inner", "inner 2", "outer"}));
    EXPECT_EQ(run(true), "x.json:/a: [inconsistent 304] expected inner, got x");
    EXPECT_EQ(ran, (std::vector<std::string>{"inner", "inner 2"}));
}

// A check of an either() and of a tagged object sees the alternative that was written.
TEST(Checks, OfAlternativesSeeWhatWasWritten) {
    std::vector<std::size_t> seen;
    const Shape shape = list(either({flag(), text(5)}).that([&seen](const View& view, Findings&) { seen.push_back(view.alternative()); }));
    EXPECT_EQ(error_of(R"([true, "a", false])", shape), "");
    EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1, 0}));
}

// A finding at a default, which stands nowhere, is one of the object that lacks it.
TEST(Checks, OfDefaultsPointToTheObject) {
    const Shape shape = object({
        required("inner", object({defaulted("n", integer("", 0, 9), make_integer(3), "")}).that([](const View& view, Findings& findings) {
            findings.add(view["n"].place(), Code::kInconsistent, "another default", describe(view["n"].value()));
        }),
                 ""),
    });
    EXPECT_EQ(error_of(R"({"inner": {}})", shape), "x.json:/inner: [inconsistent 304] expected another default, got 3");
}

TEST(Checks, OfNamesDeclaredByAListAndAMapTogether) {
    const Shape shape = object({
        required("list", list(object({required("code", code(), "")})).declares("states", "code"), ""),
        required("map", map(code(), flag()).declares("states"), ""),
        sim::optional("ref", reference({"states"}), ""),
    });
    EXPECT_EQ(error_of(R"({"ref": "DE", "list": [{"code": "AT"}], "map": {"DE": true, "x-AT": 1}})", shape), "");
    EXPECT_EQ(
        error_of(R"({"list": [{"code": "AT"}], "map": {"DE": true, "AT": true}})", shape),
        R"(x.json:/map/AT: [repeated_id 302] expected each name in states once, got "AT" a second time, first at x.json:/list/0/code)");
}

// One list may declare its names in two namespaces, such as that of all who can act.
TEST(Checks, OfNamesDeclaredTwice) {
    const Shape things = list(object({required("id", identifier(), "")}));
    const Shape shape = object({
        required("a", things.declares("as").declares("all"), ""),
        required("b", things.declares("bs").declares("all"), ""),
        sim::optional("ref", list(reference({"all"})), ""),
    });
    EXPECT_EQ(error_of(R"({"a": [{"id": "x"}], "b": [{"id": "y"}], "ref": ["x", "y"]})", shape), "");
    EXPECT_EQ(error_of(R"({"a": [{"id": "x"}], "b": [{"id": "x"}]})", shape),
              R"(x.json:/b/0/id: [repeated_id 302] expected each name in all once, got "x" a second time, first at x.json:/a/0/id)");
}

// Names are collected from every corner: alternatives, variants, maps, and parts of the document that are wrong.
TEST(Checks, OfNamesDeclaredAnywhere) {
    const Shape things = list(object({required("id", identifier(), ""), required("n", flag(), "")})).declares("things");
    const Shape shape = object({
        required("ref", reference({"things"}), ""),
        required("deep", map(code(), either({flag(), tagged("kind", {{.name = "k", .fields = {required("l", things, "")}, .text = ""}})})),
                 ""),
    });
    EXPECT_EQ(error_of(R"({"ref": "t", "deep": {"AA": true, "BB": {"kind": "k", "l": [{"id": "t", "n": true}]}}})", shape), "");
    EXPECT_EQ(error_of(R"({"ref": "t", "deep": {"AA": true, "BB": {"kind": "k", "l": [{"id": "t", "n": 1}]}}})", shape),
              "x.json:/deep/BB/l/0/n: [type 201] expected true or false, got 1");
    EXPECT_EQ(error_of(R"({"ref": "t", "deep": {"BB": {"kind": "?", "l": [{"id": "t", "n": true}]}}})", shape),
              R"(x.json:/ref: [reference 301] expected a name from things, got "t")");
}

}  // namespace
}  // namespace sim
