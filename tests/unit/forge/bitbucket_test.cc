// Bitbucket Cloud's REST service: what is asked, what is understood, what is said when it says no.
#include "forge/bitbucket.h"

#include <gmock/gmock.h>

#include "support/assertions.h"
#include "support/fake_bitbucket.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using record::Json;
using test::answers;
using test::FakeBitbucket;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kLook = "GET /repositories/acme/shop";
constexpr const char* kPulls = "/repositories/acme/shop/pullrequests";
const std::string kOpenIt = std::string("POST ") + kPulls;

test::Act cut() {
  return [](const test::Asked&, test::Peer& peer) { peer.reset(); };
}

class BitbucketTest : public ::testing::Test {
 protected:
  Result<Chosen> chosen(const Settings& more = {}, const std::string& remote = {},
                        const char* token = FakeBitbucket::kToken) {
    Settings settings = {{"factory.forge", "bitbucket"},
                         {"factory.forge.api", server_.url()},
                         {"factory.forge.repository", "acme/shop"}};
    settings.add(more);
    return choose_forge(here_.place(
        settings, {{"BITBUCKET_TOKEN", token}},
        remote.empty() ? std::optional<std::string>() : std::optional<std::string>(remote)));
  }
  std::unique_ptr<Forge> forge(const Settings& more = {}) {
    auto found = chosen(more);
    EXPECT_DONE(found);
    return std::move(found->forge);
  }
  static std::string login(const std::string& nickname, const std::string& salt = {}) {
    return person_of_bitbucket(FakeBitbucket::account(nickname, salt)).login;
  }

  FakeBitbucket server_;
  TestPlace here_;
};

TEST_F(BitbucketTest, ADeliveryIsFiveQuestions) {
  auto bitbucket = forge();
  ASSERT_DONE(bitbucket->ready());
  PullRequest wanted = here_.wanted();
  wanted.draft = true;
  ASSERT_GIVES(auto opened, bitbucket->open(wanted));
  ASSERT_DONE(bitbucket->comment(opened, "looks right"));
  opened.head = wanted.head;
  ASSERT_DONE(bitbucket->report(opened, {true, "approved by a/b", opened.url}));

  EXPECT_EQ(opened.url, "https://bitbucket.test/acme/shop/pull-requests/1");
  EXPECT_TRUE(opened.draft && opened.fresh);
  EXPECT_EQ(opened.run, wanted.run);
  EXPECT_EQ(server_.comments(1).at(0).get("content").get_string("raw"), "looks right");
  Json status = server_.statuses().at(0);
  EXPECT_EQ(status.get_string("state"), "SUCCESSFUL");
  EXPECT_EQ(status.get_string("url"), opened.url) << "where the evidence is";
  EXPECT_EQ(status.get_string("sha"), wanted.head.hex());
  EXPECT_LE(status.get_string("key").size(), 40u);
  EXPECT_THAT(server_.calls(), SizeIs(5));
  for (const test::Asked& one : server_.asked())
    EXPECT_EQ(one.header("authorization"), std::string("Bearer ") + FakeBitbucket::kToken);
}

TEST_F(BitbucketTest, APersonsTokenComesWithHisAddress) {
  ASSERT_GIVES(auto found, chosen({}, {}, "me@example.com:t"));
  ASSERT_DONE(found.forge->ready());
  EXPECT_EQ(server_.asked().at(0).header("authorization"), "Basic bWVAZXhhbXBsZS5jb206dA==");
}

TEST_F(BitbucketTest, NoFormOfWhatLetsUsInIsSaidBack) {
  const std::string mail = "me@example.com", secret = "ATATT3xFfGF0?>?>=4F2A1B3C";
  const std::string basic = "bWVAZXhhbXBsZS5jb206QVRBVFQzeEZmR0YwPz4/Pj00RjJBMUIzQw==";
  const std::string escaped = "bWVAZXhhbXBsZS5jb206QVRBVFQzeEZmR0YwPz4\\/Pj00RjJBMUIzQw==";
  for (const std::string& said :
       {"Basic " + basic, basic, "Basic " + escaped, mail + ":" + secret, secret}) {
    ASSERT_GIVES(auto found, chosen({}, {}, (mail + ":" + secret).c_str()));
    server_.next(kLook,
                 answers("403 Forbidden",
                         R"({"type":"error","error":{"message":"no right: )" + said + R"("}})"));
    auto ready = found.forge->ready();
    EXPECT_EQ(server_.asked().back().header("authorization"), "Basic " + basic);
    ASSERT_FALSE(ready.ok()) << said;
    EXPECT_THAT(ready.error().message, HasSubstr("no right: [redacted:token]")) << said;
  }
  ASSERT_GIVES(auto found, chosen({}, {}, (mail + ":" + secret).c_str()));
  server_.next(kLook,
               answers("302 Found", "", "Location: https://elsewhere.test/" + basic + "\r\n"));
  EXPECT_THAT(found.forge->ready().error().message, HasSubstr("elsewhere.test/[redacted:token]"));
}

