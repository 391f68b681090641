// Prompts and schemas: the repository's own first, and only where it was told to look.
#include "session/templates.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "support/assertions.h"
#include "support/facts.h"
#include "support/folder.h"

namespace gf::session {
namespace {

using ::testing::HasSubstr;

class TemplatesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    data_.write("prompts/plan.md", "shipped");
    data_.write("schemas/plan.schema.json", "{\"type\": \"object\"}");
  }
  test::TempFolder data_;
};

TEST_F(TemplatesTest, TheRepositorysOwnComesFirstFromTheConfiguredFolderOnly) {
  test::MapFacts tree({{"factory/prompts/plan.md", "own"}, {"prompts/plan.md", "not asked for"}});
  EXPECT_EQ(Templates(data_.path(), &tree, "factory").text("prompts/plan.md").value(), "own");
  EXPECT_EQ(Templates(data_.path(), &tree, "").text("prompts/plan.md").value(), "shipped");
  EXPECT_EQ(Templates(data_.path(), &tree, "elsewhere").text("prompts/plan.md").value(), "shipped");
  EXPECT_EQ(Templates(data_.path(), nullptr, "factory").text("prompts/plan.md").value(), "shipped");
}

TEST_F(TemplatesTest, WhatIsMissingIsNamedWithTheWayOut) {
  auto text = Templates(data_.path(), nullptr, "").text("prompts/none.md");
  ASSERT_FALSE(text.ok());
  EXPECT_THAT(text.error().message, HasSubstr("prompts/none.md"));
  EXPECT_THAT(text.error().hint, HasSubstr("install.sh"));
}

TEST_F(TemplatesTest, ASchemaThatIsNoJsonIsNamed) {
  test::MapFacts tree(std::map<std::string, std::string>{{"f/schemas/plan.schema.json", "{"}});
  auto schema = Templates(data_.path(), &tree, "f").schema("schemas/plan.schema.json");
  ASSERT_FALSE(schema.ok());
  EXPECT_THAT(schema.error().message, HasSubstr("schemas/plan.schema.json"));
  EXPECT_DONE(Templates(data_.path(), nullptr, "").schema("schemas/plan.schema.json"));
}

TEST_F(TemplatesTest, AFileIsReadOnce) {
  Templates templates(data_.path(), nullptr, "");
  ASSERT_DONE(templates.text("prompts/plan.md"));
  data_.write("prompts/plan.md", "changed during the run");
  EXPECT_EQ(templates.text("prompts/plan.md").value(), "shipped");
}

TEST_F(TemplatesTest, TheDataFolderIsNamedElseBesideTheProgramElseBuiltIn) {
  std::string program = data_.write("prefix/bin/git-factory", "");
  EXPECT_EQ(find_data_dir({{"GIT_FACTORY_DATA", "/x"}}, program, "/built-in"), "/x");
  EXPECT_EQ(find_data_dir({}, program, "/built-in"), "/built-in");
  std::filesystem::create_directories(data_ / "prefix/share/git-factory");
  EXPECT_EQ(find_data_dir({}, program, "/built-in"), data_ / "prefix/share/git-factory");
}

TEST_F(TemplatesTest, EveryShippedSchemaParses) {
  Templates templates(std::string(GF_SOURCE_DIR) + "/templates", nullptr, "");
  for (const char* name : {"plan", "scout", "build", "test", "review", "spec"}) {
    EXPECT_DONE(templates.schema(std::string("schemas/") + name + ".schema.json"));
  }
}

}  // namespace
}  // namespace gf::session
