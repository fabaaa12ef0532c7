// A small binary archive: its frame, and the checks that no file gets past.
#include "sim/archive.h"

#include <cmath>
#include <numeric>

#include "sim/error.h"
#include "sim/fingerprint.h"

namespace sim {
namespace {

constexpr std::size_t kWord = 8;

std::string word(std::uint64_t value) {
    std::string bytes;
    for (std::size_t i = 0; i < kWord; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
    return bytes;
}

std::uint64_t word_at(std::string_view bytes, std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < kWord; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    return value;
}

std::uint64_t hash_of(std::string_view content) {
    Fingerprint fingerprint;
    fingerprint.add(content);
    return fingerprint.value();
}

}  // namespace

void ArchiveWriter::index(std::size_t /*slot*/, std::uint32_t place) { put(place); }

void ArchiveWriter::put(const std::string& text) {
    put(std::uint64_t{text.size()});
    content_ += text;
}

void ArchiveWriter::put_bytes(std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) content_ += static_cast<char>(value >> (8 * i) & 0xFFU);
}

std::string ArchiveWriter::file(const ArchiveKind& kind) const {
    return std::string(kind.magic) + word(kind.format) + word(content_.size()) + content_ + word(hash_of(content_));
}

ArchiveReader::ArchiveReader(std::string_view bytes, std::string file, const ArchiveKind& kind) : file_(std::move(file)) {
    const std::size_t header = kind.magic.size() + 2 * kWord;
    if (!bytes.starts_with(kind.magic)) refuse("a file that begins with " + in_quotes(kind.magic), "another file");
    if (bytes.size() < header) refuse("a header of " + std::to_string(header) + " bytes", std::to_string(bytes.size()) + " bytes");
    const std::uint64_t format = word_at(bytes, kind.magic.size());
    if (format != kind.format) refuse("format " + std::to_string(kind.format), "format " + std::to_string(format));
    const std::uint64_t size = word_at(bytes, kind.magic.size() + kWord);
    const std::size_t rest = bytes.size() - header;
    if (rest < kWord || size != rest - kWord) {
        refuse("a whole file of " + std::to_string(size) + " bytes of content", std::to_string(rest < kWord ? 0 : rest - kWord) + " bytes");
    }
    left_ = bytes.substr(header, rest - kWord);
    const std::uint64_t written = word_at(bytes, bytes.size() - kWord);
    const std::uint64_t found = hash_of(left_);
    if (written != found) refuse("content with hash " + hex(written), "content that was changed, with hash " + hex(found));
}

void ArchiveReader::expect(std::size_t slot, std::size_t count) {
    places_[slot].resize(count);
    std::iota(places_[slot].begin(), places_[slot].end(), 0U);
}

void ArchiveReader::index(std::size_t slot, std::uint32_t& place) {
    const std::uint64_t found = get_bytes(sizeof(place));
    if (found >= places_[slot].size()) refuse("a place below " + std::to_string(places_[slot].size()), std::to_string(found));
    place = places_[slot][static_cast<std::size_t>(found)];
    if (place == kNowhere) refuse("a place that is still there", std::to_string(found));
}

void ArchiveReader::finish() const {
    if (!left_.empty()) refuse("the end of the content", std::to_string(left_.size()) + " more bytes");
}

void ArchiveReader::refuse(const std::string& expected, const std::string& got) const {
    throw Error(Code::kFile, {file_, "", 0, 0}, expected, got);
}

void ArchiveReader::get(std::string& text) {
    const std::size_t size = get_size();
    text.assign(left_.substr(0, size));
    left_.remove_prefix(size);
}

std::uint64_t ArchiveReader::get_bytes(std::size_t bytes) {
    if (left_.size() < bytes) refuse(std::to_string(bytes) + " more bytes", std::to_string(left_.size()));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{static_cast<unsigned char>(left_[i])} << (8 * i);
    left_.remove_prefix(bytes);
    return value;
}

double ArchiveReader::get_double() {
    const auto value = std::bit_cast<double>(get_bytes(kWord));
    if (!std::isfinite(value)) refuse("a finite number", "another");
    return value;
}

bool ArchiveReader::get_bool() {
    const std::uint64_t value = get_bytes(1);
    if (value > 1) refuse("0 or 1", std::to_string(value));
    return value == 1;
}

std::size_t ArchiveReader::get_size() {
    const std::uint64_t size = get_bytes(kWord);
    if (size > left_.size()) refuse("a length of at most " + std::to_string(left_.size()), std::to_string(size));
    return static_cast<std::size_t>(size);
}

}  // namespace sim
