// What the record says about a run, put together from every place it lies in. For this room's .cc
// files.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "record/run.h"
#include "store/names.h"
#include "verify/verify.h"

namespace gf::verify {

struct Refusal {
  State state = State::kNo;
  Reason reason = Reason::kUnreadable;
  std::string text, hint;
};

/// An approval that holds together: run, spec, verdict, review and gates say the same.
struct Approval {
  record::RunRecord run;
  record::Verdict verdict;
  Oid verdict_blob;
  std::map<std::string, Oid> files;  ///< of the run's folder, by name
  std::vector<std::string> warnings;
  bool same_model = false;    ///< the reviewer is a model that built
  bool had_a_choice = false;  ///< the run had another model to review with
  std::string where;          ///< the ref it was read from
};
using Judged = std::variant<Approval, Refusal>;

/// The record, read where it lies: our ledger, fetched ones, inboxes, refs of the push that is
/// judged, and runs that have not ended. Each run and each ref is read once. `repo` must outlive
/// it.
class Records {
 public:
  Records(const git::Repo& repo, const std::vector<Question>& pushed);

  /// Pointers stay good as long as this object.
  Result<const Judged*> of(const RunId& run);
  /// What the run had been approved for before it was taken up again, the newest first. A reviewer
  /// who sends it back takes nothing from what was approved: that commit stays what it was.
  Result<const std::vector<Judged>*> before(const RunId& run);
  /// Runs that may have made a commit whose message names none. Only places to look: what they
  /// approved is asked from the record. From the notes on the commit and on its tree:
  Result<std::vector<RunId>> noted_on(const Oid& commit, const Oid& tree);
  /// From the whole ledger, read once: runs that approved this tree or this change.
  Result<std::vector<RunId>> listed_for(const Oid& tree, const std::string& patch_id);
  /// Lines that were kept of gates on this tree (store::kGatesNotes): ours, fetched, in this push.
  Result<std::vector<std::string>> gates_noted_on(const Oid& tree);
  /// Whether a review note on `commit` speaks of other runs only; then which.
  Result<std::optional<std::string>> foreign_note(const Oid& commit, const Approval& approval);

 private:
  struct Place {
    std::string ref;
    Oid folder;
    size_t answers = 0;  ///< that the run had by then: a state with more of them is a later one
  };
  static constexpr size_t kAll = std::numeric_limits<size_t>::max();
  static size_t most_answers(const std::vector<Place>& places);
  struct Ref {
    std::string ref;
    store::RecordRef named;
    Oid tip;
  };
  /// Of the states that were taken up less often than `below` those that are the latest.
  Result<std::vector<Place>> places_of(const RunId& run, size_t below = kAll);
  Result<std::optional<Oid>> root_of(const std::string& ref, const Oid& tip);
  Result<std::optional<Oid>> folder_in(const Oid& root, const RunId& run);
  Result<void> list_refs();
  Result<Judged> read(const RunId& run, const std::vector<Place>& places);
  Result<std::string> note_on(const Oid& target);
  std::string note_under(const Oid& tip, const Oid& target);
  Result<void> index_ledgers();

  const git::Repo& repo_;
  const std::vector<Question>& pushed_;
  bool listed_ = false, indexed_ = false;
  std::vector<Ref> refs_;  ///< all that may hold records
  std::map<Oid, std::optional<Oid>> roots_;
  /// By the tree of a day: a day with thousands of runs is read once, not once for each.
  std::map<Oid, std::map<std::string, Oid>> days_;
  std::map<RunId, Judged> known_;
  std::map<RunId, std::vector<Judged>> before_;
  std::multimap<Oid, RunId> by_tree_;
  std::multimap<std::string, RunId> by_patch_;
};

/// Do the gates' records say that this tree may pass? On the way: what was red on the base too.
Result<std::optional<Refusal>> judge_gates(const git::Repo& repo, Approval& approval);

/// The tree that REVIEW saw is not the one in the verdict. That may be where the line itself put
/// the change onto a newer base after the review, and merging by itself gives the approved tree.
Result<std::optional<Refusal>> judge_move(const git::Repo& repo, const Approval& approval,
                                          const Oid& reviewed);

}  // namespace gf::verify
