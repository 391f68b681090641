// What the stages of one run have come to so far.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "line/faults.h"
#include "record/gate.h"
#include "record/run.h"
#include "record/spec.h"
#include "stage/stage.h"

namespace gf::line {

inline constexpr const char* kLockRule = "lock";  ///< of findings about lock files
/// Did a lock's own tool write it? Then none of it is a model's.
bool is_whole_lock(const record::Finding& lock);
/// A line each: what became of the lock files, for who judges the change.
std::string locks_text(const std::vector<record::Finding>& locks);

/// Filled by one stage, read by the ones after it; who may see what is entitlement.h's to say.
struct Dossier {
  std::optional<record::Spec> spec;    ///< once PLAN has passed
  Oid spec_id;                         ///< its blob in the record
  std::optional<stage::Brief> brief;   ///< once SCOUT has passed
  bool changelog_is_builders = false;  ///< no rule writes the entry: BUILD does, under the checker
  /// What the checker still has against that entry, with what BUILD says to it: told to people.
  std::vector<std::string> entry_reports;
  std::optional<record::Verdict> verdict;
  /// Is `tree` what REVIEW approved last? Nothing else may be delivered.
  [[nodiscard]] bool approved(const Oid& tree) const {
    return verdict && verdict->approved && verdict->tree == tree;
  }
  /// What VALIDATE's and TEST's gates said when they were asked last.
  std::vector<record::GateOutcome> validated, tested;
  /// Both: of the tree that REVIEW gets, once they have passed.
  [[nodiscard]] std::vector<record::GateOutcome> outcomes() const {
    std::vector<record::GateOutcome> all = validated;
    all.insert(all.end(), tested.begin(), tested.end());
    return all;
  }
  /// What became of the lock files that the change concerns (Bench::relock).
  std::vector<record::Finding> locks;
  Faults faults;
  /// What ran before the whole suite, in one line for who reads the pull request; empty: nothing.
  std::string targeted;
  /// Has a choice of tests been wrong in this run? Then it asks for none any more.
  bool selects_no_more = false;
  /// Tests that sent a change back before the whole suite was asked.
  std::set<std::string> sent_back_first;
  /// Lines that silence a checker and that BUILD was told of once (Finding::key()): it has its
  /// reasons, and the reviewer is told.
  std::set<std::string> silences_reported;
  /// As BUILD left the tree, which TEST found first; null: TEST has not been asked since.
  Oid found_by_test;
  /// "provider/model" that answered BUILD last; empty before, and in runs without a model.
  std::string builder;
  /// What each stage answered last, and what was made of it; only that stage is shown it.
  std::map<std::string, stage::LastAttempt, std::less<>> last;
};

/// One attempt of one stage, done but not yet on record.
struct Step {
  stage::Judgement judgement;
  stage::Output output;  ///< of a model; the record keeps its JSON
  stage::Meter meter;
  Oid tree_in;  ///< the tree that the stage began with
};

}  // namespace gf::line
