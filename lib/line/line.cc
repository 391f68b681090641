#include "line/line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "line/policy.h"

namespace gf::line {
namespace {

const std::vector<std::string> kModelStages = {"plan", "scout", "build", "test", "review"};
constexpr size_t kFeedbackKept = 60;
constexpr int kSameFailureLimit = 3;

bool is_for_the_user(Fault fault) {
  return fault == Fault::kUser || fault == Fault::kUsage || fault == Fault::kConfiguration;
}

}  // namespace

Line::Line(session::Context& context, session::Config config, session::Base base, Wishes wishes, store::ActiveRun active,
           const Rerun* rerun)
    : context_(context),
      config_(std::move(config)),
      base_(std::move(base)),
      wishes_(std::move(wishes)),
      active_(std::move(active)),
      rerun_(rerun),
      run_(active_.run()),
      fresh_(active_.stages().empty() && active_.exchanges().empty()) {}

void Line::tell(const std::string& kind, const std::string& text, record::Json fields) {
  session::Event event{context_.clock().now(),
              kind,
              run_.id,
              stage_name_,
              attempt_,
              context_.redactor(clipped(text, 2000)),
              std::move(fields)};
  if (kind != "ask.progress") trace_ += to_json(event).dump() + "\n";
  if (context_.setup.sink) context_.setup.sink(event);
}

/// An act that is neither a model's nor a gate's; its time is the line's own, and is told.
Result<void> Line::act(const std::string& name, const std::function<Result<void>()>& work) {
  tell("act.begin", name);
  Stopwatch watch(context_.clock());
  Result<void> result = work();
  Milliseconds took = watch.elapsed();
  acts_[name] += took;
  tell("act.end", result.ok() ? name : name + ": " + result.error().message,
       record::Json::object(
           {{"act", name}, {"ms", static_cast<int64_t>(took.count())}, {"ok", result.ok()}}));
  return result;
}

int64_t Line::retries(std::string_view stage) const {
  int64_t general = config_.number("factory.retries", 3, 0, 100).value_or(3);
  // Wrong numbers were refused in prepare().
  return config_.number(fmt::format("factory.{}.retries", stage), general, 0, 100)
      .value_or(general);
}

Result<void> Line::prepare() {
  for (const std::string& stage : kModelStages) {
    GF_TRY(config_.number("factory." + stage + ".retries", 3, 0, 100));
    GF_TRY(config_.decimal("factory." + stage + ".temperature"));
  }
  GF_ASSIGN(auto retries_checked, config_.number("factory.retries", 3, 0, 100));
  GF_ASSIGN(auto floor, config_.number("factory.test.coverage", 80, 0, 100));
  GF_ASSIGN(auto unasked, config_.number("factory.review.unasked", 0, 0, 1000));
  policy_ = {{"coverage.floor", std::to_string(floor)},
             {"review.unasked", std::to_string(unasked)},
             {"retries", std::to_string(retries_checked)}};
  test_paths_ = config_.all("factory.testPaths");
  if (test_paths_.empty())
    test_paths_ = {"tests/**", "test/**", "**/test_*.py", "**/*_test.py", "test_*.py"};
  if (!wishes_.no_pr && !wishes_.plan_only) {
    GF_ASSIGN(remote_, session::find_remote(context_, config_, base_.name));
    if (!remote_) {
      return Error{Fault::kUser,
                   "there is no remote to push the branch to",
                   {},
                   "add one with 'git remote add origin <url>', or use --no-pr"};
    }
  }
  if (context_.shape.has_submodules)
    tell("warning", "submodules stay empty folders in the run's work tree");
  base_facts_ = std::make_unique<session::GitFacts>(context_.repo, context_.git, base_.tree);
  facts_ = std::make_unique<session::GitFacts>(context_.repo, context_.git, base_.tree);
  templates_ = std::make_unique<session::Templates>(context_.setup.data_dir, base_facts_.get(),
                                           config_.get("factory.templates", ""));
  changelog_ = stage::detect_changelog(*base_facts_);
  auto told = [this](const std::string& kind, const std::string& text, record::Json fields) {
    tell(kind, text, std::move(fields));
  };
  GF_ASSIGN(auto budget, budget_from(config_, "factory."));
  asker_ = std::make_unique<Asker>(context_, active_, config_, budget, told);
  if (rerun_ != nullptr) asker_->answer_from(*rerun_->recorded);
  std::vector<std::string> wanted =
      wishes_.plan_only ? std::vector<std::string>{"plan"} : kModelStages;
  if (wishes_.spec) wanted.erase(wanted.begin());
  GF_TRY(asker_->check(wanted));
  run_.models = asker_->configured(wanted);
  // Beside what was wished for (plan-only, no-pr, draft), which resume reads back from here.
  for (const auto& [name, value] : policy_) run_.policy[name] = value;
  for (const auto& [name, value] : deciding(config_)) run_.policy[name] = value;
  run_.policy[kTestPathsKey] = join(test_paths_, "\n");
  if (run_.models["build"] == run_.models["review"] && !wishes_.plan_only) {
    tell("warning", "build and review use the same model; set factory.review.model to another one");
  }
  if (wishes_.plan_only) return Done{};
  return prepare_gates(told);
}

/// A worktree of the run's own, the gates, and what they say of the base.
Result<void> Line::prepare_gates(const Gatekeeper::Tell& told) {
  std::string python =
      gate::find_python(config_.settings(), context_.repo.workdir(), context_.setup.environment);
  GF_ASSIGN(auto gates, gates_to_run(python));
  GF_ASSIGN(auto pool, git::default_pool_dir(context_.repo, context_.setup.environment));
  if (rerun_ != nullptr) pool = rerun_->folder + "/pool";
  GF_TRY(act("worktree", [&]() -> Result<void> {
    GF_ASSIGN(workspace_,
              git::Workspace::acquire(context_.repo, context_.git, pool, run_.id, base_.commit));
    return Done{};
  }));
  asker_->work_in(workspace_->path());
  std::string cache = rerun_ != nullptr ? rerun_->gate_cache : session::gate_cache(context_);
  gates_ = std::make_unique<Gatekeeper>(context_, active_, *workspace_, gates, python, cache, told);
  if (rerun_ != nullptr) {
    gates_->keep_outcomes_in(rerun_->folder + "/outcomes");
    if (!rerun_->run_gates) gates_->answer_from(*rerun_->recorded);
  }
  GF_TRY(check_base());
  return told_replayer(0);
}

Result<std::vector<gate::Gate>> Line::gates_to_run(const std::string& python) const {
  if (rerun_ != nullptr && !rerun_->run_gates) return gates_in(*rerun_->recorded);
  GF_ASSIGN(auto gates, gate::gates_for(*base_facts_, config_.settings(), python));
  if (!gates.empty()) return gates;
  return Error{
      Fault::kConfiguration,
      "no gate was found: nothing could say no to a change",
      {},
      "configure one as [factory-gate \"<name>\"] in .gitfactory, or run 'git factory init'"};
}

/// What a replayer looks at is on record first.
Result<void> Line::told_replayer(int seq) {
  if (rerun_ == nullptr || !rerun_->after) return Done{};
  GF_TRY(active_.save());
  return rerun_->after(seq);
}

/// The base's own outcomes: what was red before is never blamed on the run, and never hides it.
Result<void> Line::check_base() {
  tell("check.begin", "gates on the base");
  std::vector<std::string> broken;
  for (const char* kind : {"validate", "test"}) {
    GF_ASSIGN(auto outcomes, gates_->run(kind, {}, {}));
    for (record::GateOutcome& outcome : outcomes) {
      using Status = record::GateOutcome::Status;
      if (outcome.status == Status::kBroken || outcome.status == Status::kTimeout) {
        broken.push_back(fmt::format("{}: {}", outcome.gate, outcome.reason));
      } else if (outcome.status == Status::kFail) {
        tell("warning",
             fmt::format("{} is red on the base already: {}", outcome.gate, outcome.reason));
      }
      base_outcomes_.push_back(std::move(outcome));
    }
  }
  gates_->take_names();
  if (broken.empty()) return Done{};
  return Error{Fault::kConfiguration,
               fmt::format("a gate does not work on '{}' before any change: {}", base_.name,
                           join(broken, "; ")),
               {},
               "make it work there, or configure it ([factory-gate \"<name>\"], factory.python)"};
}

Result<record::RunRecord> Line::run() {
  tell("run.begin", run_.slug,
       record::Json::object({{"request", run_.request}, {"base", base_.name}}));
  // What is made ready (the worktree, the gates on the base) is time of the first attempt.
  Stopwatch first(context_.clock());
  Timestamp began = context_.clock().now();
  Result<void> ready = prepare();
  Result<void> worked = ready;
  if (ready.ok()) worked = active_.put_run(run_);
  if (worked.ok()) worked = loop(first, began);
  if (!worked.ok()) {
    tell("run.end", worked.error().message, record::Json::object({{"status", "stopped"}}));
    // No question was put: what is in the way is mended, and the feature is asked for again.
    if (!ready.ok() && fresh_ && rerun_ == nullptr && is_for_the_user(ready.error().fault)) {
      (void)context_.store->drop(active_).ok();
      if (workspace_) (void)workspace_->release().ok();
      return worked.error();
    }
    // The failure that stopped us is what the caller must hear, whatever becomes of its trace.
    if (active_.put_trace(context_.redactor(trace_)).ok()) (void)active_.save().ok();
    if (workspace_) (void)workspace_->release().ok();
    return worked.error();
  }
  return run_;
}

Result<void> Line::loop(const Stopwatch& first, Timestamp began) {
  std::string name = "plan";
  while (!name.empty()) {
    GF_TRY(context_.cancel().check());
    const stage::Stage* stage = stage::find_stage(name);
    if (stage == nullptr)
      return Error{Fault::kInternal, fmt::format("no stage '{}'", name), {}, {}};
    stage_name_ = name;
    attempt_ = ++attempts_[name];
    prompt_ = Oid();
    Timestamp started = seq_ == 0 ? began : context_.clock().now();
    Stopwatch watch = seq_ == 0 ? first : Stopwatch(context_.clock());
    tell("stage.begin", name);
    GF_ASSIGN(auto step, take(*stage));
    GF_ASSIGN(auto next, next_after(name, step));
    GF_TRY(record_step(*stage, step, watch, started));
    GF_TRY(told_replayer(seq_));
    stage_name_.clear();
    attempt_ = 0;
    if (name == "plan" && next == "scout") GF_TRY(await_approval());
    if (run_.status != record::RunStatus::kRunning) return finish(run_.status, run_.reason);
    name = next;
  }
  return Done{};
}

Result<Line::Step> Line::take(const stage::Stage& stage) {
  if (stage.name == "plan") return plan(stage);
  if (stage.name == "scout") return scout(stage);
  if (stage.name == "build") return build(stage);
  if (stage.name == "validate") return validate(stage);
  if (stage.name == "test") return test(stage);
  if (stage.name == "review") return review(stage);
  return deliver(stage);
}

/// Where the line goes after a step; empty when it ends. Sets the run's status when it does.
Result<std::string> Line::next_after(const std::string& name, const Step& step) {
  using Kind = stage::Judgement::Kind;
  switch (step.judgement.kind) {
    case Kind::kPass: {
      feedback_[name].clear();
      auto all = stage::all_stages();
      auto here =
          std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == name; });
      bool last = here + 1 == all.end();
      if (name == "plan" && wishes_.plan_only) {
        run_.status = record::RunStatus::kPlanned;
        return std::string();
      }
      if (last) {
        run_.status = record::RunStatus::kDelivered;
        return std::string();
      }
      return std::string((here + 1)->name);
    }
    case Kind::kQuestions:
      run_.status = record::RunStatus::kNeedsAnswers;
      run_.questions = step.judgement.feedback;
      run_.reason = step.judgement.reason;
      run_.failed_stage = name;
      return std::string();
    case Kind::kStop:
      run_.status = name == "review" ? record::RunStatus::kRejected : record::RunStatus::kFailed;
      run_.failure = step.judgement.failure;
      run_.failed_stage = name;
      run_.reason = step.judgement.reason;
      return std::string();
    case Kind::kAgain:
    case Kind::kBack:
      return failed(name, step.judgement);
  }
  return std::string();
}

