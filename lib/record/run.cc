#include "record/run.h"

#include <algorithm>

#include "record/reader.h"

namespace gf::record {
namespace {

constexpr std::string_view kFailures[] = {"none",          "transient", "deterministic",
                                          "overflow",      "budget",    "refused",
                                          "configuration", "cancelled", "internal"};
constexpr std::string_view kStageStatuses[] = {"pass", "fail", "error"};
constexpr std::string_view kRunStatuses[] = {"running",       "delivered", "rejected", "failed",
                                             "needs-answers", "cancelled", "planned"};

Json object_of(const std::map<std::string, std::string>& map) {
  Json json = Json::object();
  for (const auto& [key, value] : map) json.set(key, value);
  return json;
}

std::map<std::string, std::string> map_of(const Json& json) {
  std::map<std::string, std::string> map;
  for (const auto& [key, value] : json.members()) map[key] = value.as_string().value_or("");
  return map;
}

void set_time(Json& json, std::string_view key, Timestamp time) {
  if (time != Timestamp{}) json.set(key, iso8601(time));
}

Json numbers(const std::vector<int>& values) {
  Json json = Json::array();
  for (int value : values) json.push(value);
  return json;
}

}  // namespace

std::string_view name_of(FailureClass failure) { return kFailures[static_cast<size_t>(failure)]; }
std::string_view name_of(StageStatus status) { return kStageStatuses[static_cast<size_t>(status)]; }
std::string_view name_of(RunStatus status) { return kRunStatuses[static_cast<size_t>(status)]; }

std::optional<RunStatus> run_status_of(std::string_view name) {
  return enumerator<RunStatus>(kRunStatuses, name);
}

FailureClass failure_class_of(const Error& error) {
  switch (error.fault) {
    case Fault::kTransient:
      return FailureClass::kTransient;
    case Fault::kConfiguration:
    case Fault::kUser:
    case Fault::kUsage:
    case Fault::kEnvironment:
      return FailureClass::kConfiguration;
    case Fault::kCancelled:
      return FailureClass::kCancelled;
    case Fault::kBadData:
      return FailureClass::kDeterministic;
    case Fault::kInternal:
      break;
  }
  return FailureClass::kInternal;
}

FailureClass failure_class_of(ModelFailure failure) {
  switch (failure) {
    case ModelFailure::kNone:
      return FailureClass::kNone;
    case ModelFailure::kRateLimited:
    case ModelFailure::kTransport:
      return FailureClass::kTransient;
    case ModelFailure::kOverflow:
    case ModelFailure::kTruncated:
      return FailureClass::kOverflow;
    case ModelFailure::kQuota:
      return FailureClass::kBudget;
    case ModelFailure::kRefused:
      return FailureClass::kRefused;
    case ModelFailure::kBadOutput:
      return FailureClass::kDeterministic;
    case ModelFailure::kCancelled:
      return FailureClass::kCancelled;
    case ModelFailure::kAuth:
    case ModelFailure::kConfig:
      break;
  }
  return FailureClass::kConfiguration;
}

Json to_json(const StageRecord& stage) {
  Json telemetry = Json::object();
  for (const auto& [name, value] : stage.telemetry) telemetry.set(name, value);
  Json json = Json::object({{"v", StageRecord::kVersion},
                            {"seq", stage.seq},
                            {"stage", stage.stage},
                            {"attempt", stage.attempt},
                            {"status", name_of(stage.status)},
                            {"failure", name_of(stage.failure)},
                            {"reason", stage.reason},
                            {"feedback", Json::strings(stage.feedback)},
                            {"wall_ms", ms(stage.wall)},
                            {"model_ms", ms(stage.model)},
                            {"gates_ms", ms(stage.gates)},
                            {"exchanges", numbers(stage.exchanges)},
                            {"gates", Json::strings(stage.gate_runs)},
                            {"usage", to_json(stage.usage)},
                            {"cost", to_json(stage.cost)},
                            {"telemetry", telemetry}});
  set_oid(json, "tree_in", stage.tree_in);
  set_oid(json, "tree_out", stage.tree_out);
  set_oid(json, "commit", stage.commit);
  set_oid(json, "prompt", stage.prompt);
  set_time(json, "started", stage.started);
  if (!stage.goes_back_to.empty()) json.set("goes_back_to", stage.goes_back_to);
  if (!stage.provider.empty()) json.set("provider", stage.provider);
  if (!stage.model_answered.empty()) json.set("model", stage.model_answered);
  if (!stage.output.is_null()) json.set("output", stage.output);
  return json;
}

Result<StageRecord> stage_from_json(const Json& json) {
  Reader in(json, "stage record", StageRecord::kVersion);
  GF_TRY(in.done());
  StageRecord stage;
  stage.seq = static_cast<int>(in.integer("seq"));
  stage.stage = in.text("stage");
  stage.attempt = static_cast<int>(in.integer("attempt"));
  stage.tree_in = in.oid("tree_in");
  stage.tree_out = in.oid("tree_out");
  stage.commit = in.oid("commit");
  stage.prompt = in.oid("prompt");
  auto status = enumerator<StageStatus>(kStageStatuses, in.text("status"));
  auto failure = enumerator<FailureClass>(kFailures, in.text("failure"));
  if (!status || !failure) in.fail("'status' or 'failure' is unknown");
  stage.status = status.value_or(StageStatus::kError);
  stage.failure = failure.value_or(FailureClass::kInternal);
  stage.reason = in.text("reason");
  stage.goes_back_to = in.text("goes_back_to");
  stage.feedback = in.strings("feedback");
  stage.started = in.time("started");
  stage.wall = in.duration("wall_ms");
  stage.model = in.duration("model_ms");
  stage.gates = in.duration("gates_ms");
  for (const Json& item : in.list("exchanges"))
    stage.exchanges.push_back(static_cast<int>(item.as_int().value_or(0)));
  stage.gate_runs = in.strings("gates");
  stage.provider = in.text("provider");
  stage.model_answered = in.text("model");
  stage.usage = in.inner("usage", usage_from_json(json.get("usage")));
  stage.cost = in.inner("cost", cost_from_json(json.get("cost")));
  for (const auto& [name, value] : in.object("telemetry").members())
    stage.telemetry[name] = value.as_double().value_or(0);
  stage.output = json.get("output");
  GF_TRY(in.done());
  return stage;
}

Json to_json(const RunRecord& run) {
  Json json = run.unknown.is_object() ? run.unknown : Json::object();
  json.set("v", RunRecord::kVersion);
  json.set("run", run.id.str());
  json.set("slug", run.slug);
  json.set("request", run.request);
  json.set("title", run.title);
  json.set("base_name", run.base_name);
  set_oid(json, "base", run.base);
  set_oid(json, "base_tree", run.base_tree);
  json.set("branch", run.branch);
  set_oid(json, "head", run.head);
  set_oid(json, "tree", run.tree);
  json.set("patch_id", run.patch_id);
  json.set("pull_request", run.pull_request);
  json.set("status", name_of(run.status));
  json.set("failure", name_of(run.failure));
  json.set("failed_stage", run.failed_stage);
  json.set("reason", run.reason);
  json.set("questions", Json::strings(run.questions));
  set_time(json, "started", run.started);
  set_time(json, "ended", run.ended);
  json.set("author", run.author);
  json.set("models", object_of(run.models));
  json.set("tool_version", run.tool_version);
  json.set("policy", object_of(run.policy));
  return json;
}

Result<RunRecord> run_from_json(const Json& json) {
  Reader in(json, "run record", RunRecord::kVersion);
  GF_TRY(in.done());
  RunRecord run;
  GF_ASSIGN(run.id, RunId::parse(in.text("run")));
  run.slug = in.text("slug");
  run.request = in.text("request");
  run.title = in.text("title");
  run.base_name = in.text("base_name");
  run.base = in.oid("base");
  run.base_tree = in.oid("base_tree");
  run.branch = in.text("branch");
  run.head = in.oid("head");
  run.tree = in.oid("tree");
  run.patch_id = in.text("patch_id");
  run.pull_request = in.text("pull_request");
  auto status = run_status_of(in.text("status"));
  auto failure = enumerator<FailureClass>(kFailures, in.text("failure"));
  if (!status || !failure) in.fail("'status' or 'failure' is unknown");
  run.status = status.value_or(RunStatus::kFailed);
  run.failure = failure.value_or(FailureClass::kInternal);
  run.failed_stage = in.text("failed_stage");
  run.reason = in.text("reason");
  run.questions = in.strings("questions");
  run.started = in.time("started");
  run.ended = in.time("ended");
  run.author = in.text("author");
  run.models = map_of(in.object("models"));
  run.tool_version = in.text("tool_version");
  run.policy = map_of(in.object("policy"));
  GF_TRY(in.done());
  run.unknown = json;
  for (const char* key :
       {"base",   "base_tree", "head",         "tree",    "started",      "ended",
        "v",      "run",       "slug",         "request", "title",        "base_name",
        "branch", "patch_id",  "pull_request", "status",  "failure",      "failed_stage",
        "reason", "questions", "author",       "models",  "tool_version", "policy"}) {
    run.unknown.erase(key);
  }
  return run;
}

Json to_json(const RunMetrics& metrics) {
  return Json::object({{"usage", to_json(metrics.usage)},
                       {"cost", to_json(metrics.cost)},
                       {"exchanges", metrics.exchanges},
                       {"attempts", metrics.attempts},
                       {"first_try", metrics.first_try},
                       {"wall_ms", ms(metrics.wall)},
                       {"model_ms", ms(metrics.model)},
                       {"gates_ms", ms(metrics.gates)}});
}

Result<RunMetrics> metrics_from_json(const Json& json) {
  Reader in(json, "metrics", 1);
  RunMetrics metrics;
  metrics.usage = in.inner("usage", usage_from_json(json.get("usage")));
  metrics.cost = in.inner("cost", cost_from_json(json.get("cost")));
  metrics.exchanges = static_cast<int>(in.integer("exchanges"));
  metrics.attempts = static_cast<int>(in.integer("attempts"));
  metrics.first_try = in.flag("first_try");
  metrics.wall = in.duration("wall_ms");
  metrics.model = in.duration("model_ms");
  metrics.gates = in.duration("gates_ms");
  GF_TRY(in.done());
  return metrics;
}

Json to_json(const Verdict& verdict) {
  Json json = Json::object({{"v", Verdict::kVersion},
                            {"verdict", verdict.approved ? "approved" : "rejected"},
                            {"patch_id", verdict.patch_id},
                            {"reviewer", verdict.reviewer},
                            {"same_model_as_builder", verdict.same_model_as_builder},
                            {"reasons", Json::strings(verdict.reasons)},
                            {"table", verdict.table},
                            {"run", verdict.run.str()}});
  set_oid(json, "spec", verdict.spec);
  set_oid(json, "base", verdict.base);
  set_oid(json, "tree", verdict.tree);
  set_oid(json, "commit", verdict.commit);
  set_oid(json, "prompt", verdict.prompt);
  set_time(json, "time", verdict.time);
  return json;
}

Result<Verdict> verdict_from_json(const Json& json) {
  Reader in(json, "verdict", Verdict::kVersion);
  GF_TRY(in.done());
  Verdict verdict;
  std::string word = in.text("verdict");
  if (word != "approved" && word != "rejected")
    in.fail("'verdict' is neither approved nor rejected");
  verdict.approved = word == "approved";
  verdict.spec = in.oid("spec");
  verdict.base = in.oid("base");
  verdict.tree = in.oid("tree");
  verdict.commit = in.oid("commit");
  verdict.patch_id = in.text("patch_id");
  verdict.reviewer = in.text("reviewer");
  verdict.prompt = in.oid("prompt");
  verdict.same_model_as_builder = in.flag("same_model_as_builder");
  verdict.reasons = in.strings("reasons");
  verdict.table = json.get("table");
  verdict.time = in.time("time");
  verdict.run = in.inner("run", RunId::parse(in.text("run")));
  GF_TRY(in.done());
  return verdict;
}

RunMetrics metrics_of(const RunRecord& run, const std::vector<StageRecord>& stages) {
  RunMetrics metrics;
  metrics.cost = Cost{0, "none"};
  metrics.first_try = run.status == RunStatus::kDelivered;
  for (const StageRecord& stage : stages) {
    metrics.usage = metrics.usage + stage.usage;
    metrics.cost = metrics.cost + stage.cost;
    metrics.exchanges += static_cast<int>(stage.exchanges.size());
    ++metrics.attempts;
    if (stage.attempt > 1 || stage.status != StageStatus::kPass) metrics.first_try = false;
    metrics.model += stage.model;
    metrics.gates += stage.gates;
    metrics.wall += stage.wall;
  }
  // Wall time is what the person waited, preparation included, once it is known.
  if (run.ended > run.started) metrics.wall = run.ended - run.started;
  return metrics;
}

}  // namespace gf::record
