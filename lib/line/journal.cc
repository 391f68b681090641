// A step that is on record already must be the same one, and stays as it was written then.
#include "line/journal.h"

#include <fmt/format.h>

#include "base/text.h"
#include "line/course.h"
#include "session/context.h"

namespace gf::line {
namespace {

constexpr size_t kEventBytes = 2000;
constexpr size_t kReasonBytes = 500;

}  // namespace

Journal::Journal(session::Context& context, store::ActiveRun active)
    : context_(context),
      active_(std::move(active)),
      run_(active_.run()),
      fresh_(active_.stages().empty() && active_.exchanges().empty()),
      began_(context.clock().now()),
      watch_(context.clock()) {}

void Journal::tell(const std::string& kind, const std::string& text, record::Json fields) {
  session::Event event{context_.clock().now(),
                       kind,
                       run_.id,
                       stage_,
                       attempt_,
                       context_.redactor(clipped(text, kEventBytes)),
                       std::move(fields)};
  if (!kind.ends_with(".progress")) trace_ += to_json(event).dump() + "\n";
  if (context_.setup.sink) context_.setup.sink(event);
}

Tell Journal::teller() {
  return [this](const std::string& kind, const std::string& text, record::Json fields) {
    tell(kind, text, std::move(fields));
  };
}

Result<void> Journal::act(const std::string& name, const std::function<Result<void>()>& work) {
  tell("act.begin", name);
  Stopwatch watch(context_.clock());
  Result<void> result = work();
  tell("act.end", result.ok() ? name : name + ": " + result.error().message,
       record::Json::object({{"act", name},
                             {"ms", static_cast<int64_t>(watch.elapsed().count())},
                             {"ok", result.ok()}}));
  return result;
}

void Journal::keep_run() { active_.put_run(run_); }

void Journal::begin_step(const std::string& stage, int attempt) {
  stage_ = stage;
  attempt_ = attempt;
  active_.begin_step(static_cast<size_t>(seq_) + 1);
  if (seq_ > 0) {
    began_ = context_.clock().now();
    watch_.emplace(context_.clock());
  }
  tell("stage.begin", stage);
}

record::StageRecord Journal::record_of(const Entry& entry) const {
  const stage::Judgement& judgement = entry.step.judgement;
  bool passed = judgement.kind == stage::Judgement::Kind::kPass;
  record::StageRecord record;
  record.seq = seq_;
  record.stage = stage_;
  record.attempt = attempt_;
  record.tree_in = entry.step.tree_in;
  record.tree_out = entry.tree_out;
  record.status = passed ? record::StageStatus::kPass : record::StageStatus::kFail;
  if (!passed) {
    record.failure = judgement.failure == record::FailureClass::kNone
                         ? record::FailureClass::kDeterministic
                         : judgement.failure;
    record.feedback = judgement.feedback;
  }
  record.reason = clipped(judgement.reason, kReasonBytes);
  record.goes_back_to = judgement.back_to;
  record.started = began_;
  record.telemetry = entry.step.meter;
  // PLAN's answer is the spec, which has a file of its own; of a revision the step keeps the
  // change.
  bool kept_elsewhere = entry.stage->name == "plan" && !entry.step.output.json.has("revision");
  if (entry.step.output.json.is_object() && !kept_elsewhere) record.output = entry.step.output.json;
  record.prompt = entry.asked.prompt;
  record.exchanges = entry.asked.exchanges;
  record.usage = entry.asked.usage;
  record.cost = entry.asked.cost;
  record.provider = entry.asked.provider;
  record.model_answered = entry.asked.model;
  record.model = entry.asked.time;
  record.gate_runs = entry.gated.runs;
  record.gates = entry.gated.time;
  return record;
}

/// A step that is on record already must be the same one; it stays as it was written then.
Result<void> Journal::keep(record::StageRecord record) {
  if (static_cast<size_t>(seq_) > active_.stages().size()) {
    GF_ASSIGN(
        record.commit,
        active_.keep_tree(record.tree_out, fmt::format("factory: {} {}", record.stage, attempt_)));
    record.wall = watch_->elapsed();
    return active_.put_stage(record);
  }
  const record::StageRecord& before = active_.stages()[static_cast<size_t>(seq_) - 1];
  if (before.tree_out == record.tree_out && before.stage == record.stage) return Done{};
  return Error{
      Fault::kBadData,
      fmt::format("going on does not lead to the recorded tree at {} {}", record.stage, attempt_),
      {},
      "start again with 'git factory feature'"};
}

Result<void> Journal::end_step(const Entry& entry) {
  ++seq_;
  record::StageRecord record = record_of(entry);
  GF_TRY(keep(record));
  bool passed = record.status == record::StageStatus::kPass;
  tell("stage.end", fmt::format("{} {}: {}", stage_, passed ? "passed" : "failed", record.reason),
       record::Json::object({{"status", passed ? "pass" : "fail"},
                             {"ms", static_cast<int64_t>(watch_->elapsed().count())},
                             {"goes_back_to", record.goes_back_to},
                             {"tokens_in", record.usage.input_total.value_or(0)},
                             {"tokens_out", record.usage.output_total.value_or(0)},
                             {"cost", record::to_json(record.cost)},
                             {"model", record.model_answered}}));
  stage_.clear();
  attempt_ = 0;
  return Done{};
}

Result<void> Journal::seal(const Next& end) {
  run_.status = end.status;
  run_.failure = end.failure;
  run_.failed_stage = end.failed_stage;
  run_.reason = end.reason;
  run_.questions = end.questions;
  run_.likeliest = end.likeliest;
  run_.ended = context_.clock().now();
  tell("run.end", end.reason.empty() ? std::string(record::name_of(end.status)) : end.reason,
       record::Json::object(
           {{"status", record::name_of(end.status)}, {"pull_request", run_.pull_request}}));
  active_.put_trace(context_.redactor(trace_));
  return act("seal", [&] { return context_.store->seal(active_, run_); });
}

Result<void> Journal::keep_trace() {
  active_.put_trace(context_.redactor(trace_));
  return active_.save();
}

}  // namespace gf::line
