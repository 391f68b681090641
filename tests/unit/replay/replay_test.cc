// Runs taken again from their record: the same, different, or not to be found out here.
#include "replay/replay.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "line/features.h"
#include "support/opened.h"
#include "support/spec.h"

namespace gf::replay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Likeness = Replayed::Likeness;

/// Runs that only plan, with a spec that was given: the whole line around it works, and no model is
/// needed.
class ReplayTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("app/main.py", "customers = '/customers'\n");
    ASSERT_NO_FATAL_FAILURE(open());
  }
  session::Setup setup() {
    session::Setup made = OpenedTest::setup();
    made.data_dir = std::string(GF_SOURCE_DIR) + "/templates";
    made.version = "1.2.3";
    return made;
  }
  record::RunRecord planned(const std::string& slug, record::Spec spec = test::good_spec()) {
    clock_.advance(Milliseconds(2000));
    line::Feature feature;
    feature.request = spec.request;
    feature.slug = slug;
    feature.plan_only = true;
    feature.spec = std::move(spec);
    auto ended = line::run_feature(setup(), feature);
    EXPECT_DONE(ended);
    return ended.ok() ? ended->run : record::RunRecord();
  }
  /// The run that was kept, written anew with something changed in it: a record that was forged.
  RunId forged(const std::string& slug, const std::function<void(record::RunRecord&)>& change,
               const std::function<void(record::StageRecord&)>& change_stage = {}) {
    store::Run kept = context_->store->load(planned(slug).id).value();
    clock_.advance(Milliseconds(2000));
    kept.run.id = RunId::make(clock_.now(), 99);
    record::RunRecord begun = kept.run;
    change(kept.run);
    store::ActiveRun active = std::move(context_->store->begin(begun, kept.spec)).value();
    for (record::StageRecord stage : kept.stages) {
      if (change_stage) change_stage(stage);
      stage.commit = active.keep_tree(stage.tree_out, "stage").value();
      EXPECT_DONE(active.put_stage(stage));
    }
    EXPECT_DONE(context_->store->seal(active, kept.run));
    return kept.run.id;
  }
  Replayed replayed(const RunId& id) {
    auto replayer = Replayer::open(setup(), GateSource::kRecorded);
    EXPECT_DONE(replayer);
    heard_steps_.clear();
    auto replayed = (*replayer)->replay(
        id, [this](const StepComparison& step) { heard_steps_.push_back(step.stage); });
    EXPECT_DONE(replayed);
    return replayed.ok() ? *replayed : Replayed();
  }
  /// "kind name: text" of the first difference.
  static std::string first(const Replayed& replayed) {
    for (const StepComparison& step : replayed.steps) {
      for (const Difference& one : step.differences)
        return one.kind + " " + one.name + ": " + one.text;
    }
    return "";
  }
  std::vector<std::string> named(const std::optional<std::string>& what) {
    auto replayer = Replayer::open(setup(), GateSource::kRecorded);
    EXPECT_DONE(replayer);
    auto runs = (*replayer)->runs_named(what);
    if (!runs.ok()) return {"error: " + runs.error().message};
    std::vector<std::string> slugs;
    for (const RunId& id : *runs) slugs.push_back(context_->store->load(id).value().run.slug);
    return slugs;
  }

  std::vector<std::string> heard_steps_;
};

TEST_F(ReplayTest, ARunComesOutTheSameFromItsRecord) {
  record::RunRecord run = planned("mine");

  Replayed again = replayed(run.id);

  EXPECT_EQ(again.result, Likeness::kSame) << first(again) << again.reason;
  EXPECT_EQ(again.slug, "mine");
  EXPECT_THAT(heard_steps_, ElementsAre("plan", "end"));
  EXPECT_THAT(again.drift, IsEmpty());
}

TEST_F(ReplayTest, OneThatEndedWithoutSuccessIsReplayedToThatEnd) {
  record::Spec spec = test::good_spec();
  spec.acceptance_criteria.clear();
  record::RunRecord run = planned("broken", spec);
  ASSERT_EQ(run.status, record::RunStatus::kFailed);

  Replayed again = replayed(run.id);

  // Its spec is not on record, because it did not compile: so the answer that PLAN gave is not
  // either, and only a model could be asked. That is found out and said.
  EXPECT_NE(again.result, Likeness::kSame);
  EXPECT_NE(first(again) + again.reason, "");
}

TEST_F(ReplayTest, NothingOfTheClonesIsWritten) {
  record::RunRecord run = planned("mine");
  std::string before = place_.git("for-each-ref") + place_.git("count-objects -v");

  replayed(run.id);

  EXPECT_EQ(place_.git("for-each-ref") + place_.git("count-objects -v"), before);
}

TEST_F(ReplayTest, AnotherProgramsRunDriftsAndIsTheSame) {
  RunId id = forged("mine", [](record::RunRecord& run) { run.tool_version = "0.9"; });

  Replayed again = replayed(id);

  EXPECT_EQ(again.result, Likeness::kSame) << first(again) << again.reason;
  EXPECT_THAT(again.drift, ElementsAre("made with git-factory 0.9; this is 1.2.3"));
}

