// git factory show <run>[:stage[:attempt]] | #<pull request>: what the record holds of it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>

#include "base/text.h"
#include "command.h"
#include "forge/forge.h"

namespace gf::cmd {
namespace {

std::string stage_line(const record::StageRecord& stage) {
  std::string text =
      fmt::format("  {:>2} {:<9} {}  {:<5} {:>7.1f} s", stage.seq, stage.stage, stage.attempt,
                  record::name_of(stage.status), static_cast<double>(stage.wall.count()) / 1000);
  if (!stage.exchanges.empty()) {
    text += fmt::format("  {}/{} tokens {} {}", stage.usage.input_total.value_or(0),
                        stage.usage.output_total.value_or(0), record::to_text(stage.cost),
                        stage.model_answered);
  }
  if (!stage.reason.empty()) text += "  " + clipped(stage.reason, 160);
  if (!stage.goes_back_to.empty()) text += " -> " + stage.goes_back_to;
  return text + "\n";
}

std::string whole(const store::Run& run) {
  std::string text =
      fmt::format("run {}\nResult:  {}\nAuthor:  {}\nDate:    {}\nBase:    {} ({})\n",
                  run.run.id.str(), record::name_of(run.run.status), run.run.author,
                  iso8601(run.run.started), run.run.base_name, run.run.base.short_hex());
  if (!run.run.branch.empty()) {
    text += fmt::format("Branch:  {} ({})\n", run.run.branch.substr(11), run.run.head.short_hex());
  }
  if (!run.run.pull_request.empty()) text += fmt::format("Pull:    {}\n", run.run.pull_request);
  if (!run.run.reason.empty()) text += fmt::format("Reason:  {}\n", run.run.reason);
  for (const std::string& question : run.run.questions)
    text += fmt::format("Asks:    {}\n", question);
  text += "\nStages:\n";
  for (const record::StageRecord& stage : run.stages) text += stage_line(stage);
  if (run.verdict) {
    text += fmt::format("\nVerdict: {} by {} for tree {}\n",
                        run.verdict->approved ? "approved" : "rejected", run.verdict->reviewer,
                        run.verdict->tree.short_hex());
    for (const std::string& reason : run.verdict->reasons) text += "  " + reason + "\n";
  }
  if (run.spec) {
    text += "\n" + record::to_markdown(*run.spec);
  } else {
    text += "\nRequest:\n" + run.run.request + "\n";
  }
  if (!run.has_exchanges) text += "\n(the exchanges are not in this clone)\n";
  return text;
}

std::string exchange_text(const record::Exchange& exchange) {
  std::string text = fmt::format("exchange {} {}.{} turn {}: {}/{}\n", exchange.seq,
                                 exchange.request.stage, exchange.request.attempt,
                                 exchange.request.turn, exchange.provider, exchange.model_asked);
  if (exchange.attempt > 1) text.insert(text.size() - 1, fmt::format(", try {}", exchange.attempt));
  if (exchange.paid) {
    text += fmt::format(
        "  counted: {}/{} tokens, {}\n", exchange.paid->usage.input_total.value_or(0),
        exchange.paid->usage.output_total.value_or(0), record::to_text(exchange.paid->cost));
  }
  if (!exchange.answer) {
    return text + fmt::format(
                      "  failed ({}) after {:.1f} s: {}\n", record::name_of(exchange.failure),
                      static_cast<double>(exchange.duration.count()) / 1000, exchange.failure_text);
  }
  text += fmt::format("  answered by {}, {}\n", exchange.answer->model,
                      record::to_text(exchange.answer->cost));
  for (const record::ToolCall& call : exchange.answer->message.tool_calls) {
    text += fmt::format("  calls {} {}\n", call.name, clipped(call.arguments.dump(), 200));
  }
  for (const std::string& line : lines(exchange.answer->message.content))
    text += "  | " + line + "\n";
  return text;
}

std::string one_stage(const store::Run& run, const std::string& name, int attempt,
                      record::Json& json) {
  std::string text;
  for (const record::StageRecord& stage : run.stages) {
    if (stage.stage != name || (attempt > 0 && stage.attempt != attempt)) continue;
    json.push(record::to_json(stage));
    text += stage_line(stage);
    for (const std::string& line : stage.feedback) text += "     fed back: " + line + "\n";
    for (const record::Exchange& exchange : run.exchanges) {
      bool mine = exchange.request.stage == name && exchange.request.attempt == stage.attempt;
      if (mine) text += exchange_text(exchange);
    }
  }
  return text;
}

record::Json json_of(const store::Run& run) {
  record::Json stages = record::Json::array();
  for (const record::StageRecord& stage : run.stages) stages.push(record::to_json(stage));
  record::Json gates = record::Json::array();
  for (const record::GateOutcome& gate : run.gates) gates.push(record::to_json(gate));
  record::Json json = record::Json::object(
      {{"run", record::to_json(run.run)}, {"stages", stages}, {"gates", gates}});
  if (run.spec) json.set("spec", record::to_json(*run.spec));
  if (run.verdict) json.set("verdict", record::to_json(*run.verdict));
  return json;
}

Result<int> show_pull(engine::Context& context, int number, const Console& console) {
  GF_ASSIGN(auto config, engine::Config::load(context.repo, context.git, Oid(), {}));
  GF_ASSIGN(auto remote, engine::find_remote(context, config, ""));
  auto forge = forge::local_forge(context.repo, context.git, remote, context.clock());
  GF_ASSIGN(auto all, forge->list());
  for (const forge::PullRequest& pull : all) {
    if (pull.number != number) continue;
    if (console.json) {
      console.print(forge::to_json(pull).dump() + "\n");
      return kYes;
    }
    std::string text = fmt::format("pull request #{}: {}\n{} <- {}  {}{}\nby {}\n\n{}\n",
                                   pull.number, pull.title, pull.base_branch, pull.head_branch,
                                   pull.state, pull.draft ? ", draft" : "", pull.author, pull.body);
    for (const std::string& comment : pull.comments) text += "\ncomment:\n" + comment + "\n";
    if (!pull.request_pull.empty())
      text += "\n--- for mail (git request-pull) ---\n" + pull.request_pull;
    console.print(printable(text));
    return kYes;
  }
  return Error{Fault::kUser,
               fmt::format("there is no pull request #{}", number),
               {},
               "see 'git factory log'"};
}

Result<int> show(const std::string& what, Console& console) {
  GF_ASSIGN(auto context, engine::Context::open(console.setup, false));
  if (what.starts_with('#')) {
    int number = 0;
    std::from_chars(what.data() + 1, what.data() + what.size(), number);
    return show_pull(*context, number, console);
  }
  std::vector<std::string> parts = split(what, ':');
  GF_ASSIGN(auto id, context->store->find(parts[0].empty() ? "@" : parts[0]));
  if (!id) {
    return Error{Fault::kUser,
                 fmt::format("there is no run '{}'", printable(parts[0])),
                 {},
                 "see 'git factory log'"};
  }
  GF_ASSIGN(auto run, context->store->load(*id));
  if (parts.size() == 1) {
    console.print(console.json ? json_of(run).dump() + "\n" : printable(whole(run)));
    return kYes;
  }
  int attempt = 0;
  if (parts.size() > 2)
    std::from_chars(parts[2].data(), parts[2].data() + parts[2].size(), attempt);
  record::Json json = record::Json::array();
  std::string text = one_stage(run, parts[1], attempt, json);
  if (text.empty()) {
    return Error{
        Fault::kUser,
        fmt::format("run {} has no '{}'", id->id8(), printable(what.substr(parts[0].size() + 1))),
        {},
        fmt::format("see 'git factory show {}'", id->id8())};
  }
  console.print(console.json ? json.dump() + "\n" : printable(text));
  return kYes;
}

}  // namespace

Run bind_show(CLI::App& app) {
  auto what = std::make_shared<std::string>("@");
  app.add_option(
      "what", *what,
      "<run>[:<stage>[:<attempt>]], or '#<n>' for a pull request; default: the newest run");
  return [what](Console& console) { return show(*what, console); };
}

}  // namespace gf::cmd
