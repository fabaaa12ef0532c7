// A hint to the processor about memory that is read soon.
#pragma once

namespace sim {

/// Asks for the cache line at `address`, whatever that is: nothing happens where it cannot be read, or where a compiler has no such hint.
/// g++ drops calls of functions that do nothing but give hints, unless it inlines them or cannot see into them.
inline void prefetch(const void* address) noexcept {
#if defined(__GNUC__)
    __builtin_prefetch(address);
#else
    static_cast<void>(address);
#endif
}

}  // namespace sim
