// GitLab over real HTTP, beside a server that remembers merge requests as GitLab's pages describe
// them. What is the same for every server is in github_test.cc.
#include <gmock/gmock.h>

#include "support/assertions.h"
#include "support/fake_gitlab.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using record::Json;
using test::FakeGitLab;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class GitLabTest : public ::testing::Test {
 protected:
  std::unique_ptr<Forge> forge(const Settings& more = {}) {
    Settings settings = {{"factory.forge", "gitlab"},
                         {"factory.forge.api", server_.url()},
                         {"factory.forge.repository", "acme/shop"}};
    settings.add(more);
    auto chosen = choose_forge(here_.place(settings, {{"GITLAB_TOKEN", FakeGitLab::kToken}}));
    EXPECT_DONE(chosen);
    return chosen.ok() ? std::move(chosen->forge) : nullptr;
  }

  FakeGitLab server_;
  TestPlace here_;
};

TEST_F(GitLabTest, ADeliveryIsFiveQuestions) {
  auto gitlab = forge();
  ASSERT_DONE(gitlab->ready());
  ASSERT_GIVES(auto opened, gitlab->open(here_.wanted()));
  ASSERT_DONE(gitlab->comment(opened, "looks right"));
  ASSERT_DONE(gitlab->report(opened, {true, "approved by a/b", opened.url}));

  EXPECT_EQ(opened.url, "https://gitlab.test/acme/shop/-/merge_requests/1");
  EXPECT_EQ(opened.head_branch, "factory/thing");
  EXPECT_EQ(opened.base_branch, "main");
  EXPECT_EQ(opened.run, here_.wanted().run);
  EXPECT_THAT(server_.notes(), ElementsAre("looks right"));
  EXPECT_EQ(server_.statuses().at(0).get_string("state"), "success");
  EXPECT_EQ(server_.statuses().at(0).get_string("target_url"), opened.url);
  EXPECT_EQ(server_.calls().size(), 5u);
}

TEST_F(GitLabTest, ASecondDeliveryDoublesNothing) {
  ASSERT_GIVES(auto first, forge()->open(here_.wanted()));
  ASSERT_DONE(forge()->comment(first, "mine"));
  ASSERT_GIVES(auto second, forge()->open(here_.wanted()));
  ASSERT_DONE(forge()->comment(second, "mine"));
  ASSERT_DONE(forge()->report(second, {true, "x", ""}));
  ASSERT_DONE(forge()->report(second, {true, "x", ""}));

  EXPECT_EQ(second.number, first.number);
  EXPECT_EQ(server_.requests().size(), 1u);
  EXPECT_EQ(server_.notes().size(), 1u);
}

TEST_F(GitLabTest, AForksBranchOfTheSameNameIsAnother) {
  ASSERT_DONE(forge()->open(here_.wanted(7)));
  server_.change_request(1, "source_project_id", 8);
  ASSERT_GIVES(auto own, forge()->open(here_.wanted(8)));

  EXPECT_EQ(own.number, 2);
}

TEST_F(GitLabTest, LabelsAndPeopleAreSetInOneQuestionAndWhoIsUnknownIsTold) {
  server_.set_access("ada", 30);
  ASSERT_GIVES(auto opened, forge({{"factory.forge.label", "bot"},
                                   {"factory.forge.label", "factory"},
                                   {"factory.forge.reviewer", "ada"},
                                   {"factory.forge.reviewer", "nobody"},
                                   {"factory.forge.milestone", "1.0"}})
                                ->open(here_.wanted()));

  const Json made = server_.requests().at(0);
  EXPECT_EQ(made.get_string("add_labels"), "bot,factory");
  EXPECT_EQ(made.get("reviewer_ids").dump(), "[11]");
  EXPECT_EQ(made.get_int("milestone_id"), 5);
  EXPECT_THAT(opened.notes, ElementsAre("there is no reviewer 'nobody'"));
}

TEST_F(GitLabTest, ADraftIsSaidInTheTitle) {
  PullRequest wanted = here_.wanted();
  wanted.draft = true;
  ASSERT_GIVES(auto opened, forge()->open(wanted));

  EXPECT_EQ(opened.title, "Draft: feat: a thing");
  EXPECT_TRUE(opened.draft);
}

TEST_F(GitLabTest, RequestsAreListedShownClosedAndMergedThere) {
  auto gitlab = forge();
  ASSERT_GIVES(auto first, gitlab->open(here_.wanted(1)));
  ASSERT_DONE(gitlab->comment(first, "hm"));
  ASSERT_GIVES(auto shown, gitlab->find(1));
  ASSERT_GIVES(auto none, gitlab->find(9));
  ASSERT_GIVES(auto closed, gitlab->close(first));
  PullRequest wanted = here_.wanted(2);
  wanted.head_branch = "other";
  ASSERT_GIVES(auto second, gitlab->open(wanted));
  ASSERT_GIVES(auto merged, gitlab->merge(second, MergeWay::kSquash));
  ASSERT_GIVES(auto all, gitlab->list());

  ASSERT_TRUE(shown && merged);
  EXPECT_THAT(shown->comments, ElementsAre("hm")) << "and none of the server's own";
  EXPECT_FALSE(none);
  EXPECT_EQ(closed.state, "closed");
  EXPECT_EQ(merged->hex(), std::string(40, 'e'));
  EXPECT_EQ(all.size(), 2u);
  EXPECT_FALSE(gitlab->merge(second, MergeWay::kRebase).ok());
}

