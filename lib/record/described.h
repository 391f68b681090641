// What each record is made of. A new member of a record gets its line here, or nothing compiles.
// For this room's .cc files.
#pragma once

#include <array>
#include <string_view>

#include "record/exchange.h"
#include "record/fields.h"
#include "record/gate.h"
#include "record/run.h"
#include "record/spec.h"

namespace gf::record {

/// The names of an enumeration's values, in its order.
template <typename Enum>
inline constexpr std::array<std::string_view, 0> kNames = {};

template <>
inline constexpr std::array<std::string_view, 9> kNames<FailureClass> = {
    "none",    "transient",     "deterministic", "overflow", "budget",
    "refused", "configuration", "cancelled",     "internal"};
template <>
inline constexpr std::array<std::string_view, 3> kNames<StageStatus> = {"pass", "fail", "error"};
template <>
inline constexpr std::array<std::string_view, 8> kNames<RunStatus> = {
    "running",       "delivered", "rejected", "failed",
    "needs-answers", "cancelled", "planned",  "reviewed"};
template <>
inline constexpr std::array<std::string_view, 5> kNames<GateOutcome::Status> = {
    "pass", "fail", "broken", "timeout", "cancelled"};
template <>
inline constexpr std::array<std::string_view, 4> kNames<TestStatus> = {"passed", "failed", "error",
                                                                       "skipped"};
template <>
inline constexpr std::array<std::string_view, 11> kNames<ModelFailure> = {
    "none",    "auth",       "quota",     "rate_limited", "overflow", "truncated",
    "refused", "bad_output", "transport", "config",       "cancelled"};
template <>
inline constexpr std::array<std::string_view, 4> kNames<Message::Role> = {"system", "user",
                                                                          "assistant", "tool"};

template <typename Enum>
std::string_view name_in_list(Enum value) {
  return kNames<Enum>[static_cast<size_t>(value)];
}
template <typename Enum>
std::optional<Enum> value_in_list(std::string_view name) {
  for (size_t i = 0; i < kNames<Enum>.size(); ++i) {
    if (kNames<Enum>[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

/// A record with a version of its own, and a part of one.
template <int kNewest>
struct Versioned {
  static constexpr int kVersion = kNewest;
  static constexpr bool kWritesVersion = true;
};
template <int kNewest>
struct PartOf {
  static constexpr int kVersion = kNewest;
  static constexpr bool kWritesVersion = false;
};

template <>
struct Description<Usage> : PartOf<Exchange::kVersion> {
  static constexpr const char* kWhat = "usage";
  static constexpr auto fields(auto list) {
    return list(
        if_set("input_total", &Usage::input_total), if_set("cache_read", &Usage::cache_read),
        if_set("cache_write", &Usage::cache_write), if_set("output_total", &Usage::output_total),
        if_set("reasoning", &Usage::reasoning), always("source", &Usage::source));
  }
};

template <>
struct Description<Cost> : PartOf<Exchange::kVersion> {
  static constexpr const char* kWhat = "cost";
  static constexpr auto fields(auto list) {
    return list(if_set("pico_usd", &Cost::pico_usd), always("basis", &Cost::basis));
  }
};

template <>
struct Description<ToolCall> : PartOf<Exchange::kVersion> {
  static constexpr const char* kWhat = "tool call";
  static constexpr auto fields(auto list) {
    return list(always("id", &ToolCall::id), always("name", &ToolCall::name),
                always("arguments", &ToolCall::arguments),
                if_set("malformed", &ToolCall::malformed));
  }
};

template <>
struct Description<Message> : PartOf<Exchange::kVersion> {
  static constexpr const char* kWhat = "message";
  static constexpr auto fields(auto list) {
    return list(always("role", &Message::role), always("content", &Message::content),
                if_set("tool_calls", &Message::tool_calls),
                // Written with a tool's answer, where empty ones are written too.
                apart("tool_call_id", &Message::tool_call_id),
                apart("tool_name", &Message::tool_name),
                // Made from the others.
                apart("sealed", &Message::sealed));
  }
};

template <>
struct Description<ToolSpec> : PartOf<Exchange::kVersion> {
  static constexpr const char* kWhat = "tool";
  static constexpr auto fields(auto list) {
    return list(always("name", &ToolSpec::name), always("description", &ToolSpec::description),
                always("parameters", &ToolSpec::parameters));
  }
};

template <>
struct Description<ModelRequest> : Versioned<Exchange::kVersion> {
  static constexpr const char* kWhat = "request";
  static constexpr auto fields(auto list) {
    return list(always("stage", &ModelRequest::stage), always("attempt", &ModelRequest::attempt),
                always("turn", &ModelRequest::turn), always("messages", &ModelRequest::messages),
                always("tools", &ModelRequest::tools), always("schema", &ModelRequest::schema),
                if_set("temperature", &ModelRequest::temperature),
                if_set("max_output_tokens", &ModelRequest::max_output_tokens));
  }
};

template <>
struct Description<ModelAnswer> : PartOf<Exchange::kVersion> {
  static constexpr const char* kWhat = "answer";
  static constexpr auto fields(auto list) {
    return list(apart("message", &ModelAnswer::message),  // a blob of its own, as every message
                always("model", &ModelAnswer::model), always("provider", &ModelAnswer::provider),
                always("finish", &ModelAnswer::finish),
                always("request_id", &ModelAnswer::request_id),
                always("usage", &ModelAnswer::usage), always("cost", &ModelAnswer::cost),
                always("duration_ms", &ModelAnswer::duration));
  }
};

template <>
struct Description<Paid> : PartOf<Exchange::kVersion> {
  static constexpr const char* kWhat = "paid";
  static constexpr auto fields(auto list) {
    return list(always("model", &Paid::model), always("request_id", &Paid::request_id),
                always("usage", &Paid::usage), always("cost", &Paid::cost));
  }
};

template <>
struct Description<Exchange> : Versioned<Exchange::kVersion> {
  static constexpr const char* kWhat = "exchange";
  static constexpr auto fields(auto list) {
    return list(always("seq", &Exchange::seq), always("provider", &Exchange::provider),
                always("model_asked", &Exchange::model_asked),
                apart("request", &Exchange::request),  // without its messages, which are blobs
                if_set("answer", &Exchange::answer), always("failure", &Exchange::failure),
                always("failure_text", &Exchange::failure_text), if_set("paid", &Exchange::paid),
                if_set("attempt", &Exchange::attempt), always("started", &Exchange::started),
                always("duration_ms", &Exchange::duration));
  }
};

template <>
struct Description<Finding> : PartOf<GateOutcome::kVersion> {
  static constexpr const char* kWhat = "finding";
  static constexpr auto fields(auto list) {
    return list(always("path", &Finding::path), always("line", &Finding::line),
                always("rule", &Finding::rule), always("message", &Finding::message),
                if_set("severity", &Finding::severity));
  }
};

template <>
struct Description<TestResult> : PartOf<GateOutcome::kVersion> {
  static constexpr const char* kWhat = "test";
  static constexpr auto fields(auto list) {
    return list(always("id", &TestResult::id), always("status", &TestResult::status),
                if_set("cause", &TestResult::cause), if_set("message", &TestResult::message));
  }
};

template <>
struct Description<GateCounts> : PartOf<GateOutcome::kVersion> {
  static constexpr const char* kWhat = "counts";
  static constexpr auto fields(auto list) {
    return list(always("passed", &GateCounts::passed), always("failed", &GateCounts::failed),
                always("errors", &GateCounts::errors), always("skipped", &GateCounts::skipped));
  }
};

template <>
struct Description<GateOutcome> : Versioned<GateOutcome::kVersion> {
  static constexpr const char* kWhat = "gate record";
  static constexpr auto fields(auto list) {
    return list(always("gate", &GateOutcome::gate), always("stage", &GateOutcome::stage),
                if_set("tree", &GateOutcome::tree), always("status", &GateOutcome::status),
                always("argv", &GateOutcome::argv), always("exit", &GateOutcome::exit_code),
                always("counts", &GateOutcome::counts), always("findings", &GateOutcome::findings),
                always("findings_total", &GateOutcome::findings_total),
                always("tests", &GateOutcome::tests), always("coverage", &GateOutcome::coverage),
                always("duration_ms", &GateOutcome::duration),
                always("tool_version", &GateOutcome::tool_version),
                if_set("environment", &GateOutcome::environment),
                always("output_tail", &GateOutcome::output_tail),
                always("sandbox", &GateOutcome::sandbox), always("reason", &GateOutcome::reason),
                if_set("fixed", &GateOutcome::fixed), if_set("project", &GateOutcome::project));
  }
};

template <>
struct Description<Observation> : PartOf<Spec::kVersion> {
  static constexpr const char* kWhat = "then";
  static constexpr auto fields(auto list) {
    return list(always("observable", &Observation::observable), always("op", &Observation::op),
                always("expected", &Observation::expected));
  }
};

template <>
struct Description<Criterion> : PartOf<Spec::kVersion> {
  static constexpr const char* kWhat = "criterion";
  static constexpr auto fields(auto list) {
    return list(always("id", &Criterion::id), always("kind", &Criterion::kind),
                always("given", &Criterion::given), always("when", &Criterion::when),
                always("then", &Criterion::then), always("source", &Criterion::source),
                always("authorises", &Criterion::authorises),
                if_set("unchanged", &Criterion::unchanged), if_set("cases", &Criterion::cases));
  }
};

template <>
struct Description<Assumption> : PartOf<Spec::kVersion> {
  static constexpr const char* kWhat = "assumption";
  static constexpr auto fields(auto list) {
    return list(always("id", &Assumption::id), always("text", &Assumption::text),
                if_set("source", &Assumption::source));
  }
};

template <>
struct Description<ChangelogEntry> : PartOf<Spec::kVersion> {
  static constexpr const char* kWhat = "changelog";
  static constexpr auto fields(auto list) {
    return list(always("section", &ChangelogEntry::section),
                always("entry", &ChangelogEntry::entry));
  }
};

template <>
struct Description<Spec> : PartOf<Spec::kVersion> {  // `v` is a member: an old spec stays old
  static constexpr const char* kWhat = "spec";
  static constexpr auto fields(auto list) {
    return list(always("v", &Spec::v), always("title", &Spec::title),
                always("intent", &Spec::intent), always("request", &Spec::request),
                always("touchpoints", &Spec::touchpoints), always("introduces", &Spec::introduces),
                always("acceptance_criteria", &Spec::acceptance_criteria),
                always("constraints", &Spec::constraints),
                always("out_of_scope", &Spec::out_of_scope),
                always("assumptions", &Spec::assumptions), always("changelog", &Spec::changelog),
                rest(&Spec::unknown));
  }
};

template <>
struct Description<StageRecord> : Versioned<StageRecord::kVersion> {
  static constexpr const char* kWhat = "stage record";
  static constexpr auto fields(auto list) {
    return list(
        always("seq", &StageRecord::seq), always("stage", &StageRecord::stage),
        always("attempt", &StageRecord::attempt), if_set("tree_in", &StageRecord::tree_in),
        if_set("tree_out", &StageRecord::tree_out), if_set("commit", &StageRecord::commit),
        always("status", &StageRecord::status), always("failure", &StageRecord::failure),
        always("reason", &StageRecord::reason), if_set("goes_back_to", &StageRecord::goes_back_to),
        always("feedback", &StageRecord::feedback), if_set("started", &StageRecord::started),
        always("wall_ms", &StageRecord::wall), always("model_ms", &StageRecord::model),
        always("gates_ms", &StageRecord::gates), always("exchanges", &StageRecord::exchanges),
        always("gates", &StageRecord::gate_runs), if_set("prompt", &StageRecord::prompt),
        if_set("provider", &StageRecord::provider), if_set("model", &StageRecord::model_answered),
        always("usage", &StageRecord::usage), always("cost", &StageRecord::cost),
        always("telemetry", &StageRecord::telemetry), if_set("output", &StageRecord::output));
  }
};

template <>
struct Description<Answer> : PartOf<RunRecord::kVersion> {
  static constexpr const char* kWhat = "answer";
  static constexpr auto fields(auto list) {
    return list(always("step", &Answer::step), always("number", &Answer::number),
                always("question", &Answer::question), always("answer", &Answer::text),
                if_set("by", &Answer::by), if_set("proposed", &Answer::proposed),
                if_set("time", &Answer::time));
  }
};

template <>
struct Description<Remark> : PartOf<RunRecord::kVersion> {
  static constexpr const char* kWhat = "remark";
  static constexpr auto fields(auto list) {
    return list(always("id", &Remark::id), always("kind", &Remark::kind), always("by", &Remark::by),
                if_set("path", &Remark::path), if_set("line", &Remark::line),
                always("text", &Remark::text), if_set("thread", &Remark::thread),
                if_set("url", &Remark::url), if_set("time", &Remark::time));
  }
};

template <>
struct Description<Rework> : PartOf<RunRecord::kVersion> {
  static constexpr const char* kWhat = "rework";
  static constexpr auto fields(auto list) {
    return list(always("step", &Rework::step), always("head", &Rework::head),
                always("tree", &Rework::tree), always("by", &Rework::by),
                if_set("time", &Rework::time), always("remarks", &Rework::remarks));
  }
};

template <>
struct Description<RunRecord> : Versioned<RunRecord::kVersion> {
  static constexpr const char* kWhat = "run record";
  static constexpr auto fields(auto list) {
    return list(
        always("run", &RunRecord::id), always("slug", &RunRecord::slug),
        always("request", &RunRecord::request), always("title", &RunRecord::title),
        always("base_name", &RunRecord::base_name), if_set("base", &RunRecord::base),
        if_set("base_tree", &RunRecord::base_tree), always("branch", &RunRecord::branch),
        if_set("head", &RunRecord::head), if_set("tree", &RunRecord::tree),
        always("patch_id", &RunRecord::patch_id), always("pull_request", &RunRecord::pull_request),
        always("status", &RunRecord::status), always("failure", &RunRecord::failure),
        always("failed_stage", &RunRecord::failed_stage), always("reason", &RunRecord::reason),
        always("questions", &RunRecord::questions), if_set("likeliest", &RunRecord::likeliest),
        if_set("answers", &RunRecord::answers), if_set("reworks", &RunRecord::reworks),
        if_set("started", &RunRecord::started),
        if_set("ended", &RunRecord::ended), always("author", &RunRecord::author),
        always("models", &RunRecord::models), always("tool_version", &RunRecord::tool_version),
        always("policy", &RunRecord::policy), rest(&RunRecord::unknown));
  }
};

template <>
struct Description<RunMetrics> : PartOf<1> {
  static constexpr const char* kWhat = "metrics";
  static constexpr auto fields(auto list) {
    return list(always("usage", &RunMetrics::usage), always("cost", &RunMetrics::cost),
                always("exchanges", &RunMetrics::exchanges),
                always("attempts", &RunMetrics::attempts),
                always("first_try", &RunMetrics::first_try), always("wall_ms", &RunMetrics::wall),
                always("model_ms", &RunMetrics::model), always("gates_ms", &RunMetrics::gates));
  }
};

template <>
struct Description<Verdict> : Versioned<Verdict::kVersion> {
  static constexpr const char* kWhat = "verdict";
  static constexpr auto fields(auto list) {
    return list(apart("verdict", &Verdict::approved),  // "approved" or "rejected": a word, no flag
                if_set("spec", &Verdict::spec), if_set("base", &Verdict::base),
                if_set("tree", &Verdict::tree), if_set("commit", &Verdict::commit),
                always("patch_id", &Verdict::patch_id), always("reviewer", &Verdict::reviewer),
                if_set("prompt", &Verdict::prompt),
                always("same_model_as_builder", &Verdict::same_model_as_builder),
                always("reasons", &Verdict::reasons), always("table", &Verdict::table),
                if_set("time", &Verdict::time), always("run", &Verdict::run));
  }
};

}  // namespace gf::record
