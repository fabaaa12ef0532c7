// Writing JSON, and values as messages show them.
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "sim/json.h"

namespace sim {
namespace {

std::string shortest(double value) {
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return std::string(buffer.data(), end.ptr);
}

void write_string(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (byte < 0x20U) {
            out += "\\u00";
            out += kHex[byte >> 4U];
            out += kHex[byte & 0xFU];
        } else {
            out += c;
        }
    }
    out += '"';
}

bool is_container(const Value& value) { return value.kind == Kind::kArray || value.kind == Kind::kObject; }

class Writer {
public:
    explicit Writer(int indent) : indent_(indent) {}

    void write(const Value& value);
    std::string take() { return std::move(out_); }

private:
    void write_list(const Value& value);
    void write_object(const Value& value);
    void feed() {
        out_ += '\n';
        out_.append(static_cast<std::size_t>(indent_) * depth_, ' ');
    }

    int indent_;
    std::size_t depth_ = 0;
    std::string out_;
};

void Writer::write(const Value& value) {
    switch (value.kind) {
        case Kind::kNull: out_ += "null"; break;
        case Kind::kBool: out_ += value.boolean ? "true" : "false"; break;
        case Kind::kInteger: out_ += std::to_string(value.integer); break;
        case Kind::kNumber: {
            if (!std::isfinite(value.number)) {
                throw Error(Code::kNotFinite, {}, "a finite number", shortest(value.number));
            }
            const std::string digits = shortest(value.number);
            out_ += digits;
            // Without a point or exponent it would be read back as a whole number.
            out_ += digits.find_first_of(".e") == std::string::npos ? ".0" : "";
            break;
        }
        case Kind::kString: write_string(out_, value.text); break;
        case Kind::kArray: write_list(value); break;
        case Kind::kObject: write_object(value); break;
    }
}

void Writer::write_list(const Value& value) {
    bool plain = indent_ == 0;
    if (!plain) {
        plain = true;
        for (const Value& item : value.items) {
            plain = plain && !is_container(item);
        }
    }
    out_ += '[';
    ++depth_;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        out_ += i == 0 ? "" : (plain && indent_ > 0 ? ", " : ",");
        if (!plain) {
            feed();
        }
        write(value.items[i]);
    }
    --depth_;
    if (!plain) {
        feed();
    }
    out_ += ']';
}

void Writer::write_object(const Value& value) {
    if (value.members.empty()) {
        out_ += "{}";
        return;
    }
    out_ += '{';
    ++depth_;
    for (std::size_t i = 0; i < value.members.size(); ++i) {
        out_ += i == 0 ? "" : ",";
        if (indent_ > 0) {
            feed();
        }
        write_string(out_, value.members[i].key);
        out_ += indent_ > 0 ? ": " : ":";
        write(value.members[i].value);
    }
    --depth_;
    if (indent_ > 0) {
        feed();
    }
    out_ += '}';
}

std::string describe_object(const Value& value) {
    constexpr std::size_t kMostKeys = 4;
    if (value.members.empty()) {
        return "an empty object";
    }
    std::vector<std::string> keys;
    for (const Member& member : value.members) {
        keys.push_back(member.key);
        if (keys.size() > kMostKeys) {
            break;
        }
    }
    return "an object with " + list_in_quotes(keys, kMostKeys);
}

}  // namespace

std::string write_json(const Value& value, int indent) {
    Writer writer(indent);
    writer.write(value);
    std::string text = writer.take();
    return indent > 0 ? text + "\n" : text;
}

std::string format_number(double value) {
    constexpr double kPlain = 1e15;
    if (std::fabs(value) < kPlain && value == std::floor(value)) {
        return std::to_string(static_cast<std::int64_t>(value));
    }
    return shortest(value);
}

std::string describe(const Value& value) {
    switch (value.kind) {
        case Kind::kNull: return "null";
        case Kind::kBool: return value.boolean ? "true" : "false";
        case Kind::kInteger: return std::to_string(value.integer);
        case Kind::kNumber: return format_number(value.number);
        case Kind::kString: return in_quotes(value.text);
        case Kind::kArray:
            if (value.items.empty()) {
                return "an empty list";
            }
            return "a list of " + std::to_string(value.items.size()) + (value.items.size() == 1 ? " item" : " items");
        case Kind::kObject: return describe_object(value);
    }
    return "nothing";
}

}  // namespace sim
