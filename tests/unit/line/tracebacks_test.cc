// From what pytest really says of a test on the base and on the built tree to what TEST's judge
// makes of it: a table of tracebacks and verdicts.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "gate/reports.h"
#include "stage/stage.h"
#include "support/assertions.h"

namespace gf::line {
namespace {

using stage::Owner;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = stage::FindingKind;

record::GateOutcome report(const std::string& name) {
  std::ifstream file(std::string(GF_SOURCE_DIR) + "/tests/corpus/pytest/" + name, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  std::stringstream text;
  text << file.rdbuf();
  record::GateOutcome outcome;
  outcome.gate = "pytest";
  outcome.stage = "test";
  outcome.status = record::GateOutcome::Status::kPass;
  EXPECT_TRUE(
      gate::read_junit(text.str(), gate::Scrubber("/srv/repo", "/srv/scratch", "/usr"), outcome));
  return outcome;
}

/// The one test of this name, as if it carried the criterion's id; else all that were reported.
record::GateOutcome only(record::GateOutcome outcome, const std::string& name) {
  std::erase_if(outcome.tests, [&](const record::TestResult& test) {
    return test.id.find("::" + name) == std::string::npos ||
           (test.id.size() > test.id.find("::" + name) + 2 + name.size() &&
            test.id[test.id.find("::" + name) + 2 + name.size()] != '[');
  });
  for (record::TestResult& test : outcome.tests) {
    size_t at = test.id.find("::") + 2;
    test.id = test.id.substr(0, at) + "test_ac1_" + test.id.substr(at + 5);
  }
  return outcome;
}

stage::Judgement judge(const std::string& name, const std::string& kind = "call",
                       const char* base = "base.xml", const char* built = "built.xml") {
  stage::Input in;
  record::Spec spec;
  spec.acceptance_criteria = {{"AC1", kind, "", "x", {}, "", {}}};
  in.spec = spec;
  in.test_paths = {"tests/**"};
  in.changed = {"shop.py", "tests/test_new.py"};
  in.outcomes = {only(report(built), name)};
  in.new_tests_on_base = {only(report(base), name)};
  return stage::find_stage("test")->eval(in, {}).value();
}

TEST(TracebacksTest, WhatTheChangeTakesAwayShowsIt) {
  for (const char* name :
       {"test_assertion", "test_parameter_not_there", "test_constructor_parameter_not_there",
        "test_key_not_there", "test_header_not_there", "test_attribute_not_there",
        "test_function_not_there", "test_import_in_body", "test_usage_error_in_process",
        "test_usage_error_of_a_command", "test_check_of_a_command", "test_value_error_of_the_code",
        "test_name_error_of_the_code", "test_parameters"}) {
    stage::Judgement judgement = judge(name);
    EXPECT_EQ(judgement.kind, stage::Judgement::Kind::kPass) << name << ": " << judgement.reason;
  }
}

TEST(TracebacksTest, WhatShowsNothingIsToldByTheRuleThatItBreaks) {
  struct Row {
    const char* name;
    Kind kind;
    Owner owner;
    const char* rule;
  };
  for (const Row& row : {
           Row{"test_own_name_error", Kind::kUnshown, Owner::kTest, "A mistake of the test's own"},
           Row{"test_own_name_error_on_both", Kind::kTestMistake, Owner::kTest,
               "A mistake of the test's own"},
           Row{"test_wrong_fixture", Kind::kUncollected, Owner::kTest,
               "A mistake of the test's own"},
           Row{"test_fixture_that_uses_what_is_new", Kind::kUnshown, Owner::kTest,
               "What is new is imported and used inside the test function"},
           Row{"test_passes_on_both", Kind::kUnshown, Owner::kTest,
               "A test of something new fails on the code before the change"},
           Row{"test_skips_itself", Kind::kUnshown, Owner::kTest, "Each criterion has a test"},
       }) {
    stage::Judgement judgement = judge(row.name);
    ASSERT_EQ(judgement.findings.size(), 1u) << row.name;
    EXPECT_EQ(stage::name_of(judgement.findings[0].kind), stage::name_of(row.kind)) << row.name;
    EXPECT_EQ(judgement.findings[0].owner, row.owner) << row.name;
    EXPECT_THAT(judgement.findings[0].text, HasSubstr(row.rule)) << row.name;
  }
}

TEST(TracebacksTest, ATestThatFailsOnTheBuiltTreeIsForBUILD) {
  // Before the change as if it were the built tree.
  stage::Judgement judgement = judge("test_key_not_there", "call", "base.xml", "base.xml");
  ASSERT_EQ(judgement.findings.size(), 1u);
  EXPECT_EQ(judgement.findings[0].kind, Kind::kNewTest);
  EXPECT_EQ(judgement.back_to, "build");
}

TEST(TracebacksTest, AParameterEachIsOneFinding) {
  stage::Judgement judgement = judge("test_parameters", "call", "base.xml", "base.xml");
  ASSERT_EQ(judgement.findings.size(), 1u);
  EXPECT_THAT(judgement.findings[0].text, HasSubstr("with 2 parameters ([tea], [mate])"));
}

TEST(TracebacksTest, AGuardOfWhatIsKeptPassesOnBoth) {
  EXPECT_EQ(judge("test_passes_on_both", "keep").kind, stage::Judgement::Kind::kPass);
}

TEST(TracebacksTest, AFileThatDoesNotCollectBeforeTheChangeIsTold) {
  stage::Input in;
  record::Spec spec;
  spec.acceptance_criteria = {{"AC1", "call", "", "x", {}, "", {}}};
  in.spec = spec;
  in.test_paths = {"tests/**"};
  in.changed = {"tests/test_top.py", "tests/test_new.py"};
  in.outcomes = {report("built_top.xml")};
  for (record::TestResult& test : in.outcomes[0].tests) test.id = "tests/test_top.py::test_ac1_x";
  in.new_tests_on_base = {report("base_top.xml")};
  stage::Judgement judgement = stage::find_stage("test")->eval(in, {}).value();
  ASSERT_EQ(judgement.findings.size(), 1u);
  EXPECT_THAT(judgement.findings[0].text, HasSubstr("What is new is imported"));
}

}  // namespace
}  // namespace gf::line
