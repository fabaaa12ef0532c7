// Merge patches over generated documents, against the algorithm as the standard writes it down.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "sim/json.h"
#include "tests/sim/document_tools.h"

namespace sim {
namespace {

/// RFC 7396, section 2, line by line: define MergePatch(Target, Patch).
Value standard_merge(Value target, const Value& patch) {
    if (patch.kind != Kind::kObject) {
        return patch;
    }
    if (target.kind != Kind::kObject) {
        target = make_object({});
    }
    for (const Member& member : patch.members) {
        if (member.value.kind == Kind::kNull) {
            std::erase_if(target.members, [&](const Member& have) { return have.key == member.key; });
        } else {
            const Value* have = target.find(member.key);
            target.put(member.key, standard_merge(have == nullptr ? make_null() : *have, member.value));
        }
    }
    return target;
}

Value random_document(std::mt19937& draws, int depth) {
    const auto kind = draws() % (depth > 0 ? 6 : 3);
    if (kind == 0) {
        return make_null();
    }
    if (kind == 1) {
        return make_integer(static_cast<std::int64_t>(draws() % 10));
    }
    if (kind == 2) {
        return make_text(std::string(draws() % 3, 'x'));
    }
    if (kind == 3) {
        return make_list({random_document(draws, 0), random_document(draws, 0)});
    }
    Value object = make_object({});
    for (auto count = draws() % 4; count > 0; --count) {
        object.put(std::string(1, static_cast<char>('a' + draws() % 4)), random_document(draws, depth - 1));
    }
    return object;
}

TEST(MergePatchRandom, AgreesWithTheStandardWhereNoListHasIds) {
    for (unsigned seed = 0; seed < 1000; ++seed) {
        std::mt19937 draws(seed);
        const Value base = random_document(draws, 4);
        const Value patch = random_document(draws, 4);
        EXPECT_EQ(merge_patch(base, patch), standard_merge(base, patch)) << "seed " << seed;
    }
}

Value random_items(std::mt19937& draws, bool may_remove) {
    Value list = make_list({});
    for (char id = 'a'; id <= 'f'; ++id) {
        if (draws() % 2 == 0) {
            Value item =
                make_object({{"id", make_text(std::string(1, id))}, {"v", make_integer(static_cast<std::int64_t>(draws() % 100))}});
            if (draws() % 2 == 0) {
                item.put("w", make_integer(1));
            }
            list.items.push_back(std::move(item));
        }
    }
    if (may_remove && !list.items.empty()) {
        list.items.back().put("remove", make_bool(true));
    }
    return list;
}

const Value* item_of(const Value& list, const Value& id) {
    for (const Value& item : list.items) {
        if (*item.find("id") == id) {
            return &item;
        }
    }
    return nullptr;
}

// Metamorphic: every id of either list is there once, patched values win, others stay, and the base comes first in its order. 500 seeds.
TEST(MergePatchRandom, ListsMatchById) {
    for (unsigned seed = 0; seed < 500; ++seed) {
        std::mt19937 draws(seed);
        const Value base = random_items(draws, false);
        const Value patch = random_items(draws, false);
        if (base.items.empty() || patch.items.empty()) {
            EXPECT_EQ(merge_patch(base, patch), patch) << "seed " << seed;
            continue;
        }
        const Value merged = merge_patch(base, patch);
        std::size_t both = 0;
        for (std::size_t i = 0; i < base.items.size(); ++i) {
            const Value* patched = item_of(patch, *base.items[i].find("id"));
            both += patched != nullptr ? 1U : 0U;
            EXPECT_EQ(*merged.items[i].find("id"), *base.items[i].find("id")) << "seed " << seed;
            EXPECT_EQ(*merged.items[i].find("v"), *(patched == nullptr ? base.items[i] : *patched).find("v")) << "seed " << seed;
        }
        EXPECT_EQ(merged.items.size(), base.items.size() + patch.items.size() - both) << "seed " << seed;
        EXPECT_EQ(merge_patch(merged, patch), merged) << "seed " << seed;
    }
}

// Metamorphic: removing is refused if the item is not there; else exactly it goes. 500 seeds.
TEST(MergePatchRandom, RemovesExactlyWhatIsNamed) {
    for (unsigned seed = 0; seed < 500; ++seed) {
        std::mt19937 draws(seed);
        const Value base = random_items(draws, false);
        Value patch = random_items(draws, true);
        if (base.items.empty() || patch.items.empty()) {
            continue;
        }
        const Value id = *patch.items.back().find("id");
        Value merged;
        const std::string error = testing::thrown_by([&] { merged = merge_patch(base, patch); });
        EXPECT_EQ(error.empty(), item_of(base, id) != nullptr) << "seed " << seed;
        if (error.empty()) {
            patch.items.pop_back();
            EXPECT_EQ(item_of(merged, id), nullptr) << "seed " << seed;
            EXPECT_EQ(merged.items.size() + 1, (patch.items.empty() ? base : merge_patch(base, patch)).items.size()) << "seed " << seed;
        }
    }
}

}  // namespace
}  // namespace sim
