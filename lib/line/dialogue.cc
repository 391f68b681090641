// A turn is one exchange, on record before its answer is looked at; a refused tool is an answer to
// the model and never the end of a run.
#include "line/dialogue.h"

#include <fmt/format.h>

#include "base/glob.h"
#include "base/text.h"
#include "gate/language.h"
#include "line/asker.h"
#include "line/assignment.h"
#include "line/bench.h"
#include "line/journal.h"
#include "line/past.h"
#include "record/schema.h"
#include "session/context.h"
#include "session/templates.h"

namespace gf::line {
namespace {

constexpr int kMaxTurns = 60;
constexpr int kMaxRepairs = 2;
constexpr size_t kMaxExtraAnswer = 32u << 10;
constexpr size_t kMaxMalformed = 12;  ///< calls whose arguments were no JSON object

record::Message user_says(std::string text) {
  record::Message message;
  message.role = record::Message::Role::kUser;
  message.content = std::move(text);
  return message;
}

/// Reads the final answer and checks its shape; never fails on what a model wrote.
Result<stage::Output> read_answer(const std::string& text, const record::Json& schema,
                                  Rules rules) {
  stage::Output out;
  out.text = text;
  if (schema.is_null()) return out;
  std::optional<record::Json> json = record::json_in_prose(text);
  if (!json) {
    out.schema_violations = {trim(text).empty() ? "the answer is empty"
                                                : "the answer is not a JSON object"};
    return out;
  }
  out.json = rules < Rules::kTried ? *json : record::with_lists(schema, *json);
  GF_ASSIGN(out.schema_violations, record::schema_violations(schema, *json));
  return out;
}

/// Runs that were begun by older rules go on as they were.
bool by_newer_rules(const Assignment& assignment) {
  return assignment.wishes.rules > Rules::kTestsValidated;
}

stage::Output no_answer(std::string why) {
  stage::Output out;
  out.schema_violations = {std::move(why)};
  return out;
}

}  // namespace

Dialogue::Dialogue(session::Context& context, const Assignment& assignment, Journal& journal,
                   Bench& bench, Past& past)
    : context_(context), assignment_(assignment), journal_(journal), bench_(bench), past_(past) {}

Dialogue::~Dialogue() = default;

Result<void> Dialogue::open(const std::vector<std::string>& stages) {
  stages_ = stages;
  templates_ =
      std::make_unique<session::Templates>(context_.setup.data_dir, &bench_.base_facts(),
                                           assignment_.config.get("factory.templates", ""));
  GF_ASSIGN(auto budget, budget_from(assignment_.config, "factory."));
  asker_ = std::make_unique<Asker>(context_, journal_.active(), assignment_.config, budget,
                                   journal_.teller(), past_);
  return asker_->check(stages_);
}

std::map<std::string, std::string> Dialogue::configured() const {
  return asker_->configured(stages_);
}

void Dialogue::work_in(const std::string& worktree) { asker_->work_in(worktree); }

Result<void> Dialogue::prepare(const stage::Stage& stage, stage::Input& in) const {
  GF_ASSIGN(in.prompt_template, templates_->text(fmt::format("prompts/{}", stage.prompt_file)));
  GF_ASSIGN(in.schema, templates_->schema(fmt::format("schemas/{}", stage.schema_file)));
  return Done{};
}

Result<record::ModelRequest> Dialogue::request_for(const stage::Stage& stage,
                                                   const stage::Input& in) const {
  record::ModelRequest request;
  request.stage = std::string(stage.name);
  request.attempt = journal_.attempt();
  request.schema = in.schema;
  GF_ASSIGN(request.messages, stage.prompt(in));
  for (record::Message& message : request.messages)
    message.content = context_.redactor(message.content);
  GF_ASSIGN(auto temperature,
            assignment_.config.decimal(fmt::format("factory.{}.temperature", stage.name)));
  request.temperature = temperature.value_or(stage.temperature);
  return request;
}

Result<Held> Dialogue::hold(const stage::Stage& stage, const stage::Input& in,
                            const tool::Scope& scope, ExtraTool* extra) {
  GF_ASSIGN(auto request, request_for(stage, in));
  prompt_ = record::content_id(in.prompt_template);
  Tools tools;
  if (!stage.tools.empty() && bench_.is_open()) {
    std::vector<std::string> names(stage.tools.begin(), stage.tools.end());
    tool::Parses parses;
    if (by_newer_rules(assignment_))
      parses = [this](const std::string& path) { return parsed(path); };
    tool::Scope given = scope;
    given.older = !by_newer_rules(assignment_);
    GF_ASSIGN(tools.own, tool::Toolbox::open(bench_.path(), names, std::move(given),
                                             context_.setup.environment, std::move(parses)));
    request.tools = tools.own->specs();
    tools.extra = extra;
    if (extra != nullptr) request.tools.push_back(extra->spec());
  }
  Held held;
  GF_ASSIGN(held.output, converse(request, tools, held.changed));
  held.answered = asker_->answered();
  return held;
}

Result<stage::Output> Dialogue::converse(record::ModelRequest& request, Tools& tools,
                                         std::vector<std::string>& changed) {
  int repairs = 0;
  size_t calls = 0, malformed = 0;
  for (request.turn = 1; request.turn <= kMaxTurns; ++request.turn) {
    GF_ASSIGN(auto answer, asker_->ask(request));
    request.messages.push_back(answer.message);
    if (!answer.message.tool_calls.empty() && tools.own) {
      calls += answer.message.tool_calls.size();
      for (const record::ToolCall& call : answer.message.tool_calls)
        malformed += call.malformed.empty() ? 0 : 1;
      if (malformed > kMaxMalformed) {
        return no_answer(fmt::format("{} had arguments that are no JSON object",
                                     counted(malformed, "tool call")));
      }
      GF_ASSIGN(auto answered, answer_calls(tools, answer.message, changed));
      request.messages.insert(request.messages.end(), answered.messages.begin(),
                              answered.messages.end());
      if (!by_newer_rules(assignment_) || request.schema.is_null()) continue;
      GF_ASSIGN(auto early,
                read_answer(answer.message.content, asker_->schema(), assignment_.wishes.rules));
      if (!early.schema_violations.empty()) continue;
      if (answered.to_learn.empty()) return early;
      if (assignment_.wishes.rules >= Rules::kSaidIsDone)
        request.messages.back().content +=
            "\nnot taken as the answer yet: " + answered.to_learn + "; answer again";
      continue;
    }
    GF_ASSIGN(auto out,
              read_answer(answer.message.content, asker_->schema(), assignment_.wishes.rules));
    if (out.schema_violations.empty()) return out;
    bool enough = repairs++ >= kMaxRepairs;
    request.messages.push_back(user_says("The answer does not have the asked form:\n- " +
                                         join(out.schema_violations, "\n- ") +
                                         "\nAnswer again with the JSON object alone."));
    if (!enough) continue;
    // Who cannot give the form is left for the next model, which goes on from here. A run that goes
    // on finds the next answer on record, whatever is configured now.
    GF_ASSIGN(bool next, asker_->pass_over(request.stage, request.attempt));
    record::ModelRequest following = request;
    ++following.turn;
    if (!next && !asker_->knows(following)) return out;
    repairs = 0;
  }
  return no_answer(
      fmt::format("no final answer after {} turns and {}", kMaxTurns, counted(calls, "tool call")));
}

Result<std::string> Dialogue::parsed(const std::string& path) {
  bool known = false;
  for (const gate::Language& language : gate::all_languages())
    known = known || glob_matches_any(language.parsed, path);
  if (!known) return std::string();
  // The outcome is kept by tree, as a gate's: a run that is taken again hears the same.
  bench_.touched(path);
  GF_TRY(bench_.take_in());
  GF_ASSIGN(auto outcome, bench_.parse({path}));
  using Status = record::GateOutcome::Status;
  if (outcome.status == Status::kPass) return std::string("it parses");
  if (outcome.findings.empty()) return std::string();
  return fmt::format("it does not parse: line {}: {}", outcome.findings.front().line,
                     clipped(outcome.findings.front().message, 200));
}

Result<Dialogue::Answered> Dialogue::answer_calls(Tools& tools, const record::Message& asked,
                                                  std::vector<std::string>& changed) {
  Answered answers;
  for (const record::ToolCall& call : asked.tool_calls) {
    std::string about = call.arguments.get_string("path", call.arguments.get_string("pattern"));
    journal_.tell("tool", fmt::format("{} {}", call.name, about),
                  record::Json::object({{"tool", call.name}}));
    tool::ToolAnswer answer;
    std::string to_learn;
    if (tools.extra != nullptr && call.name == tools.extra->spec().name && call.malformed.empty()) {
      GF_ASSIGN(answer.text, tools.extra->answer(call.arguments));
      answer.text = clipped(answer.text, kMaxExtraAnswer);
      to_learn = tools.extra->to_mend();
      if (assignment_.wishes.rules < Rules::kTried) to_learn = "it was tried";
    } else {
      GF_ASSIGN(answer, tools.own->call(call, context_.cancel()));
      if (answer.changed.empty()) to_learn = fmt::format("'{}' was asked beside it", call.name);
      if (answer.failed) to_learn = fmt::format("'{}' failed", call.name);
    }
    for (const std::string& path : answer.changed) bench_.touched(path);
    if (answers.to_learn.empty()) answers.to_learn = std::move(to_learn);
    changed.insert(changed.end(), answer.changed.begin(), answer.changed.end());
    record::Message message;
    message.role = record::Message::Role::kTool;
    message.content = context_.redactor(answer.text);
    message.tool_call_id = call.id;
    message.tool_name = call.name;
    answers.messages.push_back(std::move(message));
  }
  return answers;
}

Asked Dialogue::take() {
  if (!asker_) return {};
  Asker::Taken taken = asker_->take();
  Asked asked{taken.exchanges,
              taken.usage,
              taken.cost,
              taken.provider,
              taken.model,
              prompt_,
              asker_->spent() - accounted_};
  accounted_ = asker_->spent();
  prompt_ = Oid();
  return asked;
}

}  // namespace gf::line
