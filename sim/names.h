// The names that documents declare, by namespace ("providers"), so that references can be checked and suggestions made.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

/// Namespaces and their names in document order.
class Names {
public:
    /// Adds a name; false if that namespace has it already.
    bool add(std::string_view space, std::string_view name);

    /// Opens a namespace that may stay empty.
    void open(std::string_view space);

    [[nodiscard]] bool has(std::string_view space, std::string_view name) const;

    /// Position of a name in its namespace, counted from 0 in document order.
    [[nodiscard]] std::optional<std::size_t> index(std::string_view space, std::string_view name) const;

    /// All names of a namespace; empty if there is no such namespace.
    [[nodiscard]] const std::vector<std::string>& in(std::string_view space) const;

    /// All names of several namespaces, one after the other.
    [[nodiscard]] std::vector<std::string> in_all(const std::vector<std::string>& spaces) const;

private:
    struct Space {
        std::vector<std::string> order;
        std::map<std::string, std::size_t, std::less<>> index;
    };
    std::map<std::string, Space, std::less<>> spaces_;
};

}  // namespace sim
