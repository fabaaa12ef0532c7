// A hint to the operating system about large arrays that are read at random places.
#pragma once

#include <cstddef>

namespace sim {

/// Asks for large pages under `bytes` bytes from `start`, where the system has them and lets itself be asked (Linux); a hint: it changes the time
/// of random reads, nothing else. To be called before the memory is first written.
void advise_huge_pages(void* start, std::size_t bytes) noexcept;

}  // namespace sim
