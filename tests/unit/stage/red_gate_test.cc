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
    const char* told;
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
    EXPECT_EQ(red_without_a_test(outcome), c.told) << c.what;
  }
}

}  // namespace
}  // namespace gf::stage
