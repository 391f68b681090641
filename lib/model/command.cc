// Any program as a model: one JSON object in, one JSON object out (INTEGRATIONS B.1).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/command_line.h"
#include "base/text.h"
#include "model/kinds.h"
#include "model/prices.h"

namespace gf::model {
namespace {

using record::Json;
using record::ModelFailure;

constexpr size_t kMaxAnswer = 8u << 20;
constexpr int64_t kCommandSeconds = 600;

class Command : public Provider {
 public:
  Command(Reference reference, std::vector<std::string> argv, int64_t seconds,
          const Context& context)
      : reference_(std::move(reference)),
        argv_(std::move(argv)),
        seconds_(seconds),
        context_(context) {
    environment_ = environment_of_program(context, reference_, {});
  }

  Result<Reply> ask(const record::ModelRequest& request, const Cancel& cancel) override {
    proc::Options options;
    options.argv = argv_;
    options.directory = context_.workdir;
    options.environment = environment_;
    options.input = input_for(request).dump() + "\n";
    options.limits = {limit(), kMaxAnswer};
    GF_ASSIGN(auto outcome, proc::run(options, cancel));
    return reply_from(outcome);
  }

  std::optional<std::string> problem() override {
    std::optional<std::string> found = proc::find_program(argv_[0], environment_);
    // A path is taken as it is; whether something is there shows when it is run, which is late.
    std::error_code failed;
    bool absolute = found && found->starts_with("/");
    if (found && (!absolute || std::filesystem::exists(*found, failed))) return std::nullopt;
    return fmt::format("the program '{}' was not found", argv_[0]);
  }
  [[nodiscard]] std::string mend() const override {
    return fmt::format("set {} to the program's path", provider_key(reference_, "command"));
  }
  [[nodiscard]] const Reference& reference() const override { return reference_; }
  [[nodiscard]] bool tells_cost() const override { return true; }
  void bound(Milliseconds longest) override { bound_ = std::max(Milliseconds(1), longest); }

 private:
  [[nodiscard]] Milliseconds limit() const {
    return std::min(Milliseconds(seconds_ * 1000), bound_);
  }

  Json input_for(const record::ModelRequest& request) const {
    Json json = record::to_json(request);
    json.erase("v");
    json.set("version", 1);
    json.set("model", reference_.model);
    json.set("workdir", context_.workdir);
    // No price is known before a call, so there is no budget to tell yet; the member is reserved.
    json.set("budget", Json());
    json.set("deadline", iso8601(context_.clock->now() + limit()));
    return json;
  }

  static Reply failed(ModelFailure failure, const std::string& why, const proc::Outcome& outcome) {
    Reply reply;
    reply.failure = failure;
    std::vector<std::string> errors = lines(trim(outcome.err));
    std::string last = errors.empty() ? "" : to_utf8(trim(errors.back()));
    reply.text = last.empty() ? why : fmt::format("{}: {}", why, printable(clipped(last, 300)));
    return reply;
  }

  Reply reply_from(const proc::Outcome& outcome) const {
    if (outcome.end == proc::End::kCancelled)
      return failed(ModelFailure::kCancelled, "stopped", outcome);
    bool late =
        outcome.end == proc::End::kTimedOut || outcome.exit_code == 124 || outcome.exit_code == 137;
    if (late)
      return failed(ModelFailure::kTransport,
                    fmt::format("no answer within {} s", limit().count() / 1000), outcome);
    if (outcome.end == proc::End::kSignalled) {
      return failed(ModelFailure::kTransport, fmt::format("ended by signal {}", outcome.signal),
                    outcome);
    }
    switch (outcome.exit_code) {
      case 0:
        break;
      case 75:
        return failed(ModelFailure::kRateLimited, "exit 75, rate limit", outcome);
      case 76:
        return failed(ModelFailure::kAuth, "exit 76, not allowed in", outcome);
      case 77:
        return failed(ModelFailure::kConfig, "exit 77, no such model", outcome);
      case 126:
      case 127:
        return failed(ModelFailure::kConfig,
                      fmt::format("exit {}, cannot be run", outcome.exit_code), outcome);
      default:
        return failed(ModelFailure::kTransport, fmt::format("exit {}", outcome.exit_code), outcome);
    }
    if (outcome.out_cut)
      return failed(ModelFailure::kBadOutput, "the answer is larger than 8 MB", outcome);
    if (trim(outcome.out).empty())
      return failed(ModelFailure::kBadOutput, "the answer is empty", outcome);
    if (!is_utf8(outcome.out))
      return failed(ModelFailure::kBadOutput, "the answer is not UTF-8", outcome);
    std::optional<Json> json = record::json_in_prose(outcome.out);
    if (!json) return failed(ModelFailure::kBadOutput, "the answer is not a JSON object", outcome);
    return answer_from(*json, outcome);
  }

