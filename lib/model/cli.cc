// Coding programs as models. One works in a copy of the worktree that has a history of its own and
// knows nothing of the real repository; what it changed there is found by git and becomes calls of
// write_file and delete_file, so that scope, record and replay treat it like any other answer.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "model/copied.h"
#include "model/dialect.h"
#include "model/kinds.h"
#include "model/presets.h"
#include "model/service.h"
#include "proc/work.h"

namespace gf::model {
namespace {

namespace fs = std::filesystem;
using record::Json;
using record::Message;
using record::ModelFailure;

constexpr size_t kMaxOutput = 32u << 20;
constexpr size_t kMaxLastWords = 1u << 20;
constexpr int64_t kCliSeconds = 1800;

bool has_tool(const record::ModelRequest& request, std::string_view name) {
  return std::any_of(request.tools.begin(), request.tools.end(),
                     [&](const record::ToolSpec& tool) { return tool.name == name; });
}

std::string prompt_for(const record::ModelRequest& request, bool schema_by_option) {
  std::string text;
  for (const Message& message : request.messages) {
    if (message.role == Message::Role::kTool || message.content.empty()) continue;
    if (message.role == Message::Role::kAssistant) text += "# You answered before\n\n";
    text += message.content + "\n\n";
  }
  if (has_tool(request, "write_file")) {
    text +=
        "You work in the current folder, with tools of your own: read and edit its files directly "
        "instead of calling the tools named above. Do not commit, and touch nothing outside of "
        "it.\n";
  }
  if (request.schema.is_object() && !schema_by_option) {
    text += "Your last message is one JSON object that this JSON Schema accepts:\n" +
            plain_schema(request.schema).dump() + "\n";
  }
  return text;
}

class Cli : public Provider {
 public:
  Cli(Reference reference, const Preset& preset, std::string program, int64_t seconds,
      const Context& context, std::shared_ptr<Shared> shared)
      : reference_(std::move(reference)),
        preset_(preset),
        program_(std::move(program)),
        seconds_(seconds),
        context_(context),
        shared_(std::move(shared)),
        workdir_(context.workdir) {
    environment_ = environment_of_program(context, reference_,
                                          {preset.variables.begin(), preset.variables.end()});
  }

  Result<Reply> ask(const record::ModelRequest& request, const Cancel& cancel) override;
  std::optional<std::string> problem() override;
  [[nodiscard]] std::string mend() const override {
    if (proc::find_program(program_, environment_)) return unheld_.hint;
    return fmt::format("install it, or set {} to its path", provider_key(reference_, "command"));
  }
  [[nodiscard]] const Reference& reference() const override { return reference_; }
  [[nodiscard]] bool tells_cost() const override { return true; }
  void bound(Milliseconds longest) override { bound_ = longest; }
  void work_in(const std::string& worktree) override { workdir_ = worktree; }
  [[nodiscard]] Description describe() const override {
    Description about;
    about.kind = "cli";
    about.address = program_;
    return about;
  }

 private:
  [[nodiscard]] static std::optional<Reply> closing(const record::ModelRequest& request,
                                                    const Reference& reference);
  Result<proc::Outcome> run_held(proc::Options options, const CopyPlace& place,
                                 const Cancel& cancel);
  Reply judge(const proc::Outcome& outcome, CliReport report, const Changes& changes) const;
  record::Cost price(const CliReport& report) const;