TEST_F(GitLabTest, WhatTheProjectIsDecidesBeforeAnythingIsSpent) {
  const std::pair<Json, const char*> cases[] = {
      {Json::object({{"archived", true}}), "is archived"},
      {Json::object({{"empty_repo", true}}), "has no commit yet"},
      {Json::object({{"merge_requests_enabled", false}}), "takes no pull requests"},
      {Json::object({{"permissions",
                      Json::object({{"project_access", Json::object({{"access_level", 20}})}})}}),
       "may not push"}};
  for (const auto& [change, message] : cases) {
    for (const auto& [key, value] : change.members()) server_.change_project(key, value);
    auto ready = forge()->ready();
    ASSERT_FALSE(ready.ok()) << message;
    EXPECT_THAT(ready.error().message, HasSubstr(message));
    server_.change_project("archived", false);
    server_.change_project("empty_repo", false);
    server_.change_project("merge_requests_enabled", true);
  }
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(GitLabTest, IssuesAreReadWithTheirVotesAndWhoMayPush) {
  server_.set_access("ada", 30);
  server_.set_access("eve", 20);
  for (const char* login : {"ada", "eve"}) {
    server_.add_issue(login, "issue", "Please.",
                      Json::object({{"upvotes", 4}, {"labels", Json::strings({"wanted"})}}));
  }
  auto gitlab = forge();
  ASSERT_GIVES(auto list, gitlab->issues({{"wanted"}, "a b", "1.0", 50}));
  size_t calls = server_.calls().size();
  ASSERT_GIVES(auto one, forge()->issue(1));
  ASSERT_GIVES(auto none, forge()->issue(9));
  ASSERT_DONE(gitlab->comment_issue(list.issues.at(1), "What is it?"));
  Issue known = list.issues.at(1);
  known.comments = 1;
  ASSERT_DONE(gitlab->comment_issue(known, "What is it?"));

  ASSERT_EQ(list.issues.size(), 2u);
  EXPECT_FALSE(list.issues[0].may_push) << "a reporter may not push";
  EXPECT_TRUE(list.issues[1].may_push);
  EXPECT_EQ(list.issues[1].votes, 4);
  EXPECT_EQ(list.issues[1].state, "open");
  EXPECT_EQ(calls, 2u) << "the list, and who may push";
  ASSERT_TRUE(one);
  EXPECT_TRUE(one->may_push);
  EXPECT_FALSE(none);
  EXPECT_THAT(server_.notes(1, FakeGitLab::kIssues), ElementsAre("What is it?"));
}

TEST_F(GitLabTest, DiscussionsVerdictsAndFailedJobsAreSaidAndAnsweredInTheirThreads) {
  server_.set_access("ada", 40);
  ASSERT_EQ(server_.add_thread("ada", 1, "app.py", 7, "Name it."), "d1");
  server_.add_thread("ada", 1, "app.py", 8, "Done already.", Json::object({{"resolved", true}}));
  server_.set_reviewers({Json::object({{"user", server_.account("bob")},
                                       {"state", "requested_changes"},
                                       {"created_at", "2026-01-02T03:04:05.000Z"}}),
                         Json::object({{"user", server_.account("cy")}, {"state", "reviewed"}})});
  server_.set_pipelines(
      {Json::object({{"id", 31}, {"status", "failed"}})},
      {Json::object({{"id", 41}, {"name", "test"}, {"failure_reason", "script_failure"}}),
       Json::object({{"id", 42}, {"name", "maybe"}, {"allow_failure", true}})});
  auto gitlab = forge();
  ASSERT_GIVES(auto opened, gitlab->open(here_.wanted()));
  size_t before = server_.calls().size();
  ASSERT_GIVES(auto all, gitlab->said_of(opened));
  EXPECT_EQ(server_.calls().size() - before, 6u);
  for (int i = 0; i < 2; ++i) {
    ASSERT_GIVES(auto missed, gitlab->answer(opened, "d1", "Done.", true));
    EXPECT_THAT(missed, IsEmpty());
  }

  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].remark.path, "app.py");
  EXPECT_EQ(all[0].remark.line, 7);
  EXPECT_EQ(all[0].remark.thread, "d1");
  EXPECT_TRUE(all[0].may_write);
  EXPECT_TRUE(all[1].settled);
  EXPECT_EQ(all[2].remark.kind, "verdict");
  EXPECT_FALSE(all[2].may_write);
  EXPECT_EQ(all[3].remark.kind, "check");
  EXPECT_THAT(all[3].remark.text,
              HasSubstr("failed: script_failure\nThe end of its log:\n\"boom\""));
  std::vector<Json> said = server_.discussions().at(0).get("notes").items();
  ASSERT_EQ(said.size(), 2u) << "the same words are one answer";
  EXPECT_TRUE(said.at(0).get_bool("resolved"));
}

}  // namespace
}  // namespace gf::forge
