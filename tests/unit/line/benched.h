// A run that has a worktree and gates: what tests of the bench, and of what works on it, stand on.
#pragma once

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "line/assignment.h"
#include "line/bench.h"
#include "line/journal.h"
#include "line/past.h"
#include "support/opened.h"

namespace gf::line {

/// Files first (place_.write), then open(), which OpenedTest has; then bench().
class BenchedTest : public test::OpenedTest {
 protected:
  /// The repository, and an assignment on its first commit.
  void open_here() {
    ASSERT_NO_FATAL_FAILURE(open());
    assignment_.base = {"main", base_, tree_};
  }
  void set(const std::string& key, const std::string& value) { assignment_.config.add(key, value); }
  /// The gate "check" of this stage, by a shell line; its exit status is its answer.
  void set_check(const std::string& stage, const std::string& command) {
    set("factory-gate.check.command", command);
    set("factory-gate.check.stage", stage);
    set("factory-gate.check.report", "exit");
  }
  /// A new run's, not open yet. One that was there ends first.
  Bench& bench_for(const record::RunRecord& run) {
    bench_.reset();
    journal_.emplace(*context_, begin_run(run));
    bench_.emplace(*context_, assignment_, *journal_, nothing_before());
    return *bench_;
  }
  Bench& bench() { return bench_for(run_record()); }
  void write(const std::string& path, const std::string& text) {
    std::ofstream(bench_->path() + "/" + path) << text;
    bench_->touched(path);
  }
  [[nodiscard]] std::string on_disk(const std::string& path) const {
    std::ifstream file(bench_->path() + "/" + path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Assignment assignment_;
  std::optional<Journal> journal_;
  std::optional<Bench> bench_;
};

}  // namespace gf::line