/// A failure that may be mended: back to whoever can, within the budget and the breaker.
Result<std::string> Line::failed(const std::string& name, const stage::Judgement& judgement) {
  std::string target = judgement.kind == stage::Judgement::Kind::kBack ? judgement.back_to : name;
  std::vector<std::string>& feedback = feedback_[target];
  feedback = judgement.feedback;
  if (feedback.size() > kFeedbackKept) feedback.resize(kFeedbackKept);
  run_.failed_stage = name;
  run_.failure = judgement.failure == record::FailureClass::kNone
                     ? record::FailureClass::kDeterministic
                     : judgement.failure;
  int same = ++same_failure_[name + "\x1f" + join(feedback, "\n")];
  if (same >= kSameFailureLimit) {
    run_.reason =
        fmt::format("{} failed {} times in the same way: {}", name, same, judgement.reason);
  } else if (++sent_back_[target] > retries(target)) {
    run_.reason =
        fmt::format("{} was run {} times: {}", target, sent_back_[target], judgement.reason);
  } else {
    run_.failed_stage.clear();
    run_.failure = record::FailureClass::kNone;
    return target;
  }
  run_.status = record::RunStatus::kFailed;
  return std::string();
}

Result<void> Line::record_step(const stage::Stage& stage, const Step& step, const Stopwatch& watch,
                               Timestamp started) {
  record::StageRecord record;
  record.seq = ++seq_;
  record.stage = std::string(stage.name);
  record.attempt = attempt_;
  record.tree_in = step.tree_in;
  record.tree_out = workspace_ ? workspace_->tree() : base_.tree;
  bool passed = step.judgement.kind == stage::Judgement::Kind::kPass;
  record.status = passed ? record::StageStatus::kPass : record::StageStatus::kFail;
  record.failure = passed ? record::FailureClass::kNone
                   : step.judgement.failure == record::FailureClass::kNone
                       ? record::FailureClass::kDeterministic
                       : step.judgement.failure;
  record.reason = clipped(step.judgement.reason, 500);
  record.goes_back_to = step.judgement.back_to;
  if (!passed) record.feedback = step.judgement.feedback;
  record.started = started;
  record.telemetry = step.meter;
  if (step.output.json.is_object() && stage.name != "plan") record.output = step.output.json;
  record.prompt = prompt_;
  Asker::Taken taken = asker_->take();
  record.exchanges = taken.exchanges;
  record.usage = taken.usage;
  record.cost = taken.cost;
  record.provider = taken.provider;
  record.model_answered = taken.model;
  if (gates_) record.gate_runs = gates_->take_names();
  record.model = asker_->spent() - model_before_;
  model_before_ = asker_->spent();
  if (gates_) {
    record.gates = gates_->spent() - gates_before_;
    gates_before_ = gates_->spent();
  }
  bool kept = static_cast<size_t>(seq_) <= active_.stages().size();
  if (!kept) {
    GF_ASSIGN(
        record.commit,
        active_.keep_tree(record.tree_out, fmt::format("factory: {} {}", record.stage, attempt_)));
    record.wall = watch.elapsed();
    GF_TRY(active_.put_stage(record));
  } else {
    const record::StageRecord& before = active_.stages()[static_cast<size_t>(seq_) - 1];
    if (before.tree_out != record.tree_out || before.stage != record.stage) {
      return Error{Fault::kBadData,
                   fmt::format("going on does not lead to the recorded tree at {} {}", record.stage,
                               attempt_),
                   {},
                   "start again with 'git factory feature'"};
    }
  }
  tell("stage.end",
       fmt::format("{} {}: {}", stage.name, passed ? "passed" : "failed", record.reason),
       record::Json::object({{"status", passed ? "pass" : "fail"},
                             {"ms", static_cast<int64_t>(watch.elapsed().count())},
                             {"goes_back_to", record.goes_back_to},
                             {"tokens_in", record.usage.input_total.value_or(0)},
                             {"tokens_out", record.usage.output_total.value_or(0)},
                             {"cost", record::to_json(record.cost)},
                             {"model", record.model_answered}}));
  return Done{};
}

Result<void> Line::finish(record::RunStatus status, const std::string& reason) {
  run_.status = status;
  run_.reason = reason;
  run_.ended = context_.clock().now();
  tell("run.end", reason.empty() ? std::string(record::name_of(status)) : reason,
       record::Json::object(
           {{"status", record::name_of(status)}, {"pull_request", run_.pull_request}}));
  GF_TRY(active_.put_trace(context_.redactor(trace_)));
  GF_TRY(act("seal", [&] { return context_.store->seal(active_, run_); }));
  if (workspace_) {
    // The record is complete; a worktree that cannot be cleaned is repaired by who takes it next.
    (void)act("clean", [&] { return workspace_->release(); }).ok();
  }
  share_record();
  if (std::getenv("GIT_FACTORY_TIMES") != nullptr) {
    for (const auto& [name, took] : acts_)
      tell("note", fmt::format("{}: {} ms", name, took.count()));
  }
  return Done{};
}

}  // namespace gf::line
