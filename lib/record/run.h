// A run and its stages, as they are kept. Formats: man/git-factory-record.5.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "record/exchange.h"
#include "record/gate.h"
#include "record/json.h"

namespace gf::record {

/// Why a stage or a run failed (DESIGN 2): what decides whether it is worth another try, and what a
/// person can do.
enum class FailureClass {
  kNone,           ///< it did not
  kTransient,      ///< a service or the network; the same again may pass
  kDeterministic,  ///< the same again fails the same way: a red gate, a rejected review
  kOverflow,       ///< it was too much for the model
  kBudget,         ///< a limit on tokens, dollars, time or attempts
  kRefused,        ///< the model would not
  kConfiguration,  ///< something has to be set up or put right by a person
  kCancelled,      ///< somebody stopped it
  kInternal,       ///< a defect of ours
};

enum class StageStatus {
  kPass,
  kFail,   ///< the stage's answer is no
  kError,  ///< it could not find out
};

/// One attempt of one stage. At most a few KB: model text is in the exchanges only. Text that is
/// empty, an id that is zero and a time that is the epoch are not known or do not apply.
struct StageRecord {
  static constexpr int kVersion = 1;
  int seq = 0;        ///< within the run, from 1; with `stage` the file's name
  std::string stage;  ///< plan, scout, build, validate, test, validate-tests, review, pr
  int attempt = 1;    ///< of this stage, from 1
  Oid tree_in;        ///< what the attempt began with
  Oid tree_out;       ///< what it left; the same tree when it changed nothing
  Oid commit;         ///< the stage commit that keeps tree_out alive
  StageStatus status = StageStatus::kError;
  FailureClass failure = FailureClass::kNone;
  std::string reason;        ///< one line; what was fed back, or why it passed
  std::string goes_back_to;  ///< the stage that a failure sends the run to; empty: ends or same
  std::vector<std::string> feedback;  ///< the lines the next attempt is told; of a pass none
  Timestamp started{};                ///< UTC, to the millisecond
  /// What the attempt took; `model` and `gates` are the parts of it that were spent waiting for
  /// models and in gates. The first attempt's hold what came before it too: the worktree, and the
  /// gates on the base.
  Milliseconds wall{0}, model{0}, gates{0};
  std::vector<int> exchanges;          ///< seq numbers, in order; failed ones too
  std::vector<std::string> gate_runs;  ///< file names of gate records
  Oid prompt;  ///< blob id of the prompt template; zero: no model was asked, or an old record
  /// Of the last exchange: who was asked, and which model says it answered. "scripted" shows as
  /// such. Empty: no model was asked.
  std::string provider, model_answered;
  Usage usage;                              ///< of all its exchanges
  Cost cost;                                ///< the same; basis "none" when no model was asked
  std::map<std::string, double> telemetry;  ///< named numbers, the unit last in the name
  Json output;  ///< the stage's result when it is data (brief, review table); null else
};

enum class RunStatus {
  kRunning,       ///< going on, or cut off: it can be resumed
  kDelivered,     ///< approved and on a branch
  kRejected,      ///< REVIEW said no for the last time
  kFailed,        ///< `failed_stage` could not be got past
  kNeedsAnswers,  ///< the request leaves questions open
  kCancelled,     ///< somebody stopped it
  kPlanned,       ///< ended after PLAN, as asked
  kReviewed,      ///< no passage of the line: REVIEW was asked of a revision, and has answered
};

/// What a person said to one question of a stage. All questions that a step left open are there
/// once one of them was answered.
struct Answer {
  int step = 0;           ///< seq of the stage record whose question it was
  int number = 0;         ///< of the question in that step, from 1, as it was shown
  std::string question;   ///< as the model asked it
  std::string text;       ///< empty: this one was left open
  std::string by;         ///< who answered, a name; empty when nobody did
  bool proposed = false;  ///< the answer that the model had proposed was taken
  Timestamp time{};       ///< UTC, when
  bool operator==(const Answer&) const = default;
};

/// What somebody said of a delivered change, as it was taken in.
struct Remark {
  std::string id;      ///< the forge's own, by which it is known again: "review/12"
  std::string kind;    ///< "comment", "verdict" (a review that asks for changes), "check"
  std::string by;      ///< a login, a name; of a check its own name
  std::string path;    ///< the file that it speaks of; empty: of none
  int line = 0;        ///< in that file as it was delivered; 0: of no line
  std::string text;    ///< at most a few KB, without secrets
  std::string thread;  ///< where it is answered; empty: at the request as a whole
  std::string url;     ///< where people read it; may be empty
  Timestamp time{};    ///< UTC, when it was said
  bool operator==(const Remark&) const = default;
};

/// A delivered run goes on with what was said of its change.
struct Rework {
  int step = 0;      ///< seq of the stage record that had delivered
  Oid head, tree;    ///< what that one had delivered: a commit and its tree
  std::string by;    ///< who had it taken in, a name
  Timestamp time{};  ///< UTC, when
  std::vector<Remark> remarks;
  bool operator==(const Rework&) const = default;
};

/// run.json: what was asked, from what, and what became of it. Written anew with every step; only
/// a run that is going on changes. Text that is empty, an id that is zero and a time that is the
/// epoch are not known yet or do not apply.
struct RunRecord {
  static constexpr int kVersion = 1;
  RunId id;                  ///< never empty
  std::string slug;          ///< short name of the feature, safe in a branch's name
  std::string request;       ///< verbatim
  std::string title;         ///< the spec's, once there is one
  std::string base_name;     ///< the branch it started from, "main"; a name for people
  Oid base, base_tree;       ///< the commit it started from and that one's tree
  std::string branch;        ///< "refs/heads/factory/health", once delivered
  Oid head, tree;            ///< delivered commit and its tree
  std::string patch_id;      ///< of base..head (git patch-id --stable): 40 hex digits
  std::string pull_request;  ///< URL, or the local forge's "#3"
  RunStatus status = RunStatus::kRunning;
  FailureClass failure = FailureClass::kNone;
  std::string failed_stage;            ///< the stage that ended it; empty when none did
  std::string reason;                  ///< why it ended, one line; empty when delivered
  std::vector<std::string> questions;  ///< of a request that does not compile
  /// What the model would answer, one for each question, where it proposed any; "" for none.
  std::vector<std::string> likeliest;
  std::vector<Answer> answers;  ///< in the order of steps and numbers; only grows
  std::vector<Rework> reworks;  ///< in the order of steps; only grows
  Timestamp started{};          ///< UTC, to the millisecond; the id holds the same second
  Timestamp ended{};            ///< the epoch while it is running
  std::string author;           ///< who asked: "Name <mail>", from git's configuration
  std::map<std::string, std::string> models;  ///< stage -> "provider/model[, ...]" as configured
  std::string tool_version;                   ///< git-factory's
  /// Settings that decide (floors, retries, limits, wishes), by name, as text: what a replay and a
  /// resumed run go by whatever the configuration says by then.
  std::map<std::string, std::string> policy;
  Json unknown;  ///< members this version does not know, kept as they were; else null or {}
  /// How often it has gone on after an end: of two states of a run the one with more is the later.
  [[nodiscard]] size_t times_taken_up() const { return answers.size() + reworks.size(); }
};

/// metrics.json: sums over a run; what `metrics` adds up (also in the ledger commit's trailers).
struct RunMetrics {
  Usage usage;
  Cost cost;               ///< unpriced as soon as one exchange is
  int exchanges = 0;       ///< requests to models, failed ones too
  int attempts = 0;        ///< stage attempts
  bool first_try = false;  ///< delivered, and no stage needed a second attempt
  /// What the person waited; the parts of it spent waiting for models and in gates.
  Milliseconds wall{0}, model{0}, gates{0};
  /// What is left: our own work.
  [[nodiscard]] Milliseconds own() const { return wall - model - gates; }
};

/// review.json: REVIEW's recorded decision, what it approved by id (P1).
struct Verdict {
  static constexpr int kVersion = 1;
  bool approved = false;
  Oid spec;              ///< blob id of the run's spec.json: a changed spec is not approved
  Oid base, tree;        ///< the commit that was built on, the tree that was reviewed
  Oid commit;            ///< the delivered one, whose tree that is; zero before delivery
  std::string patch_id;  ///< of the reviewed change (git patch-id --stable): 40 hex digits
  std::string reviewer;  ///< "provider/model" that answered
  Oid prompt;            ///< blob id of the prompt template; zero in an old record
  bool same_model_as_builder = false;
  std::vector<std::string> reasons;  ///< why, one line each; of an approval often none
  Json table;        ///< the reviewer's findings after the engine checked them; null: none
  Timestamp time{};  ///< UTC, when it was decided
  RunId run;         ///< whose verdict it is; never empty
};

std::string_view name_of(FailureClass failure);
std::string_view name_of(StageStatus status);
std::string_view name_of(RunStatus status);
std::optional<RunStatus> run_status_of(std::string_view name);

Json to_json(const StageRecord& stage);
Result<StageRecord> stage_from_json(const Json& json);
Json to_json(const RunRecord& run);
Result<RunRecord> run_from_json(const Json& json);
Json to_json(const RunMetrics& metrics);
Result<RunMetrics> metrics_from_json(const Json& json);
Json to_json(const Remark& remark);
Result<Remark> remark_from_json(const Json& json);
Json to_json(const Verdict& verdict);
Result<Verdict> verdict_from_json(const Json& json);

/// Adds the stages up.
RunMetrics metrics_of(const RunRecord& run, const std::vector<StageRecord>& stages);

}  // namespace gf::record
