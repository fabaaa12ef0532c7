// A hint to the operating system about large arrays that are read at random places.
#include "sim/pages.h"

#if defined(__linux__)
#include <sys/mman.h>

#include <cstdint>
#endif

namespace sim {

#if defined(__linux__)
void advise_huge_pages(void* start, std::size_t bytes) noexcept {
    constexpr std::uintptr_t kHugePage = std::uintptr_t{2} << 20U;
    const auto first = reinterpret_cast<std::uintptr_t>(start);
    const std::uintptr_t begin = (first + kHugePage - 1) / kHugePage * kHugePage;
    const std::uintptr_t end = (first + bytes) / kHugePage * kHugePage;
    if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}
#else
void advise_huge_pages(void*, std::size_t) noexcept {}
#endif

}  // namespace sim
