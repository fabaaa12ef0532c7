// What this machine's memory can do: random reads that wait for each other, random reads that do not, and reading in order, as JSON.
#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include <sys/mman.h>

#include "sim/hash.h"

namespace {

constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15U;  // odd: its multiples visit all places
constexpr std::size_t kLineWords = 8;                   // a cache line of 64 bytes

/// Words that are not equal, in pages as large as the system gives them.
class Memory {
public:
    explicit Memory(std::size_t bytes) : bytes_(bytes) {
        void* const start = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED) return;
        words_ = static_cast<std::uint64_t*>(start);
        huge_ = madvise(start, bytes, MADV_HUGEPAGE) == 0;
        for (std::size_t i = 0; i < bytes / sizeof(std::uint64_t); ++i) words_[i] = sim::mix64(i);
    }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    ~Memory() {
        if (words_ != nullptr) munmap(words_, bytes_);
    }

    [[nodiscard]] std::span<const std::uint64_t> words() const noexcept {
        return {words_, words_ == nullptr ? 0 : bytes_ / sizeof(std::uint64_t)};
    }
    [[nodiscard]] bool huge() const noexcept { return huge_; }

private:
    std::size_t bytes_;
    std::uint64_t* words_ = nullptr;
    bool huge_ = false;
};

template <class Work>
double seconds_of(const Work& work, std::uint64_t& sink) {
    const auto start = std::chrono::steady_clock::now();
    sink += work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Reads a word of each of `reads` lines whose places are known beforehand. Precondition: a power of two words.
std::uint64_t read_independent(std::span<const std::uint64_t> words, std::uint64_t reads, std::uint64_t salt) {
    const auto shift = static_cast<unsigned>(64 - std::countr_zero(words.size() / kLineWords));
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < reads; ++i) sum += words[(sim::mix64(i + salt) >> shift) * kLineWords];
    return sum;
}

/// As read_independent(), but where to read follows from what was read before, and from a count, so that no cycle is short.
std::uint64_t read_dependent(std::span<const std::uint64_t> words, std::uint64_t reads, std::uint64_t salt) {
    const auto shift = static_cast<unsigned>(64 - std::countr_zero(words.size() / kLineWords));
    std::uint64_t last = salt * kFactor;
    for (std::uint64_t i = 0; i < reads; ++i) last = words[((last + i * kFactor) >> shift) * kLineWords];
    return last;
}

std::uint64_t read_in_order(std::span<const std::uint64_t> words) {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::uint64_t c = 0;
    std::uint64_t d = 0;
    for (std::size_t i = 0; i < words.size(); i += 4) {
        a += words[i];
        b += words[i + 1];
        c += words[i + 2];
        d += words[i + 3];
    }
    return a + b + c + d;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

bool read_number(const std::string& text, std::uint64_t low, std::uint64_t high, std::uint64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= low && number <= high;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    std::uint64_t mebibytes = 0;
    std::uint64_t rounds = 0;
    const bool read = words.size() == 2 && read_number(words[0], 1, 65'536, mebibytes) && read_number(words[1], 1, 1'000, rounds);
    if (!read || !std::has_single_bit(mebibytes)) {
        std::fputs("usage: memory_bench MEBIBYTES (a power of two) ROUNDS (odd)\n", stderr);
        return 2;
    }
    const Memory memory(mebibytes << 20U);
    if (memory.words().empty()) {
        std::fprintf(stderr, "expected %llu MiB of memory, got none\n", static_cast<unsigned long long>(mebibytes));
        return 1;
    }
    const std::uint64_t reads = mebibytes << 14U;  // a line of 64 bytes each
    std::vector<double> independent;
    std::vector<double> dependent;
    std::vector<double> stream;
    std::uint64_t sink = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const std::uint64_t salt = round << 40U;
        independent.push_back(seconds_of([&] { return read_independent(memory.words(), reads, salt); }, sink));
        dependent.push_back(seconds_of([&] { return read_dependent(memory.words(), reads / 4, salt); }, sink));
        stream.push_back(seconds_of([&] { return read_in_order(memory.words()); }, sink));
    }
    const auto count = static_cast<double>(reads);
    std::printf("{\"independent_ns\": %.3f, \"dependent_ns\": %.3f, \"stream_gb_s\": %.3f, \"huge_pages\": %s, \"sum\": \"%016llx\"}\n",
                1e9 * median(independent) / count, 4e9 * median(dependent) / count,
                1e-9 * static_cast<double>(memory.words().size_bytes()) / median(stream), memory.huge() ? "true" : "false",
                static_cast<unsigned long long>(sink));
    return 0;
}
