// GitHub over real HTTP, beside a server on the loopback address that remembers and misbehaves.
#include <gmock/gmock.h>

#include "unit/forge/hub.h"

namespace gf::forge {
namespace {

using record::Json;
using test::answers;
using test::FakeGitHub;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kOpen = "POST /repos/acme/shop/pulls";
constexpr const char* kSay = "POST /repos/acme/shop/issues/1/comments";
constexpr const char* kLook = "GET /repos/acme/shop";
constexpr const char* kFind = "GET /repos/acme/shop/pulls";

/// The line is cut before anything is said.
test::Act cut() {
  return [](const test::Asked&, test::Peer& peer) { peer.reset(); };
}

class GitHubTest : public ::testing::Test, protected OnHub {
 protected:
  GitHubTest() : OnHub("github", FakeGitHub::As::kGitHub) {}
};

TEST_F(GitHubTest, ADeliveryIsFiveQuestions) {
  auto github = forge();
  ASSERT_DONE(github->ready());
  ASSERT_GIVES(auto opened, github->open(here_.wanted()));
  ASSERT_DONE(github->comment(opened, "looks right"));
  ASSERT_DONE(github->report(opened, {true, "approved by a/b", opened.url}));

  EXPECT_EQ(opened.url, "https://github.test/acme/shop/pull/1");
  EXPECT_EQ(opened.number, 1);
  EXPECT_EQ(opened.head_branch, "factory/thing");
  EXPECT_THAT(server_.comments(1), ElementsAre("looks right"));
  EXPECT_EQ(server_.statuses().at(0).get_string("state"), "success");
  EXPECT_EQ(server_.statuses().at(0).get_string("context"), "git-factory/review");
  EXPECT_EQ(server_.statuses().at(0).get_string("target_url"), opened.url);
  EXPECT_THAT(server_.calls(),
              ElementsAre(kLook, kFind, kOpen, kSay,
                          "POST /repos/acme/shop/statuses/" + std::string(40, 'a')));
}

TEST_F(GitHubTest, TheTokenIsInItsHeaderAndNowhereElse) {
  ASSERT_DONE(forge()->open(here_.wanted()));

  for (const test::Asked& one : server_.asked()) {
    EXPECT_EQ(one.header("authorization"), std::string("Bearer ") + FakeGitHub::kToken);
    EXPECT_THAT(one.path + one.body, Not(HasSubstr(FakeGitHub::kToken)));
    EXPECT_FALSE(one.header("user-agent").empty());
  }
}

TEST_F(GitHubTest, ASecondOpeningFindsTheFirst) {
  ASSERT_GIVES(auto first, forge()->open(here_.wanted()));
  ASSERT_GIVES(auto second, forge()->open(here_.wanted()));

  EXPECT_EQ(second.url, first.url);
  EXPECT_EQ(server_.pulls().size(), 1u);
}

TEST_F(GitHubTest, AnotherRunOnTheSameBranchWordsItAnew) {
  ASSERT_DONE(forge()->open(here_.wanted(7)));
  PullRequest later = here_.wanted(8);
  later.title = "feat: another thing";
  ASSERT_GIVES(auto second, forge()->open(later));

  EXPECT_EQ(second.number, 1);
  ASSERT_EQ(server_.pulls().size(), 1u);
  EXPECT_EQ(server_.pulls()[0].get_string("title"), "feat: another thing");
}

TEST_F(GitHubTest, WhatAPersonWroteIntoThisRunsRequestStays) {
  ASSERT_DONE(forge()->open(here_.wanted()));
  server_.change_pull(1, "title", "A better title");
  ASSERT_GIVES(auto again, forge()->open(here_.wanted()));

  EXPECT_EQ(again.title, "A better title");
  EXPECT_EQ(server_.pulls()[0].get_string("title"), "A better title");
}

TEST_F(GitHubTest, OneThatWasClosedMeanwhileIsNotOpenedAnew) {
  ASSERT_DONE(forge()->open(here_.wanted()));
  server_.change_pull(1, "state", "closed");
  ASSERT_GIVES(auto again, forge()->open(here_.wanted()));

  EXPECT_EQ(again.state, "closed");
  EXPECT_EQ(server_.pulls().size(), 1u);
}

TEST_F(GitHubTest, ALostAnswerIsFoundAndAdopted) {
  const std::pair<const char*, test::Act> lost[] = {
      {"cut off", cut()},
      {"a gateway's", answers("502 Bad Gateway", "<html>bad gateway</html>")},
      {"a server's", answers("500 Internal Server Error", "{\"message\":\"oops\"}")}};
  uint32_t run = 10;
  for (const auto& [what, act] : lost) {
    size_t before = server_.pulls().size();
    PullRequest wanted = here_.wanted(++run);
    wanted.head_branch += std::to_string(run);
    server_.next(kOpen, act, FakeGitHub::When::kAfter);
    ASSERT_GIVES(auto opened, forge()->open(wanted));
    EXPECT_EQ(opened.number, static_cast<int>(before) + 1) << what;
    EXPECT_EQ(server_.pulls().size(), before + 1) << what;
  }
}

TEST_F(GitHubTest, WhatDidNotArriveIsSentAgain) {
  server_.next(kOpen, answers("503 Service Unavailable", ""));
  ASSERT_GIVES(auto opened, forge()->open(here_.wanted()));
  server_.next(kSay, cut());
  opened.fresh = false;
  ASSERT_DONE(forge()->comment(opened, "once"));
  server_.next(kSay, cut(), FakeGitHub::When::kAfter);
  ASSERT_DONE(forge()->comment(opened, "twice?"));

  EXPECT_EQ(server_.pulls().size(), 1u);
  EXPECT_THAT(server_.comments(1), ElementsAre("once", "twice?"));
}

TEST_F(GitHubTest, TheSameWordsAreOneCommentAlsoBehindFiveHundredOthers) {
  ASSERT_GIVES(auto opened, forge()->open(here_.wanted()));
  for (int i = 0; i < 500; ++i) server_.add_comment(1, "other " + std::to_string(i));
  server_.add_comment(1, "mine\r\n");
  opened.fresh = false;
  ASSERT_DONE(forge()->comment(opened, "mine\n"));

  EXPECT_EQ(server_.comments(1).size(), 501u);
}

TEST_F(GitHubTest, LabelsReviewersAssigneesAndMilestoneAreThoseOfTheSettings) {
  server_.add_milestone("1.0");
  ASSERT_GIVES(auto opened, forge({{"factory.forge.label", "factory"},
                                   {"factory.forge.label", "bot"},
                                   {"factory.forge.reviewer", "ada"},
                                   {"factory.forge.reviewer", "acme/core"},
                                   {"factory.forge.assignee", "bob"},
                                   {"factory.forge.milestone", "1.0"}})
                                ->open(here_.wanted()));

  Json pull = server_.pulls().at(0);
  EXPECT_EQ(pull.get_strings("added_labels"), (std::vector<std::string>{"factory", "bot"}));
  EXPECT_EQ(pull.get_strings("added_reviewers"), std::vector<std::string>{"ada"});
  EXPECT_EQ(pull.get_strings("added_team_reviewers"), std::vector<std::string>{"core"});
  EXPECT_EQ(pull.get_strings("added_assignees"), std::vector<std::string>{"bob"});
  EXPECT_EQ(pull.get_int("milestone"), 1);
  EXPECT_THAT(opened.notes, IsEmpty());
}

TEST_F(GitHubTest, WhatCannotBeAddedIsToldAndTakesNothingAway) {
  server_.next("POST /repos/acme/shop/pulls/1/requested_reviewers",
               answers("422 Unprocessable Entity",
                       "{\"message\":\"Reviews may only be requested from collaborators.\"}"));
  ASSERT_GIVES(auto opened,
               forge({{"factory.forge.reviewer", "nobody"}, {"factory.forge.milestone", "2.0"}})
                   ->open(here_.wanted()));

  EXPECT_EQ(opened.number, 1);
  ASSERT_EQ(opened.notes.size(), 2u);
  EXPECT_THAT(opened.notes[0], HasSubstr("Reviews may only be requested from collaborators"));
  EXPECT_THAT(opened.notes[1], HasSubstr("no open milestone '2.0'"));
}

TEST_F(GitHubTest, WhereThereAreNoDraftsItIsOpenedAndSaid) {
  server_.refuse_drafts();
  PullRequest wanted = here_.wanted();
  wanted.draft = true;
  ASSERT_GIVES(auto opened, forge()->open(wanted));

  EXPECT_THAT(opened.notes, ElementsAre(HasSubstr("no drafts")));
  EXPECT_FALSE(server_.pulls().at(0).get_bool("draft"));
}

TEST_F(GitHubTest, AForksRequestNamesItsOwner) {
  here_.repo().git({"remote", "add", "mine", "https://github.example/ada/shop.git"});
  Settings settings = {{"factory.forge", "github"},
                       {"factory.forge.api", server_.url()},
                       {"factory.forge.repository", "acme/shop"}};
  server_.change_repository("permissions", Json::object({{"push", false}}));
  ASSERT_GIVES(auto chosen, choose_forge(here_.place(
                                settings, {{"GH_ENTERPRISE_TOKEN", FakeGitHub::kToken}}, "mine")));
  ASSERT_DONE(chosen.forge->ready());
  ASSERT_DONE(chosen.forge->open(here_.wanted()));

  EXPECT_EQ(server_.pulls().at(0).get("head").get_string("label"), "ada:factory/thing");
}

TEST_F(GitHubTest, ARequestTooLargeForItIsCutInTheMiddleAndKeepsItsRun) {
  PullRequest wanted = here_.wanted();
  wanted.body = std::string(100000, 'x') + "\n" + wanted.body;
  wanted.title = std::string(1000, 't');
  ASSERT_DONE(forge()->open(wanted));

  std::string body = server_.pulls().at(0).get_string("body");
  EXPECT_LE(body.size(), 65536u);
  EXPECT_THAT(body, HasSubstr("Factory-Run: " + wanted.run.str()));
  EXPECT_LE(server_.pulls().at(0).get_string("title").size(), 256u);
}

TEST_F(GitHubTest, LimitsAreWaitedForAndThatIsSaid) {
  std::string reset = std::to_string(
      std::chrono::duration_cast<std::chrono::seconds>(here_.clock().now().time_since_epoch())
          .count() +
      20);
  server_.next(kLook, answers("403 Forbidden", "{\"message\":\"API rate limit exceeded\"}",
                              "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: " + reset + "\r\n"));
  server_.next(kLook, answers("429 Too Many Requests", "{}", "retry-after: 7\r\n"));
  server_.next(kLook, answers("403 Forbidden",
                              "{\"message\":\"You have exceeded a secondary rate limit.\"}"));
  ASSERT_DONE(forge()->ready());

  ASSERT_EQ(here_.clock().waits().size(), 3u);
  EXPECT_NEAR(static_cast<double>(here_.clock().waits()[0].count()), 21000, 1000);
  EXPECT_EQ(here_.clock().waits()[1], Milliseconds(7000));
  EXPECT_EQ(here_.clock().waits()[2], Milliseconds(60000));
  EXPECT_THAT(here_.said, Contains(HasSubstr("takes no more requests for now; waiting 7 s")));
}

TEST_F(GitHubTest, ALimitBeyondTheCapIsNotWaitedFor) {
  server_.next(kLook, answers("429 Too Many Requests", "{}", "retry-after: 3600\r\n"));
  auto ready = forge({{"factory.forge.maxWait", "60"}})->ready();

  ASSERT_FALSE(ready.ok());
  EXPECT_EQ(ready.error().fault, Fault::kTransient);
  EXPECT_THAT(ready.error().message, HasSubstr("for 3600 s"));
  EXPECT_THAT(ready.error().hint, HasSubstr("factory.forge.maxWait"));
  EXPECT_THAT(here_.clock().waits(), IsEmpty());
}

TEST_F(GitHubTest, EachRefusalIsALineWithAWayOut) {
  struct Case {
    const char *status, *body, *headers, *message, *hint;
  };
  const Case cases[] = {
      {"401 Unauthorized", "{\"message\":\"Bad credentials\"}", "",
       "does not take the token of GH_ENTERPRISE_TOKEN", "make a new one"},
      {"403 Forbidden", "{\"message\":\"Resource protected by organization SAML enforcement.\"}",
       "X-GitHub-SSO: required; url=https://github.test/orgs/acme/sso?a=b\r\n",
       "not authorised for this organisation's single sign-on",
       "https://github.test/orgs/acme/sso"},
      {"403 Forbidden", "{\"message\":\"Resource not accessible by personal access token\"}",
       "x-accepted-github-permissions: pull_requests=write\r\n", "may not do this",
       "the permission pull_requests=write"},
      {"403 Forbidden", "{\"message\":\"Must have admin rights\"}",
       "x-accepted-oauth-scopes: repo\r\n", "may not do this", "the scope repo"},
      {"404 Not Found", "{\"message\":\"Not Found\"}", "", "shows no 'acme/shop'",
       "hidden from tokens without access"},
      {"410 Gone", "{\"message\":\"Issues are disabled\"}", "", "Issues are disabled", "resume"},
      {"500 Oh", "not json", "", "fails with status 500", "in a while"},
      {"302 Found", "", "Location: https://elsewhere.test/login?token=x\r\n",
       "sends us to 'https://elsewhere.test/login'", "factory.forge.api"},
      {"200 OK", "<!doctype html><p>Sign in", "Content-Type: text/html\r\n",
       "a web page and not with JSON", "factory.forge.api"},
      {"200 OK", "{\"full_name\": ", "", "what is no JSON", "factory.forge.api"},
  };
  for (const Case& one : cases) {
    for (int i = 0; i < 3; ++i) server_.next(kLook, answers(one.status, one.body, one.headers));
    auto ready = forge()->ready();
    ASSERT_FALSE(ready.ok()) << one.status << one.body;
    const Error& error = ready.error();
    EXPECT_THAT(error.message, HasSubstr(one.message));
    EXPECT_THAT(error.hint, HasSubstr(one.hint)) << error.message;
    EXPECT_EQ((error.message + error.hint).find('\n'), std::string::npos) << error.message;
    EXPECT_THAT(error.message + error.hint, Not(HasSubstr(FakeGitHub::kToken)));
    // What was not asked for stays for nobody.
    while (!forge()->ready().ok()) {
    }
  }
}

TEST_F(GitHubTest, EachKindOf422IsALineWithAWayOut) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"message":"Validation Failed","errors":[{"message":"No commits between main and x"}]})",
       "has this change already"},
      {R"({"message":"Validation Failed","errors":[{"resource":"PullRequest","field":"base","code":"invalid"}]})",
       "the base branch is not on the forge"},
      {R"({"message":"Validation Failed","errors":[{"resource":"PullRequest","field":"head","code":"invalid"}]})",
       "the branch is not on the forge"},
      {R"({"message":"Validation Failed","errors":"body is too long maximum is 65536 characters"})",
       "larger than this forge takes"},
      {R"({"message":"Something\nnew","errors":[7,null,{}]})", "resume"},
      {R"([])", "resume"},
      {R"({})", "resume"}};
  for (const auto& [body, hint] : cases) {
    server_.next(kOpen, answers("422 Unprocessable Entity", body));
    auto opened = forge()->open(here_.wanted());
    ASSERT_FALSE(opened.ok()) << body;
    EXPECT_THAT(opened.error().hint, HasSubstr(hint)) << body;
    EXPECT_EQ(opened.error().message.find('\n'), std::string::npos) << body;
    EXPECT_THAT(server_.pulls(), IsEmpty());
  }
}

