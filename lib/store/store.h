// The record in git: the only code that writes refs/factory/* and refs/notes/factory/* (DESIGN 7).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "git/repo.h"
#include "record/exchange.h"
#include "record/gate.h"
#include "record/redact_record.h"
#include "record/run.h"
#include "record/spec.h"
#include "store/names.h"

namespace gf {
class Clock;
}  // namespace gf

namespace gf::store {

using record::redacted;  // what every record goes through before it is an object

/// A run that is going on, on refs/factory/active/<run-id>. One process owns a run; a second one
/// that appends gets an Error (kTransient).
///
/// What was paid for or built is on disk and reachable when the call returns (P4): put_exchange()
/// and put_stage() save all that was put before them as well. The rest waits for the next save.
/// The ref's chain has one commit a stage attempt; saves within an attempt replace each other.
class ActiveRun {
 public:
  ActiveRun(ActiveRun&&) noexcept;
  ~ActiveRun();

  [[nodiscard]] const record::RunRecord& run() const;
  /// put_run() and what else gives no Result cannot fail: it waits for the next save.
  void put_run(const record::RunRecord& run);  ///< replaces run.json
  /// Replaces spec.json and spec.md; gives the blob id of spec.json.
  Oid put_spec(const record::Spec& spec);
  /// Takes secrets out of a message and seals it; true when there were any. What came out is known
  /// to be clean, and put_exchange() writes it as it is: this is the one way to get there.
  bool clean(record::Message& message);
  /// Stores an exchange as it happened: a blob a message, shared with earlier exchanges, and a
  /// manifest.
  Result<void> put_exchange(const record::Exchange& exchange);
  /// `key` distinguishes runs of one gate on one tree (what was selected). Returns the file name.
  /// Saves when getting the outcome `took` long; one that was known already is had again for
  /// nothing.
  Result<std::string> put_gate(const record::GateOutcome& outcome, const std::string& key,
                               Milliseconds took = Milliseconds(0));
  /// Keeps `tree` alive: writes the stage commit on the last one (or the base) and returns it.
  /// Second parent of the next metadata commit.
  Result<Oid> keep_tree(const Oid& tree, const std::string& subject);
  Result<void> put_stage(const record::StageRecord& stage);
  void put_verdict(const record::Verdict& verdict);
  /// Keeps review.sig, the signed statement about the verdict, as it is.
  void put_signature(const std::string& statement);
  /// Saves, and gives the files that the ledger will get, by name, with their blobs.
  Result<std::map<std::string, Oid>> ledger_files();
  /// A commit with these files as the ledger will have them, for refs/factory/evidence/<run-id>:
  /// what a remote that lets only approved commits in has to see before the run has ended.
  Result<Oid> evidence();
  /// Replaces trace.jsonl: events, one a line.
  void put_trace(const std::string& json_lines);
  /// Makes all that was put reachable.
  Result<void> save();

  [[nodiscard]] std::optional<record::Spec> spec() const;
  [[nodiscard]] const std::vector<record::StageRecord>& stages() const;
  [[nodiscard]] const std::vector<record::Exchange>& exchanges() const;
  /// The step that is taken now, from 1. One that is on record is taken again by what it was judged
  /// by then, so that it comes to the same end.
  void begin_step(size_t seq);
  /// What a tool said of the tree, pass or fail. An outcome that only tells that it could not be
  /// asked (missing, hung, stopped) is on record too, and is given to the step on record that it
  /// belongs to alone: any other may ask again.
  [[nodiscard]] std::optional<record::GateOutcome> gate(const Oid& tree, const std::string& gate,
                                                        const std::string& key) const;

  struct Impl;

