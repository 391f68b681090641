// The base a run starts from, and the one it is delivered on.
#include <gmock/gmock.h>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;

class BaseTest : public FactoryTest {
 protected:
  /// Somebody else's commit on the remote's main, with `content` at `path`.
  void main_moves(const std::string& path, const std::string& content) {
    std::string other = repo_.folder() / "other";
    repo_.git({"clone", "-q",
               repo_.git({"remote", "get-url", "origin"})
                   .substr(0, repo_.git({"remote", "get-url", "origin"}).size() - 1),
               other});
    repo_.folder().write("other/" + path, content);
    repo_.git({"-C", other, "add", "-A"});
    repo_.git({"-C", other, "-c", "user.name=Other", "-c", "user.email=other@example.com", "commit",
               "-q", "-m", "Somebody else's"});
    repo_.git({"-C", other, "push", "-q", "origin", "main"});
  }
  /// Waits for an approval, so that the base can move meanwhile.
  void begin() {
    make_shop();
    ASSERT_EQ(feature("health", kHealth, {"--approve"}).exit_code, 128);
  }
};

TEST_F(BaseTest, TheRemotesNewerBaseIsWhereARunStarts) {
  make_shop();
  main_moves("other.txt", "new\n");
  repo_.write("mine.txt", "mine\n");
  std::string before = users_place();

  Ran ran = feature("health", kHealth);

  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("from origin/main at "));
  EXPECT_THAT(ran.err, HasSubstr("1 commit ahead of main here; left out: 1 untracked path"));
  EXPECT_EQ(users_place(), before);
  EXPECT_EQ(repo_.git({"rev-parse", "factory/health^"}), repo_.git({"rev-parse", "origin/main"}));
}

TEST_F(BaseTest, AChangeFollowsTheBaseThatMovedAndStaysApprovedAndReplayable) {
  begin();
  main_moves("CHANGELOG.md", [this] {
    std::string text = repo_.read("CHANGELOG.md");
    size_t at = text.find("- Customers can be looked up by id.");
    return text.insert(at, "- Another feature.\n");
  }());

  Ran ran = factory({"resume", "--approve"});

  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("the change was put onto it and the gates ran again"));
  EXPECT_EQ(repo_.git({"rev-parse", "factory/health^"}), repo_.git({"rev-parse", "origin/main"}));
  EXPECT_THAT(repo_.git({"show", "factory/health:CHANGELOG.md"}),
              HasSubstr("- Another feature.\n- Customers can be looked up by id.\n- A health"));
  EXPECT_EQ(factory({"verify", "factory/health"}).exit_code, 0);
  Ran again = factory({"replay", "--gates=recorded"});
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
}

TEST_F(BaseTest, WhereTheChangeDoesNotGoThePullRequestSaysSo) {
  begin();
  main_moves("app/main.py", "# rewritten\n");
  std::string began = repo_.git({"rev-parse", "main"});

  Ran ran = factory({"resume", "--approve"});

  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("it meets other changes in app/main.py"));
  EXPECT_EQ(repo_.git({"rev-parse", "factory/health^"}), began);
  EXPECT_EQ(factory({"verify", "factory/health"}).exit_code, 0);
}

}  // namespace
}  // namespace gf::test
