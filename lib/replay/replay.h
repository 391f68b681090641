// Runs of the record, run again from it: the same code, no model, nothing kept (P3).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "replay/compare.h"
#include "session/context.h"
#include "session/scratch.h"

namespace gf::replay {

enum class GateSource { kRun, kRecorded };

struct Replayed {
  enum class Likeness {
    kSame,
    kDifferent,
    kUnsure,  ///< could not be replayed here; `reason` says why
  };
  RunId run;
  std::string slug;
  Likeness result = Likeness::kUnsure;
  std::string reason, hint;
  std::vector<StepComparison> steps;  ///< the last one may differ; what follows was not replayed
  std::vector<std::string> drift;     ///< about the run as a whole
  Milliseconds took{0};
};
record::Json to_json(const Replayed& replayed);

/// Replays runs of one clone, in a repository of its own beside it that is thrown away: the clone's
/// refs, objects and configuration and the user's place are only read. Asks no model and reaches no
/// network; gates run as they do in a run. Not for two threads.
class Replayer {
 public:
  static Result<std::unique_ptr<Replayer>> open(session::Setup setup, GateSource gates);

  /// The runs that `what` names, newest first: a run, or a range: "<a>..<b>" are the runs after `a`
  /// up to `b`, or those that the commits of that range name. Without `what` all that have ended.
  Result<std::vector<RunId>> runs_named(const std::optional<std::string>& what) const;

  using Listener = std::function<void(const StepComparison&)>;
  /// One run, up to the first step that differs. `listener` hears of each step as it is done. An
  /// Error means that the user stopped it, or that this machine could not go on at all.
  Result<Replayed> replay(const RunId& id, const Listener& listener);

 private:
  Replayer(std::unique_ptr<session::Context> clone, session::Scratch scratch, GateSource gates)
      : clone_(std::move(clone)), scratch_(std::move(scratch)), gates_(gates) {}
  Result<std::optional<Replayed>> lacking(const store::Run& run, const RunId& id) const;
  Result<session::Config> config_of(const store::Run& run) const;
  Result<void> run_again(const store::Run& recorded, const Listener& listener, Replayed& replayed);
  Result<bool> compare(const store::Run& recorded, int seq, const Stopwatch& watch,
                       const Listener& listener, Replayed& replayed);
  record::RunRecord begun_again(const store::Run& recorded);

  std::unique_ptr<session::Context> clone_;
  session::Scratch scratch_;
  GateSource gates_;
  std::optional<store::Ledger> ledger_;
  git::CommitInfo first_;  ///< the base that the run began with
  store::Watched made_;    ///< what the replay has recorded so far
};

}  // namespace gf::replay
