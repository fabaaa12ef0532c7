// Checking a document against a shape: one walk, one error, always the first in the order of files and document.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/error.h"
#include "sim/json.h"
#include "sim/names.h"
#include "sim/shape.h"

namespace sim {

/// Collects what is wrong and keeps only the first in reading order, so that a hostile document costs no memory.
class Findings {
public:
    Findings(const Places& places, const Names& names) : places_(places), names_(names) {}

    /// Reports a value. `place` 0 (a value built by a program) stands for the value that is being checked.
    void add(PlaceId place, Code code, std::string_view expected, std::string_view got, std::string_view nearest = "");

    /// Reports that `name` is none of `known`; the nearest is looked up only if this finding is the one reported.
    void add_unknown(PlaceId place, Code code, std::string_view expected, std::string_view name, const std::vector<std::string>& known);

    /// All names declared by this document and by those outside it.
    [[nodiscard]] const Names& names() const noexcept { return names_; }

    /// "file:/pointer" of a place, for texts that name a second one.
    [[nodiscard]] std::string where(PlaceId place) const { return format_place(places_.place(place)); }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] const std::optional<Error>& first() const noexcept { return first_; }

private:
    friend class Walk;

    /// A step of the walk: a key or an index, and the place of the value there.
    struct Step {
        const std::string* key = nullptr;
        std::size_t index = 0;
        PlaceId place = 0;
    };

    /// Counts a finding; true if it is the first so far in reading order.
    [[nodiscard]] bool wants(PlaceId place);
    void keep(PlaceId place, Code code, std::string_view expected, std::string_view got, std::string_view nearest = "");
    [[nodiscard]] PlaceId order_of(PlaceId place) const;
    [[nodiscard]] Place place_of(PlaceId place) const;

    const Places& places_;
    const Names& names_;
    std::vector<Step> way_;  ///< from the root to the value being checked
    std::size_t count_ = 0;
    PlaceId first_order_ = 0;
    std::optional<Error> first_;
};

/// The first error of a document, or nothing if it is right. `outside`: names declared by other documents (a world's, while a
/// scenario is checked), which references may use and this document may not declare again.
[[nodiscard]] std::optional<Error> first_error(const Value& value, const Shape& shape, const Places& places, const Names& outside = {});

/// The names that a document declares, by namespace, in document order; of repeated ones the first.
[[nodiscard]] Names declared_names(const Value& value, const Shape& shape);

/// The document with every default written out where its object is written; places of added values are 0.
/// Precondition: no first_error().
[[nodiscard]] Value with_defaults(const Value& value, const Shape& shape);

}  // namespace sim
