// The list of sanction measures.
#include "models/sanction/registry.h"

namespace mailrift {

// One line a measure: the function of that name, in its own file, describes it.
// clang-format off
#define MAILRIFT_MEASURES(entry) \
    entry(close_accounts) \
    entry(block_senders) \
    entry(block_domains) \
    entry(blocklist_target)
// clang-format on

#define MAILRIFT_DECLARE(name) MeasureEntry name();
#define MAILRIFT_CALL(name) name(),

MAILRIFT_MEASURES(MAILRIFT_DECLARE)

std::vector<MeasureEntry> measure_registry() { return {MAILRIFT_MEASURES(MAILRIFT_CALL)}; }

}  // namespace mailrift
