// What a run writes down as it goes: its record, its steps, its trace.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "line/dossier.h"
#include "record/run.h"
#include "stage/stage.h"
#include "store/store.h"

namespace gf::session {
class Context;
}  // namespace gf::session

namespace gf::line {

struct Next;

/// Tells whoever listens, and the trace: an event's kind, its line for people, its fields.
using Tell =
    std::function<void(const std::string& kind, const std::string& text, record::Json fields)>;

/// What was asked of models since the last time somebody wanted to know.
struct Asked {
  std::vector<int> exchanges;  ///< seq numbers
  record::Usage usage;
  record::Cost cost;
  std::string provider, model;  ///< of the last one
  Oid prompt;                   ///< blob id of the template; zero: no model was asked
  Milliseconds time{0};
};

/// The same of gates.
struct Gated {
  std::vector<std::string> runs;  ///< file names of their records
  Milliseconds time{0};
};

/// A step as it goes on record.
struct Entry {
  const stage::Stage* stage = nullptr;
  Step step;
  Oid tree_out;
  Asked asked;
  Gated gated;
};

/// The one part of the line that writes to the run's record. Everything written is reachable from
/// the run's ref when end_step() returns (P4). A run that goes on takes its recorded steps again:
/// those are compared with what is there instead of being written (P3).
class Journal {
 public:
  /// `context` must outlive it. Time counts from here for the first step, which so holds what comes
  /// before it: the worktree, and the gates on the base.
  Journal(session::Context& context, store::ActiveRun active);

  [[nodiscard]] record::RunRecord& run() { return run_; }
  [[nodiscard]] const record::RunRecord& run() const { return run_; }
  [[nodiscard]] store::ActiveRun& active() { return active_; }
  [[nodiscard]] const store::ActiveRun& active() const { return active_; }
  /// Begun by this line; false when it goes on with what another one has left.
  [[nodiscard]] bool fresh() const { return fresh_; }
  [[nodiscard]] int seq() const { return seq_; }  ///< of the last step on record
  [[nodiscard]] int attempt() const { return attempt_; }

  void tell(const std::string& kind, const std::string& text, record::Json fields = {});
  [[nodiscard]] Tell teller();
  /// An act that is neither a model's nor a gate's; its time is the line's own, and is told.
  Result<void> act(const std::string& name, const std::function<Result<void>()>& work);

  /// The run's record as it is now goes to the store; save() of the store makes it reachable.
  void keep_run();
  void begin_step(const std::string& stage, int attempt);
  Result<void> end_step(const Entry& entry);
  /// The end: status and reason are told, the record is sealed and the active ref is gone.
  Result<void> seal(const Next& end);
  /// What was told so far is made reachable; for a run that stops without an end.
  Result<void> keep_trace();

 private:
  [[nodiscard]] record::StageRecord record_of(const Entry& entry) const;
  Result<void> keep(record::StageRecord record);

  session::Context& context_;
  store::ActiveRun active_;
  record::RunRecord run_;
  bool fresh_;
  std::string trace_;
  std::string stage_;  ///< under way; empty between steps
  int attempt_ = 0, seq_ = 0;
  Timestamp began_{};
  std::optional<Stopwatch> watch_;  ///< of the step under way
};

}  // namespace gf::line