TEST_F(GitHubTest, WhatTheRepositoryIsDecidesBeforeAnythingIsSpent) {
  server_.change_repository("archived", true);
  EXPECT_THAT(forge()->ready().error().message, HasSubstr("is archived"));
  server_.change_repository("archived", false);
  server_.change_repository("permissions", Json::object({{"push", false}}));
  Error may_not = forge()->ready().error();
  EXPECT_THAT(may_not.message, HasSubstr("may not push to 'acme/shop'"));
  EXPECT_THAT(may_not.hint, HasSubstr("fork"));
}

TEST_F(GitHubTest, ARenamedRepositoryIsFollowedOnTheSameServerOnly) {
  server_.next(kLook, answers("301 Moved Permanently", "{}",
                              "Location: " + server_.url() + "/repos/acme/shop\r\n"));
  server_.next(kOpen,
               answers("307 Temporary Redirect", "{}", "Location: /repos/acme/shop/pulls\r\n"));
  auto github = forge();
  ASSERT_DONE(github->ready());
  ASSERT_DONE(github->open(here_.wanted()));

  EXPECT_EQ(server_.pulls().size(), 1u) << "the request's body went with it";
}

TEST_F(GitHubTest, AServerThatMovesUsInCirclesIsLeft) {
  for (int i = 0; i < 10; ++i)
    server_.next(kLook, answers("301 Moved", "{}", "Location: /repos/acme/shop\r\n"));
  EXPECT_FALSE(forge()->ready().ok());
}

