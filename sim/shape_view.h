// Reading a checked document: values by key, with defaults filled in. Misuse is a programmer's error and asserts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/distributions.h"
#include "sim/json.h"
#include "sim/shape.h"
#include "sim/time.h"

namespace sim {

/// A number, or a duration in seconds, with what is known about it.
struct Figure {
    double value = 0.0;
    double low = 0.0;        ///< = value without a range
    double high = 0.0;       ///< = value without a range
    std::string source;      ///< a key of sources.bib, "assumed", or "" if none was given
    std::string confidence;  ///< "low", "medium", "high" or ""
    bool has_range = false;
    std::optional<Distribution> dist;
};

struct MemberView;

/// A value and its shape. Cheap; valid while both live. Every function below is for a document without first_error() and has
/// the precondition that the shape is the one named (of an either(): the alternative that was written).
class View {
public:
    View(const Value& value, const Shape& shape);

    /// A key of an object or tagged object. Not written: its default, or a View that is not present().
    [[nodiscard]] View operator[](std::string_view key) const;
    [[nodiscard]] bool has(std::string_view key) const { return (*this)[key].present(); }

    [[nodiscard]] bool present() const noexcept { return value_ != nullptr; }  ///< written or a default
    [[nodiscard]] bool written() const noexcept { return present() && !defaulted_; }
    [[nodiscard]] PlaceId place() const noexcept { return present() ? value_->place : 0; }
    [[nodiscard]] Kind kind() const;                ///< the JSON type
    [[nodiscard]] std::size_t alternative() const;  ///< of an either(): which one was written, from 0
    [[nodiscard]] const Value& value() const;

    [[nodiscard]] double number() const;  ///< number, integer, or a figure's value
    [[nodiscard]] std::int64_t integer() const;
    [[nodiscard]] bool flag() const;
    [[nodiscard]] const std::string& text() const;    ///< text, identifier, code, choice, reference
    [[nodiscard]] Duration duration() const;          ///< duration, signed duration, or a figure's value
    [[nodiscard]] Figure figure() const;              ///< figure, or a plain number or duration; durations in seconds
    [[nodiscard]] Distribution distribution() const;  ///< durations in seconds; a plain quantity is a constant

    [[nodiscard]] std::size_t size() const;                 ///< of a list or map ("x-..." keys not counted); 0 if not present
    [[nodiscard]] View at(std::size_t index) const;         ///< item of a list
    [[nodiscard]] std::vector<View> items() const;          ///< of a list; empty if not present
    [[nodiscard]] std::vector<MemberView> members() const;  ///< of a map, without "x-..." keys; empty if not present

private:
    View(const Value* value, const ShapeNode* node, bool defaulted);

    const Value* value_ = nullptr;
    const ShapeNode* node_ = nullptr;  ///< of an either(): the alternative
    std::size_t alternative_ = 0;
    bool is_either_ = false;
    bool defaulted_ = false;
};

/// One key of a map.
struct MemberView {
    const std::string& key;
    PlaceId key_place;
    View value;
};

/// One use of a figure() or of a parameter of a distribution() in a document, written or by default.
struct FigureUse {
    std::string pointer;  ///< in the merged document
    Figure figure;
    std::string unit;         ///< "s" for durations
    std::string text;         ///< what it means: the text of its key
    bool by_default = false;  ///< not written: figure.source is the source of the default
};

/// Every figure of a document in document order, those left to their defaults after the written keys of the same object.
/// Precondition: no first_error().
[[nodiscard]] std::vector<FigureUse> figures_used(const Value& value, const Shape& shape);

}  // namespace sim
