// The words of a pull request: what a reviewer reads first.
#pragma once

#include <string>
#include <vector>

#include "line/request_form.h"
#include "record/gate.h"
#include "record/run.h"
#include "record/spec.h"

namespace gf::line {

/// What the body is made of; everything must outlive the call.
struct Evidence {
  const record::RunRecord& run;
  const record::Spec& spec;
  const record::Verdict& verdict;
  const std::vector<record::GateOutcome>& outcomes;  ///< of the delivered tree
  const std::vector<record::StageRecord>& stages;
  Milliseconds wall{0};  ///< since the run began
  /// That the base has moved, and what this means; one line. Empty: it has not.
  std::string about_base = {};
  /// "Closes #7": by which the forge ends the issue that asked for it. Empty: none did.
  std::string closes = {};
  /// What became of the lock files that the change concerns, as locks_text() has it; empty: none.
  std::string about_locks = {};
  std::string form = {};  ///< the repository's own, filled in (request_form.h); empty: none
  /// Small faults in the changed lines that no test notices, as mutation_text() has it; empty:
  /// none.
  std::string about_mutation = {};
  /// Which tests ran before the whole suite; one line. Empty: none did.
  std::string about_targeted = {};
};

/// Markdown: the repository's own form, the spec, the evidence table (criterion, tests, outcome,
/// reviewer's pointer), gates, cost and time, how to look into it and replay it, the Factory-Run
/// line last. No transcript, no reasoning. Pure.
std::string pull_request_body(const Evidence& evidence);
/// The delivered commit's message: `subject`, the whole title where that cuts it, the intent, the
/// Factory-Run trailer, and `signed_off_by` ("Name <mail>") where commits are signed off.
std::string commit_message(const record::Spec& spec, const std::string& subject, const RunId& run,
                           const std::string& signed_off_by);

/// What the repository's form is filled in with.
FormWords form_words(const Evidence& evidence);

/// One line: what the gates said of the delivered tree, and whose verdict covers it.
std::string evidence_line(const record::Verdict& verdict,
                          const std::vector<record::GateOutcome>& outcomes, const RunId& run);

/// What REVIEW has to say, as a comment: reasons and observations, an item each. They came from a
/// model, and are shown as they were written.
std::string review_comment(const std::vector<std::string>& said);

}  // namespace gf::line
