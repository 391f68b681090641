// Who may see what, and who may write where (P7, P8). Pure: functions of what a run was given, of
// what its stages came to, and of trees; so that the promises are tested on what really decides.
#pragma once

#include <string>
#include <vector>

#include "record/facts.h"
#include "record/gate.h"
#include "stage/stage.h"
#include "tool/tool.h"

namespace gf::line {

struct Assignment;
struct Change;
struct Dossier;

/// What may be shown, of which each stage gets its part.
struct Showing {
  const Assignment* assignment = nullptr;
  const Dossier* dossier = nullptr;
  const record::TreeFacts* tree = nullptr;  ///< as the stage finds it
  std::string tree_summary;                 ///< of the base, bounded
  std::string request;
  std::vector<std::string> feedback;  ///< what this very stage has to mend
};

/// The part of it that `stage` is entitled to.
///
/// 1. REVIEW gets spec, tree and its own feedback: no brief, no file that was chosen by another
///    stage, nothing that BUILD, SCOUT or TEST said (P7).
/// 2. TEST gets no bodies of new code: no files, no diff.
/// 3. Only PLAN gets the summary of the tree; only BUILD gets whole files.
stage::Input input_for(const stage::Stage& stage, const Showing& showing);

/// What BUILD may write: what the spec and the brief name. Never tests, never the changelog, and
/// gate configuration, CI files and hooks only where the spec names them.
tool::Scope build_scope(const Assignment& assignment, const Dossier& dossier);

/// What TEST may write: new files where tests live, and those existing ones that a criterion
/// authorises. `base` is the pristine base, whose test files are all protected else, by whatever
/// pattern they are tests.
tool::Scope test_scope(const Assignment& assignment, const Dossier& dossier,
                       const std::vector<record::GateOutcome>& base_outcomes,
                       const record::TreeFacts& base);

/// Lines added to files that tests have to run: no tests, and source of a language whose coverage
/// is known.
std::map<std::string, std::vector<int>> lines_to_cover(const Assignment& assignment,
                                                       const Change& change);

/// The hunks that REVIEW judges, under one bound for all of them. The changelog entry is none: the
/// line wrote it itself from the spec.
std::vector<stage::ReviewHunk> hunks_to_review(const Assignment& assignment, const Change& change);

}  // namespace gf::line
