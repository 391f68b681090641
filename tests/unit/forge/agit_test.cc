// Requests that a push alone opens, beside git's own HTTP server with a proc-receive hook.
#include "forge/agit.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "support/git_server.h"
#include "unit/forge/hub.h"

namespace gf::forge {
namespace {

using test::FakeGitHub;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(NumberOfferedTest, ItIsThatOfTheLastAddress) {
  const std::pair<const char*, int> cases[] = {
      {"", 0},
      {"\nVisit the existing pull request:\n  https://h/a/b/pulls/12\n", 12},
      {"Create a new pull request for 'x':\n  http://h:3000/a/b/pulls/3 .", 3},
      {"https://h/a/pulls/7/files\nhttps://h/a/b/pulls/8", 8},
      {"https://github.test/a/b/pull/4", 4},
      {"https://h/a/b/pulls/", 0},
      {"https://h/a/b/pulls/99999999999", 0},
      {"https://h/a/b/compare/main...x", 0},
  };
  for (const auto& [text, number] : cases) EXPECT_EQ(number_offered(text), number) << text;
}

class AgitTest : public ::testing::Test, protected OnHub {
 protected:
  AgitTest() : OnHub("gitea", FakeGitHub::As::kGitea) {
    std::filesystem::create_directories(folder_ / "acme");
    here_.repo().git({"clone", "-q", "--bare", ".", bare()});
    git_ = std::make_unique<test::GitServer>(folder_.path(), server_.url());
    here_.repo().git({"remote", "add", "origin", git_->url("acme/shop")});
    server_.change_repository("permissions",
                              record::Json::object({{"push", false}, {"pull", true}}));
  }
  [[nodiscard]] std::string bare() const { return folder_ / "acme/shop.git"; }
  std::unique_ptr<Forge> chosen(const char* push = "auto") {
    Settings settings = {{"factory.forge", "gitea"},
                         {"factory.forge.api", server_.url()},
                         {"factory.forge.repository", "acme/shop"},
                         {"factory.remote", "origin"},
                         {"factory.forge.label", "bot"},
                         {"factory.forge.push", push}};
    auto found =
        choose_forge(here_.place(settings, {{"GITEA_TOKEN", FakeGitHub::kToken}}, "origin"));
    EXPECT_DONE(found);
    return std::move(found->forge);
  }
  /// One commit more on the branch here.
  PullRequest committed(const std::string& text, uint32_t run = 7) {
    if (here_.repo().git_status({"switch", "-q", "factory/thing"}) != 0)
      here_.repo().git({"switch", "-q", "-c", "factory/thing"});
    here_.repo().write("b.txt", text);
    PullRequest wanted = here_.wanted(run);
    wanted.head = here_.repo().commit("feat: " + text);
    return wanted;
  }
  std::string there() { return here_.repo().git({"ls-remote", bare()}); }
  static constexpr const char* kBranch = "refs/heads/factory/thing";

