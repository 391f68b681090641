// What came of small faults: what fails TEST, whose it is to mend, and what is only told.
#include "line/faults.h"

#include <gmock/gmock.h>

#include "line/named_definitions.h"
#include "stage/finding.h"
#include "stage/test_held.h"

namespace gf::line {
namespace {

using stage::Rules;
using ::testing::HasSubstr;
using Texts = std::vector<std::string>;

record::Finding survivor(const std::string& path, int line) {
  return {path, line, "mutation", "no test notices it", "note"};
}

/// A function that a criterion names (lines 1 to 4), and one that none names.
const DefinedIn kDefined = {
    {"app/x.py", {{1, 4, "1: def half(n):\n"}, {6, 9, "6: def other(n):\n"}}}, {"app/odd.py", {}}};

struct Case {
  const char* what;
  const char* how;  ///< factory.mutation
  record::Finding survivor;
  int noticed;
  bool fails;
  Rules rules = stage::kNewestRules;
};

class FailingFaultsTest : public ::testing::TestWithParam<Case> {};

TEST_P(FailingFaultsTest, AreTestsAndAllOthersAreToldAlone) {
  Faults faults;
  faults.noticed = GetParam().noticed;
  faults.survivors = {GetParam().survivor};
  faults.not_tried = {{"app/x.c", 0, kNotTriedRule, "2 mutants of app/x.c not tried: why", "note"}};

  stage::Input in;
  in.spec.emplace();
  in.survivors = failing_faults(faults, GetParam().how, kDefined, {"half"}, GetParam().rules);

  EXPECT_EQ(!in.survivors.empty(), GetParam().fails);
  EXPECT_THAT(survivors_text(faults), HasSubstr("no test notices it")) << "REVIEW is told always";
  EXPECT_THAT(mutation_text(faults), HasSubstr("no test notices it")) << "and so are people";
  const std::vector<record::GateOutcome> nothing_ran;
  stage::Tests none(nothing_ran);
  // Whoever the tests are by, the base's authors or this run: what they do not show TEST adds to.
  for (const Texts& changed : {Texts{"app/x.py"}, Texts{"app/x.py", "tests/t.py"}}) {
    for (const stage::Finding& one : stage::held_findings(in, none, none)) {
      EXPECT_EQ(one.kind, stage::FindingKind::kUnshown);
      EXPECT_EQ(stage::owner_of(one, "test", {{"tests/**"}, changed}), stage::Owner::kTest);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, FailingFaultsTest,
    ::testing::Values(Case{"pointed_at_off", "off", survivor("app/x.py", 3), 9, false},
                      Case{"pointed_at_tell", "tell", survivor("app/x.py", 3), 9, false},
                      Case{"pointed_at_fail", "fail", survivor("app/x.py", 3), 9, true},
                      Case{"elsewhere_off", "off", survivor("app/x.py", 7), 9, false},
                      Case{"elsewhere_tell", "tell", survivor("app/x.py", 7), 9, false},
                      Case{"elsewhere_fail", "fail", survivor("app/x.py", 7), 9, false},
                      Case{"between_definitions", "fail", survivor("app/x.py", 5), 9, false},
                      Case{"elsewhere_at_four_of_five", "fail", survivor("app/x.py", 7), 4, false},
                      Case{"elsewhere_below_four_of_five", "fail", survivor("app/x.py", 7), 3,
                           true},
                      Case{"below_four_of_five_tell", "tell", survivor("app/x.py", 3), 0, false},
                      Case{"nothing_known_defined", "fail", survivor("app/odd.py", 7), 9, true},
                      Case{"file_not_looked_at", "fail", survivor("app/new.py", 7), 9, true},
                      Case{"elsewhere_by_older_rules", "fail", survivor("app/x.py", 7), 9, true,
                           Rules::kNotSilenced}),
    [](const auto& one) { return std::string(one.param.what); });

TEST(FaultsTest, WhatWasNotTriedIsNeitherNoticedNorNot) {
  record::GateOutcome outcome;
  outcome.counts.passed = 2;
  outcome.findings = {survivor("a.py", 3), {"b.c", 0, kNotTriedRule, "1 mutant of b.c", "note"}};
  Faults faults = faults_in(outcome);
  EXPECT_EQ(faults.noticed, 2);
  ASSERT_EQ(faults.survivors.size(), 1U);
  EXPECT_EQ(faults.survivors[0].path, "a.py");
  ASSERT_EQ(faults.not_tried.size(), 1U);
  EXPECT_TRUE(
      failing_faults({0, {}, faults.not_tried}, "fail", {}, {}, stage::kNewestRules).empty());
  EXPECT_EQ(mutation_text({}), "");
  EXPECT_EQ(survivors_text({}), "");
}

}  // namespace
}  // namespace gf::line
