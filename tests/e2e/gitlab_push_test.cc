// A delivery to a GitLab that nobody has a token for: the push alone opens the merge request.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "e2e/factory.h"
#include "e2e/killed.h"
#include "support/git_server.h"

namespace gf::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kProducts =
    "Add GET /products returning a static list of three products as JSON.";

class GitLabPushE2eTest : public Killable<FactoryTest> {
 protected:
  void SetUp() override {
    make_shop();
    std::filesystem::create_directories(bare() + "/..");
    std::filesystem::rename(repo_.folder() / "origin.git", bare());
    git_ = std::make_unique<GitServer>(repo_.folder() / "hub");
    repo_.git({"remote", "set-url", "origin", git_->url("acme/shop")});
    repo_.git({"config", "factory.forge", "gitlab"});
  }
  [[nodiscard]] std::string bare() const { return repo_.folder() / "hub/acme/shop.git"; }
  [[nodiscard]] std::string address(size_t number) const {
    std::string url = git_->url("acme/shop");
    return url.substr(0, url.size() - 4) + "/-/merge_requests/" + std::to_string(number);
  }
  [[nodiscard]] std::vector<record::Json> requests() const {
    std::ifstream in(bare() + "/requests.json");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    return record::Json::parse(text).value_or(record::Json()).items();
  }

  std::unique_ptr<GitServer> git_;
};

TEST_F(GitLabPushE2eTest, APushOpensTheRequestAndWhatNeedsATokenSaysSo) {
  EXPECT_THAT(factory({"doctor", "--no-gates"}).out, HasSubstr("by push options without a token"));
  Ran ran = factory({"feature", "--slug", "health", "--model", "scripted/health", kHealth});

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr(address(1)));
  EXPECT_THAT(ran.err, HasSubstr("rework, intake and pr need a token"));
  ASSERT_THAT(requests(), SizeIs(1));
  std::vector<std::string> options = requests()[0].get_strings("options");
  ASSERT_THAT(options, SizeIs(4));
  EXPECT_EQ(options[0], "merge_request.create");
  EXPECT_EQ(options[1], "merge_request.target=main");
  EXPECT_THAT(options[3], AllOf(HasSubstr("\\n## Evidence\\n"), HasSubstr("Factory-Run: 2")));
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}),
              AllOf(HasSubstr("refs/merge-requests/1/head"), HasSubstr("refs/factory/ledger")));
  Ran again = factory({"rework"});
  EXPECT_EQ(again.exit_code, 128);
  EXPECT_THAT(again.err, AllOf(HasSubstr("needs a token for '127.0.0.1"), HasSubstr("hint: ")));
  EXPECT_THAT(factory({"intake"}).err, HasSubstr("set GITLAB_TOKEN"));
}

TEST_F(GitLabPushE2eTest, KilledWhileThePushIsTakenItIsGoneOnWithAndOpenedOnce) {
  struct Case {
    const char *when, *slug, *request;
    size_t made;  ///< requests that the server has made when the run is killed
  };
  size_t number = 0;
  for (const Case& one :
       {Case{"kill-before", "health", kHealth, 0}, Case{"kill-after", "products", kProducts, 1}}) {
    SCOPED_TRACE(one.when);
    size_t before = requests().size();
    std::ofstream(bare() + "/" + one.when) << pid();
    Ran cut = killable({}, {"feature", "--slug", one.slug, "--model",
                            std::string("scripted/") + one.slug, one.request});
    ASSERT_EQ(cut.exit_code, -SIGKILL) << cut.err << cut.out;
    ASSERT_EQ(requests().size(), before + one.made);

    Ran on = factory({"resume"});

    ASSERT_EQ(on.exit_code, 0) << on.err << on.out;
    EXPECT_THAT(on.out, HasSubstr(address(++number)));
    ASSERT_EQ(requests().size(), number);
    EXPECT_EQ(requests().back().get_string("branch"), std::string("factory/") + one.slug);
    EXPECT_THAT(requests().back().get_strings("options")[3], HasSubstr("Factory-Run: 2"));
    EXPECT_THAT(factory({"log", "--oneline"}).out, Not(HasSubstr("active")));
    EXPECT_EQ(repo_.git({"for-each-ref", "refs/factory/active"}), "");
  }
}

}  // namespace
}  // namespace gf::test
