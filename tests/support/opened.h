// A real repository, opened as a command opens it: what tests of everything above the session stand
// on.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "session/context.h"
#include "store/store.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/repo.h"

namespace gf::test {

/// A fixture: files first (place_.write), then open(). The clock stands, nothing is asked of the
/// network, and what the engine tells is in `events_`.
class OpenedTest : public ::testing::Test {
 protected:
  /// A setup as commands make it, for this repository.
  session::Setup setup() {
    session::Setup made;
    made.directory = place_.path();
    made.environment = place_.environment();
    for (const auto& [name, value] : variables_) made.environment[name] = value;
    made.clock = &clock_;
    made.cancel = &cancel_;
    made.sink = [this](const session::Event& event) { events_.push_back(event); };
    return made;
  }
  /// Commits what was written, as the base of runs, and opens the repository. `for_run`: as a
  /// command does that begins or changes something.
  void open(bool for_run = true) {
    base_ = place_.commit("first");
    ASSERT_GIVES(context_, session::Context::open(setup(), for_run));
    tree_ = context_->repo.commit(base_).value().tree;
  }
  /// What was configured since is known to the next command, which opens the repository anew.
  void reopen(bool for_run = true) {
    ASSERT_GIVES(context_, session::Context::open(setup(), for_run));
  }
  /// A run of this repository that has not begun yet; another number is another run.
  [[nodiscard]] record::RunRecord run_record(uint32_t number = 1) const {
    record::RunRecord run;
    run.id = RunId::make(clock_.now(), number);
    run.base = base_;
    run.base_tree = tree_;
    return run;
  }
  [[nodiscard]] store::ActiveRun begin_run(const record::RunRecord& run) const {
    return std::move(context_->store->begin(run)).value();
  }
  /// "kind text" of each event so far.
  [[nodiscard]] std::vector<std::string> heard() const {
    std::vector<std::string> lines;
    for (const session::Event& event : events_) lines.push_back(event.kind + " " + event.text);
    return lines;
  }

  TempRepo place_;
  TempFolder folder_;  ///< beside the repository, for what is not of it
  std::map<std::string, std::string> variables_ = {{"XDG_CACHE_HOME", folder_ / "xdg"}};
  StandingClock clock_;
  Cancel cancel_;
  Oid base_, tree_;
  std::vector<session::Event> events_;
  std::unique_ptr<session::Context> context_;
};

}  // namespace gf::test
