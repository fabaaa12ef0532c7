// Reading JSON through nlohmann's SAX interface: limits are enforced on the way, so no deep or huge tree ever exists.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/json.h"

namespace sim {
namespace {

constexpr std::int64_t kLargestInteger = std::int64_t{1} << 53;
constexpr std::string_view kHex = "0123456789ABCDEF";

/// Line and column (in bytes, both from 1) of an offset into a text.
Place place_at(std::string_view text, std::string_view file, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    Place place{.file = std::string(file), .pointer = ""};
    place.line = 1 + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t last_feed = before.rfind('\n');
    place.column = 1 + (last_feed == std::string_view::npos ? before.size() : before.size() - last_feed - 1);
    return place;
}

std::string byte_name(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::string("the byte 0x") + kHex[byte >> 4U] + kHex[byte & 0xFU];
}

/// Length in bytes of the UTF-8 character at `offset`, or 0 if there is none: after table 3-7 of the Unicode Standard 15.
std::size_t utf8_length(std::string_view text, std::size_t offset) {
    const auto byte = [&](std::size_t i) { return offset + i < text.size() ? static_cast<unsigned char>(text[offset + i]) : 0U; };
    const auto within = [&](std::size_t i, unsigned low, unsigned high) { return byte(i) >= low && byte(i) <= high; };
    const unsigned first = byte(0);
    if (first < 0x80U) {
        return 1;
    }
    if (first >= 0xC2U && first <= 0xDFU) {
        return within(1, 0x80, 0xBF) ? 2 : 0;
    }
    if (first >= 0xE0U && first <= 0xEFU) {
        const bool second = within(1, first == 0xE0U ? 0xA0 : 0x80, first == 0xEDU ? 0x9F : 0xBF);
        return second && within(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (first >= 0xF0U && first <= 0xF4U) {
        const bool second = within(1, first == 0xF0U ? 0x90 : 0x80, first == 0xF4U ? 0x8F : 0xBF);
        return second && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

/// What nlohmann would let pass or report less clearly: size, byte order marks, NUL (it takes one for the end), UTF-8.
void check_bytes(std::string_view text, std::string_view file, const JsonLimits& limits) {
    if (text.size() > limits.bytes) {
        throw Error(Code::kSize, {.file = std::string(file), .pointer = ""}, "at most " + std::to_string(limits.bytes) + " bytes",
                    std::to_string(text.size()) + " bytes");
    }
    if (text.substr(0, 3) == "\xEF\xBB\xBF") {
        throw Error(Code::kUtf8, place_at(text, file, 0), "UTF-8 without a byte order mark", "the bytes EF BB BF");
    }
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8_length(text, i);
        if (length == 0) {
            throw Error(Code::kUtf8, place_at(text, file, i), "UTF-8", byte_name(text[i]));
        }
        if (text[i] == '\0') {
            throw Error(Code::kSyntax, place_at(text, file, i), "JSON", byte_name(text[i]));
        }
        i += length;
    }
}

/// What the parser wanted, from the context that nlohmann names in its message.
std::string wanted(std::string_view what) {
    struct Context {
        std::string_view phrase;
        std::string_view wanted;
    };
    static constexpr std::array kContexts{
        Context{"; expected end of input", "nothing after the document"},
        Context{"while parsing object key", "a key in double quotes"},
        Context{"while parsing object separator", "':' after the key"},
        Context{"while parsing object", "',' or '}'"},
        Context{"while parsing array", "',' or ']'"},
    };
    for (const Context& context : kContexts) {
        if (what.find(context.phrase) != std::string_view::npos) {
            return std::string(context.wanted);
        }
    }
    return "a JSON value";
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c == '+';
}

/// What stands where the text stops being JSON, and where that begins.
struct Found {
    std::size_t offset;
    std::string text;
};

/// The word or character at `last`, the offset at which nlohmann stopped, with the lexer's own words on malformed strings and numbers.
Found found_at(std::string_view text, std::size_t last, const std::string& token, std::string_view what) {
    const auto says = [&](std::string_view phrase) { return what.find(phrase) != std::string_view::npos; };
    if (says("missing closing quote")) {
        return {text.size(), "the end of the text within a string"};
    }
    for (const std::string_view kind : {"invalid string", "invalid number"}) {
        const std::size_t start = what.find(kind);
        if (start != std::string_view::npos) {
            const std::size_t detail = start + kind.size() + 2;
            return {last, "an " + std::string(kind) + ": " + std::string(what.substr(detail, what.find("; last read", start) - detail))};
        }
    }
    if (last >= text.size()) {
        return {text.size(), "the end of the text"};
    }
    if (says("unexpected string literal") || says("unexpected number literal")) {
        return {last + 1 - std::min(token.size(), last + 1), token[0] == '"' ? in_quotes(token.substr(1, token.size() - 2)) : token};
    }
    std::size_t start = last;
    while (start > 0 && is_word(text[start - 1]) && (is_word(text[last]) || says("invalid literal"))) {
        --start;
    }
    std::size_t end = start;
    while (end < text.size() && is_word(text[end])) {
        ++end;
    }
    return {start, in_quotes(text.substr(start, std::max<std::size_t>(end - start, utf8_length(text, start))))};
}

/// Receives nlohmann's events and builds the tree.
class Builder {
public:
    Builder(std::string_view text, std::string_view file, Places& places, const JsonLimits& limits)
        : text_(text), file_(file), places_(places), limits_(limits) {}

    Value take() { return std::move(root_); }

    bool null() { return add(make_null()); }
    bool boolean(bool value) { return add(make_bool(value)); }
    bool number_integer(std::int64_t value) {
        return value < -kLargestInteger ? too_large(std::to_string(value)) : add(make_integer(value));
    }
    bool number_unsigned(std::uint64_t value) {
        return value > static_cast<std::uint64_t>(kLargestInteger) ? too_large(std::to_string(value))
                                                                   : add(make_integer(static_cast<std::int64_t>(value)));
    }
    bool number_float(double value, const std::string& literal) {
        // A whole number beyond 64 bits arrives here, silently rounded.
        return literal.find_first_of(".eE") == std::string::npos ? too_large(literal) : add(make_number(value));
    }
    bool string(std::string& value) {
        if (value.size() > limits_.string_bytes) {
            fail(Code::kSize, "a string of at most " + std::to_string(limits_.string_bytes) + " bytes",
                 std::to_string(value.size()) + " bytes");
        }
        return add(make_text(value));
    }
    bool binary(std::vector<std::uint8_t>& /*never in a text*/) { return false; }

    bool start_object(std::size_t /*unknown*/) { return open(Kind::kObject); }
    bool start_array(std::size_t /*unknown*/) { return open(Kind::kArray); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& key);

    bool parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception& exception);

private:
    struct Open {
        Value* value;
        std::set<std::string, std::less<>> keys;  ///< of an object with many: ordered, so that no input can make it slow
    };

    bool is_repeated(const std::string& key);
    bool add(Value value);
    bool open(Kind kind);
    bool close() {
        open_.pop_back();
        return true;
    }
    PlaceId next_place();
    [[noreturn]] void fail(Code code, std::string expected, std::string got) {
        throw Error(code, places_.place(next_place()), std::move(expected), std::move(got));
    }
    bool too_large(const std::string& literal) {
        const std::string shown = in_quotes(literal);
        fail(Code::kNumber, "a whole number within +-2^53 or a finite decimal one", shown.substr(1, shown.size() - 2));
    }

    std::string_view text_;
    std::string_view file_;
    Places& places_;
    const JsonLimits& limits_;
    Value root_;
    std::vector<Open> open_;  ///< from the root inwards; only the innermost grows, so the pointers stay good
    std::string key_;
    std::size_t count_ = 0;
};

PlaceId Builder::next_place() {
    if (open_.empty()) {
        return places_.add_file(file_);
    }
    const Value& parent = *open_.back().value;
    return parent.kind == Kind::kArray ? places_.add_item(parent.place, parent.items.size()) : places_.add_key(parent.place, key_);
}

/// Few keys are compared one by one, many looked up.
bool Builder::is_repeated(const std::string& key) {
    constexpr std::size_t kFew = 16;
    Open& object = open_.back();
    if (object.value->members.size() < kFew) {
        return object.value->find(key) != nullptr;
    }
    if (object.keys.empty()) {
        for (const Member& member : object.value->members) {
            object.keys.insert(member.key);
        }
    }
    return !object.keys.insert(key).second;
}

bool Builder::key(std::string& key) {
    key_ = key;
    if (key.size() > limits_.key_bytes) {
        key_.clear();
        throw Error(Code::kSize, places_.place(open_.back().value->place),
                    "keys of at most " + std::to_string(limits_.key_bytes) + " bytes",
                    in_quotes(key) + " of " + std::to_string(key.size()) + " bytes");
    }
    if (is_repeated(key)) {
        fail(Code::kRepeatedKey, "each key once", in_quotes(key) + " a second time");
    }
    return true;
}

bool Builder::add(Value value) {
    if (++count_ > limits_.values) {
        fail(Code::kSize, "at most " + std::to_string(limits_.values) + " values", "more");
    }
    value.place = next_place();
    if (open_.empty()) {
        root_ = std::move(value);
        return true;
    }
    Value& parent = *open_.back().value;
    if (parent.kind == Kind::kArray) {
        parent.items.push_back(std::move(value));
    } else {
        const PlaceId place = value.place;
        parent.members.push_back({.key = key_, .key_place = place, .value = std::move(value)});
    }
    return true;
}

bool Builder::open(Kind kind) {
    if (open_.size() >= limits_.depth) {
        fail(Code::kDepth, "at most " + std::to_string(limits_.depth) + " lists and objects inside one another", "one more");
    }
    Value value;
    value.kind = kind;
    add(std::move(value));
    Value* added = &root_;
    if (!open_.empty()) {
        Value& parent = *open_.back().value;
        added = parent.kind == Kind::kArray ? &parent.items.back() : &parent.members.back().value;
    }
    open_.push_back({.value = added, .keys = {}});
    return true;
}

bool Builder::parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception& exception) {
    constexpr int kNumberOverflow = 406;
    if (exception.id == kNumberOverflow) {
        return too_large(token);
    }
    const Found found = found_at(text_, position == 0 ? 0 : position - 1, token, exception.what());
    throw Error(Code::kSyntax, place_at(text_, file_, found.offset), wanted(exception.what()), found.text);
}

}  // namespace

Value read_json(std::string_view text, std::string_view file, Places& places, const JsonLimits& limits) {
    check_bytes(text, file, limits);
    Builder builder(text, file, places, limits);
    nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
    return builder.take();
}

}  // namespace sim
