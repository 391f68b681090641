// The demo's repository: a small application, committed, prepared and pushed.
#include "setup/demo.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "support/opened.h"

namespace gf::setup {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class DemoTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    for (const char* who : {"AUTHOR", "COMMITTER"}) {
      variables_[std::string("GIT_") + who + "_NAME"] = "A Tester";
      variables_[std::string("GIT_") + who + "_EMAIL"] = "tester@example.com";
    }
  }
  session::Setup setup() {
    session::Setup made = OpenedTest::setup();
    made.directory = folder_.path();
    made.data_dir = std::string(GF_SOURCE_DIR) + "/templates";
    return made;
  }
  Result<DemoPlace> made(const std::string& folder) {
    return make_demo(setup(), folder, "/usr/bin/python3",
                     [this](const std::string& line) { said_.push_back(line); });
  }
  std::string git(const std::string& folder, std::vector<std::string> words) {
    words.insert(words.begin(), {"-C", folder});
    return place_.git(words);
  }
  std::vector<std::string> said_;
};

TEST_F(DemoTest, ARepositoryWithARemoteThatHasItAll) {
  ASSERT_GIVES(auto place, made(folder_ / "demo"));

  EXPECT_EQ(git(place.repository, {"status", "--porcelain"}), "");
  EXPECT_EQ(git(place.repository, {"rev-parse", "main"}), git(place.remote, {"rev-parse", "main"}));
  EXPECT_TRUE(std::filesystem::exists(place.repository + "/.gitfactory"));
  EXPECT_THAT(git(place.repository, {"config", "factory.python"}), HasSubstr("/usr/bin/python3"));
  EXPECT_THAT(git(place.repository, {"config", "factory.share"}), HasSubstr("full"));
  EXPECT_THAT(said_, Contains(HasSubstr(place.repository)));
}

TEST_F(DemoTest, WhatItPreparedIsTrusted) {
  ASSERT_GIVES(auto place, made(folder_ / "demo"));

  EXPECT_EQ(git(place.repository, {"config", "factory.trusted"}),
            git(place.repository, {"rev-parse", "HEAD:.gitfactory"}));
}

TEST_F(DemoTest, AFolderWithSomethingInItIsLeftAlone) {
  folder_.write("full/mine.txt", "mine");

  auto place = made(folder_ / "full");

  ASSERT_FALSE(place.ok());
  EXPECT_EQ(place.error().fault, Fault::kUser);
  EXPECT_EQ(folder_.read("full/mine.txt"), "mine");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "full/shop"));
}

TEST_F(DemoTest, AnEmptyFolderWillDo) {
  std::filesystem::create_directories(folder_ / "empty");

  EXPECT_DONE(made(folder_ / "empty"));
}

TEST(DemoFeaturesTest, AllButOneAreDeliveredAndNoneIsNamedTwice) {
  std::set<std::string_view> slugs;
  int delivered = 0;
  for (const DemoFeature& feature : demo_features()) {
    slugs.insert(feature.slug);
    delivered += feature.delivers ? 1 : 0;
  }
  EXPECT_EQ(slugs.size(), demo_features().size());
  EXPECT_EQ(static_cast<size_t>(delivered) + 1, demo_features().size());
}

}  // namespace
}  // namespace gf::setup
