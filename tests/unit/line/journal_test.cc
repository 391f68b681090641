// What a run writes down, and that going on finds it there.
#include "line/journal.h"

#include <gmock/gmock.h>

#include "line/course.h"
#include "support/opened.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class JournalTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    variables_["SOME_API_KEY"] = kSecret;
    ASSERT_NO_FATAL_FAILURE(open());
  }
  Journal begin() {
    record::RunRecord run = run_record();
    run.slug = "a-run";
    id_ = run.id;
    return Journal(*context_, begin_run(run));
  }
  Journal go_on() { return Journal(*context_, std::move(context_->store->reopen(id_)).value()); }
  Entry entry(const char* stage,
              stage::Judgement::Kind kind = stage::Judgement::Kind::kPass) const {
    Entry made;
    made.stage = stage::find_stage(stage);
    made.step.judgement.kind = kind;
    made.step.judgement.reason = "because";
    made.step.tree_in = tree_;
    made.tree_out = tree_;
    return made;
  }

  static constexpr const char* kSecret = "not-a-real-key-0123456789abcdef";
  RunId id_;
};

TEST_F(JournalTest, AStepIsOnRecordWhenItHasEnded) {
  Journal journal = begin();
  EXPECT_TRUE(journal.fresh());
  journal.begin_step("scout", 2);
  clock_.advance(Milliseconds(70));
  Entry made = entry("scout");
  made.asked.model = "m";
  made.asked.time = Milliseconds(30);
  made.gated.runs = {"gate-x.json"};
  made.step.meter = {{"files_count", 3}};

  ASSERT_DONE(journal.end_step(made));

  Journal again = go_on();
  const record::StageRecord& stage = again.active().stages().at(0);
  EXPECT_EQ(stage.stage, "scout");
  EXPECT_EQ(stage.attempt, 2);
  EXPECT_EQ(stage.seq, 1);
  EXPECT_EQ(stage.status, record::StageStatus::kPass);
  EXPECT_EQ(stage.reason, "because");
  EXPECT_EQ(stage.wall, Milliseconds(70));
  EXPECT_EQ(stage.model, Milliseconds(30));
  EXPECT_EQ(stage.model_answered, "m");
  EXPECT_THAT(stage.gate_runs, ElementsAre("gate-x.json"));
  EXPECT_EQ(stage.telemetry.at("files_count"), 3);
}

TEST_F(JournalTest, WhatCameBeforeTheFirstStepIsPartOfItsTime) {
  Journal journal = begin();
  Timestamp began = clock_.now();
  clock_.advance(Milliseconds(500));
  journal.begin_step("plan", 1);
  ASSERT_DONE(journal.end_step(entry("plan")));
  clock_.advance(Milliseconds(9));
  journal.begin_step("scout", 1);
  ASSERT_DONE(journal.end_step(entry("scout")));

  const auto& stages = journal.active().stages();
  EXPECT_EQ(stages.at(0).started, began);
  EXPECT_EQ(stages.at(0).wall, Milliseconds(500));
  EXPECT_EQ(stages.at(1).wall, Milliseconds(0));
}

TEST_F(JournalTest, AFailureKeepsItsFeedbackAndAlwaysHasAClass) {
  Journal journal = begin();
  journal.begin_step("validate", 1);
  Entry made = entry("validate", stage::Judgement::Kind::kBack);
  made.step.judgement.back_to = "build";
  made.step.judgement.feedback = {"mend this"};

  ASSERT_DONE(journal.end_step(made));

  const record::StageRecord& stage = journal.active().stages().at(0);
  EXPECT_EQ(stage.status, record::StageStatus::kFail);
  EXPECT_EQ(stage.failure, record::FailureClass::kDeterministic);
  EXPECT_EQ(stage.goes_back_to, "build");
  EXPECT_THAT(stage.feedback, ElementsAre("mend this"));
}

TEST_F(JournalTest, GoingOnTakesRecordedStepsAgainWithoutWritingThem) {
  Journal first = begin();
  first.begin_step("scout", 1);
  clock_.advance(Milliseconds(40));
  ASSERT_DONE(first.end_step(entry("scout")));

  Journal second = go_on();
  EXPECT_FALSE(second.fresh());
  clock_.advance(Milliseconds(999));
  second.begin_step("scout", 1);
  ASSERT_DONE(second.end_step(entry("scout")));

  ASSERT_THAT(second.active().stages(), SizeIs(1));
  EXPECT_EQ(second.active().stages()[0].wall, Milliseconds(40)) << "as it was written then";
}

TEST_F(JournalTest, ARecordedStepThatComesOutOtherwiseIsAnError) {
  Journal first = begin();
  first.begin_step("scout", 1);
  ASSERT_DONE(first.end_step(entry("scout")));

  Journal second = go_on();
  second.begin_step("build", 1);
  Result<void> other = second.end_step(entry("build"));

  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().fault, Fault::kBadData);
  EXPECT_THAT(other.error().message, HasSubstr("does not lead to the recorded tree at build 1"));
}

TEST_F(JournalTest, EventsCarryTheStepUnderWayAndNoSecret) {
  Journal journal = begin();
  journal.begin_step("build", 3);
  journal.tell("note", std::string("a key: ") + kSecret);
  ASSERT_DONE(journal.end_step(entry("build")));
  journal.tell("note", "between");

  EXPECT_EQ(events_.at(1).stage, "build");
  EXPECT_EQ(events_.at(1).attempt, 3);
  EXPECT_THAT(events_.at(1).text, Not(HasSubstr(kSecret)));
  EXPECT_EQ(events_.back().stage, "");
}

TEST_F(JournalTest, AnActTellsWhatItTookAndPassesItsFailureOn) {
  Journal journal = begin();

  Result<void> failed = journal.act("push", [&]() -> Result<void> {
    clock_.advance(Milliseconds(12));
    return Error{Fault::kTransient, "no network", {}, {}};
  });

  EXPECT_FALSE(failed.ok());
  const session::Event& end = events_.back();
  EXPECT_EQ(end.kind, "act.end");
  EXPECT_EQ(end.text, "push: no network");
  EXPECT_EQ(end.fields.get_int("ms"), 12);
}

TEST_F(JournalTest, ASealedRunIsInTheLedgerWithItsEnd) {
  Journal journal = begin();
  Next end;
  end.status = record::RunStatus::kNeedsAnswers;
  end.failed_stage = "plan";
  end.reason = "does not compile";
  end.questions = {"How fast?"};

  ASSERT_DONE(journal.seal(end));

  store::Run run = context_->store->load(id_).value();
  EXPECT_EQ(run.run.status, record::RunStatus::kNeedsAnswers);
  EXPECT_EQ(run.run.reason, "does not compile");
  EXPECT_THAT(run.run.questions, ElementsAre("How fast?"));
  EXPECT_THAT(context_->store->active_runs().value(), SizeIs(0));
}

}  // namespace
}  // namespace gf::line
