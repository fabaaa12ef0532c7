// Walking dotted paths; suggestions for steps that do not exist.
#include "sim/path.h"

#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace sim {
namespace {

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> steps(1);
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] == '\\' && i + 1 < path.size() && path[i + 1] == '.') {
            steps.back() += path[++i];
        } else if (path[i] == '.') {
            steps.emplace_back();
        } else {
            steps.back() += path[i];
        }
    }
    return steps;
}

/// The name of a list item, or nullptr.
const std::string* item_name(const Value& item) {
    for (const std::string_view key : {"id", "code"}) {
        const Value* name = item.find(key);
        if (name != nullptr && name->kind == Kind::kString) {
            return &name->text;
        }
    }
    return nullptr;
}

bool has_names(const Value& list) {
    for (const Value& item : list.items) {
        if (item_name(item) != nullptr) {
            return true;
        }
    }
    return false;
}

const Value* step_into_list(const Value& list, const std::string& step) {
    if (has_names(list)) {
        for (const Value& item : list.items) {
            const std::string* name = item_name(item);
            if (name != nullptr && *name == step) {
                return &item;
            }
        }
        return nullptr;
    }
    std::size_t index = 0;
    const auto end = std::from_chars(step.data(), step.data() + step.size(), index);
    const bool whole = end.ec == std::errc() && end.ptr == step.data() + step.size();
    return whole && index < list.items.size() ? &list.items[index] : nullptr;
}

const Value* step_into(const Value& value, const std::string& step) {
    return value.kind == Kind::kArray ? step_into_list(value, step) : value.find(step);
}

/// The steps that would have been possible.
std::vector<std::string> possible(const Value& value) {
    std::vector<std::string> names;
    for (const Member& member : value.members) {
        names.push_back(member.key);
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        const std::string* name = item_name(value.items[i]);
        if (name != nullptr) {
            names.push_back(*name);
        } else if (!has_names(value)) {
            names.push_back(std::to_string(i));
        }
    }
    return names;
}

[[noreturn]] void fail(const Value& value, const std::vector<std::string>& steps, std::size_t failed, std::string_view path) {
    constexpr std::size_t kMostNames = 8;
    const std::vector<std::string> names = possible(value);
    std::string before;
    for (std::size_t i = 0; i < failed; ++i) {
        before += (i == 0 ? "" : ".") + steps[i];
    }
    std::string expected = names.empty() ? "no further step" : "one of " + list_in_quotes(names, kMostNames);
    expected += before.empty() ? " at the start of the path" : " after " + in_quotes(before);
    throw Error(Code::kReference, {}, expected, in_quotes(steps[failed]) + " in the path " + in_quotes(path),
                nearest_name(steps[failed], names));
}

}  // namespace

const Value* get_path(const Value& root, std::string_view path) {
    if (path.empty()) {
        return nullptr;
    }
    const Value* value = &root;
    for (const std::string& step : split(path)) {
        value = step_into(*value, step);
        if (value == nullptr) {
            return nullptr;
        }
    }
    return value;
}

Value set_path(const Value& root, std::string_view path, Value new_value) {
    Value result = root;
    const std::vector<std::string> steps = split(path);
    Value* value = &result;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Value* next = step_into(*value, steps[i]);
        const bool is_new_key = next == nullptr && i + 1 == steps.size() && value->kind == Kind::kObject && !steps[i].empty();
        if (is_new_key) {
            value->put(steps[i], std::move(new_value));
            return result;
        }
        if (next == nullptr) {
            fail(*value, steps, i, path);
        }
        value = const_cast<Value*>(next);  // `result` is ours
    }
    *value = std::move(new_value);
    return result;
}

}  // namespace sim
