// The list of inbound policies.
#include "models/blocking/registry.h"

namespace mailrift {

// One line a policy: the function of that name, in its own file, describes it.
// clang-format off
#define MAILRIFT_POLICIES(entry) \
    entry(reputation) \
    entry(cost) \
    entry(greylist) \
    entry(rate_limit) \
    entry(authentication) \
    entry(content_filter) \
    entry(default_deny) \
    entry(neighbourhood) \
    entry(geo_block) \
    entry(blocklist) \
    entry(quarantine) \
    entry(due_process)
// clang-format on

#define MAILRIFT_DECLARE(name) PolicyEntry name();
#define MAILRIFT_CALL(name) name(),

MAILRIFT_POLICIES(MAILRIFT_DECLARE)

std::vector<PolicyEntry> policy_registry() { return {MAILRIFT_POLICIES(MAILRIFT_CALL)}; }

}  // namespace mailrift
