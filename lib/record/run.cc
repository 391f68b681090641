// Runs, stages and verdicts as JSON; what a failure is of; the sums of a run.
#include "record/run.h"

#include "record/described_json.h"

namespace gf::record {
std::string_view name_of(FailureClass failure) { return name_in_list(failure); }
std::string_view name_of(StageStatus status) { return name_in_list(status); }
std::string_view name_of(RunStatus status) { return name_in_list(status); }
std::optional<RunStatus> run_status_of(std::string_view name) {
  return value_in_list<RunStatus>(name);
}

Json to_json(const StageRecord& stage) { return written(stage); }
Result<StageRecord> stage_from_json(const Json& json) { return read_record<StageRecord>(json); }
Json to_json(const RunRecord& run) { return written(run); }
Result<RunRecord> run_from_json(const Json& json) { return read_record<RunRecord>(json); }
Json to_json(const RunMetrics& metrics) { return written(metrics); }
Result<RunMetrics> metrics_from_json(const Json& json) { return read_record<RunMetrics>(json); }

Json to_json(const Remark& remark) { return written(remark); }
Result<Remark> remark_from_json(const Json& json) { return read_record<Remark>(json); }

Json to_json(const Verdict& verdict) {
  return written(verdict).set("verdict", verdict.approved ? "approved" : "rejected");
}

Result<Verdict> verdict_from_json(const Json& json) {
  GF_ASSIGN(auto verdict, read_record<Verdict>(json));
  std::string word = json.get_string("verdict");
  if (word != "approved" && word != "rejected") {
    return Error{Fault::kBadData, "verdict: 'verdict' is neither approved nor rejected", {}, {}};
  }
  verdict.approved = word == "approved";
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
