// What this machine's memory can do: random reads that wait for each other, random reads that do not, and reading in order, each in huge and in small
// pages, as JSON.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <span>
#include <string>
#include <vector>

#include <sys/mman.h>

#include "sim/hash.h"

namespace {

constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15U;  // odd: its multiples visit all places
constexpr std::size_t kLineWords = 8;                   // a cache line of 64 bytes
constexpr std::uint64_t kAhead = 48;                    // reads that are under way at once; more than 32 bring no more here

enum class Pages : std::uint8_t { kHuge, kSmall };

/// Words that are not equal, in pages as large as the system gives them, or in small ones.
class Memory {
public:
    Memory(std::size_t bytes, Pages pages) : bytes_(bytes) {
        void* const start = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED) return;
        words_ = static_cast<std::uint64_t*>(start);
        advised_ = madvise(start, bytes, pages == Pages::kHuge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) == 0;
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
    [[nodiscard]] bool advised() const noexcept { return advised_; }  ///< whether the system took the wish for pages

private:
    std::size_t bytes_;
    std::uint64_t* words_ = nullptr;
    bool advised_ = false;
};

template <class Work>
double seconds_of(const Work& work, std::uint64_t& sink) {
    const std::clock_t start = std::clock();  // of the processor: what else it runs meanwhile does not count
    sink += work();
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// Reads a word of each of `reads` lines whose places are known beforehand, and asked for beforehand: without that, the processor has so few reads under
/// way that it takes twice as long. Precondition: a power of two words.
std::uint64_t read_independent(std::span<const std::uint64_t> words, std::uint64_t reads, std::uint64_t salt) {
    const auto shift = static_cast<unsigned>(64 - std::countr_zero(words.size() / kLineWords));
    std::uint64_t sum = 0;
    const auto place = [&](std::uint64_t i) { return (sim::mix64(i + salt) >> shift) * kLineWords; };
    for (std::uint64_t i = 0; i < reads; ++i) {
        __builtin_prefetch(&words[place(i + kAhead)]);
        sum += words[place(i)];
    }
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

/// Times of all rounds in one kind of pages, each kept for its median.
struct Times {
    std::vector<double> independent;  ///< ns a read
    std::vector<double> dependent;    ///< ns a read
    std::vector<double> stream;       ///< GB/s
};

/// One round: a read of each line, a quarter as many that wait for each other, and all in order.
void measure(const Memory& memory, std::uint64_t salt, Times& times, std::uint64_t& sink) {
    const std::span<const std::uint64_t> words = memory.words();
    const std::uint64_t reads = words.size() / kLineWords;
    const auto count = static_cast<double>(reads);
    times.independent.push_back(1e9 / count * seconds_of([&] { return read_independent(words, reads, salt); }, sink));
    times.dependent.push_back(4e9 / count * seconds_of([&] { return read_dependent(words, reads / 4, salt); }, sink));
    const auto bytes = static_cast<double>(words.size_bytes());
    times.stream.push_back(1e-9 * bytes / seconds_of([&] { return read_in_order(words); }, sink));
}

void print(const char* prefix, const Times& times) {
    std::printf("\"%sindependent_ns\": %.3f, \"%sdependent_ns\": %.3f, \"%sstream_gb_s\": %.3f, ", prefix, median(times.independent),
                prefix, median(times.dependent), prefix, median(times.stream));
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    std::uint64_t mebibytes = 0;
    std::uint64_t rounds = 0;
    const bool read = words.size() == 2 && read_number(words[0], 1, 65'536, mebibytes) && read_number(words[1], 1, 1'000, rounds);
    if (!read || !std::has_single_bit(mebibytes)) {
        std::fputs("usage: memory_bench MEBIBYTES (a power of two; twice as many are taken) ROUNDS (odd)\n", stderr);
        return 2;
    }
    const Memory huge(mebibytes << 20U, Pages::kHuge);
    const Memory small(mebibytes << 20U, Pages::kSmall);
    if (huge.words().empty() || small.words().empty()) {
        std::fprintf(stderr, "expected two times %llu MiB of memory, got less\n", static_cast<unsigned long long>(mebibytes));
        return 1;
    }
    Times in_huge;
    Times in_small;
    std::uint64_t sink = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        measure(huge, round << 40U, in_huge, sink);
        measure(small, round << 40U, in_small, sink);
    }
    std::printf("{");
    print("", in_huge);
    print("small_", in_small);
    std::printf("\"huge_pages\": %s, \"small_pages\": %s, \"sum\": \"%016llx\"}\n", huge.advised() ? "true" : "false",
                small.advised() ? "true" : "false", static_cast<unsigned long long>(sink));
    return 0;
}
