// A small binary archive: what a run remembers, as bytes that are the same on every machine, read back with every size checked first.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sim {

/// What an archive is: a text that such files begin with, and the number of their format.
struct ArchiveKind {
    std::string_view magic;
    std::uint32_t format = 1;
};

/// Numbers of which an archive holds places in other lists (see ArchiveReader::expect). One for each kind of id.
inline constexpr std::size_t kArchiveSlots = 8;

/// Writes values one after the other: whole numbers little endian in their own width, doubles by their bits, texts and lists after their length. A type
/// T of another module is written and read by one function `template <class Archive> void serve(Archive&, typename Archive::template Ref<T>)`.
class ArchiveWriter {
public:
    template <class T>
    using Ref = const T&;
    static constexpr bool kReads = false;

    template <class... Items>
    void operator()(const Items&... items) {
        (put(items), ...);
    }

    /// A place in the list that `slot` stands for.
    void index(std::size_t slot, std::uint32_t place);

    /// One of `count` choices.
    template <class Enum>
    void choice(Enum value, std::size_t /*count*/) {
        put(static_cast<std::uint8_t>(value));
    }

    /// A list whose length the reader knows.
    template <class Item>
    void sized(const std::vector<Item>& items) {
        put(items);
    }

    /// Everything written so far as a file: magic, format, length, content, and the content's hash.
    [[nodiscard]] std::string file(const ArchiveKind& kind) const;

private:
    template <class T>
    void put(const T& value) {
        if constexpr (std::same_as<T, double>) {
            put_bytes(std::bit_cast<std::uint64_t>(value), 8);
        } else if constexpr (std::integral<T>) {
            put_bytes(static_cast<std::uint64_t>(value), sizeof(T));
        } else {
            serve(*this, value);
        }
    }
    void put(const std::string& text);
    template <class A, class B>
    void put(const std::pair<A, B>& both) {
        (*this)(both.first, both.second);
    }
    template <class T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) put(*value);
    }
    template <class T>
    void put(const std::vector<T>& items) {
        put(std::uint64_t{items.size()});
        for (const auto& item : items) put(static_cast<const T&>(item));
    }
    template <class T, std::size_t n>
    void put(const std::array<T, n>& items) {
        for (const T& item : items) put(item);
    }
    template <class Key, class T>
    void put(const std::map<Key, T>& items) {
        put(std::uint64_t{items.size()});
        for (const auto& [key, item] : items) (*this)(key, item);
    }
    void put_bytes(std::uint64_t value, std::size_t bytes);

    std::string content_;
};

/// Reads what ArchiveWriter wrote. Nothing is allocated beyond what the bytes that are there can hold; numbers that are not finite, places outside
/// their list and unknown choices are refused.
class ArchiveReader {
public:
    template <class T>
    using Ref = T&;
    static constexpr bool kReads = true;
    static constexpr std::uint32_t kNowhere = 0xFFFF'FFFFU;

    /// \param file the file's name, for messages; the bytes must outlive the reader
    /// \throws Error kFile unless `bytes` are a whole, unchanged file of that kind.
    ArchiveReader(std::string_view bytes, std::string file, const ArchiveKind& kind);

    /// Where the places of the archive lie now, by place; kNowhere: that item is gone. Before it is set, all of the slot's places are refused.
    void expect(std::size_t slot, std::vector<std::uint32_t> places) { places_[slot] = std::move(places); }

    /// The same where nothing has moved.
    void expect(std::size_t slot, std::size_t count);

    template <class... Items>
    void operator()(Items&... items) {
        (get(items), ...);
    }

    void index(std::size_t slot, std::uint32_t& place);

    template <class Enum>
    void choice(Enum& value, std::size_t count) {
        const auto number = static_cast<std::uint8_t>(get_bytes(1));
        if (number >= count) refuse("one of " + std::to_string(count) + " choices", std::to_string(number));
        value = static_cast<Enum>(number);
    }

    /// Into a list that already has the right length.
    template <class Item>
    void sized(std::vector<Item>& items) {
        const std::size_t expected = items.size();
        get(items);
        want(items.size() == expected, "a list of " + std::to_string(expected), std::to_string(items.size()));
    }

    /// \throws Error kFile with this file's name unless `holds`.
    void want(bool holds, const std::string& expected, const std::string& got) const {
        if (!holds) refuse(expected, got);
    }

    /// \throws Error kFile if something is left.
    void finish() const;

    [[nodiscard]] const std::string& file() const noexcept { return file_; }

private:
    [[noreturn]] void refuse(const std::string& expected, const std::string& got) const;

    template <class T>
    void get(T& value) {
        if constexpr (std::same_as<T, double>) {
            value = get_double();
        } else if constexpr (std::same_as<T, bool>) {
            value = get_bool();
        } else if constexpr (std::integral<T>) {
            value = static_cast<T>(get_bytes(sizeof(T)));
        } else {
            serve(*this, value);
        }
    }
    void get(std::string& text);
    template <class A, class B>
    void get(std::pair<A, B>& both) {
        (*this)(both.first, both.second);
    }
    template <class T>
    void get(std::optional<T>& value) {
        value.reset();
        if (get_bool()) get(value.emplace());
    }
    template <class T>
    void get(std::vector<T>& items) {
        const std::size_t size = get_size();
        items.clear();
        for (std::size_t i = 0; i < size; ++i) {
            T item{};
            get(item);
            items.push_back(std::move(item));
        }
    }
    template <class T, std::size_t n>
    void get(std::array<T, n>& items) {
        for (T& item : items) get(item);
    }
    template <class Key, class T>
    void get(std::map<Key, T>& items) {
        items.clear();
        for (std::size_t left = get_size(); left > 0; --left) {
            Key key{};
            T item{};
            (*this)(key, item);
            items.insert_or_assign(std::move(key), std::move(item));
        }
    }
    std::uint64_t get_bytes(std::size_t bytes);
    double get_double();
    bool get_bool();
    std::size_t get_size();  ///< of a list: at most one item a byte that is left

    std::string_view left_;
    std::string file_;
    std::array<std::vector<std::uint32_t>, kArchiveSlots> places_;
};

}  // namespace sim
