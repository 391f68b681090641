// The stored form of each record, written down: it must not change with the program's version.
#include <gmock/gmock.h>

#include "support/assertions.h"
#include "support/golden.h"
#include "unit/record/filled.h"

namespace gf::record {
namespace {

template <typename Record>
std::string line(const Record& record) {
  return to_json(record).dump() + "\n";
}

TEST(Format, EveryMemberIsWrittenAsItWasInVersion1) {
  std::string text = line(test::run()) + line(test::stage()) + line(test::metrics()) +
                     line(test::verdict()) + line(test::gate()) + line(test::spec()) +
                     line(test::request()) + line(test::paid());
  gf::test::expect_golden("records.jsonl", text);
}

TEST(Format, AnEmptyRecordIsWrittenAsItWasInVersion1) {
  std::string text = line(RunRecord()) + line(StageRecord()) + line(RunMetrics()) +
                     line(Verdict()) + line(GateOutcome()) + line(Spec()) + line(ModelRequest()) +
                     line(Message()) + line(Usage()) + line(Cost()) + line(Paid());
  gf::test::expect_golden("records_empty.jsonl", text);
}

TEST(Format, WhatIsWrittenIsReadBackWhole) {
  ASSERT_GIVES(RunRecord run, run_from_json(to_json(test::run())));
  ASSERT_GIVES(StageRecord stage, stage_from_json(to_json(test::stage())));
  ASSERT_GIVES(RunMetrics metrics, metrics_from_json(to_json(test::metrics())));
  ASSERT_GIVES(Verdict verdict, verdict_from_json(to_json(test::verdict())));
  ASSERT_GIVES(GateOutcome gate, gate_outcome_from_json(to_json(test::gate())));
  ASSERT_GIVES(Spec spec, spec_from_json(to_json(test::spec())));
  ASSERT_GIVES(ModelRequest request, request_from_json(to_json(test::request())));
  ASSERT_GIVES(Paid paid, paid_from_json(to_json(test::paid())));

  EXPECT_EQ(line(run), line(test::run()));
  EXPECT_EQ(line(stage), line(test::stage()));
  EXPECT_EQ(line(metrics), line(test::metrics()));
  EXPECT_EQ(line(verdict), line(test::verdict()));
  EXPECT_EQ(line(gate), line(test::gate()));
  EXPECT_EQ(line(spec), line(test::spec()));
  EXPECT_EQ(line(request), line(test::request()));
  EXPECT_EQ(line(paid), line(test::paid()));
}

}  // namespace
}  // namespace gf::record
