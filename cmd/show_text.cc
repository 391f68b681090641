#include "show_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "dates.h"
#include "forge/said.h"
#include "line/answers.h"
#include "stage/revision.h"
#include "store/held.h"

namespace gf::cmd {
namespace {

double seconds(Milliseconds time) { return static_cast<double>(time.count()) / 1000; }

std::string stage_line(const record::StageRecord& stage) {
  std::string text = fmt::format("  {:>2} {:<9} {}  {:<5} {:>7.1f} s", stage.seq, stage.stage,
                                 stage.attempt, record::name_of(stage.status), seconds(stage.wall));
  if (!stage.exchanges.empty()) {
    text += fmt::format("  {}/{} tokens {} {}", stage.usage.input_total.value_or(0),
                        stage.usage.output_total.value_or(0), record::to_text(stage.cost),
                        stage.model_answered);
  }
  if (!stage.reason.empty()) text += "  " + clipped(stage.reason, 160);
  if (!stage.goes_back_to.empty()) text += " -> " + stage.goes_back_to;
  return text + "\n";
}

std::string indented(const std::string& content, const char* before) {
  std::string text;
  for (const std::string& line : lines(content)) text += before + line + "\n";
  return text;
}

std::string head_of(const record::Exchange& exchange) {
  std::string text = fmt::format("exchange {} {}.{} turn {}: {}/{}", exchange.seq,
                                 exchange.request.stage, exchange.request.attempt,
                                 exchange.request.turn, exchange.provider, exchange.model_asked);
  if (exchange.attempt > 1) text += fmt::format(", try {}", exchange.attempt);
  text += "\n";
  if (exchange.paid) {
    text += fmt::format(
        "  counted: {}/{} tokens, {}\n", exchange.paid->usage.input_total.value_or(0),
        exchange.paid->usage.output_total.value_or(0), record::to_text(exchange.paid->cost));
  }
  return text;
}

std::string failure_of(const record::Exchange& exchange) {
  return fmt::format("failed ({}) after {:.1f} s: {}\n", record::name_of(exchange.failure),
                     seconds(exchange.duration), exchange.failure_text);
}

std::string message_text(const record::Message& message) {
  std::string who(record::name_of(message.role));
  if (!message.tool_name.empty()) who += " " + message.tool_name;
  std::string text = fmt::format("--- {}\n", who) + indented(message.content, "  ");
  for (const record::ToolCall& call : message.tool_calls) {
    text += fmt::format("  calls {} {}\n", call.name,
                        call.malformed.empty() ? call.arguments.dump() : call.malformed);
  }
  return text;
}

std::string verdict_text(const record::Verdict& verdict) {
  std::string text =
      fmt::format("\nVerdict: {} by {} for tree {}\n", verdict.approved ? "approved" : "rejected",
                  verdict.reviewer, verdict.tree.short_hex());
  for (const std::string& reason : verdict.reasons) text += "  " + reason + "\n";
  return text;
}

store::RunKind kind_of(const store::Run& run) {
  auto cell = run.run.policy.find(store::kCellPolicy);
  return store::kind_of(cell == run.run.policy.end() ? "" : cell->second, run.run.slug);
}

/// As `log` says it, with what goes on with it.
std::string status_text(const store::Run& run) {
  bool waits = run.run.status == record::RunStatus::kRunning && !run.held;
  std::string word(store::standing_of(run.run.status, run.held));
  return waits ? fmt::format("{} ({})", word, store::goes_on_by(kind_of(run))) : word;
}

}  // namespace

std::string run_text(const store::Run& run) {
  std::string text =
      fmt::format("run {}\nResult:  {}\nAuthor:  {}\nDate:    {}\nBase:    {} ({})\n",
                  run.run.id.str(), status_text(run), run.run.author,
                  to_second(run.run.started), run.run.base_name, run.run.base.short_hex());
  if (auto batch = run.run.policy.find("batch"); batch != run.run.policy.end())
    text += fmt::format("Batch:   {}\n", batch->second);
  if (auto issue = run.run.policy.find("issue"); issue != run.run.policy.end())
    text += fmt::format("Issue:   {}\n", issue->second);
  if (!run.run.branch.empty()) {
    text += fmt::format("Branch:  {} ({})\n", RefName::known(run.run.branch).short_name(),
                        run.run.head.short_hex());
  }
  if (!run.run.pull_request.empty()) text += fmt::format("Pull:    {}\n", run.run.pull_request);
  if (!run.run.reason.empty()) text += fmt::format("Reason:  {}\n", run.run.reason);
  for (const record::Answer& answer : run.run.answers) {
    text += fmt::format("Asked:   {}\n", answer.question);
    if (answer.text.empty()) continue;
    text +=
        fmt::format("Answer:  {} ({})\n", replace_all(answer.text, "\n", "\n         "), answer.by);
  }
  for (const record::Rework& rework : run.run.reworks) {
    for (const record::Remark& remark : rework.remarks) {
      std::string place = forge::place_of(remark);
      text += fmt::format("Said:    {}{}{}: {}\n", remark.by, place.empty() ? "" : " ", place,
                          replace_all(remark.text, "\n", "\n         "));
    }
  }
  if (!run.run.questions.empty()) {
    text +=
        fmt::format("Asks:\n{}(answer with 'git factory answer {}')\n",
                    line::questions_text(run.run.questions, run.run.likeliest), run.run.id.id8());
  }
  text += "\nStages:\n";
  for (const record::StageRecord& stage : run.stages) {
    text += stage_line(stage);
    for (const std::string& line : stage::lines_of_revision(stage.output))
      text += "     " + line + "\n";
  }
  if (run.verdict) text += verdict_text(*run.verdict);
  text +=
      run.spec ? "\n" + record::to_plain_text(*run.spec) : "\nRequest:\n" + run.run.request + "\n";
  bool ended = run.run.status != record::RunStatus::kRunning;
  if (!run.has_exchanges && ended) text += "\n(the exchanges are not in this clone)\n";
  return text;
}

record::Json run_json(const store::Run& run) {
  record::Json stages = record::Json::array();
  for (const record::StageRecord& stage : run.stages) stages.push(record::to_json(stage));
  record::Json gates = record::Json::array();
  for (const record::GateOutcome& gate : run.gates) gates.push(record::to_json(gate));
  record::Json json = record::Json::object(
      {{"run", record::to_json(run.run)},
       {"standing", std::string(store::standing_of(run.run.status, run.held))},
       {"stages", stages},
       {"gates", gates}});
  if (run.run.status == record::RunStatus::kRunning)
    json.set("next", store::way_on(run.run.id, run.held, kind_of(run)));
  if (run.spec) json.set("spec", record::to_json(*run.spec));
  if (run.verdict) json.set("verdict", record::to_json(*run.verdict));
  return json;
}

std::string whole_exchange_text(const record::Exchange& exchange) {
  std::string text = head_of(exchange);
  text +=
      fmt::format("started {}, {:.1f} s\n", iso8601(exchange.started), seconds(exchange.duration));
  for (const record::Message& message : exchange.request.messages) text += message_text(message);
  std::vector<std::string> tools;
  for (const record::ToolSpec& tool : exchange.request.tools) tools.push_back(tool.name);
  if (!tools.empty()) text += "--- tools offered: " + join(tools, ", ") + "\n";
  if (!exchange.answer) return text + "=== " + failure_of(exchange);
  const record::ModelAnswer& answer = *exchange.answer;
  text += fmt::format("=== answered by {} ({}), {}/{} tokens, {} ({}), {}\n", answer.model,
                      answer.provider, answer.usage.input_total.value_or(0),
                      answer.usage.output_total.value_or(0), record::to_text(answer.cost),
                      answer.cost.basis, answer.finish);
  return text + message_text(answer.message);
}

record::Json exchange_json(const record::Exchange& exchange) {
  record::Json json =
      record::Json::object({{"seq", exchange.seq},
                            {"provider", exchange.provider},
                            {"model_asked", exchange.model_asked},
                            {"request", record::to_json(exchange.request)},
                            {"failure", record::name_of(exchange.failure)},
                            {"failure_text", exchange.failure_text},
                            {"started", iso8601(exchange.started)},
                            {"duration_ms", static_cast<int64_t>(exchange.duration.count())}});
  if (exchange.answer) {
    const record::ModelAnswer& answer = *exchange.answer;
    json.set("answer", record::Json::object({{"message", record::to_json(answer.message)},
                                             {"model", answer.model},
                                             {"provider", answer.provider},
                                             {"finish", answer.finish},
                                             {"usage", record::to_json(answer.usage)},
                                             {"cost", record::to_json(answer.cost)}}));
  }
  return json;
}

std::string gate_text(const store::Run& run, const record::GateOutcome& gate) {
  const char* where = gate.tree == run.run.base_tree ? " (the base)"
                      : gate.tree == run.run.tree    ? " (delivered)"
                                                     : "";
  std::string text =
      fmt::format("gate {} {} on tree {}{}\n  {}, exit {}, {:.1f} s, sandbox {}\n  {}\n", gate.gate,
                  record::name_of(gate.status), gate.tree.short_hex(), where, gate.tool_version,
                  gate.exit_code, seconds(gate.duration), gate.sandbox, join(gate.argv, " "));
  if (!gate.reason.empty()) text += "  " + gate.reason + "\n";
  const record::GateCounts& counts = gate.counts;
  if (!gate.tests.empty())
    text += fmt::format("  {} passed, {} failed, {} with errors, {} skipped\n", counts.passed,
                        counts.failed, counts.errors, counts.skipped);
  for (const record::TestResult& test : gate.tests) {
    if (test.status == record::TestStatus::kPassed) continue;
    text += fmt::format("  {} {}{}\n", record::name_of(test.status), test.id,
                        test.cause.empty() ? "" : " (" + test.cause + ")");
    text += indented(test.message, "    ");
  }
  for (const record::Finding& finding : gate.findings)
    text +=
        fmt::format("  {}:{}: {} {}\n", finding.path, finding.line, finding.rule, finding.message);
  if (gate.findings_total > static_cast<int>(gate.findings.size()))
    text += fmt::format("  ... {} findings in all\n", gate.findings_total);
  return text + "  output, as far as it was kept:\n" + indented(gate.output_tail, "  | ");
}

std::string painted(const Shown& shown, bool colour) {
  std::string safe = printable(shown.text);
  if (!colour || !shown.is_diff) return safe;
  std::string text;
  for (const std::string& line : lines(safe)) {
    const char* code = "";
    if (line.starts_with("diff ") || line.starts_with("index ") || line.starts_with("--- ") ||
        line.starts_with("+++ ")) {
      code = "\x1b[1m";
    } else if (line.starts_with("@@")) {
      code = "\x1b[36m";
    } else if (line.starts_with("+")) {
      code = "\x1b[32m";
    } else if (line.starts_with("-")) {
      code = "\x1b[31m";
    }
    text += *code == '\0' ? line + "\n" : code + line + "\x1b[m\n";
  }
  return text;
}

}  // namespace gf::cmd
