// Strict, bounded JSON: our own value tree, each value with the place it was read from; reading, writing, merging.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/error.h"

namespace sim {

enum class Kind : std::uint8_t { kNull, kBool, kInteger, kNumber, kString, kArray, kObject };

/// Where a value was written: an index into Places, growing in reading order. 0 is nowhere: built by a program.
using PlaceId = std::uint32_t;

/// The files read and, for every value, the way to it. Shared by documents that are merged, so that each value of the result
/// still knows the file that wrote it. Not thread-safe while reading.
class Places {
public:
    Places();

    /// Starts a file and returns the place of its root.
    PlaceId add_file(std::string_view file);
    PlaceId add_item(PlaceId parent, std::size_t index);
    PlaceId add_key(PlaceId parent, std::string_view key);

    /// File and RFC 6901 pointer; an empty Place for 0 and for ids that were never given out.
    [[nodiscard]] Place place(PlaceId id) const;
    [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }

private:
    struct Step {
        PlaceId parent = 0;
        std::uint32_t index = 0;  ///< into a list, keys_ or files_, as `of` says
    };
    std::vector<Step> steps_;  ///< by PlaceId
    std::vector<std::uint8_t> of_;
    std::vector<std::string> files_;
    std::vector<std::string> keys_;
    std::map<std::string, std::uint32_t, std::less<>> key_index_;  ///< ordered: no input can make it slow
};

struct Member;

/// One JSON value. Plain data; only the field that `kind` names has a meaning.
struct Value {
    Kind kind = Kind::kNull;
    bool boolean = false;
    PlaceId place = 0;
    std::int64_t integer = 0;     ///< kInteger: within +-2^53
    double number = 0.0;          ///< kNumber: finite
    std::string text;             ///< kString: UTF-8
    std::vector<Value> items;     ///< kArray
    std::vector<Member> members;  ///< kObject: in document order, keys distinct

    /// The value of a key, or nullptr if this is no object or has no such key.
    [[nodiscard]] const Value* find(std::string_view key) const;
    [[nodiscard]] Value* find(std::string_view key);

    /// kInteger or kNumber as a double. Precondition: is_number().
    [[nodiscard]] double as_number() const;
    [[nodiscard]] bool is_number() const noexcept { return kind == Kind::kInteger || kind == Kind::kNumber; }

    /// Adds a member at the end, or replaces the value of a key that exists. Precondition: kObject.
    Value& put(std::string_view key, Value value);

    /// Equal kind and content, members in the same order; places are not compared.
    friend bool operator==(const Value& a, const Value& b);
};

/// One key of an object and its value.
struct Member {
    std::string key;
    PlaceId key_place = 0;
    Value value;
};

/// What a text may hold. Set by the caller, never by the text.
struct JsonLimits {
    std::size_t bytes = 16U << 20U;
    std::size_t depth = 32;
    std::size_t values = 2'000'000;
    std::size_t string_bytes = 4096;
    std::size_t key_bytes = 64;
};

/// Reads one JSON text (RFC 8259, UTF-8 without byte order mark). `file` is the name that messages show.
/// \throws Error kSize, kUtf8, kSyntax (with line and column), kDepth, kRepeatedKey, kNumber (with pointer).
[[nodiscard]] Value read_json(std::string_view text, std::string_view file, Places& places, const JsonLimits& limits = {});

/// Writes a value, keys in their order, doubles in the fewest digits that read back to the same bits. With `indent` 0 on one
/// line; else lists and objects over several lines, but lists of plain values on one, ending in a line feed.
/// \throws Error kNotFinite for a number that is not finite.
[[nodiscard]] std::string write_json(const Value& value, int indent);

/// `base` changed by `patch` after RFC 7396 (null removes a key), except that two non-empty lists whose items are all objects with
/// an "id" (else a "code") match by it: the same id merges, a new one is appended, {"id": x, "remove": true} removes. All
/// other lists are replaced. Every value keeps its place; an object that both wrote has the place of the patch.
/// \throws Error kReference if an item to remove is not there.
[[nodiscard]] Value merge_patch(const Value& base, const Value& patch, const Places& places = {});

[[nodiscard]] Value make_null();
[[nodiscard]] Value make_bool(bool value);
/// Precondition: within +-2^53.
[[nodiscard]] Value make_integer(std::int64_t value);
[[nodiscard]] Value make_number(double value);
[[nodiscard]] Value make_text(std::string_view text);
[[nodiscard]] Value make_list(std::vector<Value> items);
/// Precondition: keys distinct.
[[nodiscard]] Value make_object(std::vector<std::pair<std::string, Value>> members);

/// The value for a message: `1.5`, `"text"` cut as by in_quotes(), `true`, `null`, `a list of 3 items`, `an object with "id", "at"`.
[[nodiscard]] std::string describe(const Value& value);

/// The fewest digits that read back to the same double; whole numbers below 1e15 without point or exponent.
[[nodiscard]] std::string format_number(double value);

/// An RFC 6901 pointer with one more step: "~" and "/" in a key are written "~0" and "~1".
[[nodiscard]] std::string pointer_with(const std::string& pointer, std::string_view key);
[[nodiscard]] std::string pointer_with(const std::string& pointer, std::size_t index);

}  // namespace sim