  Reference reference_;
  const Preset& preset_;
  std::string program_;
  int64_t seconds_;
  Context context_;
  std::shared_ptr<Shared> shared_;
  std::string workdir_;
  proc::Environment environment_;
  std::optional<Milliseconds> bound_;
  proc::Sandbox sandbox_ = proc::Sandbox::none();  ///< chosen by problem()
  Error unheld_;                                   ///< why there is none that holds
};

/// After its changes were applied nothing is left to ask: its last words are the final answer.
std::optional<Reply> Cli::closing(const record::ModelRequest& request, const Reference& reference) {
  if (request.messages.empty() || request.messages.back().role != Message::Role::kTool)
    return std::nullopt;
  std::string said;
  for (const Message& message : request.messages) {
    if (message.role == Message::Role::kAssistant) said = message.content;
  }
  auto json = record::json_in_prose(said);
  if (!json || !json->has("summary")) {
    json = Json::object({{"summary", clipped(said, 2000)}, {"missing", Json::array()}});
  }
  Reply reply;
  reply.answer = record::ModelAnswer{};
  reply.answer->provider = reference.provider;
  reply.answer->model = reference.model;
  reply.answer->finish = "stop";
  reply.answer->message.role = Message::Role::kAssistant;
  reply.answer->message.content = json->dump();
  reply.answer->usage.input_total = reply.answer->usage.output_total = 0;
  reply.answer->usage.source = "reported";
  reply.answer->cost = record::Cost{0, "provider"};  // nobody was asked
  return reply;
}

/// A copy of its own configuration in a home of this call, the copied worktree to be written, the
/// machine's programs to be read, the network that its model is reached by: the row "coding
/// program" of proc/work.h. No other file of the user's home is there.
Result<proc::Outcome> Cli::run_held(proc::Options options, const CopyPlace& place,
                                    const Cancel& cancel) {
  for (auto it = options.environment.begin(); it != options.environment.end();)
    it = it->first.starts_with("XDG_") ? options.environment.erase(it) : std::next(it);
  copy_home(place, context_.environment, preset_.home);
  if (!sandbox_.holds()) {
    options.environment["HOME"] = place.home();
    return proc::run(options, cancel);
  }
  proc::Policy policy =
      proc::policy_for(proc::Work::kCoder, environment_, {{place.root()}, {place.work()}, {}});
  for (auto& [path, content] : files_of_home(place)) policy.home_files[path] = content;
  policy.scratch = place.root();
  options.limits = proc::usual_limits(options.limits, place.root());
  return sandbox_.run(options, policy, cancel);
}

std::optional<std::string> Cli::problem() {
  if (!proc::find_program(program_, environment_))
    return fmt::format("the program '{}' was not found", program_);
  if (preset_.confined) return std::nullopt;
  auto chosen = proc::Sandbox::choose(context_.settings.text("factory.sandbox").value_or("auto"),
                                      environment_, Cancel());
  if (chosen.ok()) {
    sandbox_ = *chosen;
    return std::nullopt;
  }
  unheld_ = chosen.error();
  return fmt::format(
      "'{}' has no sandbox of its own and is run in ours only, which does not work here ({})",
      preset_.name, unheld_.message);
}

record::Cost Cli::price(const CliReport& report) const {
  if (report.pico_usd) return record::Cost{*report.pico_usd, "provider"};
  std::string name = reference_.model.substr(reference_.model.rfind('/') + 1);
  auto found = price_for(shared_->prices, reference_.provider, name, report.model);
  return found ? cost_of(*found, report.usage) : record::Cost{};
}

/// The truth is what it changed; what it says of itself, its exit status first, may be wrong.
Reply Cli::judge(const proc::Outcome& outcome, CliReport report, const Changes& changes) const {
  ModelFailure failure = report.failure;
  std::string why = report.why;
  std::string last = outcome.err.empty() ? "" : to_utf8(lines(trim(outcome.err)).back());
  if (outcome.end == proc::End::kTimedOut) {
    failure = ModelFailure::kTransport;
    why = fmt::format("no end within {} s", seconds_);
  } else if (outcome.end == proc::End::kOverLimit) {
    failure = ModelFailure::kTransport;
    why = "was stopped: " + outcome.over;
  } else if (outcome.end != proc::End::kExited) {
    failure = ModelFailure::kTransport;
    why = fmt::format("ended by signal {}", outcome.signal);
  } else if (outcome.exit_code != 0 && preset_.failure(outcome.exit_code) != ModelFailure::kNone) {
    failure = preset_.failure(outcome.exit_code);
    why = fmt::format("exit {}: {}", outcome.exit_code, why.empty() ? last : why);
  } else if (outcome.exit_code != 0 && failure == ModelFailure::kNone && changes.calls.empty()) {
    failure = ModelFailure::kTransport;
    why = fmt::format("exit {}: {}", outcome.exit_code, last);
  } else if (outcome.out_cut) {
    failure = ModelFailure::kBadOutput;
    why = "its output is larger than 32 MB";
  }
  record::Cost cost = price(report);
  Reply reply;
  if (failure != ModelFailure::kNone) {
    reply.failure = failure;
    reply.text = printable(clipped(why, 300));
    if (report.usage.input_total || report.pico_usd)
      reply.paid = record::Paid{report.model, {}, report.usage, cost};
    return reply;
  }
  record::ModelAnswer answer;
  answer.provider = reference_.provider;
  answer.model = report.model.empty() ? reference_.model : report.model;
  answer.message.role = Message::Role::kAssistant;
  answer.message.content = to_utf8(report.text);
  answer.message.tool_calls = changes.calls;
  if (!changes.left_out.empty()) {
    answer.message.content += fmt::format("\n(not taken over, no text of at most 1 MB: {})",
                                          clipped(join(changes.left_out, ", "), 1000));
  }
  answer.finish = changes.calls.empty() ? "stop" : "tool_calls";
  answer.usage = report.usage;
  answer.cost = cost;
  reply.answer = std::move(answer);
  return reply;
}

Result<Reply> Cli::ask(const record::ModelRequest& request, const Cancel& cancel) {
  GF_TRY(cancel.check());
  if (auto reply = closing(request, reference_)) return *reply;
  if (auto why = problem()) {
    Reply reply;
    reply.failure = ModelFailure::kConfig;
    reply.text = *why;
    return reply;
  }
  bool edits = has_tool(request, "write_file");
  GF_ASSIGN(auto place, CopyPlace::make(environment_));
  GF_TRY(copy_worktree(workdir_, place, environment_, cancel));
  CliCall call{program_, reference_.model, place.work(), place / "prompt.md",
               {},       place / "answer", edits};
  bool by_option = preset_.takes_schema && request.schema.is_object() && !edits;
  std::string prompt = prompt_for(request, by_option);
  GF_TRY(write_file(call.prompt_file, prompt));
  if (by_option) {
    call.schema_file = place / "schema.json";
    GF_TRY(write_file(call.schema_file, plain_schema(request.schema).dump()));
  }
  proc::Options options;
  options.argv = preset_.argv(call);
  options.directory = place.work();
  options.environment = environment_;
  if (preset_.prompt_on_stdin) options.input = prompt;
  Milliseconds most(seconds_ * 1000);
  options.limits = {bound_ ? std::max(Milliseconds(1), std::min(most, *bound_)) : most, kMaxOutput};
  GF_ASSIGN(auto outcome, preset_.confined ? proc::run(options, cancel)
                                           : run_held(std::move(options), place, cancel));
  if (outcome.end == proc::End::kCancelled) {
    Reply reply;
    reply.failure = ModelFailure::kCancelled;
    reply.text = "stopped";
    return reply;
  }
  CliReport report = preset_.read(to_utf8(outcome.out), to_utf8(outcome.err),
                                  to_utf8(beginning_of(call.answer_file, kMaxLastWords)));
  Changes changes;
  if (edits) {
    GF_ASSIGN(changes, changes_in(place, environment_, has_tool(request, "delete_file"), cancel));
  }
  return judge(outcome, std::move(report), changes);
}

}  // namespace

Result<std::unique_ptr<Provider>> make_cli(const Reference& reference, const Context& context) {
  // The kind may be the preset's name itself.
  std::string kind = provider_setting(context, reference, "kind").value_or("cli");
  std::string name = provider_setting(context, reference, "preset")
                         .value_or(kind == "cli" ? reference.provider : kind);
  const Preset* preset = find_preset(name);
  if (preset == nullptr) {
    std::vector<std::string> names;
    for (const Preset& known : presets()) names.emplace_back(known.name);
    return Error{Fault::kConfiguration,
                 fmt::format("'{}' is no coding program that is known", printable(name)),
                 {},
                 fmt::format("set factory.provider.{}.preset to one of: {}", reference.provider,
                             join(names, ", "))};
  }
  std::string program = provider_setting(context, reference, "command").value_or(name);
  GF_ASSIGN(auto seconds, number_setting(context, reference, "timeout", kCliSeconds, 1, 86400));
  std::shared_ptr<Shared> shared = context.shared;
  if (shared == nullptr) {
    GF_ASSIGN(shared, make_shared(context.settings, context.data_dir, context.environment));
  }
  return std::unique_ptr<Provider>(
      std::make_unique<Cli>(reference, *preset, program, seconds, context, std::move(shared)));
}

}  // namespace gf::model
