// A run and its stages, as they are kept. Formats: man/git-factory-record.5.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "record/exchange.h"
#include "record/gate.h"
#include "record/json.h"

namespace gf::record {

/// Why a stage or a run failed (DESIGN 2).
enum class FailureClass {
  kNone,
  kTransient,
  kDeterministic,
  kOverflow,
  kBudget,
  kRefused,
  kConfiguration,
  kCancelled,
  kInternal,
};

enum class StageStatus { kPass, kFail, kError };

/// One attempt of one stage. At most a few KB: model text is in the exchanges only.
struct StageRecord {
  static constexpr int kVersion = 1;
  int seq = 0;        ///< within the run, from 1
  std::string stage;  ///< plan, scout, build, validate, test, validate-tests, review, pr
  int attempt = 1;    ///< of this stage
  Oid tree_in, tree_out;
  Oid commit;  ///< the stage commit that keeps tree_out alive
  StageStatus status = StageStatus::kError;
  FailureClass failure = FailureClass::kNone;
  std::string reason;        ///< one line; what was fed back, or why it passed
  std::string goes_back_to;  ///< the stage that a failure sends the run to; empty: ends or same
  std::vector<std::string> feedback;  ///< the lines the next attempt is told
  Timestamp started{};
  /// The first attempt's hold what came before it: the worktree, and the gates on the base.
  Milliseconds wall{0}, model{0}, gates{0};
  std::vector<int> exchanges;          ///< seq numbers
  std::vector<std::string> gate_runs;  ///< file names of gate records
  Oid prompt;  ///< blob id of the prompt template; zero: no model was asked, or an old record
  std::string provider, model_answered;  ///< of the last exchange; "scripted" shows as such
  Usage usage;
  Cost cost;
  std::map<std::string, double> telemetry;  ///< named numbers, the unit last in the name
  Json output;  ///< the stage's result when it is data (brief, review table); null else
};

enum class RunStatus {
  kRunning,
  kDelivered,
  kRejected,
  kFailed,
  kNeedsAnswers,
  kCancelled,
  kPlanned,
};

struct RunRecord {
  static constexpr int kVersion = 1;
  RunId id;
  std::string slug;
  std::string request;
  std::string title;      ///< the spec's, once there is one
  std::string base_name;  ///< "main"
  Oid base, base_tree;
  std::string branch;        ///< "refs/heads/factory/health", once delivered
  Oid head, tree;            ///< delivered commit and its tree
  std::string patch_id;      ///< of base..head (git patch-id --stable)
  std::string pull_request;  ///< URL, or the local forge's "#3"
  RunStatus status = RunStatus::kRunning;
  FailureClass failure = FailureClass::kNone;
  std::string failed_stage;
  std::string reason;
  std::vector<std::string> questions;  ///< of a request that does not compile
  Timestamp started{}, ended{};
  std::string author;                         ///< "Name <mail>"
  std::map<std::string, std::string> models;  ///< stage -> "provider/model[, ...]" as configured
  std::string tool_version;                   ///< git-factory's
  std::map<std::string, std::string> policy;  ///< settings that decide: floors, retries, limits
  Json unknown;
};

/// Sums over a run; what `metrics` adds up (also in the ledger commit's trailers).
struct RunMetrics {
  Usage usage;
  Cost cost;
  int exchanges = 0;
  int attempts = 0;        ///< stage attempts
  bool first_try = false;  ///< delivered, and no stage needed a second attempt
  Milliseconds wall{0}, model{0}, gates{0};
  [[nodiscard]] Milliseconds own() const { return wall - model - gates; }
};

/// REVIEW's recorded decision: what it approved, by id (P1).
struct Verdict {
  static constexpr int kVersion = 1;
  bool approved = false;
  Oid spec;                ///< blob id of spec.json
  Oid base, tree, commit;  ///< commit: the delivered one, zero before delivery
  std::string patch_id;
  std::string reviewer;  ///< "provider/model" that answered
  Oid prompt;            ///< blob id of the prompt template
  bool same_model_as_builder = false;
  std::vector<std::string> reasons;
  Json table;  ///< the reviewer's findings after the engine checked them
  Timestamp time{};
  RunId run;
};

std::string_view name_of(FailureClass failure);
std::string_view name_of(StageStatus status);
std::string_view name_of(RunStatus status);
std::optional<RunStatus> run_status_of(std::string_view name);
FailureClass failure_class_of(const Error& error);
FailureClass failure_class_of(ModelFailure failure);

Json to_json(const StageRecord& stage);
Result<StageRecord> stage_from_json(const Json& json);
Json to_json(const RunRecord& run);
Result<RunRecord> run_from_json(const Json& json);
Json to_json(const RunMetrics& metrics);
Result<RunMetrics> metrics_from_json(const Json& json);
Json to_json(const Verdict& verdict);
Result<Verdict> verdict_from_json(const Json& json);

/// Adds the stages up.
RunMetrics metrics_of(const RunRecord& run, const std::vector<StageRecord>& stages);

}  // namespace gf::record
