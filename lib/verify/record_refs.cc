// The record is append-only: runs come, and never change or go.
#include "verify/record_refs.h"

#include <fmt/format.h>

#include "store/names.h"

namespace gf::verify {
namespace {

bool is_ledger(const std::string& ref) { return ref.starts_with(store::kLedger); }
bool is_notes(const std::string& ref) { return ref.starts_with(store::kNotesBelow); }

}  // namespace

Finding about_ref(const Question& question, State state, Reason reason, std::string text,
                  std::string hint) {
  Finding finding;
  finding.ref = question.ref;
  finding.state = state;
  finding.reason = reason;
  finding.text = std::move(text);
  finding.hint = std::move(hint);
  return finding;
}

bool is_record_ref(const std::string& ref) {
  return ref.starts_with(store::kRecord) || is_notes(ref);
}

Result<Finding> judge_record_ref(const git::Repo& repo, const Question& question) {
  const std::string& ref = question.ref;
  if (ref.starts_with(store::kActive) || ref.starts_with(store::kTracking)) {
    if (question.new_id.is_zero())
      return about_ref(question, State::kSkipped, Reason::kDeletedRef, "is deleted");
    return about_ref(question, State::kNo, Reason::kNeverShared, "belongs to one clone alone",
                     "push branches and the record by name, without --mirror");
  }
  bool grows_only = is_ledger(ref) || is_notes(ref);
  if (question.new_id.is_zero()) {
    if (!grows_only) return about_ref(question, State::kSkipped, Reason::kDeletedRef, "is deleted");
    return about_ref(question, State::kNo, Reason::kRecordRewritten,
                     "would be deleted, and with it what it records", "leave it where it is");
  }
  if (!grows_only || question.old_id.is_zero())
    return about_ref(question, State::kOk, Reason::kRecord, "the record");
  if (!repo.exists(question.old_id) || !repo.exists(question.new_id)) {
    return about_ref(question, State::kUnsure, Reason::kMissingObjects,
                     "its old value is not here to compare with",
                     "fetch it, then join with 'git factory sync'");
  }
  GF_ASSIGN(auto base, repo.merge_base(question.old_id, question.new_id));
  if (!base || *base != question.old_id) {
    return about_ref(question, State::kNo, Reason::kRecordRewritten,
                     "what it pointed to would be lost",
                     "fetch it and join with 'git factory sync', then push without force");
  }
  if (is_notes(ref)) return about_ref(question, State::kOk, Reason::kRecord, "the record");
  GF_ASSIGN(auto before, repo.commit(question.old_id));
  GF_ASSIGN(auto after, repo.commit(question.new_id));
  GF_ASSIGN(auto deltas, repo.diff(before.tree, after.tree));
  for (const git::Delta& delta : deltas) {
    if (delta.kind == git::DeltaKind::kAdded) continue;
    return about_ref(question, State::kNo, Reason::kRecordRewritten,
                     fmt::format("{} would be {}", delta.path,
                                 delta.kind == git::DeltaKind::kDeleted ? "lost" : "changed"),
                     "files of the record are added, never edited");
  }
  return about_ref(question, State::kOk, Reason::kRecord, "the record");
}

}  // namespace gf::verify
