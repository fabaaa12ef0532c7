// What receivers and lists tell apart in a source: its addresses, ranges or domains.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/blocking/policy.h"
#include "models/control/model.h"

namespace mailrift {

/// Whether a source is a spam sender with addresses of its own.
[[nodiscard]] inline bool is_spam_sender(const Model& model, EntityId source) {
    const std::string& id = model.world.entities[index(source)].id;
    return std::any_of(model.spam_senders.begin(), model.spam_senders.end(), [&](const SpamSender& sender) { return sender.id == id; });
}

/// How many keys of a kind a source has: an address an operator; a range as its `ranges` say, where they do; a domain an operator of a
/// provider, but one for all addresses of a spam sender (assumed).
[[nodiscard]] inline std::uint64_t units_of(const Model& model, EntityId source, Key key) {
    const Entity& entity = model.world.entities[index(source)];
    if (key == Key::kDomain && is_spam_sender(model, source)) return 1;
    if (key == Key::kPrefix && entity.ranges > 0) return std::min(entity.ranges, entity.count);
    return entity.count;
}

/// Whether a fresh address comes with a fresh key of a kind.
[[nodiscard]] inline bool changes_with_address(const Entity& source, Key key) {
    return key == Key::kAddress || (key == Key::kPrefix && source.ranges == 0);
}

}  // namespace mailrift
