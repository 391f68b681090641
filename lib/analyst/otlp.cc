#include "analyst/otlp.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "analyst/otlp_names.h"
#include "analyst/otlp_span.h"
#include "analyst/timeline.h"
#include "base/text.h"

namespace gf::analyst {
namespace {

using otel::Span;
using otel::SpanKind;
using record::Json;

/// The conventions' own names for services; a name of the user's stays as it is.
std::string provider_name(const std::string& provider) {
  static const std::map<std::string, std::string> known = {
      {"gemini", "gcp.gemini"}, {"mistral", "mistral_ai"}, {"xai", "x_ai"}};
  auto found = known.find(provider);
  return found == known.end() ? provider : found->second;
}

std::string result_of(record::RunStatus status) {
  switch (status) {
    case record::RunStatus::kDelivered:
    case record::RunStatus::kPlanned:
    case record::RunStatus::kReviewed:
      return "success";
    case record::RunStatus::kRejected:
    case record::RunStatus::kFailed:
    case record::RunStatus::kNeedsAnswers:
      return "failure";
    case record::RunStatus::kCancelled:
      return "cancellation";
    case record::RunStatus::kRunning:
      break;
  }
  return "";
}

std::string stage_key(const std::string& stage, int attempt) {
  return fmt::format("{}:{}", stage, attempt);
}

/// One line of trace.jsonl.
struct Happened {
  Timestamp time{};
  std::string kind, stage;
  int attempt = 0;
  Json fields;
};

class Trace {
 public:
  Trace(const store::Run& run, const OtlpWish& wish)
      : run_(run), wish_(wish), id_(run.run.id.str()) {}

  Json json();

 private:
  void add(const Span& span) { spans_.push(span.json()); }
  void add_run();
  void add_stage(const record::StageRecord& stage);
  void add_exchange(const record::Exchange& exchange);
  void add_gate(const GateTime& time, size_t number);
  void read_trace();
  void add_happenings();
  /// The span of the stage attempt, or the run's where there is none.
  [[nodiscard]] std::string parent(const std::string& stage, int attempt) const;
  /// Sets the span's times, moved into those of the span `above` where clocks or roundings put them
  /// outside: a viewer takes a child that outlives its parent for a fault of the trace.
  Span& put(Span& span, const std::string& above, Timestamp start, Timestamp end) const;