  test::TempFolder folder_;
  std::unique_ptr<test::GitServer> git_;
};

TEST_F(AgitTest, WhoMayNotMakeABranchOpensARequestByThePush) {
  server_.add_label("bot");
  PullRequest wanted = committed("one");
  wanted.draft = true;
  auto gitea = chosen();
  ASSERT_DONE(gitea->ready());
  EXPECT_FALSE(gitea->takes_branches());
  ASSERT_GIVES(auto opened, gitea->open_with_branch(wanted, kBranch));
  ASSERT_TRUE(opened);

  EXPECT_EQ(opened->number, 1);
  EXPECT_EQ(opened->head, wanted.head);
  EXPECT_TRUE(opened->branchless && opened->fresh);
  record::Json pull = server_.pulls().at(0);
  EXPECT_EQ(pull.get_string("body"), wanted.body) << "the words go by the API, in lines";
  EXPECT_EQ(pull.get_string("title"), "WIP: feat: a thing");
  EXPECT_EQ(pull.get("labels").size(), 1u);
  EXPECT_THAT(there(), HasSubstr(wanted.head.hex() + "\trefs/pull/1/head"));
  EXPECT_THAT(there(), Not(HasSubstr("refs/heads/factory")));
}

TEST_F(AgitTest, ASecondPushBringsItUpToDateAndTheSameOneIsTakenToo) {
  ASSERT_DONE(chosen("agit")->open_with_branch(committed("one"), kBranch));
  server_.change_pull(1, "title", "A better title");
  PullRequest wanted = committed("two");
  for (int i = 0; i < 2; ++i) {
    ASSERT_GIVES(auto again, chosen("agit")->open_with_branch(wanted, kBranch));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->number, 1);
    EXPECT_EQ(again->title, "A better title") << "a person's words stay";
  }
  EXPECT_EQ(server_.pulls().size(), 1u);
  EXPECT_THAT(there(), HasSubstr(wanted.head.hex() + "\trefs/pull/1/head"));
}

TEST_F(AgitTest, OneThatAPersonHasClosedIsNotOpenedAnewByAPush) {
  ASSERT_DONE(chosen("agit")->open_with_branch(committed("one"), kBranch));
  server_.change_pull(1, "state", "closed");
  ASSERT_GIVES(auto still, chosen("agit")->open_with_branch(committed("two"), kBranch));

  EXPECT_EQ(still->state, "closed");
  EXPECT_EQ(server_.pulls().size(), 1u);
}

TEST_F(AgitTest, CommitsOfAPersonAreNotOverwritten) {
  ASSERT_DONE(chosen("agit")->open_with_branch(committed("one"), kBranch));
  here_.repo().git({"switch", "-q", "-c", "person"});
  here_.repo().write("c.txt", "mine");
  std::string mine = here_.repo().commit("by hand").hex();
  here_.repo().git({"push", "-q", bare(), "person:refs/heads/person"});
  test::run({"git", "update-ref", "refs/pull/1/head", mine}, bare(), here_.repo().environment());
  auto refused = chosen("agit")->open_with_branch(committed("two"), kBranch);

  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("commits that are not ours"));
  EXPECT_THAT(there(), HasSubstr(mine + "\trefs/pull/1/head"));
}

TEST_F(AgitTest, AnAnswerThatIsLostIsFoundByTheRun) {
  // The push went through, and what the server said did not come.
  PullRequest wanted = committed("one");
  here_.repo().git({"push", "-q", "-o", "topic=factory/thing", "-o", "title=t", "-o",
                    "description=Factory-Run: " + wanted.run.str(), "origin",
                    std::string(kBranch) + ":refs/for/main"});
  server_.next("GET /repos/acme/shop/pulls", test::answers("502 Bad Gateway", "<html>x</html>"));
  ASSERT_GIVES(auto found, chosen("agit")->open_with_branch(wanted, kBranch));

  ASSERT_TRUE(found);
  EXPECT_EQ(found->number, 1);
  EXPECT_EQ(server_.pulls().size(), 1u);
  EXPECT_EQ(server_.pulls()[0].get_string("body"), wanted.body);
}

TEST_F(AgitTest, WhatHindersIsSaid) {
  auto branch = chosen("branch")->ready();
  ASSERT_FALSE(branch.ok());
  EXPECT_THAT(branch.error().message, HasSubstr("may not push to 'acme/shop'"));

  test::run({"git", "config", "receive.advertisePushOptions", "false"}, bare(),
            here_.repo().environment());
  auto deaf = chosen("agit")->open_with_branch(committed("one"), kBranch);
  ASSERT_FALSE(deaf.ok());
  EXPECT_THAT(deaf.error().message, HasSubstr("push options"));

  test::run({"git", "config", "receive.advertisePushOptions", "true"}, bare(),
            here_.repo().environment());
  std::filesystem::remove(bare() + "/hooks/proc-receive");
  auto none = chosen("agit")->open_with_branch(committed("two"), kBranch);
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().hint, HasSubstr("factory.forge.push branch"));
}

}  // namespace
}  // namespace gf::forge
