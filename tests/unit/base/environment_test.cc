// Variables, and the folder that they say is for what can be made again.
#include "base/environment.h"

#include <gmock/gmock.h>

#include "support/assertions.h"

namespace gf {
namespace {

using ::testing::HasSubstr;

TEST(EnvironmentTest, AVariableIsItsValueOrNothing) {
  Environment environment = {{"A", "1"}, {"EMPTY", ""}};
  environment["B"] = "2";

  EXPECT_EQ(environment.get("A"), "1");
  EXPECT_EQ(environment.get("B"), "2");
  EXPECT_EQ(environment.get("C"), "");
  EXPECT_TRUE(environment.contains("EMPTY"));
  EXPECT_FALSE(environment.contains("C")) << "asking sets nothing";
}

TEST(EnvironmentTest, TheCacheIsWhereTheSpecificationPutsIt) {
  using E = Environment;
  EXPECT_EQ(E({{"HOME", "/h"}, {"XDG_CACHE_HOME", "/c"}}).cache_folder().value(), "/c/git-factory");
  EXPECT_EQ(E({{"HOME", "/h"}}).cache_folder().value(), "/h/.cache/git-factory");
  EXPECT_EQ(E({{"HOME", "/h"}, {"XDG_CACHE_HOME", "near"}}).cache_folder().value(),
            "/h/.cache/git-factory")
      << "a relative one is to be ignored";
}

TEST(EnvironmentTest, WithoutAHomeThereIsNoCacheAndNotOneAtTheRoot) {
  for (const Environment& nowhere :
       {Environment(), Environment{{"HOME", ""}}, Environment{{"XDG_CACHE_HOME", "near"}}}) {
    auto folder = nowhere.cache_folder();
    ASSERT_FALSE(folder.ok());
    EXPECT_EQ(folder.error().fault, Fault::kEnvironment);
    EXPECT_THAT(folder.error().hint, HasSubstr("XDG_CACHE_HOME"));
  }
}

}  // namespace
}  // namespace gf
