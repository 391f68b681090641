// What a recorded run answers to the line that takes it again.
#include "replay/recorded_past.h"

#include <gmock/gmock.h>

#include "store/names.h"
#include "store/store.h"
#include "support/assertions.h"

namespace gf::replay {
namespace {

using line::Onward;
using record::GateOutcome;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::NotNull;

class RecordedPastTest : public ::testing::Test {
 protected:
  void exchange(const std::string& stage, int attempt, int turn, const std::string& question,
                const std::optional<std::string>& answer) {
    record::Exchange made;
    made.seq = static_cast<int>(run_.exchanges.size()) + 1;
    made.request = request(stage, attempt, turn, question);
    if (answer) {
      made.answer.emplace();
      made.answer->message.content = *answer;
    }
    run_.exchanges.push_back(made);
  }
  static record::ModelRequest request(const std::string& stage, int attempt, int turn,
                                      const std::string& question) {
    record::ModelRequest made;
    made.stage = stage;
    made.attempt = attempt;
    made.turn = turn;
    made.messages.resize(1);
    made.messages[0].content = question;
    return made;
  }
  void outcome(const Oid& tree, const std::string& gate, const std::string& key,
               const std::string& stage = "validate") {
    GateOutcome made;
    made.gate = gate;
    made.stage = stage;
    made.tree = tree;
    made.reason = gate + "/" + key;
    run_.gates.push_back(made);
    run_.gate_files.push_back(store::gate_file(tree, gate, key));
  }
  RecordedPast past(bool run_gates = false) {
    return {run_,
            run_gates,
            {"pool", "outcomes", "tools", std::nullopt},
            [this](int seq) -> Result<Onward> {
              seen_.push_back(seq);
              return seq < 2 ? Onward::kGo : Onward::kStop;
            }};
  }
  static Oid tree(char digit) { return Oid::parse(std::string(40, digit)).value(); }

  store::Run run_;
  std::vector<int> seen_;
};

TEST_F(RecordedPastTest, AStepIsAnsweredByItsOwnAnswerWhateverIsAskedNow) {
  exchange("build", 1, 1, "build it", "first");
  exchange("build", 2, 1, "build it", "second");
  RecordedPast past = this->past();

  const record::Exchange* found = past.answer(request("build", 2, 1, "in other words"));

  ASSERT_THAT(found, NotNull());
  EXPECT_EQ(found->answer->message.content, "second");
  EXPECT_THAT(past.answer(request("build", 2, 2, "build it")), IsNull());
  EXPECT_THAT(past.answer(request("test", 2, 1, "build it")), IsNull());
}

TEST_F(RecordedPastTest, ACallThatFailedIsNoAnswer) {
  exchange("build", 1, 1, "build it", std::nullopt);
  EXPECT_THAT(past().answer(request("build", 1, 1, "build it")), IsNull());

  exchange("build", 1, 1, "build it", "second try");
  RecordedPast past = this->past();
  ASSERT_THAT(past.answer(request("build", 1, 1, "build it")), NotNull());
}

TEST_F(RecordedPastTest, OfTwoAnswersToOneStepTheVeryQuestionsCounts) {
  exchange("build", 1, 1, "long", "to the long one");
  exchange("build", 1, 1, "short", "to the short one");
  RecordedPast past = this->past();

  EXPECT_EQ(past.answer(request("build", 1, 1, "long"))->answer->message.content,
            "to the long one");
  EXPECT_EQ(past.answer(request("build", 1, 1, "another"))->answer->message.content,
            "to the short one")
      << "else the last one, which the run went on with";
}

TEST_F(RecordedPastTest, TheFirstQuestionWithoutAnAnswerIsTheOneThatIsTold) {
  RecordedPast past = this->past();
  EXPECT_EQ(past.unanswered(), "");

  past.miss(request("test", 2, 3, "x"));
  past.miss(request("review", 1, 1, "y"));

  EXPECT_EQ(past.unanswered(), "test 2 turn 3");
}

TEST_F(RecordedPastTest, AnOutcomeIsFoundByTreeGateAndTheFirstKeyThatHasOne) {
  outcome(tree('a'), "ruff", "");
  outcome(tree('a'), "ruff", "x.py");
  outcome(tree('b'), "ruff", "");
  RecordedPast past = this->past();

  auto found = past.outcome(tree('a'), "ruff", {"none", "x.py", ""});

  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, "x.py");
  EXPECT_EQ(found->outcome.reason, "ruff/x.py");
  EXPECT_EQ(past.outcome(tree('b'), "ruff", {""})->outcome.tree, tree('b'));
  EXPECT_FALSE(past.outcome(tree('c'), "ruff", {""}));
  EXPECT_FALSE(past.outcome(tree('a'), "mypy", {""}));
}

TEST_F(RecordedPastTest, GatesAreTheRecordsInTheOrderInWhichTheyRan) {
  outcome(tree('a'), "mypy", "");
  outcome(tree('a'), "pytest", "", "test");
  outcome(tree('a'), "ruff", "");
  outcome(tree('a'), "parse", "x.py", "build");
  record::StageRecord stage;
  stage.gate_runs = {run_.gate_files[2], run_.gate_files[0], run_.gate_files[2], "gone.json"};
  run_.stages = {stage};

  std::vector<std::string> names;
  for (const gate::Gate& gate : gates_in(run_)) names.push_back(gate.stage + " " + gate.name);

  EXPECT_THAT(names, ElementsAre("validate ruff", "validate mypy", "test pytest"));
}

TEST_F(RecordedPastTest, WhereGatesReallyRunTheRecordNamesNone) {
  outcome(tree('a'), "ruff", "");

  EXPECT_THAT(past(true).gates(), IsNull());
  RecordedPast recorded = past(false);
  ASSERT_THAT(recorded.gates(), NotNull());
  EXPECT_EQ(recorded.gates()->size(), 1u);
}

TEST_F(RecordedPastTest, EveryStepIsShownToWhoeverLooksOnAndMayBeTheLast) {
  RecordedPast past = this->past();

  EXPECT_EQ(past.reached(0).value(), Onward::kGo);
  EXPECT_EQ(past.reached(2).value(), Onward::kStop);
  EXPECT_THAT(seen_, ElementsAre(0, 2));
  EXPECT_TRUE(past.replays());
  EXPECT_EQ(past.places().outcomes, "outcomes");
}

TEST_F(RecordedPastTest, ModelsAreThoseThatWereConfiguredThen) {
  run_.run.models = {{"build", "ollama/x"}};

  EXPECT_EQ(past().models(), run_.run.models);
  EXPECT_THAT(gates_in(run_), IsEmpty());
}

}  // namespace
}  // namespace gf::replay
