// The JSON value tree: places, look-up, equality and building from code.
#include "sim/json.h"

#include <cassert>
#include <utility>

namespace sim {
namespace {

enum Of : std::uint8_t { kOfFile, kOfItem, kOfKey };

}  // namespace

Places::Places() : steps_(1), of_(1, kOfFile), files_(1) {}

PlaceId Places::add_file(std::string_view file) {
    steps_.push_back({.parent = 0, .index = static_cast<std::uint32_t>(files_.size())});
    of_.push_back(kOfFile);
    files_.emplace_back(file);
    return static_cast<PlaceId>(steps_.size() - 1);
}

PlaceId Places::add_item(PlaceId parent, std::size_t index) {
    steps_.push_back({.parent = parent, .index = static_cast<std::uint32_t>(index)});
    of_.push_back(kOfItem);
    return static_cast<PlaceId>(steps_.size() - 1);
}

PlaceId Places::add_key(PlaceId parent, std::string_view key) {
    auto found = key_index_.find(key);
    if (found == key_index_.end()) {
        found = key_index_.emplace(std::string(key), static_cast<std::uint32_t>(keys_.size())).first;
        keys_.emplace_back(key);
    }
    steps_.push_back({.parent = parent, .index = found->second});
    of_.push_back(kOfKey);
    return static_cast<PlaceId>(steps_.size() - 1);
}

Place Places::place(PlaceId id) const {
    Place place;
    if (id == 0 || id >= steps_.size()) {
        return place;
    }
    std::vector<PlaceId> way;
    while (of_[id] != kOfFile) {
        way.push_back(id);
        id = steps_[id].parent;
    }
    place.file = files_[steps_[id].index];
    for (auto step = way.rbegin(); step != way.rend(); ++step) {
        const std::uint32_t index = steps_[*step].index;
        place.pointer = of_[*step] == kOfItem ? pointer_with(place.pointer, std::size_t{index}) : pointer_with(place.pointer, keys_[index]);
    }
    return place;
}

const Value* Value::find(std::string_view key) const {
    if (kind == Kind::kObject) {
        for (const Member& member : members) {
            if (member.key == key) {
                return &member.value;
            }
        }
    }
    return nullptr;
}

Value* Value::find(std::string_view key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

double Value::as_number() const {
    assert(is_number());
    return kind == Kind::kInteger ? static_cast<double>(integer) : number;
}

Value& Value::put(std::string_view key, Value value) {
    assert(kind == Kind::kObject);
    if (Value* found = find(key)) {
        *found = std::move(value);
    } else {
        const PlaceId key_place = value.place;
        members.push_back({.key = std::string(key), .key_place = key_place, .value = std::move(value)});
    }
    return *this;
}

bool operator==(const Value& a, const Value& b) {
    if (a.kind != b.kind) {
        return false;
    }
    switch (a.kind) {
        case Kind::kNull: return true;
        case Kind::kBool: return a.boolean == b.boolean;
        case Kind::kInteger: return a.integer == b.integer;
        case Kind::kNumber: return a.number == b.number;
        case Kind::kString: return a.text == b.text;
        case Kind::kArray: return a.items == b.items;
        case Kind::kObject: break;
    }
    if (a.members.size() != b.members.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.members.size(); ++i) {
        if (a.members[i].key != b.members[i].key || !(a.members[i].value == b.members[i].value)) {
            return false;
        }
    }
    return true;
}

Value make_null() { return {}; }

Value make_bool(bool value) {
    Value result;
    result.kind = Kind::kBool;
    result.boolean = value;
    return result;
}

Value make_integer(std::int64_t value) {
    assert(value >= -(std::int64_t{1} << 53) && value <= (std::int64_t{1} << 53));
    Value result;
    result.kind = Kind::kInteger;
    result.integer = value;
    return result;
}

Value make_number(double value) {
    Value result;
    result.kind = Kind::kNumber;
    result.number = value;
    return result;
}

Value make_text(std::string_view text) {
    Value result;
    result.kind = Kind::kString;
    result.text = text;
    return result;
}

Value make_list(std::vector<Value> items) {
    Value result;
    result.kind = Kind::kArray;
    result.items = std::move(items);
    return result;
}

Value make_object(std::vector<std::pair<std::string, Value>> members) {
    Value result;
    result.kind = Kind::kObject;
    for (auto& [key, value] : members) {
        const PlaceId place = value.place;
        result.members.push_back({.key = std::move(key), .key_place = place, .value = std::move(value)});
    }
    return result;
}

std::string pointer_with(const std::string& pointer, std::string_view key) {
    std::string result = pointer + '/';
    for (const char c : key) {
        if (c == '~') {
            result += "~0";
        } else if (c == '/') {
            result += "~1";
        } else {
            result += c;
        }
    }
    return result;
}

std::string pointer_with(const std::string& pointer, std::size_t index) { return pointer + '/' + std::to_string(index); }

}  // namespace sim