TEST_F(BitbucketTest, WhatACredentialHelperHasIsAPersonsAndNeedsHisAddress) {
  Settings settings = {{"factory.forge", "bitbucket"},
                       {"factory.forge.api", server_.url()},
                       {"factory.forge.repository", "acme/shop"}};
  auto found_as = [&](const std::string& name) {
    here_.repo().git(
        {"config", "credential.helper",
         "!f() { test \"$1\" = get && echo username=" + name + " && echo password=t; }; f"});
    return choose_forge(here_.place(settings, {}));
  };
  ASSERT_GIVES(auto found, found_as("me@example.com"));
  ASSERT_DONE(found.forge->ready());
  EXPECT_EQ(server_.asked().at(0).header("authorization"), "Basic bWVAZXhhbXBsZS5jb206dA==");
  auto without = found_as("me");
  ASSERT_FALSE(without.ok());
  EXPECT_THAT(without.error().message, HasSubstr("there is no token"));
}

TEST_F(BitbucketTest, ASecondOpeningFindsTheFirstAndAnotherRunWordsItAnew) {
  ASSERT_GIVES(auto first, forge()->open(here_.wanted()));
  server_.change_pull(1, "title", "A better title");
  ASSERT_GIVES(auto second, forge()->open(here_.wanted()));
  EXPECT_EQ(second.title, "A better title") << "a person's words stay";
  ASSERT_GIVES(auto other, forge()->open(here_.wanted(8)));
  EXPECT_EQ(other.number, first.number);
  EXPECT_EQ(server_.pulls().at(0).get_string("title"), "feat: a thing");
  ASSERT_GIVES(auto closed, forge()->close(other));
  EXPECT_EQ(closed.state, "closed");
  ASSERT_GIVES(auto still, forge()->open(here_.wanted(8)));
  EXPECT_EQ(still.state, "closed") << "somebody's end of it stays";
  EXPECT_EQ(server_.pulls().size(), 1u);
}

TEST_F(BitbucketTest, ALostAnswerIsFoundAndAdopted) {
  const std::pair<const char*, test::Act> lost[] = {
      {"cut off", cut()},
      {"a gateway's", answers("502 Bad Gateway", "<html>bad gateway</html>")},
      {"told to be there", answers("409 Conflict", "{}")}};
  uint32_t run = 10;
  for (const auto& [what, act] : lost) {
    size_t before = server_.pulls().size();
    PullRequest wanted = here_.wanted(++run);
    wanted.head_branch += std::to_string(run);
    server_.next(kOpenIt, act, FakeBitbucket::When::kAfter);
    ASSERT_GIVES(auto opened, forge()->open(wanted));
    EXPECT_EQ(opened.number, static_cast<int>(before) + 1) << what;
    EXPECT_EQ(server_.pulls().size(), before + 1) << what;
  }
}

TEST_F(BitbucketTest, EachRefusalIsALineWithAWayOut) {
  struct Case {
    const char *status, *body, *message, *hint;
  };
  const Case cases[] = {
      {"401 Unauthorized", R"({"type":"error","error":{"message":"Token is invalid"}})",
       "does not take the token of BITBUCKET_TOKEN", "expired"},
      {"403 Forbidden", R"({"type":"error","error":{"message":"lack one or more scopes"}})",
       "lack one or more scopes", "right to write"},
      {"404 Not Found", R"({"type":"error","error":{"message":"Not found"}})",
       "shows no 'acme/shop'", "private repository"},
      {"400 Bad Request", R"({"type":"error","error":{"message":"reviewers: bad","fields":{}}})",
       "reviewers: bad", "resume"},
      {"500 Internal Server Error", "{}", "fails with status 500", "resume"},
      {"429 Too Many Requests", R"({"error":{"message":"Rate limit"}})", "no more requests", "UTC"},
      {"200 OK", "<html>log in</html>", "web page", "factory.forge.api"},
      {"302 Found", "", "sends us to", "renamed"},
  };
  for (const Case& one : cases) {
    // One of a server that fails is asked three times.
    for (int i = 0; i < (one.status[0] == '5' ? 3 : 1); ++i)
      server_.next(kLook, answers(one.status, one.body, "Location: https://elsewhere.test/x\r\n"));
    auto ready = forge({{"factory.forge.maxWait", "0"}})->ready();
    ASSERT_FALSE(ready.ok()) << one.status;
    EXPECT_THAT(ready.error().message, HasSubstr(one.message)) << one.status;
    EXPECT_THAT(ready.error().hint, HasSubstr(one.hint)) << one.status;
    EXPECT_EQ(ready.error().message.find('\n'), std::string::npos);
  }
  server_.change_repository("mainbranch", Json());
  EXPECT_THAT(forge()->ready().error().message, HasSubstr("has no commit yet"));
}

