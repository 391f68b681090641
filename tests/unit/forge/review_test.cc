// What reviewers and checks say on GitHub and Gitea, beside a server that remembers: with place,
// person, state and the ends of logs, and answered where it was said.
#include <gmock/gmock.h>

#include "forge/said.h"
#include "unit/forge/hub.h"

namespace gf::forge {
namespace {

using record::Json;
using test::answers;
using test::FakeGitHub;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ReviewTest : public EachHub {
 protected:
  void SetUp() override {
    server_.set_permission("ada", "write");
    forge_ = forge();
    ASSERT_NE(forge_, nullptr);
    ASSERT_GIVES(pull_, forge_->open(here_.wanted()));
    pull_.fresh = false;
  }
  [[nodiscard]] const char* changes() const {
    return is_gitea() ? "REQUEST_CHANGES" : "CHANGES_REQUESTED";
  }
  std::vector<Said> said() {
    auto all = forge_->said_of(pull_);
    EXPECT_DONE(all);
    return all.ok() ? *all : std::vector<Said>();
  }
  static const Said* with(const std::vector<Said>& all, const std::string& text) {
    for (const Said& one : all) {
      if (one.remark.text.find(text) != std::string::npos) return &one;
    }
    return nullptr;
  }

  std::unique_ptr<Forge> forge_;
  PullRequest pull_;
};

INSTANTIATE_TEST_SUITE_P(Hubs, ReviewTest, ReviewTest::all(), ReviewTest::name_of);

TEST_P(ReviewTest, CommentsVerdictsAndLinesComeWithPlaceAndPerson) {
  server_.add_comment_by("ada", 1, "In general.");
  server_.add_comment_by("eve", 1, "Rubbish.");
  server_.add_line("ada", 1, "app/main.py", 12, "Name it.");
  server_.add_review("ada", 1, changes(), "Not yet.");
  std::vector<Said> all = said();

  ASSERT_THAT(all, SizeIs(4));
  const Said* general = with(all, "In general.");
  const Said* verdict = with(all, "Not yet.");
  const Said* line = with(all, "Name it.");
  ASSERT_TRUE(general && verdict && line && with(all, "Rubbish."));
  EXPECT_TRUE(general->may_write && verdict->may_write && line->may_write);
  EXPECT_FALSE(with(all, "Rubbish.")->may_write);
  EXPECT_EQ(verdict->remark.kind, "verdict");
  EXPECT_EQ(line->remark.path, "app/main.py");
  EXPECT_EQ(line->remark.line, 12);
  EXPECT_EQ(line->remark.by, "ada");
  EXPECT_THAT(line->remark.url, HasSubstr("https://"));
  EXPECT_EQ(line->remark.thread.empty(), is_gitea()) << "there is no answering in a thread there";
}

TEST_P(ReviewTest, WhatIsSettledOrOverruledAsksForNothing) {
  server_.add_review("ada", 1, changes(), "First no.");
  server_.add_review("ada", 1, "APPROVED", "Now yes.");
  server_.add_review("bob", 1, changes(), "Still no.");
  server_.add_review("bob", 1, "PENDING", "Not sent.");
  int line =
      server_.add_line("ada", 1, "a.py", 1, "Done already.",
                       is_gitea() ? Json::object({{"resolver", Json::object()}}) : Json::object());
  server_.resolve(line);
  server_.add_review("cy", 1, "COMMENT", "");
  std::vector<Said> all = said();

  EXPECT_TRUE(with(all, "First no.")->settled);
  EXPECT_TRUE(with(all, "Now yes.")->settled);
  EXPECT_FALSE(with(all, "Still no.")->settled);
  EXPECT_EQ(with(all, "Not sent."), nullptr);
  ASSERT_TRUE(with(all, "Done already."));
  EXPECT_TRUE(with(all, "Done already.")->settled);
}

TEST_P(ReviewTest, AVerdictWithoutWordsSaysAtLeastThatItIsOne) {
  server_.add_review("ada", 1, changes(), "");
  std::vector<Said> all = said();

  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].remark.text, "Changes are requested.");
}

TEST_P(ReviewTest, StatusesThatFailAreChecksAndOursIsNone) {
  server_.add_status("ci/build", "failure");
  server_.add_status("ci/lint", "success");
  server_.add_status("git-factory/review", "failure");
  std::vector<Said> all = said();

  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].remark.kind, "check");
  EXPECT_EQ(all[0].remark.by, "ci/build");
  EXPECT_EQ(all[0].remark.text, "failure: it says no");
  EXPECT_TRUE(all[0].may_write) << "nobody has written it";
}

TEST_P(ReviewTest, AskedAgainOnlyWhatHasChangedIsSent) {
  server_.add_review("ada", 1, changes(), "No.");
  std::vector<Said> first = said();
  size_t before = server_.asked().size();
  std::vector<Said> second = said();
  size_t conditional = 0;
  std::vector<test::Asked> asked = server_.asked();
  for (size_t i = before; i < asked.size(); ++i)
    conditional += asked[i].header("if-none-match").empty() ? 0 : 1;

  EXPECT_EQ(second.size(), first.size());
  EXPECT_EQ(conditional, asked.size() - before) << "every question says what is known";
  server_.add_comment_by("ada", 1, "One more.");
  EXPECT_THAT(said(), SizeIs(first.size() + 1));
}

