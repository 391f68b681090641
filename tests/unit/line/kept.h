// A worktree and a run's record, and no line around them: what tests of the gatekeeper stand on.
#pragma once

#include <optional>
#include <utility>

#include "git/workspace.h"
#include "line/gatekeeper.h"
#include "support/opened.h"

namespace gf::line {

/// "good" in a.txt; the worktree is the base's.
class KeptTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "good\n");
    ASSERT_NO_FATAL_FAILURE(open());
    auto workspace = git::Workspace::acquire(context_->repo, context_->git, folder_ / "pool",
                                             RunId::make(clock_.now(), 9), base_);
    ASSERT_DONE(workspace);
    workspace_.emplace(std::move(workspace).value());
    begin(1);
  }
  /// Another number is another run on the same worktree.
  void begin(uint32_t number) { active_.emplace(begin_run(run_record(number))); }

  std::optional<git::Workspace> workspace_;
  std::optional<store::ActiveRun> active_;
};

}  // namespace gf::line
