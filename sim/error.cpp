// Error messages: codes by name, places, quoting, and the nearest known name.
#include "sim/error.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace sim {
namespace {

struct NamedCode {
    Code code;
    std::string_view name;
};

constexpr std::array kNamedCodes{
    NamedCode{Code::kSyntax, "syntax"},
    NamedCode{Code::kUtf8, "utf8"},
    NamedCode{Code::kDepth, "depth"},
    NamedCode{Code::kSize, "size"},
    NamedCode{Code::kRepeatedKey, "repeated_key"},
    NamedCode{Code::kNumber, "number"},
    NamedCode{Code::kType, "type"},
    NamedCode{Code::kRange, "range"},
    NamedCode{Code::kUnknownKey, "unknown_key"},
    NamedCode{Code::kMissingKey, "missing_key"},
    NamedCode{Code::kChoice, "choice"},
    NamedCode{Code::kPattern, "pattern"},
    NamedCode{Code::kDuration, "duration"},
    NamedCode{Code::kReference, "reference"},
    NamedCode{Code::kRepeatedId, "repeated_id"},
    NamedCode{Code::kExtends, "extends"},
    NamedCode{Code::kInconsistent, "inconsistent"},
    NamedCode{Code::kTooLarge, "too_large"},
    NamedCode{Code::kFile, "file"},
    NamedCode{Code::kTimeTravel, "time_travel"},
    NamedCode{Code::kInterrupted, "interrupted"},
    NamedCode{Code::kNotFinite, "not_finite"},
    NamedCode{Code::kArgument, "argument"},
    NamedCode{Code::kUnbalanced, "unbalanced"},
};

std::string escaped(unsigned char byte) {
    constexpr std::string_view kHex = "0123456789abcdef";
    return std::string("\\u00") + kHex[byte >> 4U] + kHex[byte & 0xFU];
}

std::string message(Code code, const Place& place, const std::string& expected, const std::string& got, const std::string& nearest) {
    std::string text = format_place(place);
    if (!text.empty()) {
        text += ": ";
    }
    text += '[';
    text += code_name(code);
    text += ' ';
    text += std::to_string(static_cast<unsigned>(code));
    text += "] expected ";
    text += expected;
    text += ", got ";
    text += got;
    if (!nearest.empty()) {
        text += "; did you mean ";
        text += in_quotes(nearest);
        text += '?';
    }
    return text;
}

/// As it can be shown on one line of a terminal: keys and file names may hold anything.
std::string without_controls(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20U || byte == 0x7FU) {
            result += escaped(byte);
        } else {
            result += c;
        }
    }
    return result;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Edits (insert, delete, replace, swap of neighbours) from `a` to `b`; `limit + 1` as soon as it must exceed `limit`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
    if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > limit) {
        return limit + 1;
    }
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::string_view code_name(Code code) {
    for (const NamedCode& named : kNamedCodes) {
        if (named.code == code) {
            return named.name;
        }
    }
    return "unknown";
}

const std::vector<Code>& all_codes() {
    static const std::vector<Code> codes = [] {
        std::vector<Code> result;
        for (const NamedCode& named : kNamedCodes) {
            result.push_back(named.code);
        }
        return result;
    }();
    return codes;
}

std::string format_place(const Place& place) {
    std::string text = without_controls(place.file);
    if (place.line > 0) {
        text += (text.empty() ? "" : ":") + std::to_string(place.line) + ":" + std::to_string(place.column);
    } else if (!place.pointer.empty()) {
        text += (text.empty() ? "" : ":") + without_controls(place.pointer);
    }
    return text;
}

Error::Error(Code code, Place place, std::string expected, std::string got, std::string nearest)
    : std::runtime_error(message(code, place, expected, got, nearest)),
      code_(code),
      place_(std::move(place)),
      expected_(std::move(expected)),
      got_(std::move(got)),
      nearest_(std::move(nearest)) {}

Error Error::at(Place place) const { return Error(code_, std::move(place), expected_, got_, nearest_); }

std::string nearest_name(std::string_view name, const std::vector<std::string>& names) {
    const std::string* best = nullptr;
    std::size_t best_distance = 0;
    for (const std::string& candidate : names) {
        std::size_t limit = std::max(name.size(), candidate.size()) / 3;
        if (best != nullptr) {
            if (best_distance == 0) {
                break;
            }
            limit = std::min(limit, best_distance - 1);
        }
        const std::size_t distance = edit_distance(name, candidate, limit);
        if (distance <= limit) {
            best = &candidate;
            best_distance = distance;
        }
    }
    return best == nullptr ? std::string() : *best;
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t kMostCharacters = 40;
    std::string result = "\"";
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool starts_character = (byte & 0xC0U) != 0x80U;
        if (starts_character && ++characters > kMostCharacters) {
            return result + "...\"";
        }
        if (byte == '\n') {
            result += "\\n";
        } else if (byte == '"' || byte == '\\') {
            result += '\\';
            result += text[i];
        } else if (byte < 0x20U || byte == 0x7FU) {
            result += escaped(byte);
        } else {
            result += text[i];
        }
    }
    return result + "\"";
}

std::string list_in_quotes(const std::vector<std::string>& names, std::size_t most) {
    std::string result;
    for (std::size_t i = 0; i < names.size(); ++i) {
        result += i == 0 ? "" : ", ";
        if (i == most) {
            return result + "...";
        }
        result += in_quotes(names[i]);
    }
    return result;
}

}  // namespace sim