  const store::Run& run_;
  const OtlpWish& wish_;
  std::string id_;
  std::map<std::string, std::pair<Timestamp, Timestamp>> times_;  ///< of the run and its attempts
  std::vector<Happened> happened_;
  Json spans_ = Json::array();
};

std::string Trace::parent(const std::string& stage, int attempt) const {
  std::string key = stage_key(stage, attempt);
  return times_.contains(key) ? key : "run";
}

Span& Trace::put(Span& span, const std::string& above, Timestamp start, Timestamp end) const {
  auto [from, to] = times_.at(above);
  return span.time(std::clamp(start, from, to), std::clamp(end, from, to));
}

void Trace::add_run() {
  const record::RunRecord& run = run_.run;
  record::RunMetrics metrics = record::metrics_of(run, run_.stages);
  Span span(id_, "run", "", "invoke_workflow git-factory");
  span.time(run.started, end_of(run_))
      .set(otel::kOperation, "invoke_workflow")
      .set(otel::kWorkflow, "git-factory")
      .set(otel::kPipelineName, "git-factory")
      .set(otel::kPipelineRun, id_)
      .set(otel::kPipelineResult, result_of(run.status))
      .set(otel::kBaseName, run.base_name)
      .set(otel::kBaseRevision, run.base.is_zero() ? "" : run.base.hex())
      .set(otel::kHeadName, RefName::known(run.branch).short_name())
      .set(otel::kHeadRevision, run.head.is_zero() ? "" : run.head.hex())
      .set(otel::kChange, run.pull_request)
      .set(otel::kInputTokens, metrics.usage.input_total)
      .set(otel::kOutputTokens, metrics.usage.output_total)
      .set(otel::kSlug, run.slug)
      .set(otel::kStatus, std::string(record::name_of(run.status)))
      .set_flag(otel::kFirstTry, metrics.first_try)
      .set(metrics.cost);
  if (run_.verdict) span.set_flag(otel::kApproved, run_.verdict->approved);
  if (result_of(run.status) == "success") span.ok();
  if (result_of(run.status) == "failure") {
    bool classed = run.failure != record::FailureClass::kNone;
    span.failed(std::string(classed ? record::name_of(run.failure) : record::name_of(run.status)),
                run.reason);
  }
  add(span);
}

void Trace::add_stage(const record::StageRecord& stage) {
  bool agent = !stage.exchanges.empty();
  std::string key = stage_key(stage.stage, stage.attempt);
  Span span(id_, key, "run", agent ? "invoke_agent " + stage.stage : stage.stage);
  bool passed = stage.status == record::StageStatus::kPass;
  put(span, "run", stage.started, stage.started + stage.wall)
      .set(otel::kTaskName, stage.stage)
      .set(otel::kTaskRun, id_ + ":" + key)
      .set(otel::kTaskResult, passed                                       ? "success"
                              : stage.status == record::StageStatus::kFail ? "failure"
                                                                           : "error")
      .set(otel::kAttempt, stage.attempt)
      .set(otel::kGoesBackTo, stage.goes_back_to)
      .set(otel::kTree, stage.tree_out.is_zero() ? "" : stage.tree_out.hex());
  if (stage.stage == "build" || stage.stage == "test") span.set(otel::kTaskType, stage.stage);
  if (agent) {
    span.set(otel::kOperation, "invoke_agent")
        .set(otel::kAgent, stage.stage)
        .set(otel::kConversation, id_ + ":" + key)
        .set(otel::kInputTokens, stage.usage.input_total)
        .set(otel::kOutputTokens, stage.usage.output_total)
        .set(stage.cost);
  }
  if (passed) span.ok();
  if (!passed) span.failed(std::string(record::name_of(stage.failure)), stage.reason);
  add(span);
}

void Trace::add_exchange(const record::Exchange& exchange) {
  const record::ModelRequest& request = exchange.request;
  std::string conversation = stage_key(request.stage, request.attempt);
  std::string above = parent(request.stage, request.attempt);
  Span span(id_, fmt::format("exchange {}", exchange.seq), above, "chat " + exchange.model_asked,
            SpanKind::kClient);
  put(span, above, exchange.started, exchange.started + exchange.duration)
      .set(otel::kOperation, "chat")
      .set(otel::kProvider, provider_name(exchange.provider))
      .set(otel::kConversation, id_ + ":" + conversation)
      .set(otel::kRequestModel, exchange.model_asked)
      .set_double(otel::kRequestTemperature, request.temperature)
      .set(otel::kOutputType, request.schema.is_null() ? "text" : "json");
  if (request.max_output_tokens > 0) span.set(otel::kRequestMaxTokens, request.max_output_tokens);
  if (exchange.answer) {
    const record::ModelAnswer& answer = *exchange.answer;
    span.set(otel::kResponseModel, answer.model)
        .set(otel::kResponseId, answer.request_id)
        .set(otel::kInputTokens, answer.usage.input_total)
        .set(otel::kOutputTokens, answer.usage.output_total)
        .set(otel::kCacheRead, answer.usage.cache_read)
        .set(otel::kCacheCreation, answer.usage.cache_write)
        .set(otel::kReasoning, answer.usage.reasoning)
        .set(answer.cost);
    if (!answer.finish.empty()) span.set_list(otel::kFinishReasons, {answer.finish});
  }
  // The failure's text may quote what was sent.
  if (exchange.failure != record::ModelFailure::kNone)
    span.failed(std::string(record::name_of(exchange.failure)),
                wish_.prompts ? exchange.failure_text : "");
  if (wish_.prompts) otel::set_messages(span, exchange);
  add(span);
}

void Trace::read_trace() {
  for (const std::string& line : lines(run_.trace)) {
    auto json = Json::parse(line);
    if (!json.ok()) continue;
    auto time = parse_iso8601(json->get_string("time"));
    if (!time.ok()) continue;
    happened_.push_back({*time, json->get_string("kind"), json->get_string("stage"),
                         static_cast<int>(json->get_int("attempt")), json->get("fields")});
  }
}

/// A span for each time that a gate was asked; where the answer was known from before, of no
/// length.
void Trace::add_gate(const GateTime& time, size_t number) {
  const record::GateOutcome& gate = run_.gates[time.gate];
  using Status = record::GateOutcome::Status;
  std::string above = "run";
  if (time.stage) {
    const record::StageRecord& stage = run_.stages[*time.stage];
    above = stage_key(stage.stage, stage.attempt);
  }
  Span span(id_, fmt::format("gate {}", number), above, "gate " + gate.gate);
  put(span, above, time.start, time.start + time.duration)
      .set(otel::kGate, gate.gate)
      .set(otel::kStatus, std::string(record::name_of(gate.status)))
      .set_flag(otel::kGateKnown, time.known)
      .set(otel::kTree, gate.tree.hex())
      .set(otel::kGatePassed, gate.counts.passed)
      .set(otel::kGateFailed, gate.counts.failed);
  if (gate.exit_code >= 0) span.set(otel::kExitCode, gate.exit_code);
  if (gate.status == Status::kPass) span.ok();
  if (gate.status != Status::kPass)
    span.failed(std::string(record::name_of(gate.status)), gate.reason);
  add(span);
}

/// Tool calls and the acts of git and forge are known from the trace alone. A call ends where the
/// next thing begins.
void Trace::add_happenings() {
  for (size_t i = 0; i < happened_.size(); ++i) {
    const Happened& one = happened_[i];
    std::string key = fmt::format("event {}", i), above = parent(one.stage, one.attempt);
    if (one.kind == "tool") {
      std::string tool = one.fields.get_string("tool");
      Timestamp end = i + 1 < happened_.size() ? happened_[i + 1].time : one.time;
      Span span(id_, key, above, "execute_tool " + tool);
      add(put(span, above, one.time, end)
              .set(otel::kOperation, "execute_tool")
              .set(otel::kToolName, tool));
    }
    if (one.kind != "act.end") continue;
    std::string act = one.fields.get_string("act");
    Span span(id_, key, above, act);
    put(span, above, one.time - Milliseconds(one.fields.get_int("ms")), one.time)
        .set(otel::kAct, act);
    if (one.fields.get_bool("ok", true)) span.ok();
    if (!one.fields.get_bool("ok", true)) span.failed("", "");
    add(span);
  }
}

Json Trace::json() {
  times_["run"] = {run_.run.started, end_of(run_)};
  for (const record::StageRecord& stage : run_.stages)
    times_[stage_key(stage.stage, stage.attempt)] = {
        std::clamp(stage.started, run_.run.started, end_of(run_)),
        std::clamp(stage.started + stage.wall, run_.run.started, end_of(run_))};
  read_trace();
  add_run();
  for (const record::StageRecord& stage : run_.stages) add_stage(stage);
  for (const record::Exchange& exchange : run_.exchanges) add_exchange(exchange);
  std::vector<GateTime> asked = gate_times(run_);
  for (size_t i = 0; i < asked.size(); ++i) add_gate(asked[i], i);
  add_happenings();

  Json who = Json::array({otel::attribute(otel::kServiceName, otel::text_value("git-factory"))});
  std::string version = run_.run.tool_version.empty() ? "unknown" : run_.run.tool_version;
  who.push(otel::attribute(otel::kServiceVersion, otel::text_value(version)));
  if (!wish_.repository_url.empty())
    who.push(otel::attribute(otel::kRepository, otel::text_value(wish_.repository_url)));
  Json scope =
      Json::object({{"scope", Json::object({{"name", "git-factory"}, {"version", version}})},
                    {"schemaUrl", otel::kSchema},
                    {"spans", spans_}});
  Json resource = Json::object({{"resource", Json::object({{"attributes", who}})},
                                {"schemaUrl", otel::kSchema},
                                {"scopeSpans", Json::array({scope})}});
  return Json::object({{"resourceSpans", Json::array({resource})}});
}

}  // namespace

Json otlp_trace(const store::Run& run, const OtlpWish& wish) { return Trace(run, wish).json(); }

}  // namespace gf::analyst
