// What log lists, and how it writes it.
#include "analyst/log.h"

#include <gmock/gmock.h>

#include "analyst/log_format.h"
#include "unit/store/record.h"

namespace gf::analyst {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class LogTest : public store::test::StoreTest {
 protected:
  std::vector<std::string> slugs(const LogWish& wish) {
    git::Repo repo = open_repo();
    store::Store store = open_store(repo);
    std::vector<std::string> found;
    auto filter = LogFilter::make(repo, store, wish);
    EXPECT_DONE(filter);
    EXPECT_DONE(store.walk([&](const store::Summary& run) {
      if (filter->is_past(run)) return false;
      ++looked_at_;
      if (filter->wants(run)) found.push_back(run.slug);
      return true;
    }));
    unknown_ = filter->unknown();
    return found;
  }
  /// Three delivered runs and one that failed in REVIEW.
  void fill_in() {
    git::Repo repo = open_repo();
    store::Store store = open_store(repo);
    deliver(repo, store, 1, "one");
    clock_.advance(Milliseconds(3600'000));
    deliver(repo, store, 2, "two");
    clock_.advance(Milliseconds(3600'000));
    auto active = store.begin(new_run(repo, 3, "three")).value();
    record::RunRecord run = active.run();
    run.request = "make a\nTeapot that pours";
    run.author = "Bob <bob@example.com>";
    record::StageRecord review = stage(1, "review", run.base_tree, run.base);
    review.status = record::StageStatus::kFail;
    review.provider = "ollama";
    review.model_answered = "tiny:1b";
    EXPECT_DONE(active.put_stage(review));
    run.status = record::RunStatus::kRejected;
    run.failed_stage = "review";
    run.reason = "H2 serves nothing";
    run.ended = clock_.now();
    EXPECT_DONE(store.seal(active, run));
  }
  int looked_at_ = 0, unknown_ = 0;
};

TEST_F(LogTest, EachFilterKeepsWhatItNames) {
  fill_in();
  EXPECT_THAT(slugs({}), ElementsAre("three", "two", "one"));
  EXPECT_THAT(slugs({.outcomes = {"delivered"}}), ElementsAre("two", "one"));
  EXPECT_THAT(slugs({.outcomes = {"rejected", "failed"}}), ElementsAre("three"));
  EXPECT_THAT(slugs({.authors = {"^Bob"}}), ElementsAre("three"));
  EXPECT_THAT(slugs({.authors = {"ada@"}}), ElementsAre("two", "one"));
  EXPECT_THAT(slugs({.greps = {"teapot"}}), IsEmpty());
  EXPECT_THAT(slugs({.greps = {"^teapot"}, .ignore_case = true}), ElementsAre("three"));
  EXPECT_THAT(slugs({.greps = {"one|two"}, .extended = true}), ElementsAre("two", "one"));
  EXPECT_THAT(slugs({.greps = {"one|two"}, .fixed = true}), IsEmpty());
  EXPECT_THAT(slugs({.stages = {"review"}}), ElementsAre("three"));
  EXPECT_THAT(slugs({.stages = {"build"}}), IsEmpty());
  EXPECT_THAT(slugs({.models = {"tiny:1b"}}), ElementsAre("three"));
  EXPECT_THAT(slugs({.models = {"ollama/*"}}), ElementsAre("three"));
  EXPECT_THAT(slugs({.models = {"other"}}), IsEmpty());
  EXPECT_THAT(slugs({.authors = {"Ada"}, .outcomes = {"rejected"}}), IsEmpty());
}

TEST_F(LogTest, PathsAreThoseThatTheChangeTouches) {
  fill_in();
  EXPECT_THAT(slugs({.paths = {"b.txt"}}), ElementsAre("two", "one"));
  EXPECT_THAT(slugs({.paths = {"*.txt"}}), ElementsAre("two", "one"));
  EXPECT_THAT(slugs({.paths = {""}}), ElementsAre("two", "one")) << "the root: built anything";
  EXPECT_THAT(slugs({.paths = {"a.txt"}}), IsEmpty());
  EXPECT_THAT(slugs({.paths = {"b"}}), IsEmpty());
  EXPECT_EQ(unknown_, 0);
}

TEST_F(LogTest, WhatIsNotInThisCloneIsCountedAndNotGuessed) {
  fill_in();
  gf::test::TempFolder other;
  make(other.path());
  store::test::shell(other.path(), "git fetch -q --no-tags '" + repo_dir_ +
                                       "' 'refs/factory/ledger/*:refs/factory/ledger/*'");
  git::Repo repo = open_repo(other.path());
  store::Store store = open_store(repo);
  ASSERT_GIVES(auto filter, LogFilter::make(repo, store, {.paths = {"b.txt"}}));
  ASSERT_DONE(store.walk([&](const store::Summary& run) {
    EXPECT_FALSE(filter.wants(run));
    return true;
  }));
  EXPECT_EQ(filter.unknown(), 2);
}

TEST_F(LogTest, SinceEndsTheWalk) {
  fill_in();
  EXPECT_THAT(slugs({.since = parse_iso8601("2026-01-02T04:00:00Z").value()}),
              ElementsAre("three", "two"));
  EXPECT_EQ(looked_at_, 2);
  EXPECT_THAT(slugs({.until = parse_iso8601("2026-01-02T04:00:00Z").value()}), ElementsAre("one"));
}

TEST_F(LogTest, WordsThatMeanNothingAreRefused) {
  git::Repo repo = open_repo();
  store::Store store = open_store(repo);
  auto pattern = LogFilter::make(repo, store, {.greps = {"[a"}});
  ASSERT_FALSE(pattern.ok());
  EXPECT_EQ(pattern.error().fault, Fault::kUsage);
  EXPECT_THAT(pattern.error().message, HasSubstr("'[a' is no pattern"));
  EXPECT_FALSE(LogFilter::make(repo, store, {.outcomes = {"great"}}).ok());
}

store::Summary sample() {
  store::Summary run;
  run.id = RunId::parse("20261121T075930Z-c2b945a1").value();
  run.slug = "health";
  run.title = "Health \x1b]0;owned\x07 endpoint\nwith a break";
  run.author = "Zoë \x1b[31m <zoe@example.com>";
  run.status = record::RunStatus::kDelivered;
  run.branch = "refs/heads/factory/health";
  run.pull_request = "#1";
  run.started = parse_iso8601("2026-11-21T07:59:30.123Z").value();
  run.metrics.cost = {13'200'000'000, "provider"};
  return run;
}

TEST(LogFormatTest, AReworkThatEndedOtherwiseTakesTheDeliveryNothing) {
  struct Case {
    record::RunStatus status;
    bool opened, active;
    const char* expected;
    bool held = false;
  };
  for (const Case& one : {
           Case{record::RunStatus::kDelivered, true, false, "delivered"},
           Case{record::RunStatus::kFailed, true, false, "delivered, then failed"},
           Case{record::RunStatus::kRejected, true, false, "delivered, then rejected"},
           Case{record::RunStatus::kFailed, false, false, "failed"},
           Case{record::RunStatus::kRunning, true, true, "waiting"},
           Case{record::RunStatus::kRunning, true, true, "running", true},
       }) {
    store::Summary run = sample();
    run.head = Oid::parse(std::string(40, 'a')).value();
    run.status = one.status;
    run.active = one.active;
    run.held = one.held;
    if (!one.opened) run.pull_request.clear();
    EXPECT_EQ(formatted(run, "%(status)", {}), one.expected);
    EXPECT_EQ(to_json(run).get_bool("stands"), one.expected[0] == 'd');
    std::string word = one.active ? one.expected : std::string(record::name_of(one.status));
    EXPECT_EQ(to_json(run).get_string("status"), word);
    bool says_how = oneline(run, {}).find("(git factory resume)") != std::string::npos;
    EXPECT_EQ(says_how, word == "waiting");
  }
}

TEST(LogFormatTest, PlaceholdersAreGits) {
  LogStyle style;
  style.now = parse_iso8601("2026-11-21T10:00:00Z").value();
  store::Summary run = sample();
  EXPECT_EQ(formatted(run, "%h %H", style), "c2b945a1 20261121T075930Z-c2b945a1");
  EXPECT_EQ(formatted(run, "%f|%ae|%as|%at|%aI|%ar", style),
            "health|zoe@example.com|2026-11-21|1795247970|2026-11-21T07:59:30Z|2 hours ago");
  EXPECT_EQ(formatted(run, "%d|%D|%(pull)|%(cost)|%(status)", style),
            " (factory/health, #1)|factory/health, #1|#1|$0.0132|delivered");
  EXPECT_EQ(formatted(run, "a%nb%x09%%%q%(nope)%", style), "a\nb\t%%q%(nope)%");
  EXPECT_EQ(formatted(run, "[%<(8)%f][%>(8)%f][%<(5,trunc)%f]", style),
            "[health  ][  health][hea..]");
  EXPECT_EQ(formatted(run, "%C(yellow)%h%Creset", style), "c2b945a1");
  style.colour = true;
  EXPECT_EQ(formatted(run, "%C(yellow)%h%Creset%C(nope)", style), "\x1b[33mc2b945a1\x1b[m%C(nope)");
}

TEST(LogFormatTest, JsonHasDollarsAndNullWhereThePriceIsNotKnown) {
  store::Summary run = sample();
  run.metrics.cost = {int64_t{250'000'000'000}, "provider"};
  EXPECT_THAT(to_json(run).dump(), HasSubstr("\"cost_usd\":0.25"));
  run.metrics.cost = {};
  EXPECT_THAT(to_json(run).dump(), HasSubstr("\"cost_usd\":null"));
}

TEST(LogFormatTest, StoredTextNeverReachesATerminalRaw) {
  LogStyle style;
  store::Summary run = sample();
  run.reason = "\x9b bad \xc2\x9b";
  run.failed_stage = "a\rb";
  run.branch = "refs/heads/\x1b[2J";
  run.pull_request = "\x1b[1A";
  for (const std::string& text :
       {oneline(run, style), medium(run, style),
        formatted(run, "%s %an %ae %D %(reason) %(stage) %(author) %(branch) %(pull)", style)}) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\r")));
    EXPECT_THAT(text, Not(HasSubstr("\x07")));
    EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
  }
  EXPECT_THAT(formatted(run, "%s", style), HasSubstr("endpoint with a break")) << "one line";
}

}  // namespace
}  // namespace gf::analyst
