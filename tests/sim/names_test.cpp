// Names by namespace.
#include "sim/names.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sim {
namespace {

TEST(Names, KeepDocumentOrderAndRefuseRepetition) {
    Names names;
    EXPECT_TRUE(names.add("ports", "b"));
    EXPECT_TRUE(names.add("ports", "a"));
    EXPECT_FALSE(names.add("ports", "b"));
    EXPECT_TRUE(names.add("ships", "b"));
    EXPECT_EQ(names.in("ports"), (std::vector<std::string>{"b", "a"}));
    EXPECT_EQ(names.index("ports", "a"), 1u);
    EXPECT_EQ(names.index("ports", "c"), std::nullopt);
    EXPECT_TRUE(names.has("ships", "b"));
    EXPECT_FALSE(names.has("ships", "a"));
}

TEST(Names, OfANamespaceThatIsNotThereAreNone) {
    Names names;
    EXPECT_TRUE(names.in("ports").empty());
    EXPECT_FALSE(names.has("ports", ""));
    names.open("ports");
    names.open("ports");
    EXPECT_TRUE(names.in("ports").empty());
}

TEST(Names, OfSeveralNamespacesFollowOneAnother) {
    Names names;
    (void)names.add("a", "1");
    (void)names.add("b", "0");
    (void)names.add("a", "2");
    EXPECT_EQ(names.in_all({"b", "none", "a"}), (std::vector<std::string>{"0", "1", "2"}));
}

}  // namespace
}  // namespace sim