  Reply answer_from(const Json& json, const proc::Outcome& outcome) const {
    if (Json error = json.get("error"); !error.is_null() && error.as_string() != "") {
      std::string report =
          replace_all(clipped(error.as_string().value_or(error.dump()), 300), "\n", " ");
      return failed(ModelFailure::kTransport, "the program reports: " + printable(report), {});
    }
    record::ModelAnswer answer;
    answer.provider = reference_.provider;
    answer.model = json.get_string("model");
    if (answer.model.empty()) answer.model = reference_.model;
    answer.request_id = json.get_string("session");
    answer.message.role = record::Message::Role::kAssistant;
    Json text = json.get("text"), value = json.get("json"), calls = json.get("tool_calls");
    bool good = (text.is_null() || text.is_string()) && (calls.is_null() || calls.is_array());
    if (!good || (text.is_null() && value.is_null() && calls.size() == 0)) {
      return failed(ModelFailure::kBadOutput,
                    "the answer has neither 'text', 'json' nor 'tool_calls'", outcome);
    }
    answer.message.content = text.is_string()  ? *text.as_string()
                             : value.is_null() ? ""
                                               : value.dump();
    answer.message.tool_calls = tool_calls_from(calls);
    for (const record::ToolCall& call : answer.message.tool_calls) {
      if (call.name.empty())
        return failed(ModelFailure::kBadOutput, "a tool call has no 'name'", outcome);
    }
    answer.finish =
        json.get_string("finish", answer.message.tool_calls.empty() ? "stop" : "tool_calls");
    auto usage = record::usage_from_json(json.get("usage"));
    if (usage.ok()) answer.usage = *usage;
    if (answer.usage.input_total && answer.usage.source == "unknown")
      answer.usage.source = "reported";
    Json cost = json.get("cost_usd");
    // A number's shortest decimal text is what the program wrote, or equal to it.
    std::string dollars = cost.as_string().value_or(cost.as_double() ? cost.dump() : "");
    if (auto pico = dollars.empty() ? std::nullopt : pico_dollars(dollars))
      answer.cost = record::Cost{*pico, "provider"};
    Reply reply;
    reply.answer = std::move(answer);
    return reply;
  }

  Reference reference_;
  std::vector<std::string> argv_;
  int64_t seconds_;
  Milliseconds bound_{Milliseconds::max()};
  Context context_;
  proc::Environment environment_;
};

}  // namespace

Result<std::unique_ptr<Provider>> make_command(const Reference& reference, const Context& context) {
  std::string key = provider_key(reference, "command");
  std::optional<std::string> line = context.settings.text(key);
  std::optional<std::vector<std::string>> argv = line ? command_words(*line) : std::nullopt;
  if (!argv || argv->empty()) {
    return Error{Fault::kConfiguration,
                 fmt::format("{} does not name a program", key),
                 {},
                 fmt::format("set it with 'git config {} \"<program> <arguments>\"'", key)};
  }
  std::string& program = argv->front();
  if (program.find('/') != std::string::npos && !program.starts_with("/"))
    program = context.workdir + "/" + program;
  GF_ASSIGN(auto seconds, number_setting(context, reference, "timeout", kCommandSeconds, 1, 86400));
  return std::unique_ptr<Provider>(std::make_unique<Command>(reference, *argv, seconds, context));
}

}  // namespace gf::model
