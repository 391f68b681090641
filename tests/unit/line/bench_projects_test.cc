// Several projects in one repository: whose gates are the run's, from when on, and what of the
// others may not stop it.
#include <gmock/gmock.h>

#include <fstream>

#include "line/wishes.h"
#include "unit/line/benched.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Status = record::GateOutcome::Status;

class BenchProjectsTest : public BenchedTest {
 protected:
  /// "app" is built on "low", "other" is not, and "bare" has no gate.
  void SetUp() override {
    place_.write("app/package.json", R"({"name": "app", "dependencies": {"low": "file:../low"}})");
    for (const char* name : {"low", "other", "bare"})
      place_.write(std::string(name) + "/package.json",
                   R"({"name": ")" + std::string(name) + "\"}");
    for (const char* name : {"app", "low", "other"})
      place_.write(std::string(name) + "/state", "good\n");
    ASSERT_NO_FATAL_FAILURE(open_here());
    for (const char* name : {"app", "low", "other"}) gate(name, "grep -q good state");
  }
  void gate(const std::string& project, const std::string& command) {
    assignment_.config.add("factory-gate." + project + "/check.command", command);
  }
  void write(const std::string& path, const std::string& text) {
    BenchedTest::write(path, text);
    ASSERT_DONE(bench_->take_in());
  }
  static std::vector<std::string> names_of(const std::vector<record::GateOutcome>& outcomes) {
    std::vector<std::string> names;
    for (const record::GateOutcome& outcome : outcomes) names.push_back(outcome.gate);
    return names;
  }
};

TEST_F(BenchProjectsTest, GatesAreThoseOfWhatIsTouchedAndOfWhatIsBuiltOnIt) {
  Bench& bench = this->bench();
  ASSERT_DONE(bench.open());
  EXPECT_THAT(bench.base_outcomes(), IsEmpty());
  EXPECT_THAT(heard(), Contains(HasSubstr("4 projects in this repository")));
  write("low/state", "bad\n");
  Oid tree = bench.tree();

  auto outcomes = bench.run("validate", {}, {"low/state"});

  ASSERT_DONE(outcomes);
  EXPECT_THAT(names_of(*outcomes), ElementsAre("app/check", "low/check"));
  EXPECT_EQ((*outcomes)[0].status, Status::kPass) << "each is started in its own folder";
  EXPECT_EQ((*outcomes)[1].status, Status::kFail);
  EXPECT_EQ((*outcomes)[1].project, "low");
  EXPECT_THAT(names_of(bench.base_outcomes()), ElementsAre("app/check", "low/check"));
  EXPECT_EQ(bench.base_outcomes()[1].status, Status::kPass) << "the base is what it was";
  EXPECT_EQ(bench.tree(), tree);
  EXPECT_EQ(bench.take().runs.size(), 2u) << "the base's own belong to no step";
}

TEST_F(BenchProjectsTest, WhatIsKnownBeforehandIsAskedBeforehandAndStays) {
  Bench& bench = this->bench();
  ASSERT_DONE(bench.open());

  ASSERT_DONE(bench.take_up({"other/new.js"}));

  EXPECT_THAT(names_of(bench.base_outcomes()), ElementsAre("other/check"));
  write("app/state", "good, and more\n");
  auto outcomes = bench.run("validate", {}, {"app/state"});
  ASSERT_DONE(outcomes);
  EXPECT_THAT(names_of(*outcomes), ElementsAre("app/check", "other/check"));
}

TEST_F(BenchProjectsTest, WhatIsOnlyBuiltOnItMayNotStopTheRun) {
  gate("app", "no-such-program-anywhere");
  Bench& bench = this->bench();
  ASSERT_DONE(bench.open());

  ASSERT_DONE(bench.take_up({"low/state"}));

  EXPECT_THAT(heard(), Contains(HasSubstr("going without app/check, which is of a project that is "
                                          "built on what changes and does not work on 'main'")));
  EXPECT_EQ(gates_left_out(journal_->run()).count("app/check"), 1u);
  auto outcomes = bench.run("validate", {}, {});
  ASSERT_DONE(outcomes);
  EXPECT_THAT(names_of(*outcomes), ElementsAre("low/check"));
}

TEST_F(BenchProjectsTest, WhatIsTouchedAndDoesNotWorkStopsIt) {
  gate("low", "no-such-program-anywhere");
  Bench& bench = this->bench();
  ASSERT_DONE(bench.open());

  Result<void> taken = bench.take_up({"low/state"});

  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().fault, Fault::kConfiguration);
  EXPECT_THAT(taken.error().message, HasSubstr("low/check"));
}

TEST_F(BenchProjectsTest, ThatNothingJudgesAChangeIsSaid) {
  Bench& bench = this->bench();
  ASSERT_DONE(bench.open());

  ASSERT_DONE(bench.take_up({"bare/index.js"}));

  EXPECT_THAT(heard(), Contains(HasSubstr("nothing will judge a change in 'bare' (JavaScript): no "
                                          "gates are known for it; give one by [factory-gate "
                                          "\"bare/<name>\"]")));
  EXPECT_THAT(heard(), Contains(HasSubstr("no gate runs tests")));
}

TEST_F(BenchProjectsTest, ByOlderRulesEveryGateIsTheRuns) {
  assignment_.wishes.rules = Rules::kOwners;
  Bench& bench = this->bench();

  ASSERT_DONE(bench.open());

  EXPECT_THAT(names_of(bench.base_outcomes()),
              ElementsAre("app/check", "low/check", "other/check"));
  EXPECT_EQ(bench.base_outcomes()[0].status, Status::kFail) << "it is started at the root";
  EXPECT_EQ(bench.base_outcomes()[0].project, "");
}

}  // namespace
}  // namespace gf::line
