// Two records of one run, the kept one and a replay's, held against each other step by step.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "git/repo.h"
#include "record/json.h"
#include "store/ledger.h"
#include "store/store.h"

namespace gf::replay {

/// One thing that is not as the record has it. `kind`: exchange, file, gate, verdict, stage,
/// record, cost or run; `name`: which one (a path, a gate, "exchange 4"); `text`: one line.
struct Difference {
  std::string kind, name, text;
};

/// One step; `seq` 0 are the gates on the base, one past the last step is how the run ended.
struct StepComparison {
  int seq = 0;
  std::string stage;
  int attempt = 0;
  Oid tree;  ///< as recorded
  int exchanges = 0, gates = 0;
  std::vector<Difference> differences;  ///< in the order in which a run would meet them
  /// What has changed since and does not count: a prompt template, a tool's version.
  std::vector<std::string> drift;
  Milliseconds took{0};
  [[nodiscard]] bool same() const { return differences.empty(); }
};

/// What a step is compared with, and what is known about both sides.
struct Sides {
  const store::Run& recorded;
  const store::Run& replayed;
  const git::Repo& clone;    ///< holds the recorded objects
  const git::Repo& scratch;  ///< holds both
  /// Of the base that the run began with, where its change was put onto another; else zero.
  Oid first_tree = {};
};

StepComparison compare_base(const Sides& sides);
/// What gates said of the base later on, in a repository with several projects: of those that the
/// run came to concern then. Nothing where compare_base() had something to compare.
void compare_late_base(const Sides& sides, const StepComparison& base, StepComparison& end);
/// Step `seq` of both; the step's differences when one side lacks it.
Result<StepComparison> compare_step(const Sides& sides, int seq);
/// How the run ended: status, tree, verdict, delivered commit.
Result<StepComparison> compare_end(const Sides& sides);
/// Whether what the ledger tells of the run beside its records (metrics.json, the message of its
/// commit) follows from them.
void compare_ledger(store::Ledger& ledger, const store::Run& recorded, StepComparison& into);

/// Parts of the above, each on its own.
void compare_gates(const record::GateOutcome& recorded, const record::GateOutcome& replayed,
                   StepComparison& into);
/// `prompt_file`: the name of the stage's template.
void compare_requests(const Sides& sides, const record::StageRecord& recorded,
                      const record::StageRecord& replayed, std::string_view prompt_file,
                      StepComparison& into);
Result<void> compare_trees(const Sides& sides, const record::StageRecord& recorded,
                           const record::StageRecord& replayed, StepComparison& into);
/// Every commit that the run has delivered holds its tree and stands on the one before it, the
/// first on the base; a rework that changed nothing leaves commit and tree as they were. One that
/// is gone with its branch is drift.
Result<void> check_delivered(const git::Repo& clone, const store::Run& recorded,
                             StepComparison& into);
void compare_verdicts(const store::Run& recorded, const store::Run& replayed, StepComparison& into);

record::Json to_json(const StepComparison& step);

}  // namespace gf::replay