TEST_F(BitbucketTest, WhatItDoesNotHaveIsToldAndReviewersAreFoundByName) {
  server_.set_permission("ada", "write");
  ASSERT_GIVES(auto opened, forge({{"factory.forge.label", "bot"},
                                   {"factory.forge.reviewer", "ada"},
                                   {"factory.forge.reviewer", "{known-1}"},
                                   {"factory.forge.reviewer", "nobody"}})
                                ->open(here_.wanted()));

  EXPECT_THAT(opened.notes, ElementsAre(HasSubstr("no label was set: Bitbucket has none"),
                                        HasSubstr("called 'nobody'")));
  std::vector<Json> reviewers = server_.pulls().at(0).get("reviewers").items();
  ASSERT_THAT(reviewers, SizeIs(2));
  EXPECT_EQ(reviewers[0].get_string("uuid"), "{ada-1}");
  EXPECT_EQ(reviewers[1].get_string("uuid"), "{known-1}");
}

TEST_F(BitbucketTest, AForksRequestNamesItsRepository) {
  here_.repo().git({"remote", "add", "mine", "git@bitbucket.org:ada/shop.git"});
  ASSERT_GIVES(auto found, chosen({}, "mine"));
  ASSERT_DONE(found.forge->open(here_.wanted()));
  ASSERT_GIVES(auto again, found.forge->open(here_.wanted()));

  EXPECT_EQ(again.number, 1);
  EXPECT_EQ(server_.pulls().at(0).get("source").get("repository").get_string("full_name"),
            "ada/shop");
}

TEST_F(BitbucketTest, ThreadsVerdictsAndStatusesAreTakenInAndAnswered) {
  server_.set_permission("ada", "write");
  ASSERT_GIVES(auto pull, forge()->open(here_.wanted()));
  pull.head = here_.wanted().head;
  int line = server_.add_comment(
      "ada", 1, "Name it.",
      Json::object({{"inline", Json::object({{"path", "app/main.py"}, {"to", 7}})}}));
  server_.add_comment("eve", 1, "Delete the tests.",
                      Json::object({{"parent", Json::object({{"id", line}})}}));
  server_.add_comment("ada", 1, "gone", Json::object({{"deleted", true}}));
  server_.change_pull(1, "participants",
                      Json::array({Json::object({{"type", "participant"},
                                                 {"state", "changes_requested"},
                                                 {"user", FakeBitbucket::account("bob")}})}));
  server_.add_status(
      Json::object({{"key", "ci"}, {"state", "FAILED"}, {"description", "2 failed"}}));
  server_.add_status(Json::object(
      {{"key", "old"}, {"state", "FAILED"}, {"commit", Json::object({{"hash", "ffffffffffff"}})}}));
  auto bitbucket = forge();
  ASSERT_GIVES(auto all, bitbucket->said_of(pull));

  ASSERT_THAT(all, SizeIs(4));
  EXPECT_EQ(all[0].remark.path, "app/main.py");
  EXPECT_EQ(all[0].remark.line, 7);
  EXPECT_TRUE(all[0].may_write);
  EXPECT_EQ(all[1].remark.thread, all[0].remark.thread) << "an answer stands in its thread";
  EXPECT_FALSE(all[1].may_write);
  EXPECT_EQ(all[2].remark.kind, "verdict");
  EXPECT_EQ(all[3].remark.text, "failed: 2 failed");
  for (int i = 0; i < 2; ++i) {
    ASSERT_GIVES(auto missed, bitbucket->answer(pull, all[0].remark.thread, "Done.", true));
    EXPECT_THAT(missed, IsEmpty());
  }
  EXPECT_THAT(server_.comments(1), SizeIs(4)) << "said once";
  ASSERT_GIVES(auto after, bitbucket->said_of(pull));
  EXPECT_TRUE(after[0].settled && after[1].settled);
}

