// Runs that are taken up again, or are not: a request that was made before, questions, reworks.
#include "line/going_on.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "line/asked_before.h"
#include "line/features.h"
#include "line/wishes.h"
#include "session/hold.h"
#include "unit/line/ended.h"

namespace gf::line {
namespace {

using record::RunStatus;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// An Error in one line, with what to do.
void expect_said(const Error& error, const std::string& expected, const std::string& hint) {
  EXPECT_EQ(error.fault, Fault::kUser) << error.message;
  EXPECT_THAT(error.message, HasSubstr(expected));
  EXPECT_THAT(error.hint, HasSubstr(hint));
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
}

class AskedBeforeTest : public EndedTest {
 protected:
  Result<void> ask(const std::string& request = "Add two.", const std::string& base = "main") {
    return check_not_asked_before(*context_, request, base);
  }
};

TEST_F(AskedBeforeTest, WhatEndedWithoutAChangeMayBeAskedAgain) {
  EXPECT_DONE(ask()) << "there is no run at all";
  uint32_t number = 0;
  for (RunStatus status : {RunStatus::kFailed, RunStatus::kRejected, RunStatus::kCancelled,
                           RunStatus::kPlanned, RunStatus::kReviewed}) {
    ended(++number, status);
    EXPECT_DONE(ask()) << record::name_of(status);
  }
}

TEST_F(AskedBeforeTest, WhatWasDeliveredNamesTheRunAndWhereItIsSeen) {
  struct Case {
    const char *request, *expected, *hint;
  };
  uint32_t number = 0;
  for (const Case& one :
       {Case{"", "delivered this request already: branch factory/two", "'git factory show 0000000"},
        Case{"#3", "delivered this request already: pull request #3", "'git factory pr show 3'"},
        Case{"https://forge.example/a/b/pull/7", "pull request https://forge.example/a/b/pull/7",
             "'git factory pr show https://forge.example/a/b/pull/7'"}}) {
    std::string wish = "Add " + std::to_string(++number);
    ended(number, RunStatus::kDelivered, [&](record::RunRecord& run) {
      run.request = wish;
      run.branch = "refs/heads/factory/two";
      run.pull_request = one.request;
    });
    auto asked = ask(wish);
    ASSERT_FALSE(asked.ok()) << one.expected;
    expect_said(asked.error(), one.expected, one.hint);
    EXPECT_THAT(asked.error().hint, HasSubstr("--again"));
    EXPECT_DONE(ask(wish, "release")) << "on another base it is another matter";
    EXPECT_DONE(ask(wish + " ")) << "other words are another request";
  }
}

TEST_F(AskedBeforeTest, WhatWaitsForAnswersOrGoesOnIsNamedWithTheWayOn) {
  ended(1, RunStatus::kNeedsAnswers, [](record::RunRecord& run) {
    run.questions = {"How fast?", "Which?"};
  });
  auto asked = ask();
  ASSERT_FALSE(asked.ok());
  expect_said(asked.error(), "run 00000001 ('run-1') has this request already, and waits for 2",
              "'git factory answer 00000001'");

  going_on(2);
  auto waiting = ask();
  ASSERT_FALSE(waiting.ok());
  expect_said(waiting.error(), "run 00000002 ('run-2') has this request already, and is waiting",
              "resume 00000002");
  EXPECT_DONE(ask("Add two.", "release"));
}

TEST(TakeBackEndTest, NothingOfItsEndStays) {
  record::RunRecord run;
  run.status = RunStatus::kNeedsAnswers;
  run.failure = record::FailureClass::kDeterministic;
  run.failed_stage = "plan";
  run.reason = "it does not compile";
  run.questions = {"Which?"};
  run.likeliest = {"this"};
  run.ended = Timestamp(Milliseconds(5));
  run.request = "Add two.";
  run.slug = "two";
  record::RunRecord running;
  running.request = run.request;
  running.slug = run.slug;

  take_back_end(run);

  EXPECT_EQ(record::to_json(run).dump(), record::to_json(running).dump());
}

class GoingOnTest : public EndedTest {
 protected:
  /// What a run has `key` set to that was begun with `begun`, and is given `given` now.
  std::string value(const session::Config::Settings& begun, const session::Config::Settings& given,
                    const std::string& key) {
    record::RunRecord run = run_record();
    Wishes wishes;
    wishes.options = begun;
    keep(wishes, run);
    context_->setup.overrides = given;
    auto config = config_to_go_on(*context_, run);
    EXPECT_DONE(config);
    return config.ok() ? config->get(key, "none") : "?";
  }
};

TEST_F(GoingOnTest, AnOptionThatIsGivenAnewTakesThePlaceOfItsKind) {
  place_.git("config factory.model configured/m");
  reopen();
  struct Case {
    session::Config::Settings begun, given;
    const char *key, *value;
  };
  for (const Case& one : {
           Case{{}, {}, "factory.model", "configured/m"},
           Case{{{"factory.model", "old/m"}}, {}, "factory.model", "old/m"},
           Case{{{"factory.model", "old/m"}},
                {{"factory.model", "new/m"}},
                "factory.model",
                "new/m"},
           Case{{{"factory.build.model", "old/m"}},
                {{"factory.model", "new/m"}},
                "factory.build.model",
                "none"},
           Case{{{"factory.build.model", "old/m"}},
                {{"factory.retries", "1"}},
                "factory.build.model",
                "old/m"},
           Case{{{"factory.retries", "5"}}, {{"factory.model", "new/m"}}, "factory.retries", "5"},
           Case{{{"factory.retries", "5"}}, {{"factory.retries", "1"}}, "factory.retries", "1"},
       })
    EXPECT_EQ(value(one.begun, one.given, one.key), one.value) << one.key << " " << one.value;
}

/// A run that was begun elsewhere, in a clone that left files with its remote.
TEST_F(GoingOnTest, WhatItGoesOnFromIsFetchedWhole) {
  auto one_more = [&](const std::string& text) {
    place_.write("a.txt", text);
    return place_.commit(text);
  };
  record::RunRecord run = run_record();
  keep(Wishes(), run);
  run.policy["base.first"] = one_more("first").hex();
  run.base = one_more("moved");
  run.head = one_more("delivered");
  one_more("later");
  place_.git("config uploadpack.allowFilter true");
  place_.git("config uploadpack.allowAnySHA1InWant true");
  session::Setup there = setup();
  there.directory = folder_ / "clone";
  place_.git({"clone", "-q", "--filter=blob:none", "file://" + place_.path(), there.directory});
  ASSERT_GIVES(context_, session::Context::open(there, true));

  ASSERT_DONE(config_to_go_on(*context_, run));

  for (const Oid& commit : {first_base(run), run.base, run.head}) {
    ASSERT_GIVES(auto info, context_->repo.commit(commit));
    ASSERT_GIVES(auto entry, context_->repo.entry_at(info.tree, "a.txt"));
    EXPECT_EQ(context_->repo.read_blob(entry->id).value_or("not here"), trim(info.message));
  }
}

TEST_F(GoingOnTest, ABaseThatIsNotHereIsAnErrorAndNothingIsWritten) {
  record::RunRecord run = run_record();
  keep(Wishes(), run);
  run.base = Oid::parse(std::string(40, 'a')).value();
  std::string before = place_.git("for-each-ref");

  EXPECT_FALSE(config_to_go_on(*context_, run).ok());
  EXPECT_EQ(place_.git("for-each-ref"), before);
}

class OpenQuestionsTest : public EndedTest {
 protected:
  Result<OpenQuestions> questions(const std::optional<std::string>& name = {}) {
    return open_questions(setup(), name);
  }
  record::RunRecord asking(uint32_t number, std::vector<std::string> asked = {"How fast?"}) {
    return ended(number, RunStatus::kNeedsAnswers, [&](record::RunRecord& run) {
      run.questions = std::move(asked);
      run.likeliest = {"100 ms"};
      keep(Wishes(), run);
    });
  }
};

TEST_F(OpenQuestionsTest, AreThoseOfTheNewestRunThatAsksOrOfTheOneThatIsNamed) {
  asking(1);
  asking(2, {"Which?", "Cached?"});
  ended(3, RunStatus::kDelivered);

  ASSERT_GIVES(auto newest, questions());
  EXPECT_EQ(newest.slug, "run-2");
  EXPECT_THAT(newest.questions, ElementsAre("Which?", "Cached?"));
  EXPECT_THAT(newest.likeliest, ElementsAre("100 ms"));
  for (const char* name : {"00000001", "run-1"}) {
    ASSERT_GIVES(auto named, questions(name));
    EXPECT_EQ(named.slug, "run-1") << name;
  }
  EXPECT_FALSE(questions("0000").ok()) << "three runs begin so";
}

TEST_F(OpenQuestionsTest, WhereNothingIsAskedThatIsSaid) {
  auto none = questions();
  ASSERT_FALSE(none.ok());
  expect_said(none.error(), "no run asks anything", "git factory log");
  auto strange = questions("nobody\x1b[0m");
  ASSERT_FALSE(strange.ok());
  expect_said(strange.error(), "there is no run 'nobody", "needs-answers");
  EXPECT_EQ(strange.error().message.find('\x1b'), std::string::npos);

  auto endless = questions(std::string(5000, 'x'));
  ASSERT_FALSE(endless.ok());
  expect_said(endless.error(), "there is no run 'xxxx", "needs-answers");
  EXPECT_LT(endless.error().message.size(), 200u);

  ended(1, RunStatus::kDelivered);
  going_on(2);
  for (auto [name, expected] : {std::pair("00000001", "run 00000001 asks nothing: it is delivered"),
                                std::pair("run-2", "run 00000002 asks nothing: it is running")}) {
    auto found = questions(name);
    ASSERT_FALSE(found.ok()) << name;
    expect_said(found.error(), expected, "'git factory show 0000000");
  }
}

TEST_F(OpenQuestionsTest, ARunThatWasAnsweredIsToldToGoOnAndIsNoNewestOneThatAsks) {
  record::RunRecord run = asking(1);
  ASSERT_GIVES(auto active, context_->store->take_up(
                                run.id, [](record::RunRecord then) -> Result<record::RunRecord> {
                                  then.answers = {{1, 1, "How fast?", "fast", "A", false, {}}};
                                  take_back_end(then);
                                  return then;
                                }));

  auto again = questions("00000001");
  ASSERT_FALSE(again.ok());
  expect_said(again.error(), "run 00000001 was answered already and is waiting", "resume");
  EXPECT_FALSE(questions().ok());
}

TEST_F(OpenQuestionsTest, WhatWouldKeepItFromGoingOnIsSaidBeforeAnythingIsTyped) {
  ended(1, RunStatus::kNeedsAnswers, [](record::RunRecord& run) {
    run.questions = {"Which?"};
    run.base = Oid::parse(std::string(40, 'a')).value();
  });

  auto asked = questions();
  ASSERT_FALSE(asked.ok());
  expect_said(asked.error(), "of run 00000001 is not in this clone", "git fetch");
  EXPECT_THAT(asked.error().message, HasSubstr("the base aaaaaaaaaa (main)"));
}

TEST_F(OpenQuestionsTest, WhatIsNoAnswerTakesNothingUp) {
  asking(1);

  auto other = answer_run(setup(), {{}, {"1=this"}, false, std::vector<std::string>{"Where?"}});
  ASSERT_FALSE(other.ok());
  expect_said(other.error(), "run 00000001 asks other questions by now", "git factory show");
  auto wrong = answer_run(setup(), {{}, {"2=this"}, false, {}});
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.error().message, HasSubstr("there is no question 2"));
  EXPECT_THAT(context_->store->active_runs().value(), IsEmpty());
}

class ReworkRunTest : public EndedTest {
 protected:
  Result<Reworked> look(const std::optional<std::string>& name = {}) {
    ReworkWish wish;
    wish.name = name;
    wish.look_only = true;
    return rework_run(setup(), wish);
  }
  record::RunRecord delivered(uint32_t number, const std::string& request) {
    return ended(number, RunStatus::kDelivered, [&](record::RunRecord& run) {
      run.branch = "refs/heads/factory/two";
      run.head = base_;
      run.tree = tree_;
      run.pull_request = request;
    });
  }
};

TEST_F(ReworkRunTest, WhatHasNoRequestIsNamedWithWhatItIs) {
  auto none = look();
  ASSERT_FALSE(none.ok());
  expect_said(none.error(), "no run has a pull request", "git factory feature");
  ended(1, RunStatus::kRejected);
  delivered(2, "");
  going_on(3);
  EXPECT_FALSE(look().ok()) << "none of them has one";

  struct Case {
    const char *name, *expected, *hint;
  };
  for (const Case& one :
       {Case{"run-1", "run 00000001 has no pull request: it is rejected", "git factory show"},
        Case{"run-2", "run 00000002 has no pull request: it is delivered", "git factory show"},
        Case{"run-3", "run 00000003 is not at its end: it is waiting", "resume 00000003"},
        Case{"nobody", "there is no run 'nobody', and none with a pull request", "delivered"},
        Case{"#7", "there is no run '#7'", "delivered"},
        Case{"#", "there is no run '#'", "delivered"},
        Case{"99999999999", "there is no run '99999999999'", "delivered"}}) {
    auto found = look(one.name);
    ASSERT_FALSE(found.ok()) << one.name;
    expect_said(found.error(), one.expected, one.hint);
  }
}

TEST_F(ReworkRunTest, ARequestIsFoundByItsNumberHoweverItIsWritten) {
  delivered(1, "https://forge.example/a/b/pull/12");
  delivered(2, "#3");
  delivered(3, "https://forge.example/a/b2");

  struct Case {
    std::optional<std::string> name;
    const char* run;
  };
  for (const Case& one : {Case{"12", "00000001"}, Case{"#12", "00000001"}, Case{"#3", "00000002"},
                          Case{"3", "00000002"}, Case{{}, "00000003"}}) {
    auto found = look(one.name);
    // The run is found, and there is nowhere to ask.
    ASSERT_FALSE(found.ok()) << one.run;
    expect_said(found.error(), "there is no remote that the branch was pushed to",
                "factory.remote");
  }
  auto endless = look(std::string(5000, '1'));
  ASSERT_FALSE(endless.ok());
  expect_said(endless.error(), "there is no run '1111", "delivered");
  EXPECT_THAT(look("1").error().message, HasSubstr("there is no run '1'"));
}

TEST_F(ReworkRunTest, ABaseThatIsNotInThisCloneIsBroughtFirst) {
  ended(1, RunStatus::kDelivered, [&](record::RunRecord& run) {
    run.branch = "refs/heads/factory/two";
    run.head = base_;
    run.tree = tree_;
    run.pull_request = "#1";
    run.base = Oid::parse(std::string(40, 'a')).value();
  });

  auto found = look();

  ASSERT_FALSE(found.ok());
  expect_said(found.error(), "the base aaaaaaaaaa (main) of run 00000001 is not in this clone",
              "--unshallow");
}

}  // namespace
}  // namespace gf::line
