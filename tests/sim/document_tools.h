// A toy document about ports and ships, and short ways to read and to fail, for the tests of documents.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/error.h"
#include "sim/json.h"
#include "sim/shape.h"
#include "sim/shape_check.h"
#include "sim/shape_view.h"

namespace sim::testing {

/// Ships must not carry more than the harbours can hold: a check of several values together.
inline void check_capacity(const View& fleet, Findings& findings) {
    double crew = 0;
    for (const View& ship : fleet["ships"].items()) {
        crew += ship["crew"].number();
    }
    if (crew > 1000) {
        findings.add(fleet["ships"].place(), Code::kTooLarge, "at most 1000 in all crews", format_number(crew));
    }
}

inline Shape port_shape() {
    return object({
        required("id", identifier(), "its name in this document"),
        required("depth", number("m", 0, 50).open_low(), "depth of the water"),
        defaulted("fee", figure(number("share", 0, 1)), make_number(0.1), "share of the cargo kept", "lloyd-2020"),
        sim::optional("near", reference({"ports"}), "the next port"),
    });
}

inline Shape ship_shape() {
    return tagged("kind",
                  {
                      {.name = "sail", .fields = {required("masts", integer("", 1, 7), "how many masts")}, .text = "moved by wind"},
                      {.name = "steam",
                       .fields = {defaulted("boiler", choice({"fire_tube", "water_tube"}), make_text("fire_tube"), "how it makes steam"),
                                  sim::optional("repair", distribution(duration()), "time a repair takes")},
                       .text = "moved by coal"},
                  },
                  {
                      required("id", identifier(), "its name in this document"),
                      defaulted("crew", integer("persons", 1, 5000), make_integer(20), "how many sail it", "assumed"),
                      sim::optional("calls", either({reference({"ports"}, {"*"}), list(reference({"ports"}), 1, 3)}), "where it stops"),
                  });
}

inline Shape fleet_shape() {
    return object({
                      required("schema", integer("", 1, 1), "version of this form"),
                      required("name", text(30), "a title"),
                      sim::optional("ports", list(port_shape()).declares("ports"), "where ships can stop"),
                      sim::optional("ships", list(ship_shape(), 0, 5).declares("ships"), "what moves"),
                      sim::optional("flags", map(code(), text(), 2).declares("flags"), "names of flags by code"),
                      defaulted("open", flag(), make_bool(true), "whether trade is free"),
                      sim::optional("voyage", duration(), "how long a voyage lasts"),
                  })
        .that(check_capacity);
}

/// The what() of the first error that reading, checking or both meet; "" if the document is right.
inline std::string error_of(std::string_view text, const Shape& shape, const JsonLimits& limits = {}) {
    Places places;
    try {
        const Value value = read_json(text, "x.json", places, limits);
        const auto error = first_error(value, shape, places);
        return error ? error->what() : "";
    } catch (const Error& error) {
        return error.what();
    }
}

/// As above for reading alone.
inline std::string read_error(std::string_view text, const JsonLimits& limits = {}) { return error_of(text, Shape(), limits); }

/// A value read from a text of the test's own, without a file.
inline Value parsed(std::string_view text) {
    Places places;
    return read_json(text, "", places);
}

/// Runs `call` and gives the what() of the Error it throws, or "" if it throws none.
template <typename Call>
std::string thrown_by(const Call& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

/// The toy document with further keys, given as the text after a comma.
inline std::string fleet(std::string_view more) {
    return R"({"schema": 1, "name": "toy")" + std::string(more.empty() ? "" : ", ") + std::string(more) + "}";
}

}  // namespace sim::testing
