// One run for the page: its waterfall, and its spec with what shows that each criterion holds.
#include <fmt/format.h>

#include "analyst/must_fail.h"
#include "analyst/timeline.h"
#include "base/text.h"
#include "report/ask.h"
#include "stage/stage.h"

namespace gf::report {
namespace {

using record::Json;

// What a run's part of the page holds of text that may be of any length.
constexpr size_t kText = 2000, kLine = 300, kTests = 20, kCalls = 60;

std::string line(const std::string& text) { return clipped(text, kLine); }

Json lines_of(std::vector<std::string> texts) {
  for (std::string& text : texts) text = line(text);
  return Json::strings(texts);
}

int64_t since(const store::Run& run, Timestamp time) { return (time - run.run.started).count(); }

Json gate_of(const store::Run& run, const analyst::GateTime& time, const analyst::MustFail& base) {
  const record::GateOutcome& gate = run.gates[time.gate];
  return Json::object({{"gate", gate.gate},
                       {"status", record::name_of(gate.status)},
                       {"at_ms", since(run, time.start)},
                       {"wall_ms", static_cast<int64_t>(time.duration.count())},
                       {"known", time.known},
                       {"has_to", base.holds(gate)},
                       {"passed", gate.counts.passed},
                       {"failed", gate.counts.failed + gate.counts.errors},
                       {"findings", gate.findings_total},
                       {"reason", line(gate.reason)}});
}

/// Where in the run each call of the attempt's model lies: [at, duration].
Json calls_of(const store::Run& run, const record::StageRecord& stage) {
  Json calls = Json::array();
  for (const record::Exchange& exchange : run.exchanges) {
    if (exchange.request.stage != stage.stage || exchange.request.attempt != stage.attempt)
      continue;
    if (calls.size() == kCalls) break;
    calls.push(Json::array(
        {since(run, exchange.started), static_cast<int64_t>(exchange.duration.count())}));
  }
  return calls;
}

Json attempts_of(const store::Run& run) {
  std::vector<Json> gates(run.stages.size(), Json::array());
  std::vector<analyst::MustFail> bases;
  for (const record::StageRecord& stage : run.stages) bases.emplace_back(run, stage);
  for (const analyst::GateTime& time : analyst::gate_times(run)) {
    if (time.stage) gates[*time.stage].push(gate_of(run, time, bases[*time.stage]));
  }
  Json attempts = Json::array();
  for (size_t i = 0; i < run.stages.size(); ++i) {
    const record::StageRecord& stage = run.stages[i];
    std::string model = stage.provider.empty() ? "" : stage.provider + "/" + stage.model_answered;
    attempts.push(Json::object({{"stage", stage.stage},
                                {"attempt", stage.attempt},
                                {"status", record::name_of(stage.status)},
                                {"failure", record::name_of(stage.failure)},
                                {"reason", line(stage.reason)},
                                {"goes_back_to", stage.goes_back_to},
                                {"at_ms", since(run, stage.started)},
                                {"wall_ms", static_cast<int64_t>(stage.wall.count())},
                                {"model_ms", static_cast<int64_t>(stage.model.count())},
                                {"gates_ms", static_cast<int64_t>(stage.gates.count())},
                                {"cost", cost_of(stage.cost)},
                                {"tokens_in", stage.usage.input_total.value_or(0)},
                                {"tokens_out", stage.usage.output_total.value_or(0)},
                                {"model", model},
                                {"calls", calls_of(run, stage)},
                                {"gates", gates[i]}}));
  }
  return attempts;
}

std::string text_of(const Json& value) { return value.as_string().value_or(value.dump()); }

std::string text_of(const record::Observation& seen) {
  std::string text = seen.observable + " " + seen.op;
  return seen.expected.is_null() ? text : text + " " + text_of(seen.expected);
}

/// The tests that carry the criterion's id, as the last of the gates that ran them saw them.
Json tests_of(const store::Run& run, const std::string& id) {
  std::map<std::string, record::TestStatus> seen;
  for (const record::GateOutcome& gate : run.gates) {
    if (!run.run.base_tree.is_zero() && gate.tree == run.run.base_tree) continue;
    if (!run.run.tree.is_zero() && gate.tree != run.run.tree) continue;
    for (const record::TestResult& test : gate.tests) {
      if (stage::carries_id(test.id, id)) seen[test.id] = test.status;
    }
  }
  Json tests = Json::array();
  for (const auto& [name, status] : seen) {
    if (tests.size() == kTests) break;
    tests.push(Json::object({{"test", line(name)}, {"status", record::name_of(status)}}));
  }
  return tests;
}

Json evidence_of(const store::Run& run, const record::Criterion& criterion) {
  std::vector<std::string> then;
  for (const record::Observation& seen : criterion.then) then.push_back(line(text_of(seen)));
  Json row = Json::object({{"id", criterion.id},
                           {"kind", criterion.kind},
                           {"given", line(criterion.given)},
                           {"when", line(criterion.when)},
                           {"then", Json::strings(then)},
                           {"cases", static_cast<int64_t>(criterion.cases.size())},
                           {"tests", tests_of(run, criterion.id)},
                           {"verdict", ""},
                           {"pointer", ""}});
  if (!run.verdict) return row;
  for (const Json& judged : run.verdict->table.get("criteria").items()) {
    if (judged.get_string("id") != criterion.id) continue;
    Json pointer = judged.get("pointer");
    std::string where = pointer.get_string("test");
    if (where.empty() && pointer.has("path"))
      where = fmt::format("{}:{}", pointer.get_string("path"), pointer.get_int("line"));
    row.set("verdict", judged.get_string("verdict"));
    row.set("pointer", line(where));
  }
  return row;
}

Json spec_of(const store::Run& run) {
  const record::Spec& spec = *run.spec;
  std::vector<std::string> assumptions;
  for (const record::Assumption& one : spec.assumptions)
    assumptions.push_back(one.id + ": " + line(one.text));
  Json criteria = Json::array();
  for (const record::Criterion& criterion : spec.acceptance_criteria)
    criteria.push(evidence_of(run, criterion));
  return Json::object({{"intent", clipped(spec.intent, kText)},
                       {"criteria", criteria},
                       {"constraints", lines_of(spec.constraints)},
                       {"out_of_scope", lines_of(spec.out_of_scope)},
                       {"assumptions", Json::strings(assumptions)}});
}

}  // namespace

Json detail_of(const store::Run& run) {
  const record::RunRecord& run_record = run.run;
  record::RunMetrics sums = record::metrics_of(run_record, run.stages);
  Json detail =
      Json::object({{"run", run_record.id.str()},
                    {"id8", run_record.id.id8()},
                    {"slug", run_record.slug},
                    {"title", run_record.title.empty() ? run_record.slug : line(run_record.title)},
                    {"request", clipped(run_record.request, kText)},
                    {"status", record::name_of(run_record.status)},
                    {"failed_stage", run_record.failed_stage},
                    {"reason", line(run_record.reason)},
                    {"started", iso8601(run_record.started)},
                    {"wall_ms", (analyst::end_of(run) - run_record.started).count()},
                    {"model_ms", static_cast<int64_t>(sums.model.count())},
                    {"gates_ms", static_cast<int64_t>(sums.gates.count())},
                    {"cost", cost_of(sums.cost)},
                    {"tokens_in", sums.usage.input_total.value_or(0)},
                    {"tokens_out", sums.usage.output_total.value_or(0)},
                    {"clean_run", sums.first_try},
                    {"base", run_record.base_name},
                    {"branch", RefName::known(run_record.branch).short_name()},
                    {"pull_request", run_record.pull_request},
                    {"questions", lines_of(run_record.questions)},
                    {"attempts", attempts_of(run)}});
  if (run.spec) detail.set("spec", spec_of(run));
  if (run.verdict)
    detail.set("verdict", Json::object({{"approved", run.verdict->approved},
                                        {"reviewer", run.verdict->reviewer},
                                        {"reasons", lines_of(run.verdict->reasons)}}));
  return detail;
}

}  // namespace gf::report
