// A delivery to a GitLab that nobody has a token for: the push alone opens the merge request.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "e2e/factory.h"
#include "support/git_server.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;

class GitLabPushE2eTest : public FactoryTest {
 protected:
  void SetUp() override {
    make_shop();
    std::string hub = repo_.folder() / "hub";
    std::filesystem::create_directories(hub + "/acme");
    std::filesystem::rename(repo_.folder() / "origin.git", hub + "/acme/shop.git");
    kept_ = hub + "/acme/shop.git/requests.json";
    git_ = std::make_unique<GitServer>(hub);
    repo_.git({"remote", "set-url", "origin", git_->url("acme/shop")});
    repo_.git({"config", "factory.forge", "gitlab"});
    std::string url = git_->url("acme/shop");
    address_ = url.substr(0, url.size() - 4) + "/-/merge_requests/1";
  }
  [[nodiscard]] std::vector<record::Json> requests() const {
    std::ifstream in(kept_);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    return record::Json::parse(text).value_or(record::Json()).items();
  }

  std::unique_ptr<GitServer> git_;
  std::string kept_, address_;
};

TEST_F(GitLabPushE2eTest, APushOpensTheRequestAndWhatNeedsATokenSaysSo) {
  EXPECT_THAT(factory({"doctor", "--no-gates"}).out, HasSubstr("by push options without a token"));
  Ran ran = factory({"feature", "--slug", "health", "--model", "scripted/health", kHealth});

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr(address_));
  EXPECT_THAT(ran.err, HasSubstr("rework, intake and pr need a token"));
  ASSERT_EQ(requests().size(), 1u);
  std::vector<std::string> options = requests()[0].get_strings("options");
  ASSERT_GE(options.size(), 4u);
  EXPECT_EQ(options[1], "merge_request.target=main");
  EXPECT_THAT(options[3], HasSubstr("\\n## Evidence\\n"));
  EXPECT_THAT(options[3], HasSubstr("Factory-Run: 2"));
  Ran again = factory({"rework"});
  EXPECT_NE(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("needs a token for '127.0.0.1"));
  EXPECT_THAT(factory({"intake"}).err, HasSubstr("set GITLAB_TOKEN"));
}

TEST_F(GitLabPushE2eTest, KilledBeforeAndAfterThePushItIsOpenedOnce) {
  Ran listed = factory_with({{"GIT_FACTORY_FAULT", "list"}},
                            {"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  ASSERT_EQ(listed.exit_code, 0) << listed.err;
  std::string number;
  for (const char* when :
       {"before push refs/heads/factory/health", "after push refs/heads/factory/health"}) {
    size_t at = listed.err.find(when);
    ASSERT_NE(at, std::string::npos) << listed.err;
    size_t line = listed.err.rfind('\n', at) + 1;
    number = listed.err.substr(line, at - line);
    number = number.substr(number.find_first_of("0123456789"));
    number = number.substr(0, number.find_first_not_of("0123456789"));
    SCOPED_TRACE(when);
    std::string slug = when[0] == 'b' ? "one" : "two";
    Ran cut =
        factory_with({{"GIT_FACTORY_FAULT", "kill:" + number}},
                     {"feature", "--again", "--slug", slug, "--model", "scripted/health", kHealth});
    ASSERT_EQ(cut.exit_code, 137) << cut.err << cut.out;
    size_t before = requests().size();
    Ran on = factory({"resume"});
    ASSERT_EQ(on.exit_code, 0) << on.err << on.out;
    EXPECT_THAT(on.out, HasSubstr("/-/merge_requests/" + std::string(slug == "one" ? "2" : "3")));
    EXPECT_EQ(requests().size(), slug == "one" ? before + 1 : before);
  }
  EXPECT_EQ(requests().size(), 3u);
}

}  // namespace
}  // namespace gf::test