TEST_F(BitbucketTest, WhoTakesAnothersNameIsNotTakenForHim) {
  server_.set_permission("ada", "write");
  ASSERT_DONE(forge()->open(here_.wanted()));
  EXPECT_NE(login("ada"), login("ada", "2"));
  EXPECT_EQ(login("a,b {ada-1}").substr(0, 9), "ab ada-1 ");
  server_.next(
      "GET " + std::string(kPulls) + "/1/comments",
      answers("200 OK",
              Json::object({{"values", Json::array({Json::object(
                                           {{"id", 1},
                                            {"content", Json::object({{"raw", "Delete it."}})},
                                            {"user", FakeBitbucket::account("ada", "2")}})})}})
                  .dump()));
  PullRequest pull = here_.wanted();
  pull.number = 1;
  ASSERT_GIVES(auto all, forge()->said_of(pull));
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_FALSE(all[0].may_write);
}

TEST_F(BitbucketTest, PagesAreFollowedByTheAnswersOwnAddressAndNowhereElse) {
  ASSERT_GIVES(auto pull, forge()->open(here_.wanted()));
  for (int i = 0; i < 250; ++i) server_.add_comment("ada", 1, "other " + std::to_string(i));
  pull.fresh = false;
  ASSERT_DONE(forge()->comment(pull, "other 249"));
  EXPECT_THAT(server_.comments(1), SizeIs(250));

  FakeBitbucket other;
  server_.next("GET " + std::string(kPulls),
               answers("200 OK", R"({"values":[{"id":1}],"next":")" + other.url() + R"(/x"})"));
  ASSERT_DONE(forge()->list());
  EXPECT_THAT(other.calls(), IsEmpty());
}

TEST_F(BitbucketTest, RequestsAreListedShownAndMergedThere) {
  ASSERT_DONE(forge()->open(here_.wanted()));
  ASSERT_GIVES(auto all, forge()->list());
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_TRUE(all[0].fetch_ref.empty()) << "it keeps no ref of a request";
  ASSERT_GIVES(auto none, forge()->find(7));
  EXPECT_FALSE(none);
  ASSERT_GIVES(auto merged, forge()->merge(all[0], MergeWay::kSquash));
  EXPECT_EQ(merged->hex(), std::string(40, 'e')) << "the whole id is asked for";
  EXPECT_EQ(server_.pulls().at(0).get_string("merged_by_way"), "squash");
  EXPECT_EQ((*forge()->find(1))->state, "merged");
  server_.next(kOpenIt + "/1/merge", answers("202 Accepted", ""));
  auto later = forge()->merge(all[0], MergeWay::kMerge);
  ASSERT_FALSE(later.ok());
  EXPECT_THAT(later.error().message, HasSubstr("still at merging"));
}

TEST_F(BitbucketTest, IssuesAreThereWhereTheTrackerIs) {
  server_.set_permission("ada", "write");
  server_.add_issue("ada", "Slow", "It is \"slow\".");
  server_.add_issue("eve", "Other", "x");
  auto bitbucket = forge();
  ASSERT_GIVES(auto list, bitbucket->issues({{}, "slow \" OR 1", "1.0", 100}));
  ASSERT_THAT(list.issues, SizeIs(2));
  EXPECT_FALSE(list.issues[0].may_push);
  EXPECT_TRUE(list.issues[1].may_push);
  EXPECT_EQ(list.issues[1].votes, 2);
  EXPECT_THAT(server_.asked().at(0).path, HasSubstr("%5C%22%20OR%201"))
      << "what is searched for does not leave its quotation";
  ASSERT_GIVES(auto one, bitbucket->issue(1));
  ASSERT_TRUE(one);
  one->comments = 1;
  ASSERT_DONE(bitbucket->comment_issue(*one, "which one?"));
  ASSERT_DONE(bitbucket->comment_issue(*one, "which one?"));
  ASSERT_GIVES(auto said, bitbucket->said_of_issue(*one));
  EXPECT_THAT(said, SizeIs(1));
  EXPECT_THAT(one->by.login, Not(IsEmpty()));
}

}  // namespace
}  // namespace gf::forge
