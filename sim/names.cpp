// Names by namespace.
#include "sim/names.h"

namespace sim {

bool Names::add(std::string_view space, std::string_view name) {
    open(space);
    Space& found = spaces_.find(space)->second;
    if (found.index.find(name) != found.index.end()) {
        return false;
    }
    found.index.emplace(std::string(name), found.order.size());
    found.order.emplace_back(name);
    return true;
}

void Names::open(std::string_view space) {
    if (spaces_.find(space) == spaces_.end()) {
        spaces_.emplace(std::string(space), Space{});
    }
}

bool Names::has(std::string_view space, std::string_view name) const { return index(space, name).has_value(); }

std::optional<std::size_t> Names::index(std::string_view space, std::string_view name) const {
    const auto found = spaces_.find(space);
    if (found == spaces_.end()) {
        return std::nullopt;
    }
    const auto position = found->second.index.find(name);
    return position == found->second.index.end() ? std::nullopt : std::optional(position->second);
}

const std::vector<std::string>& Names::in(std::string_view space) const {
    static const std::vector<std::string> none;
    const auto found = spaces_.find(space);
    return found == spaces_.end() ? none : found->second.order;
}

std::vector<std::string> Names::in_all(const std::vector<std::string>& spaces) const {
    std::vector<std::string> all;
    for (const std::string& space : spaces) {
        const std::vector<std::string>& names = in(space);
        all.insert(all.end(), names.begin(), names.end());
    }
    return all;
}

}  // namespace sim
