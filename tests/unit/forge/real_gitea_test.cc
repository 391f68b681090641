// The same promises beside a real Gitea, which tests/services/gitea.py starts; skipped without it.
#include <gmock/gmock.h>

#include <cstdlib>

#include "support/assertions.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// GF_GITEA_URL: "http://127.0.0.1:3000"; GF_GITEA_TOKEN; GF_GITEA_READER_TOKEN: of somebody who
/// may read alone; GF_GITEA_REPOSITORY: "owner/name", empty before the first test.
class RealGiteaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    url_ = variable("GF_GITEA_URL");
    token_ = variable("GF_GITEA_TOKEN");
    if (url_.empty() || token_.empty()) GTEST_SKIP() << "no Gitea: see tests/services/README.md";
    std::string at = url_ + "/" + variable("GF_GITEA_REPOSITORY") + ".git";
    here_.repo().git({"remote", "add", "origin", at});
    push_as(token_);
    here_.repo().git({"push", "-q", "-f", "origin", "main"});
  }
  void push_as(const std::string& token) {
    std::string helper =
        "!f() { test \"$1\" = get && echo username=x && echo password=" + token + "; }; f";
    here_.repo().git({"config", "credential.helper", helper});
  }
  /// A branch with one commit, pushed; and the request that it wants.
  PullRequest pushed(const std::string& branch, uint32_t random) {
    here_.repo().git({"switch", "-q", "-c", branch, "main"});
    here_.repo().write(branch + ".txt", branch);
    Oid head = here_.repo().commit("feat: " + branch);
    here_.repo().git({"push", "-q", "-f", "origin", branch});
    PullRequest wanted = here_.wanted(random);
    wanted.head_branch = branch;
    wanted.head = head;
    wanted.title = "feat: " + branch;
    return wanted;
  }
  std::unique_ptr<Forge> forge(const Settings& more = {}) {
    Settings settings = {{"factory.forge", "gitea"}};
    settings.add(more);
    auto chosen =
        choose_forge(here_.place(settings, {{"GITEA_TOKEN", token_}}, "origin", &system_clock()));
    EXPECT_DONE(chosen);
    return chosen.ok() ? std::move(chosen->forge) : nullptr;
  }

  std::string url_, token_;
  int first_ = 0;  ///< the number of the request that was offered
  TestPlace here_;
};

TEST_F(RealGiteaTest, ADeliveryIsOpenedOnceCommentedMarkedAndMerged) {
  auto gitea = forge({{"factory.forge.label", "nowhere"}, {"factory.forge.reviewer", "nobody"}});
  ASSERT_DONE(gitea->ready());
  PullRequest wanted = pushed("thing-1", 1);
  ASSERT_GIVES(auto opened, gitea->open(wanted));
  ASSERT_GIVES(auto again, forge()->open(wanted));
  ASSERT_DONE(gitea->comment(opened, "looks right"));
  ASSERT_DONE(gitea->comment(again, "looks right"));
  ASSERT_DONE(gitea->report(opened, {true, "approved by a/b", opened.url}));
  ASSERT_GIVES(auto shown, gitea->find(opened.number));

  EXPECT_THAT(opened.url, HasSubstr("/pulls/" + std::to_string(opened.number)));
  EXPECT_EQ(again.number, opened.number);
  EXPECT_EQ(opened.head, wanted.head);
  EXPECT_THAT(opened.notes,
              ElementsAre(HasSubstr("no label 'nowhere'"), HasSubstr("User 'nobody' not exist")));
  ASSERT_TRUE(shown);
  EXPECT_THAT(shown->comments, ElementsAre("looks right"));
  EXPECT_EQ(shown->run, wanted.run);

  ASSERT_GIVES(auto merged, gitea->merge(*shown, MergeWay::kSquash));
  ASSERT_GIVES(auto after, gitea->find(opened.number));
  ASSERT_TRUE(merged && after);
  EXPECT_EQ(after->state, "merged");
}

