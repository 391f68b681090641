// What is another way with Gitea and Forgejo; what is the same is in github_test.cc.
#include <gmock/gmock.h>

#include "unit/forge/hub.h"

namespace gf::forge {
namespace {

using record::Json;
using test::answers;
using test::FakeGitHub;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kOpen = "POST /repos/acme/shop/pulls";
constexpr const char* kFind = "GET /repos/acme/shop/pulls";

class GiteaTest : public ::testing::Test, protected OnHub {
 protected:
  GiteaTest() : OnHub("forgejo", FakeGitHub::As::kGitea) {}
};

TEST_F(GiteaTest, ADeliveryIsFiveQuestions) {
  auto forgejo = forge();
  EXPECT_EQ(forgejo->name(), "forgejo");
  ASSERT_DONE(forgejo->ready());
  ASSERT_GIVES(auto opened, forgejo->open(here_.wanted()));
  ASSERT_DONE(forgejo->comment(opened, "looks right"));
  ASSERT_DONE(forgejo->report(opened, {true, "approved by a/b", opened.url}));

  EXPECT_EQ(server_.calls().size(), 5u);
  EXPECT_THAT(server_.comments(1), ElementsAre("looks right"));
  ASSERT_EQ(server_.statuses().size(), 1u);
  EXPECT_EQ(server_.statuses().at(0).get_string("target_url"), opened.url);
}

TEST_F(GiteaTest, OneThatIsNotAmongTheNewestIsFoundAndNotDoubled) {
  ASSERT_DONE(forge()->open(here_.wanted(7)));
  for (int i = 0; i < 120; ++i) {
    server_.add_pull(Json::object({{"title", "other"},
                                   {"head", Json::object({{"ref", "x" + std::to_string(i)}})},
                                   {"base", Json::object({{"ref", "main"}})}}));
  }
  ASSERT_GIVES(auto again, forge()->open(here_.wanted(7)));

  EXPECT_EQ(again.number, 1);
  EXPECT_EQ(server_.pulls().size(), 121u);
}

TEST_F(GiteaTest, ABranchOfTheSameNameInAForkIsAnother) {
  server_.add_pull(
      Json::object({{"title", "theirs"},
                    {"head", Json::object({{"ref", "factory/thing"},
                                           {"repo", Json::object({{"full_name", "eve/shop"}})}})},
                    {"base", Json::object({{"ref", "main"}})}}));
  ASSERT_GIVES(auto opened, forge()->open(here_.wanted()));

  EXPECT_EQ(opened.number, 2);
  EXPECT_EQ(server_.pulls()[0].get_string("title"), "theirs");
}

TEST_F(GiteaTest, ALostAnswerIsFoundAndAdopted) {
  server_.next(kOpen, answers("502 Bad Gateway", "<html>"), FakeGitHub::When::kAfter);
  ASSERT_GIVES(auto opened, forge()->open(here_.wanted()));

  EXPECT_EQ(opened.number, 1);
  EXPECT_EQ(server_.pulls().size(), 1u);
}

TEST_F(GiteaTest, ADraftIsSaidInTheTitle) {
  PullRequest wanted = here_.wanted();
  wanted.draft = true;
  ASSERT_GIVES(auto opened, forge()->open(wanted));

  EXPECT_EQ(opened.title, "WIP: feat: a thing");
  EXPECT_TRUE(opened.draft);
}

TEST_F(GiteaTest, ALabelThatIsLeftOutWithoutAWordIsTold) {
  server_.add_label("bot");
  ASSERT_GIVES(auto opened,
               forge({{"factory.forge.label", "bot"}, {"factory.forge.label", "nowhere"}})
                   ->open(here_.wanted()));

  EXPECT_THAT(opened.notes, ElementsAre("there is no label 'nowhere'"));
}

TEST_F(GiteaTest, ABranchThatItDoesNotHaveIsNamed) {
  server_.next(kOpen, answers("404 Not Found", "{\"message\":\"The target couldn't be found.\"}"));
  auto opened = forge()->open(here_.wanted());

  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("does not have 'factory/thing' or 'main'"));
  EXPECT_EQ(server_.calls().back(), kOpen);
  EXPECT_EQ(server_.calls().front(), kFind);
}

TEST_F(GiteaTest, ARepositoryWithoutACommitIsNamedBeforeAnythingIsSpent) {
  server_.change_repository("empty", true);
  EXPECT_THAT(forge()->ready().error().message, HasSubstr("'acme/shop' has no commit yet"));
}

TEST_F(GiteaTest, AMergeWaitsUntilTheServerHasLookedAtTheRequest) {
  auto gitea = forge();
  ASSERT_GIVES(auto opened, gitea->open(here_.wanted()));
  constexpr const char* kMerge = "POST /repos/acme/shop/pulls/1/merge";
  auto later = test::answers("405 Method Not Allowed", R"({"message":"Please try again later"})");
  for (int i = 0; i < 3; ++i) server_.next(kMerge, later);
  size_t before = here_.clock().waits().size();
  ASSERT_DONE(gitea->merge(opened, MergeWay::kMerge));
  EXPECT_EQ(here_.clock().waits().size() - before, 3u);
  EXPECT_EQ(server_.pulls().at(0).get_string("state"), "closed");

  // One that never comes to an end with it is left.
  for (int i = 0; i < 100; ++i) server_.next(kMerge, later);
  auto never = gitea->merge(opened, MergeWay::kMerge);
  ASSERT_FALSE(never.ok());
  EXPECT_THAT(never.error().message, HasSubstr("Please try again later"));
  EXPECT_LE(here_.clock().waits().size() - before, 30u);
}

TEST_F(GiteaTest, ItMergesInFourWays) {
  const std::pair<MergeWay, const char*> ways[] = {{MergeWay::kMerge, "merge"},
                                                   {MergeWay::kSquash, "squash"},
                                                   {MergeWay::kRebase, "rebase"},
                                                   {MergeWay::kFastForward, "fast-forward-only"}};
  uint32_t run = 0;
  for (const auto& [way, word] : ways) {
    PullRequest wanted = here_.wanted(++run);
    wanted.head_branch += std::to_string(run);
    ASSERT_GIVES(auto opened, forge()->open(wanted));
    ASSERT_GIVES(auto merged, forge()->merge(opened, way));
    ASSERT_TRUE(merged);
    EXPECT_EQ(merged->hex(), std::string(40, 'e'));
    EXPECT_EQ(server_.pulls().back().get_string("merged_by_way"), word);
  }
}

}  // namespace
}  // namespace gf::forge
