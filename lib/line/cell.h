// One stage of the line, asked of any revision: VALIDATE, TEST without a writer, REVIEW.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "line/faults.h"
#include "record/gate.h"
#include "record/run.h"
#include "record/spec.h"
#include "session/context.h"
#include "stage/finding.h"
#include "stage/test_added.h"

namespace gf::line {

/// Whose words the criteria are.
enum class SpecFrom { kNobody, kGiven, kRun, kMessages };
struct Judged;

/// What a person asks.
struct CellWish {
  std::string stage;  ///< validate, test or review
  /// "<rev>": what it has beyond the base; "<from>..<to>", "<from>...<to>". Empty: HEAD.
  std::string what;
  bool staged = false;               ///< not `what`, but what the index holds, on HEAD
  std::optional<std::string> base;   ///< of a single revision; else as a run would start from
  std::optional<record::Spec> spec;  ///< else that of the run which made it, else its messages
  /// Existing tests, and files with settings of gates, that the change may change.
  std::vector<std::string> authorises;
  /// Not `what`, but a change that was made to be judged (calibration.h). With `spec`.
  struct Made {
    session::Base base;
    Oid tree;
    std::string slug, description;
    std::map<std::string, std::string> policy;  ///< what its record says of it
    /// What the answer comes to, one more of `policy` (store::kCalibrationAnswer). REVIEW alone.
    std::function<std::string(const Judged&)> comes_to;
  };
  std::optional<Made> made = {};
};

/// What it came to.
struct Judged {
  enum class Answer { kYes, kNo, kUnsure };
  std::string stage;
  Oid base, commit, tree;   ///< `commit` is zero of what is staged
  std::string description;  ///< "main..topic (2 commits, 3 files)"
  Answer answer = Answer::kUnsure;
  std::string reason;                         ///< one line
  std::vector<stage::Finding> findings;       ///< of kNo: each of them
  std::vector<record::GateOutcome> outcomes;  ///< of the gates that were asked, on the tree
  stage::AddedTests added;                    ///< TEST
  Faults faults;                              ///< TEST
  std::vector<record::Finding> facts;         ///< REVIEW: what code found in the change
  SpecFrom spec_from = SpecFrom::kNobody;
  RunId covering;  ///< the run whose spec was taken; empty: none
  // Of REVIEW alone.
  std::string reviewer;  ///< "provider/model" that answered
  record::Json table;    ///< its rows, with what was checked
  RunId run;             ///< where all of it is on record
  record::Cost cost;
};

/// Judges a revision by the stage's own rules, in a worktree of ours; the user's place is not
/// touched. Gates, settings and trust are those of the base. VALIDATE and TEST leave nothing in the
/// record. REVIEW is a run of its own there, of status `reviewed`, with every exchange: asked again
/// after it was cut off it goes on. No run of this kind is a verdict: what it approved is not
/// approved for verify (P1), for nobody knows that a person did not write it.
///
/// An Error: the range cannot be found, a gate does not work on the base, no model answers.
Result<Judged> judge_revision(session::Setup setup, const CellWish& wish);

std::string_view name_of(Judged::Answer answer);
/// One object; the members are those that git-factory-validate(1) tells.
record::Json to_json(const Judged& judged);
/// The report for people, not yet safe for a terminal.
std::string to_text(const Judged& judged);

}  // namespace gf::line