TEST_F(RealGiteaTest, ADraftAClosedOneAndAnotherRunOnTheSameBranch) {
  auto gitea = forge();
  PullRequest wanted = pushed("thing-2", 2);
  wanted.draft = true;
  ASSERT_GIVES(auto draft, gitea->open(wanted));
  EXPECT_TRUE(draft.draft);
  ASSERT_GIVES(auto closed, gitea->close(draft));
  EXPECT_EQ(closed.state, "closed");
  ASSERT_GIVES(auto still, forge()->open(wanted));
  EXPECT_EQ(still.state, "closed") << "a person's end of it stays";

  PullRequest next = pushed("thing-2b", 3);
  next.head_branch = "thing-2";
  ASSERT_GIVES(auto second, forge()->open(next));
  EXPECT_NE(second.number, draft.number);
  PullRequest third = next;
  third.run = RunId::make(here_.clock().now(), 4);
  third.title = "feat: reworded";
  ASSERT_GIVES(auto worded, forge()->open(third));
  EXPECT_EQ(worded.number, second.number);
  EXPECT_EQ(worded.title, "feat: reworded");
}

TEST_F(RealGiteaTest, WhoMayOnlyReadOffersCommitsAndBringsThemUpToDate) {
  token_ = variable("GF_GITEA_READER_TOKEN");
  push_as(token_);
  constexpr const char* kBranch = "refs/heads/thing-agit";
  here_.repo().git({"switch", "-q", "-c", "thing-agit", "main"});
  PullRequest wanted = here_.wanted(6);
  wanted.head_branch = "thing-agit";
  auto commit = [&](const char* text) {
    here_.repo().write("agit.txt", text);
    wanted.head = here_.repo().commit(std::string("feat: ") + text);
  };
  auto offered = [&](int number) {
    auto gitea = forge();
    EXPECT_DONE(gitea->ready());
    EXPECT_FALSE(gitea->takes_branches());
    ASSERT_GIVES(auto opened, gitea->open_with_branch(wanted, kBranch));
    ASSERT_TRUE(opened);
    EXPECT_TRUE(number == 0 || opened->number == number) << opened->number;
    EXPECT_EQ(opened->head, wanted.head);
    EXPECT_EQ(opened->body, wanted.body) << "the words go by the API, in lines";
    EXPECT_TRUE(opened->branchless);
    first_ = opened->number;
  };
  auto there = [&] {
    return here_.repo()
        .git({"ls-remote", "origin", "refs/pull/" + std::to_string(first_) + "/head"})
        .substr(0, 40);
  };
  commit("one");
  offered(0);
  offered(first_);  // the same commit once more
  commit("two");
  offered(first_);
  EXPECT_EQ(there(), wanted.head.hex());
  EXPECT_EQ(here_.repo().git({"ls-remote", "origin", "refs/heads/thing-agit"}), "");

  // A person forces other commits into it: they stay.
  here_.repo().git({"switch", "-q", "-c", "by-hand", "thing-agit~1"});
  here_.repo().write("hand.txt", "mine");
  std::string mine = here_.repo().commit("by hand").hex();
  here_.repo().git({"push", "-q", "-o", "topic=thing-agit", "-o", "force-push=true", "origin",
                    "by-hand:refs/for/main"});
  ASSERT_EQ(there(), mine);
  here_.repo().git({"switch", "-q", "thing-agit"});
  commit("three");
  auto refused = forge({{"factory.forge.push", "agit"}})->open_with_branch(wanted, kBranch);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("commits that are not ours"));
  EXPECT_EQ(there(), mine);
}

TEST_F(RealGiteaTest, WhatIsWrongIsALineWithAWayOut) {
  PullRequest nowhere = here_.wanted(5);
  nowhere.head_branch = "not-pushed";
  auto opened = forge()->open(nowhere);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("does not have 'not-pushed'"));

  auto elsewhere = forge({{"factory.forge.repository", "ada/none"}})->ready();
  ASSERT_FALSE(elsewhere.ok());
  EXPECT_THAT(elsewhere.error().message, HasSubstr("shows no 'ada/none'"));

  token_ = std::string(40, '0');
  auto unknown = forge()->ready();
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error().message, HasSubstr("does not take the token of GITEA_TOKEN"));
}

}  // namespace
}  // namespace gf::forge
