// The record's names: refs, folders, files. Whoever writes or reads the record does it by these, so
// that a reader who has to judge it cannot see another record than the writer made.
#pragma once

#include <optional>
#include <string>

#include "base/ids.h"

namespace gf::record {
struct StageRecord;
}  // namespace gf::record

namespace gf::store {

inline constexpr const char* kRecord = "refs/factory/";         ///< all below
inline constexpr const char* kActive = "refs/factory/active/";  ///< + run: going on, here alone
inline constexpr const char* kLedger = "refs/factory/ledger/";  ///< + month: what everybody gets
inline constexpr const char* kReplay = "refs/factory/replay/";  ///< + month: with the exchanges
inline constexpr const char* kInbox = "refs/factory/inbox/";    ///< + run: sent without a race
inline constexpr const char* kInboxReplay = "refs/factory/inbox-replay/";
inline constexpr const char* kEvidence = "refs/factory/evidence/";  ///< + run: before it has ended
inline constexpr const char* kTracking = "refs/factory/remotes/";   ///< + remote: what was fetched

inline constexpr const char* kNotesBelow = "refs/notes/factory/";
inline constexpr const char* kTraceNotes = "refs/notes/factory/trace";
inline constexpr const char* kSpecNotes = "refs/notes/factory/spec";
inline constexpr const char* kMetricsNotes = "refs/notes/factory/metrics";
inline constexpr const char* kReviewNotes = "refs/notes/factory/review";
/// The notes of runs: projections of the ledger, made anew from it when they are lost.
inline constexpr const char* kNotes[] = {kTraceNotes, kSpecNotes, kMetricsNotes, kReviewNotes};
/// Trees that passed the gates once more (git-factory-verify(1)): of no run, so no projection.
inline constexpr const char* kGatesNotes = "refs/notes/factory/gates";
/// Of a run that is no passage of the line, in its policy: the one stage that was asked, of which
/// commit (zeros: of none) and tree.
inline constexpr const char* kCellPolicy = "cell";
inline constexpr const char* kCellCommit = "cell.commit";
inline constexpr const char* kCellTree = "cell.tree";
/// Of a review that was made to learn how far a reviewer is to be trusted, in its policy: which
/// case (an id, of all that decides what is asked and whom), of which kind, what a good reviewer
/// says of it (approve, reject), the prompt that was asked with, the delivered run it is of, and,
/// once it was judged, what the reviewer said (approved, named, otherwise, unanswered).
inline constexpr const char* kCalibrationCase = "calibration.case";
inline constexpr const char* kCalibrationKind = "calibration.kind";
inline constexpr const char* kCalibrationExpects = "calibration.expects";
inline constexpr const char* kCalibrationPrompt = "calibration.prompt";
inline constexpr const char* kCalibrationOf = "calibration.of";
inline constexpr const char* kCalibrationAnswer = "calibration.answer";
/// How the slugs of such runs begin.
inline constexpr const char* kCalibrationSlug = "calibrate-";
inline constexpr const char* kNotesTracking = "refs/notes/remotes/";  ///< + remote

/// A ref that holds records, ours or fetched: "refs/factory/<kind>/<name>" or
/// "refs/factory/remotes/<remote>/<kind>/<name>".
struct RecordRef {
  std::string remote;  ///< may hold slashes; empty: our own
  std::string kind;    ///< active, ledger, replay, inbox, inbox-replay, evidence
  std::string name;    ///< a month or a run's id; nobody has looked at it yet

  [[nodiscard]] bool is(std::string_view of_kind, std::string_view of_name) const {
    return kind == of_kind && name == of_name;
  }
};
/// Nothing for any other ref: refs/factory/pulls, notes, branches.
std::optional<RecordRef> record_ref(std::string_view ref);

RefName active_ref(const RunId& id);
RefName ledger_ref(const RunId& id);  ///< its month's
RefName replay_ref(const RunId& id);  ///< its month's
/// "2026-11", as the refs of months end.
bool is_month(std::string_view name);
/// The run's folder in the tree of a month, an inbox or evidence; an active run is a tree itself.
std::string run_folder(const RunId& id);

std::string stage_file(const record::StageRecord& stage);
std::string exchange_file(int seq);
/// The name of a gate's record; `key` distinguishes runs of one gate on one tree.
std::string gate_file(const Oid& tree, const std::string& gate, const std::string& key);
/// Whether a file of a run's folder goes into the ledger.
bool in_ledger(const std::string& file);

}  // namespace gf::store