TEST_F(GitHubTest, PagesWithoutEndAreLeft) {
  for (int i = 0; i < 100; ++i) {
    server_.next("GET /repos/acme/shop/pulls",
                 answers("200 OK", "[{\"number\":1}]",
                         "Link: <" + api() + "/repos/acme/shop/pulls?page=" + std::to_string(i) +
                             ">; rel=\"next\"\r\n"));
  }
  ASSERT_GIVES(auto all, forge()->list());

  EXPECT_EQ(all.size(), 30u);
}

TEST_F(GitHubTest, ATokenIsNotCarriedToAnotherServersPages) {
  FakeGitHub other;
  server_.next(kFind, answers("200 OK", "[{\"number\":1}]",
                              "Link: <" + other.url() + "/x>; rel=\"next\"\r\n"));
  ASSERT_DONE(forge()->list());

  EXPECT_THAT(other.calls(), IsEmpty());
}

TEST_F(GitHubTest, ATokenThatIsSaidBackIsShownToNobody) {
  server_.next(kLook, answers("422 Unprocessable Entity",
                              std::string("{\"message\":\"no ") + FakeGitHub::kToken + "\"}"));
  EXPECT_THAT(forge()->ready().error().message, Not(HasSubstr(FakeGitHub::kToken)));
}

TEST_F(GitHubTest, AWishToStopEndsIt) {
  auto github = forge();
  here_.cancel().request();
  EXPECT_EQ(github->ready().error().fault, Fault::kCancelled);
}

TEST_F(GitHubTest, PullRequestsAreListedShownClosedAndMergedThere) {
  auto github = forge();
  ASSERT_GIVES(auto first, github->open(here_.wanted(7)));
  PullRequest wanted = here_.wanted(8);
  wanted.head_branch = "factory/other";
  ASSERT_GIVES(auto second, github->open(wanted));
  ASSERT_DONE(github->comment(first, "hm"));
  ASSERT_DONE(github->close(first));
  ASSERT_GIVES(auto merged, github->merge(second, MergeWay::kSquash));
  ASSERT_GIVES(auto all, github->list());
  ASSERT_GIVES(auto shown, github->find(1));
  ASSERT_GIVES(auto none, github->find(9));

  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->hex(), std::string(40, 'e'));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].state, "closed");
  EXPECT_EQ(all[1].state, "merged");
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->comments, std::vector<std::string>{"hm"});
  EXPECT_FALSE(none);
  EXPECT_FALSE(github->merge(second, MergeWay::kFastForward).ok());
}

}  // namespace
}  // namespace gf::forge
