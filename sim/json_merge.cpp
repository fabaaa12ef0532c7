// Merge patches (RFC 7396) that also match the items of lists by their id.
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/json.h"

namespace sim {
namespace {

bool all_have(const std::vector<Value>& items, std::string_view key) {
    for (const Value& item : items) {
        const Value* id = item.find(key);
        if (id == nullptr || id->kind != Kind::kString) {
            return false;
        }
    }
    return !items.empty();
}

/// The key by which the items of both lists match, or "".
std::string_view common_id(const std::vector<Value>& base, const std::vector<Value>& patch) {
    for (const std::string_view key : {"id", "code"}) {
        if (all_have(base, key) && all_have(patch, key)) {
            return key;
        }
    }
    return "";
}

Value merge(const Value* base, const Value& patch, const Places& places);

bool removes(const Value& item) {
    const Value* remove = item.find("remove");
    return remove != nullptr && remove->kind == Kind::kBool && remove->boolean;
}

Value merge_list(const Value& base, const Value& patch, std::string_view id, const Places& places) {
    Value result = base;
    result.place = patch.place;
    std::map<std::string, std::size_t, std::less<>> index;
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < base.items.size(); ++i) {
        ids.push_back(base.items[i].find(id)->text);
        index.emplace(ids.back(), i);
    }
    std::vector<bool> removed(base.items.size(), false);
    for (const Value& item : patch.items) {
        const Value& name = *item.find(id);
        const auto found = index.find(name.text);
        if (found != index.end() && removes(item)) {
            removed[found->second] = true;
        } else if (found != index.end()) {
            result.items[found->second] = merge(&base.items[found->second], item, places);
        } else if (removes(item)) {
            throw Error(Code::kReference, places.place(name.place), "the id of an item to remove", in_quotes(name.text),
                        nearest_name(name.text, ids));
        } else {
            result.items.push_back(merge(nullptr, item, places));
        }
        if (found != index.end()) {
            index.erase(found);  // a second patch of the same id is appended, and refused as repeated by the shape
        }
    }
    Value kept = result;
    kept.items.clear();
    for (std::size_t i = 0; i < result.items.size(); ++i) {
        if (i >= removed.size() || !removed[i]) {
            kept.items.push_back(std::move(result.items[i]));
        }
    }
    return kept;
}

Value merge_object(const Value* base, const Value& patch, const Places& places) {
    std::map<std::string_view, const Member*> patched;
    for (const Member& member : patch.members) {
        patched.emplace(member.key, &member);
    }
    Value result;
    result.kind = Kind::kObject;
    result.place = patch.place;
    if (base != nullptr && base->kind == Kind::kObject) {
        for (const Member& member : base->members) {
            const auto found = patched.find(member.key);
            if (found == patched.end()) {
                result.members.push_back(member);
            } else if (found->second->value.kind != Kind::kNull) {
                const Member& by = *found->second;
                result.members.push_back({.key = by.key, .key_place = by.key_place, .value = merge(&member.value, by.value, places)});
            }
            patched.erase(member.key);
        }
    }
    for (const Member& member : patch.members) {
        if (member.value.kind != Kind::kNull && patched.count(member.key) > 0) {
            result.members.push_back({.key = member.key, .key_place = member.key_place, .value = merge(nullptr, member.value, places)});
        }
    }
    return result;
}

Value merge(const Value* base, const Value& patch, const Places& places) {
    if (patch.kind == Kind::kObject) {
        return merge_object(base, patch, places);
    }
    if (base != nullptr && patch.kind == Kind::kArray && base->kind == Kind::kArray) {
        const std::string_view id = common_id(base->items, patch.items);
        if (!id.empty()) {
            return merge_list(*base, patch, id, places);
        }
    }
    return patch;
}

}  // namespace

Value merge_patch(const Value& base, const Value& patch, const Places& places) { return merge(&base, patch, places); }

}  // namespace sim
