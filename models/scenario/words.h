// The words by which documents name the values of the model's enumerations; order = order of the enumeration.
#pragma once

#include <algorithm>
#include <cassert>
#include <string>
#include <string_view>
#include <vector>

namespace mailrift {

using Words = std::vector<std::string>;

inline Words unit_words() { return {"users", "mailboxes", "organisations"}; }
inline Words missing_words() { return {"proportional", "best", "worst"}; }
inline Words via_words() { return {"operator", "parent", "staff", "market"}; }
inline Words layer_words() {
    return {"mailbox", "hosting",   "dns",         "registrar", "registry", "root_zone", "network",
            "gateway", "blocklist", "certificate", "software",  "os",       "push",      "store"};
}
inline Words provider_kind_words() { return {"global", "national", "isp", "government", "organisation", "self_hosted"}; }
inline Words service_words() { return {"personal", "business", "both"}; }
inline Words mode_words() { return {"any_of", "all_of", "split"}; }
inline Words address_words() { return {"own", "provider"}; }
inline Words traffic_words() { return {"fluid", "flow", "message", "none"}; }
inline Words direction_words() { return {"from", "to", "both"}; }

/// The value that a word stands for. Precondition: the word is one of `words` (the reader has checked it).
template <class Enum>
[[nodiscard]] Enum value_of(const Words& words, std::string_view word) {
    const auto found = std::find(words.begin(), words.end(), word);
    assert(found != words.end());
    return static_cast<Enum>(found - words.begin());
}

/// The words for suppliers' layers: all but the mailbox itself.
inline Words supplier_layer_words() {
    Words words = layer_words();
    words.erase(words.begin());
    return words;
}

}  // namespace mailrift