TEST_F(ReplayTest, TheFirstThingThatIsNotAsRecordedIsNamed) {
  using Stage = record::StageRecord;
  struct Case {
    std::function<void(record::RunRecord&)> run;
    std::function<void(Stage&)> stage;
    const char* difference;
  };
  auto same = [](record::RunRecord&) {};
  const std::vector<Case> cases = {
      {[](record::RunRecord& run) { run.title = "Another"; }, {}, "run title: recorded as Another"},
      {[](record::RunRecord& run) { run.status = record::RunStatus::kFailed; },
       {},
       "run status: recorded as failed, replayed as planned"},
      {same, [](Stage& stage) { stage.status = record::StageStatus::kFail; },
       "stage plan: recorded as fail, replayed as pass"},
      {same, [](Stage& stage) { stage.output = record::Json(7); },
       "stage plan: its result is not the recorded one"},
      {same, [](Stage& stage) { stage.attempt = 2; }, "stage plan: the replay goes on with plan 1"},
  };
  for (const Case& one : cases) {
    Replayed again = replayed(forged("mine", one.run, one.stage));
    EXPECT_EQ(again.result, Likeness::kDifferent) << one.difference << again.reason;
    EXPECT_THAT(first(again), HasSubstr(one.difference));
  }
}

TEST_F(ReplayTest, ABaseThatDoesNotHoldItsTreeIsFoundBeforeAnythingRuns) {
  Oid other = context_->repo.write_tree({}).value();
  RunId id = forged("mine", [&](record::RunRecord& run) { run.base_tree = other; });

  Replayed again = replayed(id);

  EXPECT_EQ(again.result, Likeness::kDifferent);
  EXPECT_THAT(first(again), HasSubstr("the base does not have the base tree"));
  EXPECT_THAT(heard_steps_, ElementsAre("record"));
}

TEST_F(ReplayTest, WhatIsNotInThisCloneIsUnsureWithTheWayToGetIt) {
  RunId without_base = forged(
      "mine", [](record::RunRecord& run) { run.base = Oid::parse(std::string(40, 'b')).value(); });
  Replayed base = replayed(without_base);
  EXPECT_EQ(base.result, Likeness::kUnsure);
  EXPECT_THAT(base.reason, HasSubstr("its base bbbbbbbbbb (main) is not in this clone"));
  EXPECT_THAT(base.hint, HasSubstr("git fetch"));

  RunId without_exchange = forged(
      "mine", [](record::RunRecord&) {},
      [](record::StageRecord& stage) {
        stage.exchanges = {1, 2};
      });
  Replayed exchange = replayed(without_exchange);
  EXPECT_EQ(exchange.result, Likeness::kUnsure);
  EXPECT_THAT(exchange.reason, HasSubstr("exchanges"));
  EXPECT_THAT(exchange.reason, HasSubstr("(plan 1)"));
  EXPECT_NE(exchange.hint, "");
}

TEST_F(ReplayTest, ARunThatNobodyKnowsIsUnsureAndNoError) {
  Replayed none = replayed(RunId::make(clock_.now(), 12345));

  EXPECT_EQ(none.result, Likeness::kUnsure);
  EXPECT_NE(none.reason, "");
}

TEST_F(ReplayTest, AWishToStopIsAnErrorAndNoAnswer) {
  record::RunRecord run = planned("mine");
  ASSERT_GIVES(auto replayer, Replayer::open(setup(), GateSource::kRecorded));
  cancel_.request();

  auto replayed = replayer->replay(run.id, {});

  ASSERT_FALSE(replayed.ok());
  EXPECT_EQ(replayed.error().fault, Fault::kCancelled);
}

TEST_F(ReplayTest, RunsAreNamedOneByOneOrByARangeNewestFirst) {
  planned("one");
  planned("two");
  planned("three");

  EXPECT_THAT(named(std::nullopt), ElementsAre("three", "two", "one"));
  EXPECT_THAT(named("two"), ElementsAre("two"));
  EXPECT_THAT(named("one..three"), ElementsAre("three", "two"));
  EXPECT_THAT(named("two.."), ElementsAre("three"));
  EXPECT_THAT(named("..two"), ElementsAre("two", "one"));
  EXPECT_THAT(named("four"), ElementsAre("error: there is no run 'four'"));
  EXPECT_THAT(named("one..four"), ElementsAre("error: there is no run 'four'"));
}

TEST_F(ReplayTest, ARangeOfCommitsNamesTheRunsThatTheirMessagesName) {
  record::RunRecord run = planned("mine");
  planned("other");
  place_.commit("feat: it\n\nFactory-Run: " + run.id.str());

  EXPECT_THAT(named("HEAD~1..HEAD"), ElementsAre("mine"));
  EXPECT_THAT(named("HEAD..HEAD"), IsEmpty());
}

TEST(ReplayedJsonTest, SaysHowItCameOutAndWhatIsMissingOnlyWhereSomethingIs) {
  Replayed replayed;
  replayed.run = RunId::parse("20260102T030405Z-00000007").value();
  replayed.result = Likeness::kSame;
  EXPECT_EQ(to_json(replayed).get_string("result"), "same");
  EXPECT_TRUE(to_json(replayed).get("reason").is_null());

  replayed.result = Likeness::kUnsure;
  replayed.reason = "its base is not here";
  replayed.hint = "fetch";
  EXPECT_EQ(to_json(replayed).get_string("result"), "unsure");
  EXPECT_EQ(to_json(replayed).get_string("reason"), "its base is not here");
  EXPECT_EQ(to_json(replayed).get_string("hint"), "fetch");
}

}  // namespace
}  // namespace gf::replay
