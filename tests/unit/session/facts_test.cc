// A tree as judgements see it: paths, text, tests, and a summary that stays small.
#include "session/facts.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "git/repo.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::session {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class FactsTest : public ::testing::Test {
 protected:
  GitFacts facts() {
    place_.commit("now");
    Oid tree = Oid::parse(trim(place_.git("rev-parse HEAD^{tree}"))).value();
    return GitFacts(repo_, program_, tree);
  }

  test::TempRepo place_;
  git::Repo repo_ = std::move(git::Repo::open(place_.path())).value();
  git::Program program_{test::plain_runner(place_.environment()), place_.path()};
};

TEST_F(FactsTest, PathsAreFilesAndFolders) {
  place_.write("app/main.py", "print(1)\n");
  GitFacts facts = this->facts();
  EXPECT_TRUE(facts.has_path("app"));
  EXPECT_TRUE(facts.has_path("app/"));
  EXPECT_TRUE(facts.has_path("app/main.py"));
  EXPECT_FALSE(facts.has_path("app/none.py"));
  EXPECT_FALSE(facts.has_path(""));
  EXPECT_FALSE(facts.has_path("../app"));
  EXPECT_EQ(facts.read("app/main.py"), "print(1)\n");
  EXPECT_EQ(facts.read("app"), std::nullopt);
}

TEST_F(FactsTest, WhatIsNoTextIsNotRead) {
  place_.write("binary", std::string("a\0b", 3));
  std::filesystem::create_symlink("/etc/passwd", place_.path() + "/link");
  place_.write("empty", "");
  GitFacts facts = this->facts();
  EXPECT_EQ(facts.read("binary"), std::nullopt);
  EXPECT_EQ(facts.read("link"), std::nullopt);
  EXPECT_EQ(facts.read("empty"), "");
}

TEST_F(FactsTest, MentionsLooksForTheVeryText) {
  place_.write("a.py", "@app.get(\"/products/{id}\")\n-e evil\n");
  GitFacts facts = this->facts();
  EXPECT_TRUE(facts.mentions("/products/{id}"));
  EXPECT_FALSE(facts.mentions("/products/.id"));
  EXPECT_TRUE(facts.mentions("-e evil")) << "text is no option";
  EXPECT_FALSE(facts.mentions("nothing of the kind"));
}

TEST_F(FactsTest, ATestIsAFileAndANameInIt) {
  place_.write("tests/test_a.py", "class TestA:\n    def test_one(self): ...\n");
  GitFacts facts = this->facts();
  EXPECT_TRUE(facts.has_test("tests/test_a.py"));
  EXPECT_TRUE(facts.has_test("tests/test_a.py::TestA::test_one"));
  EXPECT_TRUE(facts.has_test("tests/test_a.py::TestA::test_one[9-x]"));
  EXPECT_FALSE(facts.has_test("tests/test_a.py::test_two"));
  EXPECT_FALSE(facts.has_test("tests/test_b.py::test_one"));
}

TEST_F(FactsTest, PathsBelowAFolderAreLimited) {
  for (int i = 0; i < 5; ++i) place_.write("many/" + std::to_string(i), "x");
  place_.write("other", "x");
  GitFacts facts = this->facts();
  EXPECT_THAT(facts.paths("many", 2), ElementsAre("many/0", "many/1"));
  EXPECT_EQ(facts.paths("", 100).size(), 6u);
  EXPECT_THAT(facts.paths("other", 100), IsEmpty());
  EXPECT_THAT(facts.paths("none", 100), IsEmpty());
}

TEST_F(FactsTest, OfAnEmptyTreeNothingIsSaid) {
  GitFacts facts = this->facts();
  EXPECT_FALSE(facts.mentions("x"));
  EXPECT_THAT(facts.paths("", 10), IsEmpty());
}

}  // namespace
}  // namespace gf::session