 private:
  friend class Store;
  explicit ActiveRun(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// One finished (or still active) run as `log` and `metrics` list it, from the ledger commit alone.
struct Summary {
  RunId id;
  std::string slug, title, base_name, branch, patch_id, pull_request, failed_stage, reason;
  std::string batch;    ///< whose spending is counted together with others'; empty: of none
  std::string request;  ///< of active runs alone: a ledger's commit does not tell it
  std::string issue;    ///< the address of the issue that asked for it; empty: none did
  std::string cell;     ///< of active runs: the one stage that was asked of a revision; else empty
  record::RunStatus status = record::RunStatus::kRunning;
  Oid head, tree, base;
  record::RunMetrics metrics;
  Timestamp started{}, ended{};
  std::string author;
  bool active = false;
  bool held = false;  ///< a process has it now; of active runs alone (held.h)
};

/// What a run that goes on has spent, by all its exchanges: those of a stage under way too.
struct Spending {
  std::string batch;  ///< as in Summary
  int exchanges = 0;
  record::Usage usage;
  record::Cost cost{0, "none"};
  Milliseconds wall{0};  ///< of the stages that are done
};

/// A whole run, read back.
struct Run {
  record::RunRecord run;
  std::optional<record::Spec> spec;
  std::vector<record::StageRecord> stages;
  std::vector<record::GateOutcome> gates;
  std::vector<std::string> gate_files;  ///< the names of `gates`, in the same order
  std::optional<record::Verdict> verdict;
  std::vector<record::Exchange> exchanges;  ///< empty when this clone has no replay data
  bool has_exchanges = false;
  std::string trace;
  bool held = false;  ///< a process had it when it was loaded (held.h)
};

/// A run that is read again while it goes on. Only Store::reload() fills it.
struct Watched {
  Run run;
  std::map<std::string, Oid> files;  ///< what `run` was made from
  std::map<Oid, record::Json> messages;
};

/// The runs that a commit's own message names, in its order, each once, at most 20 of them: in any
/// paragraph and behind blanks, because a squash merge indents the trailers; in either case, as git
/// takes a trailer's key. Only a place to look: anybody can write a message.
std::vector<RunId> runs_named_in(const std::string& message);

/// What an index is asked when a name is none that can be looked up at once. Empty and zero: not
/// asked for.
struct Wanted {
  std::string name;  ///< 8 digits, a slug or a pull request
  Oid commit, tree;
  std::string patch_id;
  std::string request = {};  ///< verbatim, as records have it
};
struct Found {
  std::optional<RunId> named;      ///< the newest run of that name
  std::optional<RunId> by_commit;  ///< by head, else tree, else patch
  std::vector<RunId> begun;        ///< whose 8 digits begin with the name, if it is_beginning()
  std::vector<RunId> asked = {};   ///< the newest of that request, newest first; twenty at most
};
/// Whether the name may be the beginning of a run's 8 digits: four of them at least, as git has it.
bool is_beginning(std::string_view name);
/// Nothing: there is no index that can answer; the ledger is walked.
using LookUp = std::function<std::optional<Found>(const git::Repo&, const Wanted&)>;

/// How far a repair looks: only where something seems to be missing, or everywhere.
enum class Look { kNew, kAll };

/// How much of the record leaves a machine, or comes to it.
enum class Share {
  kNone,
  kSummary,  ///< ledger and notes
  kFull,     ///< the exchanges too: all that was said to models
};
/// "none", "summary", "full"; any other word is an Error with the ones there are.
Result<Share> parse_share(std::string_view word);
std::string_view name_of(Share share);

class Store {
 public:
  /// `repo` and `clock` must outlive this object. Opening repairs what a crash left half done: a
  /// run whose seal was cut off is finished, its notes included. A broken active run is left alone.
  static Result<Store> open(git::Repo& repo, const Clock& clock, record::Redactor redactor);
  Store(Store&&) noexcept;
  ~Store();

  /// `spec`: one that a person gave, kept from the start.
  Result<ActiveRun> begin(const record::RunRecord& run,
                          const std::optional<record::Spec>& spec = std::nullopt);
  /// A run that never comes on record: all that is put into it stays in memory, and its save()
  /// keeps nothing. For who wants to know what a run would do.
  ActiveRun rehearse(const record::RunRecord& run);
  Result<ActiveRun> reopen(const RunId& id);
  /// Goes on with a run that has ended, under its id: `go_on` is given its record and answers with
  /// the one it goes on with, or with why not. Nothing is written before; then the run is an active
  /// one, whole, at once. Of two that take it up at the same time one gets an Error (kTransient).
  /// What it ended as stays in the ledger. An Error (kUser) when its exchanges are not here.
  Result<ActiveRun> take_up(
      const RunId& id,
      const std::function<Result<record::RunRecord>(const record::RunRecord&)>& go_on);
  /// Forgets a run that has nothing to remember: no question was put and nothing was made.
  Result<void> drop(ActiveRun& active);
  /// replay, ledger, notes, then the active ref goes; each a compare-and-swap. Idempotent.
  Result<void> seal(ActiveRun& active, const record::RunRecord& final_run);

  /// Newest first, from our ledger and from fetched ones, each run once; `visit` returns false to
  /// stop. Walks parents, so the first page costs the same at any length of history.
  Result<void> walk(const std::function<bool(const Summary&)>& visit) const;
  /// From run.json and the stages alone: what else a run holds is not looked at.
  Result<std::vector<Summary>> active_runs() const;
  /// The runs that go on, with the tips of their refs: while a tip stands, all that can be asked of
  /// the run stays what it was.
  Result<std::vector<std::pair<RunId, Oid>>> active_tips() const;
  /// What a run had spent when its ref stood at `tip`. From that commit alone, or, where an older
  /// version wrote it without sums, from the whole run. Empty when it cannot be read: it may have
  /// ended just now.
  std::optional<Spending> spent_at(const Oid& tip) const;
  /// By full id, its 8 digits, a slug (the newest), a commit or branch that carries Factory-Run, or
  /// "@" (the newest of all); if it is none of these, by the first four digits or more of the 8,
  /// which is an error when several runs begin with them. Empty when there is none.
  Result<std::optional<RunId>> find(const std::string& name) const;
  /// Ended runs of exactly this request, newest first: twenty at most, and without an index those
  /// that delivered or have questions among the newest two hundred.
  Result<std::vector<record::RunRecord>> asked(const std::string& request) const;
  /// With an index at hand, find() and asked() walk no history.
  void look_up_with(LookUp look_up);
  Result<Run> load(const RunId& id) const;
  /// Brings what was read of the run `id` before, or nothing, to what the record has now: reads the
  /// files that came or changed since.
  Result<void> reload(const RunId& id, Watched& watched) const;
  /// Files of a run that its copies (the ledger and the replay data, ours and fetched ones) hold
  /// differently; empty when they agree or there is one copy only.
  Result<std::vector<std::string>> disagreements(const RunId& id) const;

  /// Keeps that gates were green on a tree which no run built: a line of a note on it. `signature`
  /// stays as it is.
  Result<void> note_gates(const Oid& tree, const record::Json& line, const std::string& signature);

  /// The refs a push of the record has to send.
  [[nodiscard]] std::vector<std::string> refs_to_share(Share share) const;
  /// Fetch refspecs for a clone, for `init`.
  static std::vector<std::string> fetch_refspecs(const std::string& remote, Share share);
  /// Joins fetched ledgers, replay refs and notes of `remote` into ours: union of trees, union of
  /// lines, a merge commit; never loses an entry (GITMODEL 4.6). Returns how many refs moved.
  Result<int> join(const std::string& remote);
  /// Takes the fetched inbox of `remote` into the months; what is not a run's parcel is left where
  /// it is. Returns how many runs were new.
  Result<int> fold_inbox(const std::string& remote);
  /// What to push to publish one sealed run without moving a month: ref and commit, for the ledger
  /// and, with `with_exchanges`, for the replay data. The same whoever makes it.
  Result<std::vector<std::pair<std::string, Oid>>> inbox_parcel(const RunId& id,
                                                                bool with_exchanges);
  /// Whether our own ledger holds the run.
  Result<bool> is_sealed(const RunId& id) const;
  /// Makes the notes of delivered runs anew where they are missing (deleted, `git notes prune`).
  /// Costs as much as is new since the last time, unless notes were taken away. Returns how many
  /// runs got theirs back.
  Result<int> rebuild_notes(Look look = Look::kNew);
  /// Makes ledger entries anew for runs whose replay data is here: of months without a ledger, or
  /// with kAll of every month. Returns how many.
  Result<int> rebuild_ledger(Look look = Look::kNew);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gf::store