TEST_P(ReviewTest, AThreadIsAnsweredOnceAndResolvedWhereThatGoes) {
  int line = server_.add_line("ada", 1, "a.py", 1, "Name it.");
  server_.add_review("ada", 1, changes(), "");
  std::vector<Said> all = said();
  const Said* asked = with(all, "Name it.");
  ASSERT_TRUE(asked);
  for (int i = 0; i < 2; ++i) {
    ASSERT_GIVES(auto missed, forge_->answer(pull_, asked->remark.thread, "Done.", true));
    EXPECT_THAT(missed, IsEmpty());
  }
  if (is_gitea()) {
    EXPECT_THAT(server_.comments(1), ElementsAre("Done."));
    return;
  }
  EXPECT_THAT(server_.resolved(), ElementsAre(line));
  size_t done = 0;
  for (const Said& one : said()) done += one.remark.text == "Done." ? 1 : 0;
  EXPECT_EQ(done, 1u);
  EXPECT_TRUE(with(said(), "Name it.")->settled);
}

class GitHubReviewTest : public ReviewTest {};
INSTANTIATE_TEST_SUITE_P(Hub, GitHubReviewTest, ::testing::Values(FakeGitHub::As::kGitHub));

Json actions(const char* name, const char* conclusion) {
  return Json::object({{"name", name},
                       {"conclusion", conclusion},
                       {"html_url", "https://github.test/check"},
                       {"completed_at", "2026-01-02T03:04:05Z"},
                       {"app", Json::object({{"slug", "github-actions"}})}});
}

TEST_P(GitHubReviewTest, AFailingCheckComesWithItsPlacesAndTheEndOfItsLog) {
  Json check = actions("test", "failure");
  check.set("output", Json::object({{"title", "2 failed"}, {"annotations_count", 2}}));
  check.set("notes", Json::array({Json::object({{"path", "app/main.py"},
                                                {"start_line", 7},
                                                {"annotation_level", "failure"},
                                                {"message", "boom"}}),
                                  Json::object({{"path", ".github"},
                                                {"start_line", 1},
                                                {"annotation_level", "failure"},
                                                {"message", "exit 1"}})}));
  std::string log;
  for (int i = 0; i < 100000; ++i)
    log += "2026-01-02T03:04:05.1234567Z \x1b[36;1mstep " + std::to_string(i) + "\x1b[0m\n";
  server_.add_check(check, log);
  server_.add_check(actions("lint", "success"));
  std::vector<Said> all = said();

  ASSERT_THAT(all, SizeIs(1));
  const record::Remark& remark = all[0].remark;
  EXPECT_EQ(remark.by, "test");
  EXPECT_EQ(remark.path, "app/main.py");
  EXPECT_EQ(remark.line, 7);
  EXPECT_THAT(remark.text, AllOf(HasSubstr("failure\n2 failed\napp/main.py:7: boom"),
                                 HasSubstr("\nstep 99999"), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(remark.text, Not(HasSubstr("2026-01-02T")));
  EXPECT_LT(remark.text.size(), 4096u) << "it is taken in whole";
}

TEST_P(GitHubReviewTest, ALogThatLiesElsewhereIsReadWithoutTheToken) {
  test::ActingServer elsewhere(answers("200 OK", "the end\n"));
  server_.logs_are_at(elsewhere.url() + "/log?sig=1");
  server_.add_check(actions("test", "failure"), "x");
  std::vector<Said> all = said();

  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].remark.text, HasSubstr("the end"));
  ASSERT_EQ(elsewhere.asked().size(), 1u);
  EXPECT_EQ(elsewhere.asked()[0].header("authorization"), "");
  server_.logs_are_at("http://elsewhere.test/log");
  EXPECT_THAT(said()[0].remark.text, Not(HasSubstr("log")));
}

TEST_P(GitHubReviewTest, WhatATokenMayNotSeeIsLeftOutAndNotAnError) {
  server_.add_line("ada", 1, "a.py", 3, "Name it.");
  server_.add_review("ada", 1, changes(), "");
  std::string commit = "GET /repos/acme/shop/commits/";
  server_.next(commit, answers("403 Forbidden", "{\"message\":\"Resource not accessible\"}"));
  server_.next(commit, answers("403 Forbidden", "{\"message\":\"Resource not accessible\"}"));
  server_.next("POST /graphql", answers("404 Not Found", "{}"));
  std::vector<Said> all = said();

  ASSERT_TRUE(with(all, "Name it."));
  EXPECT_FALSE(with(all, "Name it.")->settled);
  server_.next("POST /graphql", answers("404 Not Found", "{}"));
  ASSERT_GIVES(auto missed,
               forge_->answer(pull_, with(all, "Name it.")->remark.thread, "Done.", true));
  EXPECT_THAT(missed, ElementsAre(HasSubstr("a thread stays open")));
}

TEST_P(GitHubReviewTest, ALookIsSixQuestionsAndOneWithoutReviewsFour) {
  size_t before = server_.calls().size();
  said();
  EXPECT_EQ(server_.calls().size() - before, 4u);
  server_.add_line("ada", 1, "a.py", 3, "Name it.");
  server_.add_review("ada", 1, changes(), "");
  before = server_.calls().size();
  said();
  EXPECT_EQ(server_.calls().size() - before, 7u) << "and once who may push";
  before = server_.calls().size();
  said();
  EXPECT_EQ(server_.calls().size() - before, 6u);
}

TEST(EndOfLogTest, ItIsPlainAndFromAWholeLineOn) {
  EXPECT_EQ(end_of_log("\x1b[31mred\x1b[0m\r\nb\n", 100), "red\nb");
  EXPECT_EQ(end_of_log("2026-01-02T03:04:05.1Z a b\n", 100), "a b");
  EXPECT_EQ(end_of_log("aaaa\nbbbb\ncccc\n", 8), "cccc");
  EXPECT_EQ(end_of_log("", 10), "");
  EXPECT_EQ(end_of_log("bad \xff\x1b", 20), "bad \xef\xbf\xbd");
}

}  // namespace
}  // namespace gf::forge
