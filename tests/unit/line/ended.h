// A repository with runs that have ended, or go on without a process: what tests of whoever takes
// one up stand on.
#pragma once

#include <functional>
#include <string>

#include "support/opened.h"
#include "support/spec.h"

namespace gf::line {

class EndedTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    ASSERT_NO_FATAL_FAILURE(open());
  }
  using Change = std::function<void(record::RunRecord&)>;
  /// A run with one step on record, as PLAN leaves it, that goes on; another number is another run.
  store::ActiveRun going_on(uint32_t number, const Change& change = {}) {
    record::RunRecord run = run_record(number);
    run.slug = "run-" + std::to_string(number);
    run.request = "Add two.";
    run.base_name = "main";
    run.started = clock_.now();
    if (change) change(run);
    store::ActiveRun active = begin_run(run);
    active.put_spec(test::good_spec());
    record::StageRecord stage;
    stage.seq = 1;
    stage.stage = "plan";
    stage.tree_in = stage.tree_out = tree_;
    EXPECT_DONE(active.put_stage(stage));
    return active;
  }
  /// The same, at its end.
  record::RunRecord ended(uint32_t number, record::RunStatus status, const Change& change = {}) {
    store::ActiveRun active = going_on(number, change);
    record::RunRecord run = active.run();
    run.status = status;
    run.ended = clock_.now();
    EXPECT_DONE(context_->store->seal(active, run));
    return run;
  }
};

}  // namespace gf::line
