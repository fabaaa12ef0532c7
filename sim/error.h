// The one exception for failures of the outside world: a stable code, a place, what was expected and what was found.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// What went wrong. Numbers are stable and never reused: 1xx the text, 2xx a value, 3xx the document as a whole, 4xx a run.
enum class Code : std::uint16_t {
    kSyntax = 101,       ///< not JSON
    kUtf8 = 102,         ///< not UTF-8, or a byte order mark
    kDepth = 103,        ///< nested too deeply
    kSize = 104,         ///< file, string, key or number of values beyond its limit
    kRepeatedKey = 105,  ///< an object has the same key twice
    kNumber = 106,       ///< a whole number beyond 2^53, or a number too large for a double
    kType = 201,         ///< wrong JSON type
    kRange = 202,        ///< number, duration, length or count outside its bounds
    kUnknownKey = 203,
    kMissingKey = 204,
    kChoice = 205,    ///< not one of the words allowed
    kPattern = 206,   ///< text that does not look as it must
    kDuration = 207,  ///< not a number, one space and a unit
    kReference = 301,
    kRepeatedId = 302,
    kExtends = 303,
    kInconsistent = 304,  ///< values that are right alone but not together
    kTooLarge = 305,      ///< predicted memory or number of events above the budget
    kFile = 306,          ///< a file that cannot be read or written
    kTimeTravel = 401,    ///< an event before the present
    kInterrupted = 402,
    kNotFinite = 403,   ///< a result that is not a finite number
    kArgument = 404,    ///< a value given by the calling program
    kUnbalanced = 405,  ///< the ledger of a run does not balance
};

/// The lower-case name of a code as it stands in messages, such as "unknown_key".
[[nodiscard]] std::string_view code_name(Code code);

/// Every code, in the order of its number.
[[nodiscard]] const std::vector<Code>& all_codes();

/// Where: a file and either an RFC 6901 pointer or, for syntax errors, line and column counted from 1 (column in bytes).
struct Place {
    std::string file;
    std::string pointer;
    std::uint64_t line = 0;  ///< 0: the pointer says where
    std::uint64_t column = 0;

    bool operator==(const Place&) const = default;
};

/// "studies/x.json:/policies/0" or "studies/x.json:3:14"; without a file the pointer alone; "" when nothing is known.
[[nodiscard]] std::string format_place(const Place& place);

/// A failure of the outside world. what() is `PLACE: [CODE_NAME CODE] expected EXPECTED, got GOT`, and with a nearest
/// name `; did you mean "NEAREST"?` after it.
class Error : public std::runtime_error {
public:
    Error(Code code, Place place, std::string expected, std::string got, std::string nearest = "");

    [[nodiscard]] Code code() const noexcept { return code_; }
    [[nodiscard]] const Place& place() const noexcept { return place_; }
    [[nodiscard]] const std::string& expected() const noexcept { return expected_; }
    [[nodiscard]] const std::string& got() const noexcept { return got_; }
    [[nodiscard]] const std::string& nearest() const noexcept { return nearest_; }  ///< "" when no name is near

    /// The same error at another place, for a caller that knows where the value stands.
    [[nodiscard]] Error at(Place place) const;

private:
    Code code_;
    Place place_;
    std::string expected_;
    std::string got_;
    std::string nearest_;
};

/// The name nearest to `name` by Damerau-Levenshtein distance (case ignored), if that is at most a third of the length of the
/// longer of the two; the earlier of equals; "" if none is near.
[[nodiscard]] std::string nearest_name(std::string_view name, const std::vector<std::string>& names);

/// `text` in double quotes for a message: control characters escaped, cut after 40 characters (never inside one) with "...".
[[nodiscard]] std::string in_quotes(std::string_view text);

/// `"a", "b"` with every name quoted; beyond `most` names the rest is "...".
[[nodiscard]] std::string list_in_quotes(const std::vector<std::string>& names, std::size_t most = 24);

}  // namespace sim
