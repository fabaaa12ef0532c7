// Following `extends` from document to document.
#include "sim/extends.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sim {
namespace {

constexpr std::string_view kExtends = "extends";

bool is_bare_name(const Value& value) {
    constexpr std::size_t kMostBytes = 64;
    if (value.kind != Kind::kString || value.text.empty() || value.text.size() > kMostBytes) {
        return false;
    }
    return std::all_of(value.text.begin(), value.text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

std::string resolve(const Resolver& resolver, std::string_view kind, const Value& name, const Places& places) {
    try {
        return resolver(kind, name.text);
    } catch (const Error& error) {
        if (error.place() == Place{}) {
            throw error.at(places.place(name.place));
        }
        throw;
    }
}

/// Checks the name that a document extends against those already followed.
void check_name(const Value& name, const std::vector<std::string>& chain, const Places& places) {
    if (!is_bare_name(name)) {
        throw Error(Code::kExtends, places.place(name.place), "a bare name of 1 to 64 characters a-z, 0-9, _ and -", describe(name));
    }
    if (std::find(chain.begin(), chain.end(), name.text) != chain.end()) {
        std::string cycle;
        for (const std::string& step : chain) {
            cycle += step + " > ";
        }
        throw Error(Code::kExtends, places.place(name.place), "documents that do not extend themselves", cycle + name.text);
    }
    if (chain.size() >= static_cast<std::size_t>(kMostExtends)) {
        throw Error(Code::kExtends, places.place(name.place), "a chain of at most " + std::to_string(kMostExtends) + " extended documents",
                    "one more");
    }
}

Value without_extends(Value document) {
    std::erase_if(document.members, [](const Member& member) { return member.key == kExtends; });
    return document;
}

}  // namespace

Value load_with_extends(std::string_view text, std::string_view file, std::string_view kind, const Resolver& resolver, Places& places,
                        const JsonLimits& limits) {
    std::vector<Value> documents{read_json(text, file, places, limits)};
    std::vector<std::string> chain;  // names followed; the first text has none of its own
    while (const Value* name = documents.back().find(kExtends)) {
        check_name(*name, chain, places);
        chain.push_back(name->text);
        documents.push_back(read_json(resolve(resolver, kind, *name, places), name->text + ".json", places, limits));
    }
    Value merged = without_extends(std::move(documents.back()));
    documents.pop_back();
    while (!documents.empty()) {
        merged = merge_patch(merged, without_extends(std::move(documents.back())), places);
        documents.pop_back();
    }
    return merged;
}

}  // namespace sim
