// The list of sanction measures.
#include "models/sanction/registry.h"

namespace mailrift {

std::vector<MeasureEntry> measure_registry() {
    return {
        close_accounts(),
        block_senders(),
        block_domains(),
    };
}

}  // namespace mailrift
