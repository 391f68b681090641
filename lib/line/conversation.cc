// A model and its tools: turns until it gives its final answer, each recorded before it is used.
#include <fmt/format.h>

#include "base/text.h"
#include "line/line.h"
#include "record/schema.h"

namespace gf::line {
namespace {

constexpr int kMaxTurns = 60;
constexpr int kMaxRepairs = 2;
constexpr size_t kMaxMalformed = 12;  ///< calls whose arguments were no JSON object

record::Message user_says(std::string text) {
  record::Message message;
  message.role = record::Message::Role::kUser;
  message.content = std::move(text);
  return message;
}

/// Reads the final answer and checks its shape; never fails on what a model wrote.
Result<stage::Output> read_answer(const std::string& text, const record::Json& schema) {
  stage::Output out;
  out.text = text;
  if (schema.is_null()) return out;
  std::optional<record::Json> json = record::json_in_prose(text);
  if (!json) {
    out.schema_violations = {trim(text).empty() ? "the answer is empty"
                                                : "the answer is not a JSON object"};
    return out;
  }
  out.json = *json;
  GF_ASSIGN(out.schema_violations, record::schema_violations(schema, *json));
  return out;
}

}  // namespace

Result<std::vector<record::Message>> Line::answer_calls(tool::Toolbox& tools,
                                                        const record::Message& asked,
                                                        std::vector<std::string>* changed) {
  std::vector<record::Message> answers;
  for (const record::ToolCall& call : asked.tool_calls) {
    std::string about = call.arguments.get_string("path", call.arguments.get_string("pattern"));
    tell("tool", fmt::format("{} {}", call.name, about),
         record::Json::object({{"tool", call.name}}));
    GF_ASSIGN(auto answer, tools.call(call, context_.cancel()));
    for (const std::string& path : answer.changed) {
      workspace_->touched(path);
      if (changed != nullptr) changed->push_back(path);
    }
    record::Message message;
    message.role = record::Message::Role::kTool;
    message.content = context_.redactor(answer.text);
    message.tool_call_id = call.id;
    message.tool_name = call.name;
    answers.push_back(std::move(message));
  }
  return answers;
}

Result<stage::Output> Line::converse(const stage::Stage& stage, const stage::Input& in,
                                     const tool::Scope& scope, std::vector<std::string>* changed) {
  record::ModelRequest request;
  request.stage = std::string(stage.name);
  request.attempt = attempt_;
  request.schema = in.schema;
  GF_ASSIGN(request.messages, stage.prompt(in));
  prompt_ = record::content_id(in.prompt_template);
  for (record::Message& message : request.messages)
    message.content = context_.redactor(message.content);
  GF_ASSIGN(auto temperature, config_.decimal(fmt::format("factory.{}.temperature", stage.name)));
  request.temperature = temperature.value_or(stage.temperature);
  std::optional<tool::Toolbox> tools;
  if (!stage.tools.empty() && workspace_) {
    std::vector<std::string> names(stage.tools.begin(), stage.tools.end());
    GF_ASSIGN(tools,
              tool::Toolbox::open(workspace_->path(), names, scope, context_.setup.environment));
    request.tools = tools->specs();
  }
  int repairs = 0;
  size_t calls = 0, malformed = 0;
  for (request.turn = 1; request.turn <= kMaxTurns; ++request.turn) {
    GF_ASSIGN(auto answer, asker_->ask(request));
    request.messages.push_back(answer.message);
    if (!answer.message.tool_calls.empty() && tools) {
      calls += answer.message.tool_calls.size();
      for (const record::ToolCall& call : answer.message.tool_calls)
        malformed += call.malformed.empty() ? 0 : 1;
      if (malformed > kMaxMalformed) break;
      GF_ASSIGN(auto answers, answer_calls(*tools, answer.message, changed));
      request.messages.insert(request.messages.end(), answers.begin(), answers.end());
      continue;
    }
    GF_ASSIGN(auto out, read_answer(answer.message.content, request.schema));
    if (out.schema_violations.empty()) return out;
    bool enough = repairs++ >= kMaxRepairs;
    request.messages.push_back(user_says("The answer does not have the asked form:\n- " +
                                         join(out.schema_violations, "\n- ") +
                                         "\nAnswer again with the JSON object alone."));
    if (!enough) continue;
    // Who cannot give the form is left for the next model, which goes on from here. A run that goes
    // on finds the next answer on record, whatever is configured now.
    GF_ASSIGN(bool next, asker_->pass_over(request.stage, attempt_));
    record::ModelRequest following = request;
    ++following.turn;
    if (!next && !asker_->knows(following)) return out;
    repairs = 0;
  }
  stage::Output out;
  if (malformed > kMaxMalformed) {
    out.schema_violations = {
        fmt::format("{} had arguments that are no JSON object", counted(malformed, "tool call"))};
    return out;
  }
  out.schema_violations = {
      fmt::format("no final answer after {} turns and {}", kMaxTurns, counted(calls, "tool call"))};
  return out;
}

}  // namespace gf::line
