// A red test gate without a failed test says why, and the same on every day.
#include "stage/red_gate.h"

#include <gtest/gtest.h>

namespace gf::stage {
namespace {

using record::GateOutcome;

TEST(RedWithoutATestTest, SaysTheReasonAndTheRunnersLastLines) {
  struct Case {
    const char* what;
    GateOutcome::Status status;
    int failed;
    const char* stage;
    const char* reason;
    const char* tail;
    const char* expected;
  };
  const Case cases[] = {
      {"a coverage floor", GateOutcome::Status::kFail, 0, "test", "exit 1, though no test failed",
       "FAIL Required test coverage of 80% not reached.\n\n=== 158 passed in 3.21s ===\n",
       ": exit 1, though no test failed\n    FAIL Required test coverage of 80% not reached."},
      {"minutes in brackets", GateOutcome::Status::kFail, 0, "test", "exit 1",
       "158 passed in 61.20s (0:01:01)\nslow: 12ms\n", ": exit 1"},
      {"a plural is no time", GateOutcome::Status::kFail, 0, "test", "exit 1", "2 errors\n",
       ": exit 1\n    2 errors"},
      {"the last lines alone", GateOutcome::Status::kFail, 0, "test", "exit 1",
       "1\n2\n3\n4\n5\n6\n7\n", ": exit 1\n    2\n    3\n    4\n    5\n    6\n    7"},
      {"no words", GateOutcome::Status::kTimeout, 0, "test", "took longer than 60", "",
       ": took longer than 60"},
      {"failed tests speak", GateOutcome::Status::kFail, 1, "test", "1 failed", "x", ""},
      {"green", GateOutcome::Status::kPass, 0, "test", "", "x", ""},
      {"a linter", GateOutcome::Status::kFail, 0, "validate", "exit 1", "x", ""},
  };
  for (const Case& c : cases) {
    GateOutcome outcome;
    outcome.status = c.status;
    outcome.counts.failed = c.failed;
    outcome.stage = c.stage;
    outcome.reason = c.reason;
    outcome.output_tail = c.tail;
    EXPECT_EQ(red_without_a_test(outcome), c.expected) << c.what;
  }
}

record::GateOutcome with(const std::vector<const char*>& paths,
                         const std::vector<const char*>& failed, size_t passed) {
  GateOutcome outcome;
  outcome.status = GateOutcome::Status::kFail;
  for (const char* path : paths) outcome.findings.push_back({path, 1, "E1", "m", "error"});
  for (const char* id : failed)
    outcome.tests.push_back({id, record::TestStatus::kFailed, "assertion", ""});
  for (size_t i = 0; i < passed; ++i)
    outcome.tests.push_back({"t::p" + std::to_string(i), record::TestStatus::kPassed, "", ""});
  return outcome;
}

TEST(ToldOfTest, NamesTheFirstFewAndHowManyMoreThereAre) {
  struct Case {
    const char* what;
    GateOutcome outcome;
    const char *told, *named;
  };
  const Case cases[] = {
      {"nothing", with({}, {}, 0), "", ""},
      {"green tests", with({}, {}, 74), ", 74 tests", ""},
      {"one finding", with({"a.rs"}, {}, 0), ", 1 finding in a.rs", " in a.rs"},
      {"a file once", with({"b.rs", "a.rs", "b.rs"}, {}, 0), ", 3 findings in b.rs, a.rs",
       " in b.rs, a.rs"},
      {"of no file", with({"", ""}, {}, 0), ", 2 findings", ""},
      {"as many as are named", with({"a", "b", "c", "d", "e"}, {}, 0),
       ", 5 findings in a, b, c, d, e", " in a, b, c, d, e"},
      {"one more", with({"a", "b", "c", "d", "e", "f"}, {}, 0),
       ", 6 findings in a, b, c, d, e and 1 other file", " in a, b, c, d, e and 1 other file"},
      {"a red test", with({}, {"t::a"}, 73), ", 1 of 74 tests fails: t::a", ": t::a"},
      {"many red tests", with({}, {"t::1", "t::2", "t::3", "t::4", "t::5", "t::6", "t::7"}, 1),
       ", 7 of 8 tests fail: t::1, t::2, t::3, t::4, t::5 and 2 others",
       ": t::1, t::2, t::3, t::4, t::5 and 2 others"},
      {"both", with({"a.c"}, {"t::a"}, 0), ", 1 finding in a.c, 1 of 1 test fails: t::a",
       " in a.c: t::a"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(told_of(one.outcome), one.told) << one.what;
    EXPECT_EQ(named_by(one.outcome), one.named) << one.what;
  }
}

struct FloorCase {
  const char* name;
  const char* tail;
  bool floor;
};

class FloorTest : public testing::TestWithParam<FloorCase> {};

TEST_P(FloorTest, IsKnownByItsRunnersWords) {
  record::GateOutcome outcome;
  outcome.stage = "test";
  outcome.status = record::GateOutcome::Status::kFail;
  outcome.counts.passed = 2;
  outcome.output_tail = GetParam().tail;

  EXPECT_EQ(is_red_by_floor(outcome), GetParam().floor);
  outcome.counts.failed = 1;
  EXPECT_FALSE(is_red_by_floor(outcome)) << "a failed test is a reason of its own";
}

INSTANTIATE_TEST_SUITE_P(
    Runners, FloorTest,
    testing::Values(
        FloorCase{"PytestCov",
                  "FAIL Required test coverage of 100.0% not reached. Total coverage: 64.55%",
                  true},
        FloorCase{"CoveragePy", "Coverage failure: total of 65 is less than fail-under=100", true},
        FloorCase{"Jest", "Jest: \"global\" coverage threshold for lines (100%) not met: 65%",
                  true},
        FloorCase{"Vitest", "ERROR: Coverage for lines (65%) does not meet global threshold (100%)",
                  true},
        FloorCase{"Plugin", "ERROR: 3 warnings were raised", false},
        FloorCase{"Report", "Required test coverage of 80% reached. Total coverage: 91%", false},
        FloorCase{"Nothing", "", false}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace gf::stage
